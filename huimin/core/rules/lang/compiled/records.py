"""The trace as a made function leaves it: values and regions; rows are spelt out when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from ..explanation import DecisionTrace, Evaluation, FailedCell, Matched, RowTrace, TableTrace
from ..problems import Diagnostic
from ..values import Value
from .regions import Regions

Found = Mapping[tuple[int, int], bool | None] | None
"""What the cells that are not constant gave, by row and column from 0."""


@dataclass(frozen=True, eq=False)
class TableRecord:
    """What a look at a table is told from: rows are their number, id and the texts of their cells."""

    labels: tuple[str, ...]
    hit_policy: str
    rows: tuple[tuple[int, str, tuple[str, ...]], ...]
    regions: tuple[Regions, ...]

    def told(self, values: Sequence[Value], regions: Sequence[int], found: Found) -> TableTrace:
        """The look at the table, row by row up to where the policy stopped."""
        columns = [own.truths[region] for own, region in zip(self.regions, regions, strict=True)]
        told: list[RowTrace] = []
        for place, (row, cells) in enumerate(zip(self.rows, zip(*columns, strict=True), strict=True)):
            told.append(self._row(place, row, cells, values, found))
            if self.hit_policy == "F" and told[-1].failed is None:
                break
        return TableTrace(tuple(zip(self.labels, values, strict=True)), self.hit_policy, tuple(told))

    def _row(
        self,
        place: int,
        row: tuple[int, str, tuple[str, ...]],
        cells: Sequence[bool | None],
        values: Sequence[Value],
        found: Found,
    ) -> RowTrace:
        number, id, texts = row
        for at, cell in enumerate(cells):
            truth = cell
            if cell is None and found is not None and self.regions[at].tests[place] is None:
                truth = found[place, at]
            if truth is not True:
                failed = FailedCell(at + 1, self.labels[at], texts[at], values[at])
                return (
                    RowTrace(number, id, (*_TRUE[:at], truth), failed)
                    if at < len(_TRUE)
                    else RowTrace(number, id, (True,) * at + (truth,), failed)
                )
        return RowTrace(number, id, (True,) * len(cells), None)


_TRUE = (True,) * 64


class Trace(Sequence[DecisionTrace]):
    """The decisions of an evaluation, told when they are first read."""

    __slots__ = ("_records", "_told")

    def __init__(self, records: Sequence[Any]) -> None:
        self._records: Sequence[Any] = records
        self._told: tuple[DecisionTrace, ...] | None = None

    def _all(self) -> tuple[DecisionTrace, ...]:
        if self._told is None:
            self._told = tuple(_told(record) for record in self._records)
            self._records = ()
        return self._told

    @overload
    def __getitem__(self, index: int) -> DecisionTrace: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[DecisionTrace]: ...

    def __getitem__(self, index: int | slice) -> DecisionTrace | Sequence[DecisionTrace]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[DecisionTrace]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Trace):
            return self._all() == other._all()
        return self._all() == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._all(),)


def _told(record: Any) -> DecisionTrace:
    if isinstance(record, DecisionTrace):
        return record
    (name, kind), value, tables = record
    return DecisionTrace(name, kind, value, tuple(_told_table(each) for each in tables))


def _told_table(record: Any) -> TableTrace:
    if isinstance(record, TableTrace):
        return record
    own, values, regions, found = record
    assert isinstance(own, TableRecord)
    return own.told(values, regions, found)


def evaluation(
    decision: str,
    outcome: Value,
    matched: tuple[Matched, ...],
    records: Sequence[Any],
    used: Mapping[str, Value],
    diagnostics: Sequence[Diagnostic],
) -> Evaluation:
    """An evaluation whose trace is told when it is read."""
    made = _new(Evaluation)
    _set(
        made,
        "__dict__",
        {
            "decision": decision,
            "outcome": outcome,
            "matched": matched,
            "trace": Trace(records),
            "used": used,
            "diagnostics": tuple(diagnostics),
        },
    )
    return made


_new = object.__new__
_set = object.__setattr__
