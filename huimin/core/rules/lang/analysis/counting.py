"""How many of a population stand where: the rows that hit on each of them, by the conditions the population is decided by.

Needs Ibis, which whoever counts has loaded; nothing else of the analysis does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import model as m
from ..lower.api import lowering
from ..lower.comparing import all_of
from ..lower.models import ModelLowering
from ..lower.tables import TableLowering
from ..lower.terms import NotLowerable, Refusal, certain, truth
from ..plan import Link
from ..problems import Place
from . import findings as f
from .api import tables_of
from .space import tests_of

COUNTED = frozenset({f.GAP, f.OVERLAP, f.CONFLICT})


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
    """How many rows of a table of facts stand in each gap, overlap and conflict, as one Ibis table of one scan.

    Gives the columns in by, `subjects`, and `f0`, `f1`, ... for the findings by their place; only gaps, overlaps and conflicts
    whose regions can be told have one. The findings are those of `analyse` on the same model and decision. table, names,
    today and now are as for lower.model. Raises NotLowerable with place and reason.
    """
    work = ModelLowering(table, names or {}, lowering(today, now))
    frames = {each.element.name: each for each in tables_of(model, decision) if not isinstance(each, str)}
    conditions: dict[str, str] = {}
    try:
        for name, frame in frames.items():
            mine = [
                (at, each)
                for at, each in enumerate(findings)
                if each.decision == name and each.kind in COUNTED
            ]
            if not mine or frame.parameters:
                continue
            work.value(Link(frame.plan, frame.element))
            work.place = Place(element=name)
            table_ = TableLowering(work, frame.plan, frame.table, work.names(frame.plan, frame.element))
            values, refused = table_._inputs()
            hits = work.columns([certain(hit) for hit in table_._hits(values)])
            inside = truth(True) if refused is None else ~refused
            for at, each in mine:
                if each.kind == f.GAP:
                    places = [
                        certain(work.lowering.test(node, value, table_.names))
                        for region, value in zip(each.regions, values, strict=True)
                        if (node := _test(region)) is not None
                    ]
                    if any("…" in region.test for region in each.regions):
                        continue
                    condition = all_of([*places, *(~hit for hit in hits), inside])
                else:
                    condition = all_of([*(hits[row - 1] for row in each.rows), inside])
                conditions[f"f{at}"] = work.column(certain(condition)).get_name()
    except Refusal as refused_:
        raise NotLowerable([*work.problems, refused_.at(work.place)]) from None
    whole = work.table
    sums = {name: whole.count(where=whole[column]) for name, column in conditions.items()}
    return (
        whole.group_by(list(by)).aggregate(subjects=whole.count(), **sums)
        if by
        else whole.aggregate(subjects=whole.count(), **sums)
    )


def _test(region: f.Region) -> Any:
    return None if region.test == "-" or "…" in region.test else tests_of(region.test)
