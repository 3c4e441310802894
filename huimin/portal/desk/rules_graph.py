"""The graph of a rule: what each step needs, laid out from left to right, as a picture and as a drawing for dmn-js."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from lxml import etree

WIDE, HIGH, GAP, BETWEEN, EDGE = 208, 44, 12, 72, 8
KINDS = {
    "inputData": "input", "decision": "decision", "businessKnowledgeModel": "knowledge", "knowledgeSource": "source",
    "decisionService": "service",
}  # fmt: skip
NEEDED = ("requiredInput", "requiredDecision", "requiredKnowledge", "requiredAuthority")
REQUIREMENTS = ("informationRequirement", "knowledgeRequirement", "authorityRequirement")
LETTERS = 13  # of Chinese, in one line of a box


@dataclass
class Node:
    """An element of the graph: a fact, a step, a piece of knowledge; x and y are its left upper corner."""

    id: str
    name: str
    label: str
    kind: str
    level: int = 0
    x: int = 0
    y: int = 0
    width: int = WIDE
    height: int = HIGH
    needs: list[str] = field(default_factory=list)

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        """Its right side."""
        return self.x + self.width

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Its label in at most two lines, each with the height of its middle."""
        if len(self.label) <= LETTERS:
            return [(self.label, self.middle)]
        half = (len(self.label) + 1) // 2
        first, second = self.label[:half], self.label[half:]
        if len(second) > LETTERS:
            second = second[: LETTERS - 1] + "…"
        return [(first[:LETTERS], self.middle - 9), (second, self.middle + 9)]


@dataclass(frozen=True)
class Arrow:
    """What one element needs of another; `id` is that of the requirement in the file."""

    id: str
    source: Node
    target: Node

    @property
    def path(self) -> str:
        """The line from the needed one to the one that needs it."""
        x1, x2 = self.source.right, self.target.x - 7
        bend = max((x2 - x1) // 2, 20)
        y1, y2 = self.source.middle, self.target.middle
        return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


@dataclass(frozen=True)
class Graph:
    """Everything of a rule in its place."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def graph_of(root: etree._Element) -> Graph:
    """The graph in a DMN tree, laid out: what is needed stands left of what needs it."""
    nodes: dict[str, Node] = {}
    wanted: list[tuple[str, str, str]] = []
    for one in root:
        name = etree.QName(one).localname if isinstance(one.tag, str) else ""
        if name not in KINDS or not one.get("id"):
            continue
        label = one.get("label") or one.get("name") or one.get("id") or ""
        node = Node(one.get("id", ""), one.get("name", ""), label, KINDS[name])
        nodes[node.id] = node
        for need in one:
            if not isinstance(need.tag, str) or etree.QName(need).localname not in REQUIREMENTS:
                continue
            for target in need:
                if isinstance(target.tag, str) and etree.QName(target).localname in NEEDED:
                    wanted.append((need.get("id", ""), target.get("href", "").rpartition("#")[2], node.id))
    arrows = [Arrow(id, nodes[a], nodes[b]) for id, a, b in wanted if a in nodes and b in nodes and a != b]
    for arrow in arrows:
        arrow.target.needs.append(arrow.source.id)
    level(nodes, arrows)
    width, height = place(list(nodes.values()), arrows)
    return Graph(tuple(nodes.values()), tuple(arrows), width, height)


def level(nodes: dict[str, Node], arrows: list[Arrow]) -> None:
    """Give each element its column: one right of all it needs; a fact right before the first that needs it."""
    for _round in range(len(nodes)):  # ends even where something needs itself in a circle
        moved = False
        for arrow in arrows:
            if arrow.target.level < arrow.source.level + 1 <= len(nodes):
                arrow.target.level, moved = arrow.source.level + 1, True
        if not moved:
            break
    for node in nodes.values():
        after = [arrow.target.level for arrow in arrows if arrow.source is node]
        if not node.needs and after:
            node.level = min(after) - 1


def place(nodes: list[Node], arrows: list[Arrow]) -> tuple[int, int]:
    """Give each element its place: columns from left to right, within a column by where its neighbours stand."""
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.level, []).append(node)
    rank = {node.id: n for column in columns.values() for n, node in enumerate(column)}
    for _sweep in range(4):
        for number in sorted(columns):
            column = columns[number]

            def wish(node: Node) -> float:
                near = [rank[a.source.id] for a in arrows if a.target is node]
                near += [rank[a.target.id] for a in arrows if a.source is node]
                return sum(near) / len(near) if near else rank[node.id]

            column.sort(key=wish)
            rank.update((node.id, n) for n, node in enumerate(column))
    tallest = max((len(column) for column in columns.values()), default=1)
    height = tallest * (HIGH + GAP) - GAP
    for order, number in enumerate(sorted(columns)):
        column = columns[number]
        own = len(column) * (HIGH + GAP) - GAP
        for n, node in enumerate(column):
            node.x = EDGE + order * (WIDE + BETWEEN)
            node.y = EDGE + (height - own) // 2 + n * (HIGH + GAP)
    return 2 * EDGE + len(columns) * (WIDE + BETWEEN) - BETWEEN, height + 2 * EDGE


def diagram(root: etree._Element) -> str:
    """The drawing that dmn-js shows, as DMNDI of 1.3; no element of the rule is touched."""
    graph = graph_of(root)
    shapes = "".join(
        f"<dmndi:DMNShape id={quoteattr(f'shape_{n.id}')} dmnElementRef={quoteattr(n.id)}>"
        f'<dc:Bounds height="{n.height}" width="{n.width}" x="{n.x + 160}" y="{n.y + 80}"/></dmndi:DMNShape>'
        for n in graph.nodes
    )
    edges = "".join(
        f"<dmndi:DMNEdge id={quoteattr(f'edge_{a.id}')} dmnElementRef={quoteattr(a.id)}>"
        f'<di:waypoint x="{a.source.right + 160}" y="{a.source.middle + 80}"/>'
        f'<di:waypoint x="{a.target.x + 160}" y="{a.target.middle + 80}"/></dmndi:DMNEdge>'
        for a in graph.arrows
        if a.id
    )
    return (
        '<dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" '
        'xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/">'
        f'<dmndi:DMNDiagram id="drawing_of_graph">{shapes}{edges}</dmndi:DMNDiagram></dmndi:DMNDI>'
    )
