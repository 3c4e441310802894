"""What the components are given: frozen shapes, so that no page shows a figure without its date.

Templates read these by attribute, so a dict with the same keys works too. `tone` is one of `plain` (grey),
`done` (teal), `info` (blue), `waiting` (amber: waits for the reader), `refused` (red: harm or refusal).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Day = dt.date | dt.datetime | str | None
Number = Decimal | int | float | None


@dataclass(frozen=True)
class NavItem:
    """One line of a shell's navigation; `count` is what waits there, `group` an optional heading."""

    title: str
    url: str
    icon: str = "point"
    count: int | None = None
    current: bool = False
    group: str = ""


@dataclass(frozen=True)
class Link:
    """A place in the breadcrumb, an item of a menu, an export."""

    label: str
    url: str = ""
    icon: str = ""
    current: bool = False


@dataclass(frozen=True)
class Action:
    """A button. `post` sends a form; `name`, `value` tell bulk actions apart; `panel` opens beside."""

    label: str
    url: str = ""
    icon: str = ""
    kind: str = "secondary"  # primary | secondary | danger | quiet
    post: bool = False
    name: str = ""
    value: str = ""
    panel: bool = False
    confirm: str = ""


@dataclass(frozen=True)
class State:
    """A word that says where something stands, in its tone, with its icon or the usual one."""

    word: str
    tone: str = "plain"
    icon: str = ""


@dataclass(frozen=True)
class Filter:
    """A chip above a list; the chosen value is read from the request's query by `name`."""

    name: str
    label: str
    options: Sequence[tuple[str, str]] = ()  # (value, word); none: a chip that is only on (1) or off


@dataclass(frozen=True)
class Column:
    """`kind`: text | money | money_wan | number | date | time | masked | phone; a State needs none."""

    label: str
    kind: str = "text"
    sort: str = ""  # name of the ordering in ?sort=name or ?sort=-name; "" cannot be sorted
    unit: str = ""
    hint: str = ""
    phone: bool = True  # shown on a phone


@dataclass(frozen=True)
class Row:
    """`cells` in the order of the columns: plain values, a State or a Link. The first one links to `url`."""

    cells: Sequence[Any]
    url: str = ""
    panel_url: str = ""  # fragment for the side panel; without it the row opens `url`
    key: str = ""  # value of its checkbox
    tone: str = ""


@dataclass(frozen=True)
class Pager:
    """Keyset paging: cursors, not page numbers. `total` only from a maintained sum, never from COUNT(*)."""

    before: str = ""  # cursor of the page before this; goes to ?before=
    after: str = ""  # cursor of the page after this; goes to ?after=
    total: int | None = None
    total_as_of: Day = None


@dataclass(frozen=True)
class Table:
    """A list page's table: see `{% table %}`."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    pager: Pager | None = None
    bulk: Sequence[Action] = ()  # actions on ticked rows; shows the checkboxes
    exports: Sequence[Link] = ()
    export: str = ""  # the name of the list it can be exported as; the shell's `export_url` takes it
    export_query: str = ""  # what narrows that list besides the address of the page
    empty: str = ""  # what an empty list means here
    empty_hint: str = ""  # and what to do about it
    empty_action: Action | None = None


@dataclass(frozen=True)
class Step:
    """A step of a way. `state`: done | current | next | refused."""

    title: str
    state: str
    who: str = ""
    date: Day = None
    due: Day = None
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """One guarantee (income, school, health care, housing, water): `state` is met | unmet | unknown."""

    title: str
    state: str
    icon: str
    date: Day = None
    word: str = ""


@dataclass(frozen=True)
class Fact:
    """A named value with where it comes from; `value` is already written as it should be read."""

    label: str
    value: Any
    unit: str = ""
    source: str = ""
    date: Day = None
    url: str = ""


@dataclass(frozen=True)
class Letter:
    """A decision as a letter to the person it is about."""

    result: str
    tone: str
    why: Sequence[Fact]
    basis: Sequence[Link]  # articles
    change: str = ""  # the nearest change that would give another outcome
    change_note: str = ""  # how that is meant
    appeal: Action | None = None
    appeal_until: Day = None
    reference: str = ""
    date: Day = None
    office: str = ""
    proof: Action | None = None  # signed copy


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    date: Day
    title: str
    who: str = ""
    text: str = ""
    icon: str = ""
    tone: str = "plain"
    url: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar."""

    label: str
    amount: Number


@dataclass(frozen=True)
class Income:
    """Income as a stacked bar against a line; all amounts in the same `unit`."""

    parts: Sequence[Part]
    line: Number
    line_label: str
    unit: str = "元/人·年"
    period: str = ""
    as_of: Day = None
    source: str = ""
    demo: bool = False


@dataclass(frozen=True)
class Stat:
    """One large figure with its unit, period and as-of day; `source` is who counted it, when we did not."""

    label: str
    value: Any
    unit: str = ""
    period: str = ""
    as_of: Day = None
    change: str = ""
    source: str = ""
    demo: bool = False
    url: str = ""


@dataclass(frozen=True)
class Tile:
    """A service on the citizen's home, named by need."""

    title: str
    url: str
    icon: str
    note: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader: what, when, where to."""

    title: str
    url: str
    when: str = ""
    tone: str = "waiting"
    icon: str = ""


@dataclass(frozen=True)
class Progress:
    """A long work. While `state` is running the block asks `poll_url` again every two seconds."""

    label: str
    done: int
    total: int | None
    state: str = "running"  # running | done | stopped | failed
    unit: str = "行"
    poll_url: str = ""
    stop_url: str = ""
    result_url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Notice:
    """A public notice as it is posted on the wall."""

    title: str
    number: str
    intro: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    basis: Sequence[str]
    start: Day
    end: Day
    place: str
    objection: str  # where and how to object
    office: str
    issued: Day
    phone: str = ""
    qr: str = ""  # SVG of the QR code to the page, made by segno
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart: `kind` is line | bar | stack | rank | map | sankey; `series` maps a name to its values."""

    label: str
    kind: str
    categories: Sequence[str] = ()
    series: Mapping[str, Sequence[Number]] = field(default_factory=dict)
    unit: str = ""
    period: str = ""
    as_of: Day = None
    source: str = ""
    demo: bool = False
    geojson_url: str = ""  # map: areas named as the categories
    target: Number = None  # a line to compare with
    links: Sequence[tuple[str, str, Number]] = ()  # sankey: from, to, amount
    urls: Mapping[str, str] = field(default_factory=dict)  # category → page behind the mark
    height: str = "m"  # s | m | l
