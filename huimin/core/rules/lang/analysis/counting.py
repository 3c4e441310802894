"""How many of a population stand where: the rows that hit on each of them, by the conditions the population is decided by.

Needs Ibis, which whoever counts has loaded; nothing else of the analysis does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import model as m
from .. import tree
from ..lower.api import lowering
from ..lower.comparing import all_of
from ..lower.models import ModelLowering
from ..lower.tables import TableLowering
from ..lower.terms import NotLowerable, Refusal, certain, truth
from ..plan import Link
from ..problems import Place
from . import findings as f
from .api import tables_of
from .axes import Table
from .space import tests_of

COUNTED = frozenset({f.GAP, f.OVERLAP, f.CONFLICT})


def places(
    model: m.Model,
    decision: str,
    table: Any,
    findings: Sequence[f.Finding],
    names: Mapping[str, str] | None = None,
    *,
    today: Any = None,
    now: Any = None,
) -> Any:
    """The table of facts with a truth for each finding, by its place: `f0`, `f1`, ...; who stands there.

    Only gaps, overlaps and conflicts whose regions can be told have one. The findings are those of `analyse` on the same model
    and decision. table, names, today and now are as for lower.model. Raises NotLowerable with place and reason.
    """
    work = ModelLowering(table, names or {}, lowering(today, now))
    conditions: dict[str, str] = {}
    try:
        for frame in tables_of(model, decision):
            if isinstance(frame, str) or frame.parameters:
                continue
            mine = [(at, each) for at, each in enumerate(findings) if _of(each, frame)]
            if mine:
                conditions |= _conditions(work, frame, mine)
    except Refusal as refused:
        raise NotLowerable([*work.problems, refused.at(work.place)]) from None
    whole = work.table
    return whole.select(*table.columns, **{name: whole[column] for name, column in conditions.items()})


def counts(
    model: m.Model,
    decision: str,
    table: Any,
    findings: Sequence[f.Finding],
    names: Mapping[str, str] | None = None,
    *,
    by: Sequence[str] = (),
    today: Any = None,
    now: Any = None,
) -> Any:
    """How many rows of a table of facts stand in each finding, as one Ibis table of one scan: see `places`.

    Gives the columns in by, `subjects`, and `f0`, `f1`, ... for the findings by their place.
    """
    whole = places(model, decision, table, findings, names, today=today, now=now)
    found = [name for name in whole.columns if name not in table.columns]
    sums = {name: whole.count(where=whole[name]) for name in found}
    grouped = whole.group_by(list(by)) if by else whole
    return grouped.aggregate(subjects=whole.count(), **sums)


def _of(finding: f.Finding, frame: Table) -> bool:
    told = not any("…" in region.test for region in finding.regions)
    return finding.decision == frame.element.name and finding.kind in COUNTED and told


def _conditions(work: ModelLowering, frame: Table, findings: list[tuple[int, f.Finding]]) -> dict[str, str]:
    """Columns of the work that say who stands in findings of one table."""
    work.value(Link(frame.plan, frame.element))
    work.place = Place(element=frame.element.name)
    table = TableLowering(work, frame.plan, frame.table, work.names(frame.plan, frame.element))
    values, refused = table._inputs()
    hits = work.columns([certain(hit) for hit in table._hits(values)])
    inside = truth(True) if refused is None else ~refused
    found: dict[str, str] = {}
    for at, each in findings:
        if each.kind == f.GAP:
            tests = [tests_of(region.test) for region in each.regions]
            there = [
                certain(work.lowering.test(test, value, table.names))
                for test, value in zip(tests, values, strict=True)
                if test is not None and not isinstance(test, tree.AnyTest)
            ]
            condition = all_of([*there, *(~hit for hit in hits), inside])
        else:
            condition = all_of([*(hits[row - 1] for row in each.rows), inside])
        found[f"f{at}"] = work.column(certain(condition)).get_name()
    return found
