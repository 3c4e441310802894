"""From DMN XML to the model; any version from 1.1 to 1.5 is read, tags are told apart by local name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from lxml import etree

from . import model as m
from .names import normal
from .problems import Place, RuleError, problem

HUIMIN = "https://huimin.example/dmn"
_DMN = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")
_VERSIONS = ("20151101", "20180521", "20191111", "20211108", "20230324")
_POLICIES = {
    "UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F",
    "RULE ORDER": "R", "OUTPUT ORDER": "O", "COLLECT": "C",
}  # fmt: skip
_AGGREGATIONS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
MAX_BYTES = 50_000_000
MAX_NESTING = 100
XML = etree._Element
Importer = Callable[[str, str], m.Model | None]
"""Finds an imported model by its namespace and location."""


def read(source: bytes, importer: Importer) -> m.Model:
    """The model of a DMN file; RuleError when it is not one."""
    root = parsed(source)
    namespace = etree.QName(root).namespace or ""
    known = namespace.startswith(_DMN) and any(version in namespace for version in _VERSIONS)
    if _tag(root) != "definitions" or not known:
        raise RuleError([problem("dmn.not_dmn", Place(), tag=root.tag)])
    return _Reader(root, source, importer).model()


def parsed(source: bytes) -> XML:
    """The root of an XML text; RuleError when it is none, or is made to exhaust whoever reads it."""
    # lxml itself ends at 256 levels and at 10 MB of one text; a document type is where bombs are made.
    if len(source) > MAX_BYTES:
        raise RuleError([problem("dmn.too_large", Place(), limit=MAX_BYTES // 1_000_000)])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise RuleError([problem("dmn.not_xml", Place(), reason=str(wrong))]) from None
    if any(_deeper_than(root, MAX_NESTING)):
        raise RuleError([problem("dmn.depth", Place(), limit=MAX_NESTING)])
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise RuleError([problem("dmn.doctype", Place())])
    return root


def _deeper_than(root: XML, limit: int) -> Iterator[bool]:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        yield depth > limit


def folder_importer(
    folder: Path, library: Mapping[str, m.Model], load: Callable[[Path], m.Model]
) -> Importer:
    """Finds imported models in a library by namespace, then beside the importing file."""

    def found(namespace: str, location: str) -> m.Model | None:
        if namespace in library:
            return library[namespace]
        named = folder / Path(location).name if location else None
        candidates = [named] if named and named.is_file() else sorted(folder.glob("*.dmn"))
        return next((load(path) for path in candidates if _namespace_of(path) == namespace), None)

    return found


def _namespace_of(path: Path) -> str:
    try:
        return str(etree.parse(str(path)).getroot().get("namespace", ""))
    except etree.XMLSyntaxError:
        return ""


def _tag(element: XML) -> str:
    return etree.QName(element).localname


def _children(element: XML, *tags: str) -> Iterator[XML]:
    """The child elements with one of these local names, whatever version they belong to."""
    return (child for child in element if isinstance(child.tag, str) and (not tags or _tag(child) in tags))


def _child(element: XML, *tags: str) -> XML | None:
    return next(_children(element, *tags), None)


def _content(element: XML | None) -> str:
    """The text of an element that holds only text, or of its 'text' child."""
    if element is None:
        return ""
    inner = _child(element, "text")
    return "".join(str(part) for part in (element if inner is None else inner).itertext())


def _name(element: XML) -> str:
    return normal(element.get("name", ""))


def content_hash(root: XML) -> str:
    """The sha256 of what a model says: not its drawing, layout of white space, version of DMN or exporter."""
    digest = hashlib.sha256()

    def add(element: XML) -> None:
        name = etree.QName(element)
        if name.localname == "DMNDI":
            return
        own = "" if (name.namespace or "").startswith(_DMN) else name.namespace
        attributes = sorted(
            (key, value)
            for key, value in element.attrib.items()
            if key not in ("exporter", "exporterVersion")
        )
        digest.update(repr((own, name.localname, attributes, (element.text or "").strip())).encode())
        for child in _children(element):
            add(child)
        digest.update(b")")

    add(root)
    return digest.hexdigest()


class _Reader:
    """Reads one file; self._place says which element is being read."""

    def __init__(self, root: XML, source: bytes, importer: Importer) -> None:
        self._root, self._source, self._importer = root, source, importer
        self._place = Place()
        self._ordinals = {each: number for number, each in enumerate(root.iter(etree.Element))}

    def model(self) -> m.Model:
        root = self._root
        elements = [child for child in root.iterchildren() if isinstance(child.tag, str)]

        def all_of(tag: str) -> list[XML]:
            return [each for each in elements if _tag(each) == tag]

        return m.Model(
            name=root.get("name", ""),
            namespace=root.get("namespace", ""),
            dmn_namespace=etree.QName(root).namespace or "",
            hash=content_hash(root),
            source=self._source,
            inputs=tuple(self._input_data(each) for each in all_of("inputData")),
            decisions=tuple(self._decision(each) for each in all_of("decision")),
            knowledge=tuple(self._knowledge(each) for each in all_of("businessKnowledgeModel")),
            services=tuple(self._service(each) for each in all_of("decisionService")),
            items=tuple(self._item(each) for each in all_of("itemDefinition")),
            imports=tuple(self._import(each) for each in all_of("import")),
        )

    # The graph

    def _import(self, element: XML) -> m.Import:
        namespace = element.get("namespace", "")
        is_dmn = element.get("importType", "").startswith(_DMN)
        found = self._importer(namespace, element.get("locationURI", "")) if is_dmn else None
        return m.Import(_name(element), namespace, found)

    def _variable(self, element: XML) -> tuple[str, str]:
        """The name and type under which others see an element."""
        variable = _child(element, "variable", "informationItem")
        name = _name(variable) if variable is not None else ""
        return name or _name(element), "" if variable is None else variable.get("typeRef", "")

    def _input_data(self, element: XML) -> m.InputData:
        name, type_name = self._variable(element)
        fact = element.get(f"{{{HUIMIN}}}fact", "")
        return m.InputData(
            element.get("id", ""), name, type_name, fact, description=self._description(element)
        )

    def _decision(self, element: XML) -> m.Decision:
        name, type_name = self._variable(element)
        self._place = Place(element=name)
        return m.Decision(
            element.get("id", ""),
            name,
            type_name,
            self._logic_in(element),
            self._requirements(element),
            _content(_child(element, "question")),
            description=self._description(element),
        )

    def _knowledge(self, element: XML) -> m.KnowledgeModel:
        name, type_name = self._variable(element)
        self._place = Place(element=name)
        logic = _child(element, "encapsulatedLogic")
        function = None if logic is None else self._function(logic)
        requires = self._requirements(element)
        description = self._description(element)
        return m.KnowledgeModel(
            element.get("id", ""), name, type_name, function, requires, description=description
        )

    def _service(self, element: XML) -> m.Service:
        name, type_name = self._variable(element)

        def linked(tag: str) -> tuple[m.Requirement, ...]:
            return tuple(m.Requirement(each.get("href", "")) for each in _children(element, tag))

        outputs, data, decisions = (linked(tag) for tag in ("outputDecision", "inputData", "inputDecision"))
        return m.Service(element.get("id", ""), name, type_name, outputs, data, decisions)

    def _requirements(self, element: XML) -> tuple[m.Requirement, ...]:
        return tuple(
            m.Requirement(target.get("href", ""))
            for each in _children(element, "informationRequirement", "knowledgeRequirement")
            for target in _children(each, "requiredDecision", "requiredInput", "requiredKnowledge")
        )

    def _description(self, element: XML) -> str:
        return _content(_child(element, "description")).strip()

    def _item(self, element: XML) -> m.ItemDefinition:
        self._place = Place(element=_name(element))
        allowed = _child(element, "allowedValues")
        constraint = _child(element, "typeConstraint")
        function = _child(element, "functionItem")
        return m.ItemDefinition(
            _name(element),
            _content(_child(element, "typeRef")).strip(),
            element.get("isCollection") == "true",
            None if allowed is None else self._text(allowed, tests=True),
            tuple(self._item(each) for each in _children(element, "itemComponent")),
            None if function is None else self._function_item(function),
            None if constraint is None else self._text(constraint, tests=True),
        )

    def _function_item(self, element: XML) -> tuple[tuple[str, ...], str]:
        parameters = tuple(each.get("typeRef", "") for each in _children(element, "parameters"))
        return parameters, element.get("outputTypeRef", "")

    # Decision logic

    def _text(self, element: XML | None, tests: bool = False) -> m.Text:
        content = _content(element)
        inner = None if element is None else _child(element, "text")
        holder = element if inner is None else inner
        ordinal = -1 if holder is None else self._ordinals[holder]
        return m.Text(content, replace(self._place, text=content), tests, ordinal)

    def _logic_in(self, element: XML) -> m.Boxed | None:
        """The first child that is decision logic."""
        return next((self._logic(each) for each in _children(element, *_LOGIC)), None)

    def _logic(self, element: XML) -> m.Boxed:
        return _LOGIC[_tag(element)](self, element)

    def _part(self, element: XML, tag: str) -> m.Boxed:
        """The logic wrapped in a child such as 'if' or 'return'."""
        wrapper = _child(element, tag)
        found = None if wrapper is None else self._logic_in(wrapper)
        return found or m.UnknownLogic(tag)

    def _literal(self, element: XML) -> m.LiteralExpression:
        return m.LiteralExpression(self._text(element), type_name=element.get("typeRef", ""))

    def _context(self, element: XML) -> m.Boxed:
        entries = tuple(self._context_entry(each) for each in _children(element, "contextEntry"))
        return m.BoxedContext(entries, type_name=element.get("typeRef", ""))

    def _context_entry(self, element: XML) -> m.ContextEntry:
        variable = _child(element, "variable")
        name = "" if variable is None else _name(variable)
        type_name = "" if variable is None else variable.get("typeRef", "")
        outer, self._place = self._place, replace(self._place, column=name or self._place.column)
        logic = self._logic_in(element) or m.UnknownLogic("contextEntry")
        self._place = outer
        return m.ContextEntry(name, type_name, logic)

    def _invocation(self, element: XML) -> m.Boxed:
        called = _child(element, "literalExpression")
        function = m.LiteralExpression(self._text(called))
        bindings = tuple(self._binding(each) for each in _children(element, "binding"))
        return m.Invocation(function, bindings, type_name=element.get("typeRef", ""))

    def _binding(self, element: XML) -> tuple[str, m.Boxed]:
        parameter = _child(element, "parameter")
        name = "" if parameter is None else _name(parameter)
        return name, self._logic_in(element) or m.UnknownLogic("binding")

    def _function(self, element: XML) -> m.FunctionDefinition:
        parameters = tuple(
            m.Parameter(_name(each), each.get("typeRef", ""))
            for each in _children(element, "formalParameter")
        )
        body = self._logic_in(element) or m.UnknownLogic("functionDefinition")
        kind = element.get("kind", "FEEL")
        return m.FunctionDefinition(kind, parameters, body, type_name=element.get("typeRef", ""))

    def _list(self, element: XML) -> m.Boxed:
        items = tuple(self._logic(each) for each in _children(element, *_LOGIC))
        return m.BoxedList(items, type_name=element.get("typeRef", ""))

    def _relation(self, element: XML) -> m.Boxed:
        columns = tuple(_name(each) for each in _children(element, "column"))
        rows = tuple(
            tuple(self._logic(cell) for cell in _children(row, *_LOGIC)) for row in _children(element, "row")
        )
        return m.Relation(columns, rows, type_name=element.get("typeRef", ""))

    def _conditional(self, element: XML) -> m.Boxed:
        parts = (self._part(element, tag) for tag in ("if", "then", "else"))
        return m.Conditional(*parts, type_name=element.get("typeRef", ""))

    def _filter(self, element: XML) -> m.Boxed:
        source, match = self._part(element, "in"), self._part(element, "match")
        return m.BoxedFilter(source, match, type_name=element.get("typeRef", ""))

    def _iteration(self, element: XML) -> m.Boxed:
        kind = _tag(element)
        return m.Iteration(
            kind,
            normal(element.get("iteratorVariable", "")),
            self._part(element, "in"),
            self._part(element, "return" if kind == "for" else "satisfies"),
            type_name=element.get("typeRef", ""),
        )

    # Tables

    def _table(self, element: XML) -> m.Boxed:
        policy = element.get("hitPolicy", "UNIQUE")
        aggregation = element.get("aggregation", "")
        annotations = tuple(each.get("name", "") for each in _children(element, "annotation"))
        outer = self._place
        inputs = tuple(self._input(each) for each in _children(element, "input"))
        outputs = tuple(self._output(each) for each in _children(element, "output"))
        rows = tuple(
            self._row(each, number, inputs, outputs, annotations)
            for number, each in enumerate(_children(element, "rule"), 1)
        )
        self._place = outer
        return m.DecisionTable(
            outer,
            _POLICIES.get(policy, policy),
            _AGGREGATIONS.get(aggregation, aggregation),
            inputs,
            outputs,
            rows,
            annotations,
            type_name=element.get("typeRef", ""),
        )

    def _input(self, element: XML) -> m.InputColumn:
        expression = _child(element, "inputExpression")
        label = normal(element.get("label", "") or _content(expression))
        self._place = replace(self._place, row=None, column=label)
        allowed = _child(element, "inputValues")
        type_name = "" if expression is None else expression.get("typeRef", "")
        given = None if allowed is None or not _content(allowed).strip() else self._text(allowed, tests=True)
        return m.InputColumn(element.get("id", ""), label, self._text(expression), type_name, given)

    def _output(self, element: XML) -> m.OutputColumn:
        name = _name(element)
        label = normal(element.get("label", "") or name)
        self._place = replace(self._place, row=None, column=label)
        values, default = _child(element, "outputValues"), _child(element, "defaultOutputEntry")
        return m.OutputColumn(
            element.get("id", ""),
            name,
            label,
            element.get("typeRef", ""),
            None if values is None or not _content(values).strip() else self._text(values, tests=True),
            None if default is None else self._text(default),
        )

    def _row(
        self,
        element: XML,
        number: int,
        inputs: tuple[m.InputColumn, ...],
        outputs: tuple[m.OutputColumn, ...],
        annotations: tuple[str, ...],
    ) -> m.Row:
        def cells(tag: str, labels: list[str], tests: bool) -> Iterator[m.Text]:
            for index, each in enumerate(_children(element, tag)):
                column = labels[index] if index < len(labels) else f"{index + 1}"
                self._place = replace(self._place, row=number, column=column)
                yield self._text(each, tests)

        notes = [_content(each) for each in _children(element, "annotationEntry")]
        named = {name: note for name, note in zip(annotations, notes, strict=False) if note}
        if description := self._description(element):
            named.setdefault("description", description)
        return m.Row(
            element.get("id", ""),
            number,
            tuple(cells("inputEntry", [each.label for each in inputs], True)),
            tuple(cells("outputEntry", [each.label for each in outputs], False)),
            named,
        )


_LOGIC: dict[str, Callable[[_Reader, XML], m.Boxed]] = {
    "literalExpression": _Reader._literal,
    "decisionTable": _Reader._table,
    "context": _Reader._context,
    "invocation": _Reader._invocation,
    "functionDefinition": _Reader._function,
    "list": _Reader._list,
    "relation": _Reader._relation,
    "conditional": _Reader._conditional,
    "filter": _Reader._filter,
    "for": _Reader._iteration,
    "some": _Reader._iteration,
    "every": _Reader._iteration,
}
