"""The trace as a made function leaves it: values and regions; rows are spelt out when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from ..explanation import DecisionTrace, Evaluation, FailedCell, Matched, RowTrace, TableTrace
from ..problems import Diagnostic
from ..values import Value
from .regions import Regions

Found = Mapping[tuple[int, int], bool | None] | None
"""What the cells that are not constant gave, by row and column from 0."""
_Failing = tuple[int, int, str, tuple[bool | None, ...], int, str, str]
KEPT = 10_000


class TableRecord:
    """What a look at a table is told from: rows are their number, id and the texts of their cells."""

    def __init__(
        self,
        labels: tuple[str, ...],
        hit_policy: str,
        rows: tuple[tuple[int, str, tuple[str, ...]], ...],
        regions: tuple[Regions, ...],
    ) -> None:
        self.labels, self.hit_policy, self.rows, self.regions = labels, hit_policy, rows, regions
        self._first = hit_policy == "F"
        self._every = (1 << len(rows)) - 1
        width = len(labels)
        self._hit = [RowTrace(number, id, (True,) * width, None) for number, id, _ in rows]
        self._kept: dict[tuple[int, int, int], list[_Failing]] = {}

    def told(self, values: Sequence[Value], regions: Sequence[int], hits: int, found: Found) -> TableTrace:
        """The look at the table, row by row up to where the policy stopped."""
        inputs = tuple(zip(self.labels, values, strict=True))
        rows = self._few(values, regions, hits) if found is None else self._all(values, regions, found)
        return _new(TableTrace, (inputs, self.hit_policy, tuple(rows)))

    def _few(self, values: Sequence[Value], regions: Sequence[int], hits: int) -> list[RowTrace]:
        """The rows of a table of constant cells: column by column, those that fail there."""
        told = self._hit.copy()
        waiting, new, row_type, cell_type = self._every, _new, RowTrace, FailedCell
        if self._first and hits:
            length = hits.bit_length()
            del told[len(told) - length + 1 :]
            waiting &= -1 << (length - 1)
        for at, (own, region, value) in enumerate(zip(self.regions, regions, values, strict=True)):
            failing = waiting & ~own.hits[region]
            if failing:
                waiting ^= failing
                for row, number, id, cells, column, label, text in self._failing(at, region, failing):
                    told[row] = new(
                        row_type, (number, id, cells, new(cell_type, (column, label, text, value)))
                    )
        return told

    def _failing(self, at: int, region: int, failing: int) -> list[_Failing]:
        """The rows of some bits as they are told when they fail in a column; kept, since few differ."""
        known = self._kept.get((at, region, failing))
        if known is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            truths, count = self.regions[at].truths[region], len(self.rows)
            known = self._kept[at, region, failing] = [
                (row, number, id, (True,) * at + (truths[row],), at + 1, self.labels[at], texts[at])
                for row, (number, id, texts) in enumerate(self.rows)
                if failing >> (count - 1 - row) & 1
            ]
        return known

    def _all(
        self, values: Sequence[Value], regions: Sequence[int], found: Mapping[Any, Any]
    ) -> list[RowTrace]:
        """The rows of a table of which some cells are not constant."""
        columns = [
            tuple(found.get((row, at), truth) for row, truth in enumerate(self.regions[at].truths[region]))
            for at, region in enumerate(regions)
        ]
        told: list[RowTrace] = []
        for (number, id, texts), cells in zip(self.rows, zip(*columns, strict=True), strict=True):
            at = next((at for at, truth in enumerate(cells) if truth is not True), None)
            if at is None:
                told.append(RowTrace(number, id, cells, None))
                if self._first:
                    break
            else:
                failed = FailedCell(at + 1, self.labels[at], texts[at], values[at])
                told.append(RowTrace(number, id, cells[: at + 1], failed))
        return told


class Trace(Sequence[DecisionTrace]):
    """The decisions of an evaluation, told when they are first read."""

    __slots__ = ("_records", "_told")

    def __init__(self, records: Sequence[Any]) -> None:
        self._records: Sequence[Any] = records
        self._told: tuple[DecisionTrace, ...] | None = None

    def _all(self) -> tuple[DecisionTrace, ...]:
        if self._told is None:
            self._told = tuple([_told(record) for record in self._records])
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
    return _new(DecisionTrace, (name, kind, value, tuple([_told_table(each) for each in tables])))


def _told_table(record: Any) -> TableTrace:
    if isinstance(record, TableTrace):
        return record
    own, values, regions, hits, found = record
    assert isinstance(own, TableRecord)
    return own.told(values, regions, hits, found)


def evaluation(
    decision: str,
    outcome: Value,
    matched: tuple[Matched, ...],
    records: Sequence[Any],
    used: Mapping[str, Value],
    diagnostics: Sequence[Diagnostic],
) -> Evaluation:
    """An evaluation whose trace is told when it is read."""
    return _new(Evaluation, (decision, outcome, matched, Trace(records), used, tuple(diagnostics)))


_new = tuple.__new__
