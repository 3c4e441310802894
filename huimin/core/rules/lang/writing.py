"""A model back to its file: unchanged byte for byte, or with single texts replaced and all else as it was.

Unknown elements, extensions, comments, prefixes, drawing and layout stay, since nothing is built anew: the bytes
that came in go out, and a new text is put where the old one stood.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

from . import model as m
from .plan import boxes, logic_of
from .problems import Place, RuleError, problem

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def write(model: m.Model, texts: Mapping[m.Text, str] | None = None) -> bytes:
    """The file of a model, with some of its texts replaced; RuleError for a text that stands in another model."""
    if not texts:
        return model.source
    known = {id(each) for each in texts_of(model)}
    for text in texts:
        if id(text) not in known or text.ordinal < 0:
            raise RuleError([problem("dmn.foreign_text", text.place)])
    mark, encoding = _encoding(model.source)
    source = model.source[len(mark) :].decode(encoding).encode()
    spans = _spans(source)
    made, last = [], 0
    for span, new in sorted(((spans[text.ordinal], new) for text, new in texts.items()), key=_start):
        tag = source[span.start : span.end - 2].rstrip() + b">" if span.name else b""
        closing = f"</{span.name}>" if span.name else ""
        made += [source[last : span.start], tag, f"{_escaped(new)}{closing}".encode()]
        last = span.end
    whole = b"".join([*made, source[last:]])
    return mark + whole.decode().encode(encoding, "xmlcharrefreplace")


def _start(change: tuple[_Span, str]) -> int:
    return change[0].start


def text_at(model: m.Model, element: str, row: int | None = None, column: str = "") -> m.Text:
    """The first text at a place, as problems and traces name it; RuleError when there is none."""
    wanted = Place(element=element, row=row, column=column)
    for text in texts_of(model):
        if (text.place.element, text.place.row, text.place.column) == (element, row, column):
            return text
    raise RuleError([problem("dmn.no_text", wanted)])


def texts_of(model: m.Model) -> Iterator[m.Text]:
    """Every text of FEEL in a model: types first, then element by element."""
    for item in model.items:
        yield from _item_texts(item)
    for element in model.elements():
        for box in boxes(logic_of(element)):
            if isinstance(box, m.LiteralExpression):
                yield box.text
            elif isinstance(box, m.DecisionTable):
                yield from _table_texts(box)


def _item_texts(item: m.ItemDefinition) -> Iterator[m.Text]:
    yield from (text for text in (item.allowed, item.constraint) if text is not None)
    for component in item.components:
        yield from _item_texts(component)


def _table_texts(table: m.DecisionTable) -> Iterator[m.Text]:
    for column in table.inputs:
        yield from (text for text in (column.expression, column.allowed) if text is not None)
    for output in table.outputs:
        yield from (text for text in (output.values, output.default) if text is not None)
    for row in table.rows:
        yield from (*row.inputs, *row.outputs)


@dataclass(frozen=True)
class _Span:
    """Where the content of an element stands, in bytes; name is set when the element has no content of its own."""

    start: int
    end: int
    name: str = ""


def _spans(source: bytes) -> list[_Span]:
    """The span of every element of a text in UTF-8, in the order of their start tags."""
    spans: list[_Span] = []
    # Of each element that is open: its number, where its tag and where its content start.
    open_: list[list[int]] = []
    parser = expat.ParserCreate("utf-8")

    def reached(*_: object) -> int:
        at = parser.CurrentByteIndex
        if open_ and open_[-1][2] < 0:
            open_[-1][2] = at
        return at

    def started(name: str, attributes: dict[str, str]) -> None:
        at = reached()
        open_.append([len(spans), at, -1])
        spans.append(_Span(0, 0))

    def ended(name: str) -> None:
        at, (number, tag, content) = parser.CurrentByteIndex, open_.pop()
        # <text/> is a start and an end at once, and ends here.
        empty = content < 0 and source[at - 2 : at] == b"/>"
        spans[number] = _Span(tag, at, name) if empty else _Span(at if content < 0 else content, at)

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.CharacterDataHandler = parser.CommentHandler = reached
    parser.ProcessingInstructionHandler = parser.StartCdataSectionHandler = reached
    parser.Parse(source, True)
    return spans


def _encoding(source: bytes) -> tuple[bytes, str]:
    """The mark before the text, which says how bytes stand for characters, and the name of that way."""
    for mark, name in _MARKS.items():
        if source.startswith(mark):
            return mark, name
    found = _DECLARED.match(source)
    return b"", found[1].decode("ascii") if found else "utf-8"


def _escaped(text: str) -> str:
    # A carriage return would come back as a line feed.
    return escape(text, {"\r": "&#13;"})
