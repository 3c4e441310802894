"""The text of a rule, changed in one place and nowhere else; and its way into dmn-js and back without a loss.

A cell that is edited in our own form is replaced byte for byte in the file: everything around it stays as it was. What
dmn-js gives back is written anew by it, so what it does not know is taken over from the text it was given.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from lxml import etree

from huimin.kit.refusal import Refused
from huimin.portal.desk.rules_graph import diagram

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"  # DMN 1.3, the only one dmn-js reads
MODELS = re.compile(r"https?://www\.omg\.org/spec/DMN/(20180521|20191111|20211108|20230324)/MODEL/")
DRAWING = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DRAWINGS = re.compile(r"https?://www\.omg\.org/spec/DMN/(20180521|20191111|20230324)/DMNDI/")
OF_DRAWING = ("/spec/DMN/20191111/DMNDI/", "/spec/DMN/20180521/DI/", "/spec/DMN/20180521/DC/")
ELEMENTS = """
definitions import itemDefinition typeRef allowedValues itemComponent functionItem parameters description
extensionElements decision question allowedAnswers variable informationRequirement requiredDecision
requiredInput knowledgeRequirement requiredKnowledge authorityRequirement requiredAuthority supportedObjective
impactedPerformanceIndicator decisionMaker decisionOwner usingProcess usingTask decisionTable
literalExpression importedValues importedElement text context contextEntry invocation binding parameter list
relation column row functionDefinition formalParameter inputData businessKnowledgeModel encapsulatedLogic
knowledgeSource type owner decisionService outputDecision encapsulatedDecision inputDecision group
textAnnotation association sourceRef targetRef performanceIndicator organizationUnit elementCollection
drgElement impactingDecision decisionMade decisionOwned input inputExpression inputValues output outputValues
defaultOutputEntry annotation rule inputEntry outputEntry annotationEntry
"""
KNOWN = frozenset(re.findall(r"\w+", ELEMENTS))  # the elements of DMN 1.3
NAME = re.compile(rb"[^\s/>]+")


@dataclass
class Piece:
    """An element in the bytes of a file: from its `<` to behind its end."""

    tag: str
    id: str
    start: int
    end: int = 0
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)

    def of(self, tag: str) -> list[Piece]:
        """The elements of a name right below."""
        return [one for one in self.pieces if one.tag == tag]

    def walk(self) -> Iterator[Piece]:
        """This element and all below it."""
        yield self
        for one in self.pieces:
            yield from one.walk()


def pieces(source: bytes) -> Piece:
    """The elements of a text with their places in it; Refused where it is not XML."""
    top = Piece("", "", 0)
    way = [top]
    parser = expat.ParserCreate("utf-8")

    def begin(name: str, attributes: dict[str, str]) -> None:
        one = Piece(name.rpartition(":")[2], attributes.get("id", ""), parser.CurrentByteIndex)
        way[-1].pieces.append(one)
        way.append(one)

    def finish(_name: str) -> None:
        one = way.pop()
        behind = opening(source, one.start)
        closed = source[behind - 2 : behind] == b"/>"
        one.end = behind if closed else source.index(b">", parser.CurrentByteIndex) + 1

    def read(text: str) -> None:
        way[-1].text += text

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, finish, read
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        raise Refused(_("文件不是完整的 XML：%(reason)s。") % {"reason": error}, code="not_xml") from None
    return top


def opening(source: bytes, start: int) -> int:
    """The place behind the start tag that begins here; a `>` within quotes does not end it."""
    quote, at = b"", start
    while True:
        sign = source[at : at + 1]
        if quote:
            quote = b"" if sign == quote else quote
        elif sign in (b'"', b"'"):
            quote = sign
        elif sign == b">" or not sign:
            return at + 1
        at += 1


def cells_of(row: Piece) -> list[tuple[str, Piece]]:
    """The cells of a row of a table with their keys: i1, i2, … o1, … a1, …"""
    found = []
    for letter, tag in (("i", "inputEntry"), ("o", "outputEntry"), ("a", "annotationEntry")):
        found += [(f"{letter}{n}", one) for n, one in enumerate(row.of(tag), 1)]
    return found


def keyed(top: Piece) -> dict[str, Piece]:
    """Everything that a form can change, by its key: `row id:i1` for a cell, the decision's id for an expression."""
    found: dict[str, Piece] = {}
    for one in top.walk():
        if one.tag == "rule":
            found.update((f"{one.id}:{key}", cell) for key, cell in cells_of(one))
        elif one.tag == "decision":
            found.update((one.id, literal) for literal in one.of("literalExpression"))
    return found


def put(text: str, changes: Mapping[str, str]) -> str:
    """The text with these cells and expressions changed (see `keyed`); Refused for one that is not there."""
    source = text.encode()
    known = keyed(pieces(source))
    found = []
    for key, value in changes.items():
        if key not in known:
            raise Refused(_("规则里已经没有这一格，请刷新页面后重试。"), code="no_cell", fields={key: value})
        if "".join(one.text for one in known[key].of("text")).strip() == value.strip():
            continue
        found.append(replaced(source, known[key], value))
    for start, end, new in sorted(found, reverse=True):
        source = source[:start] + new + source[end:]
    return source.decode()


def replaced(source: bytes, holder: Piece, value: str) -> tuple[int, int, bytes]:
    """Where the text of a cell stands, and what comes there; a cell without one gets it."""
    tag = tag_at(source, holder.start)
    prefix = tag[: -len(holder.tag)]
    for one in holder.of("text"):
        head = source[one.start : opening(source, one.start)]
        if head.endswith(b"/>"):
            head = head[:-2].rstrip() + b">"
        return one.start, one.end, head + escape(value).encode() + f"</{prefix}text>".encode()
    inside = f"<{prefix}text>{escape(value)}</{prefix}text>".encode()
    end = opening(source, holder.start)
    head = source[holder.start : end]
    if head.endswith(b"/>"):
        whole = head[:-2].rstrip() + b">" + inside + f"</{tag}>".encode()
        return holder.start, holder.end, whole
    return end, end, inside


def tag_at(source: bytes, start: int) -> str:
    """The name of the tag that begins here, with its prefix."""
    found = NAME.match(source, start + 1)
    assert found is not None
    return found.group().decode()


def add_row(text: str, decision: str, after: str = "") -> str:
    """The text with an empty row at the end of a decision's table, or below another row."""
    source = text.encode()
    top = pieces(source)
    tables = [
        table
        for one in top.walk()
        if one.tag == "decision" and one.id == decision
        for table in one.of("decisionTable")
    ]
    holder = tables[0] if tables else None
    if holder is None:
        raise Refused(_("规则里没有这张表，请刷新页面后重试。"), code="no_table")
    prefix = tag_at(source, holder.start)[: -len("decisionTable")]
    taken = {one.id for one in top.walk()}
    number = next(n for n in range(len(holder.of("rule")) + 1, 10**6) if f"{decision}_row{n}" not in taken)
    name = f"{decision}_row{number}"

    def cell(tag: str, id: str, text: str) -> str:
        named = f" id={quoteattr(id)}" if id else ""
        return f"<{prefix}{tag}{named}><{prefix}text>{text}</{prefix}text></{prefix}{tag}>"

    cells = [
        *(cell("inputEntry", f"{name}_i{n}", "-") for n, _one in enumerate(holder.of("input"), 1)),
        *(cell("outputEntry", f"{name}_o{n}", "") for n, _one in enumerate(holder.of("output"), 1)),
        *(cell("annotationEntry", "", "") for _one in holder.of("annotation")),
    ]
    rows = holder.of("rule")
    last = next((one for one in rows if one.id == after), rows[-1] if rows else None)
    at = last.end if last else source.rindex(b"</", 0, holder.end)
    indent = re.search(rb"\n[ \t]*$", source[: last.start]) if last else None
    gap = indent.group().decode() if indent else "\n      "
    body = "".join(f"{gap}  {one}" for one in cells)
    row = f"{gap}<{prefix}rule id={quoteattr(name)}>{body}{gap}</{prefix}rule>".encode()
    return (source[:at] + row + source[at:]).decode()


def remove_row(text: str, row: str) -> str:
    """The text without a row, and without the line it stood on."""
    source = text.encode()
    found = next((one for one in pieces(source).walk() if one.tag == "rule" and one.id == row), None)
    if found is None:
        raise Refused(_("规则里已经没有这一行，请刷新页面后重试。"), code="no_row")
    start = found.start
    before = re.search(rb"\n[ \t]*$", source[:start])
    if before:
        start = before.start()
    return (source[:start] + source[found.end :]).decode()


def read_tree(text: str) -> etree._Element:
    """The text as a tree; nothing outside is ever loaded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Refused(_("文件不是完整的 XML：%(reason)s。") % {"reason": error.msg}, code="not_xml") from None


def local(one: etree._Element) -> str:
    """An element's name without its namespace; "" for a comment."""
    return etree.QName(one).localname if isinstance(one.tag, str) else ""


def written(root: etree._Element) -> str:
    """A tree as text."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()


# To dmn-js and back


def for_editor(text: str) -> str:
    """The text as dmn-js can open it: in DMN 1.3, with every id once, and with a drawing of the graph."""
    root = read_tree(DRAWINGS.sub(DRAWING, MODELS.sub(MODEL, text)))
    ids = [one.get("id") for one in root.iter() if isinstance(one.tag, str) and one.get("id")]
    if ids.count(root.get("id")) > 1:
        root.set("id", f"{root.get('id')}_model")
    if root.find(f"{{{DRAWING}}}DMNDI") is None:
        root.append(etree.fromstring(diagram(root).encode()))
    return written(root)


def from_editor(saved: str, before: str) -> str:
    """What dmn-js saved, in the version of DMN the text had, with everything dmn-js does not know put back."""
    old = read_tree(before)
    old_model, old_drawing = MODELS.search(before), DRAWINGS.search(before)
    root = read_tree(saved)
    restore(root, read_tree(DRAWINGS.sub(DRAWING, MODELS.sub(MODEL, before))))
    for name in ("id", "namespace", "exporter", "exporterVersion"):
        if old.get(name):
            root.set(name, old.get(name, ""))
        elif name != "namespace":
            root.attrib.pop(name, "")
    text = written(root)
    if old_model:
        text = text.replace(MODEL, old_model.group())
    if old_drawing:
        text = text.replace(DRAWING, old_drawing.group())
    return text


def restore(new: etree._Element, old: etree._Element) -> None:
    """Put back, under each element of the new tree that was in the old one, what only the old one can hold."""
    ours = [one for one in new if isinstance(one.tag, str)]
    for place, one in enumerate(old):
        if unknown(one):
            if not any(same(one, other) for other in new):
                new.insert(min(place, len(new)), copy.deepcopy(one))
            continue
        twin = twin_of(one, old, ours)
        if twin is not None:
            for name, value in one.attrib.items():
                if str(name).startswith("{") and name not in twin.attrib:
                    twin.set(name, value)
            restore(twin, one)


def unknown(one: etree._Element) -> bool:
    """Whether dmn-js loses this: a comment, an element of a later DMN, an element of somebody else."""
    if not isinstance(one.tag, str):
        return True
    name = etree.QName(one)
    space = name.namespace or ""
    if any(part in space for part in OF_DRAWING):
        return False
    return space != MODEL or name.localname not in KNOWN


def same(one: etree._Element, other: etree._Element) -> bool:
    """Whether dmn-js kept an element of somebody else after all."""
    if isinstance(one.tag, str) != isinstance(other.tag, str):
        return False
    if isinstance(one.tag, str):
        return one.tag == other.tag and sorted(one.items()) == sorted(other.items())
    return one.text == other.text


def twin_of(
    one: etree._Element, parent: etree._Element, others: list[etree._Element]
) -> etree._Element | None:
    """The element that an old one has become: by its id, else the one of its name at its place among them."""
    if one.get("id"):
        return next((o for o in others if o.tag == one.tag and o.get("id") == one.get("id")), None)
    place = [o for o in parent if o.tag == one.tag].index(one)
    alike = [o for o in others if o.tag == one.tag]
    return alike[place] if place < len(alike) else None
