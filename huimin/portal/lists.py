"""The portal's own lists as files: officers, the journal, and who looked at whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from huimin.core.access import api as access
from huimin.core.access.api import PURPOSES, Viewer, looks_within, within
from huimin.core.access.types import Purpose
from huimin.core.exports.api import Column, Export, Filters, Kind
from huimin.core.journal.api import entries_within
from huimin.core.places import api as places
from huimin.kit import clock
from huimin.kit.area import NATION
from huimin.portal.area import full

PAGE = 500
RIGHT = "access.grant"


def officers(viewer: Viewer, query: Filters) -> Iterator[Sequence[Any]]:
    """Posts in the viewer's area, with their roles."""
    code, after = full(query.get("in", "")), ""
    inside = code and code != str(NATION) and within(viewer.reach(RIGHT), code)
    spans = places.spans(code, clock.today()) if inside else viewer.reach(RIGHT)
    while True:
        rows = access.posts_within(
            [one for one in spans if within(viewer.reach(RIGHT), one.low)],
            text=" ".join(query.get("q", "").split())[:60], without_role=query.get("without") == "1",
            ended=query.get("ended") == "1", after=after, limit=PAGE,
        )  # fmt: skip
        names = places.names({one.area for one in rows})
        for one in rows:
            roles = [f"{given.service}.{given.role} {given.area}" for given in one.roles]
            state = _("已免职") if one.ended else _("在职") if one.open else _("账号停用")
            yield (
                one.name, one.username, one.office, one.title or None, names.get(one.area), one.area, one.phone or None,
                one.start, one.end, "；".join(roles) or None, state,
            )  # fmt: skip
        if len(rows) < PAGE:
            return
        after = rows[-1].cursor


def audit(viewer: Viewer, query: Filters) -> Iterator[Sequence[Any]]:
    """Every change within the viewer's area, newest first."""
    before: int | None = None
    while True:
        rows = entries_within(viewer.spans("*"), action=query.get("action", ""), before=before, limit=PAGE)
        names = places.names({row.area for row in rows})
        for row in rows:
            yield (
                row.seq, row.at, row.action, row.title, row.actor_label, names.get(row.area), row.area,
                "；".join(row.subjects),
            )  # fmt: skip
        if len(rows) < PAGE:
            return
        before = rows[-1].seq


def looks(viewer: Viewer, query: Filters) -> Iterator[Sequence[Any]]:
    """Every look at a person within the viewer's area, newest first."""
    before: int | None = None
    purpose = query.get("purpose", "")
    while True:
        rows = looks_within(
            viewer.spans("*"), purpose=purpose if purpose in set(Purpose) else "", revealed=query.get("revealed") == "1",
            before=before, limit=PAGE,
        )  # fmt: skip
        names = places.names({row.area for row in rows})
        for row in rows:
            yield (
                row.at, row.viewer_label, row.subject, names.get(row.area), row.area,
                str(PURPOSES.get(Purpose(row.purpose), row.purpose)), row.revealed or None, row.reason or None,
            )  # fmt: skip
        if len(rows) < PAGE:
            return
        before = rows[-1].id


def auditor(viewer: Viewer) -> bool:
    """Whether the viewer may read the journal."""
    return viewer.holds("*", "auditor")


def column(name: str, title: object, kind: Kind = Kind.TEXT) -> Column:
    """One column."""
    return Column(name=name, title=title, kind=kind)


EXPORTS = (
    Export(
        name="portal.officers", title=_lazy("人员"), rows=officers, filters=("in", "q", "without", "ended"), needs=RIGHT,
        columns=(
            column("name", _lazy("姓名")), column("username", _lazy("用户名")), column("office", _lazy("机构")),
            column("title", _lazy("职务")), column("area", _lazy("所在区划")), column("division_code", _lazy("区划代码")),
            column("phone", _lazy("电话")), column("start", _lazy("任职"), Kind.DATE), column("end", _lazy("免职"), Kind.DATE),
            column("roles", _lazy("权限")), column("state", _lazy("状态")),
        ),
    ),
    Export(
        name="portal.audit", title=_lazy("操作日志"), rows=audit, filters=("action",), may=auditor,
        columns=(
            column("seq", _lazy("序号"), Kind.INTEGER), column("at", _lazy("时间"), Kind.TIME),
            column("action", _lazy("操作代码")),
            column("title", _lazy("操作")), column("actor", _lazy("经办")), column("area", _lazy("地点")),
            column("division_code", _lazy("区划代码")), column("subjects", _lazy("对象")),
        ),
    ),
    Export(
        name="portal.looks", title=_lazy("查看记录"), rows=looks, filters=("purpose", "revealed"), may=auditor,
        columns=(
            column("at", _lazy("时间"), Kind.TIME), column("viewer", _lazy("查看人")), column("subject", _lazy("对象")),
            column("area", _lazy("地点")), column("division_code", _lazy("区划代码")), column("purpose", _lazy("目的")),
            column("revealed", _lazy("看了完整信息")), column("reason", _lazy("理由")),
        ),
    ),
)  # fmt: skip
