"""What a recorded code means on a day: the merges and splits of villages, replayed in order of their dates.

Plain values, no database. People keep the code and the group they were recorded with; a territory says which
village answers for them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date

from huimin.core.places.types import Change, Span
from huimin.kit.area import WIDTH, AreaCode

MERGE, SPLIT, RENAME = "merge", "split", "rename"


class Inconsistent(Exception):
    """A change that cannot follow on those before it; `reason` is closed or groups_moved."""

    def __init__(self, change: Change, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {change}")
        self.change, self.reason, self.detail = change, reason, detail


def ordered(changes: Iterable[Change]) -> list[Change]:
    """Changes by day, and those of one day as they were recorded."""
    return sorted(changes, key=lambda one: (one.on, one.id))


def _step(code: str, by: int) -> str:
    return str(int(code) + by).zfill(WIDTH)


class Territory:
    """Which village every recorded (code, group) belongs to after a number of changes."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._rest: dict[str, str] = {}
        self._apart: dict[str, dict[int, str]] = {}
        self._held: dict[str, set[str]] = {}
        self.closed: dict[str, str] = {}
        for change in changes:
            self.apply(change)
        self._origins = sorted(self._rest)
        self._holders = sorted(self._held)

    @classmethod
    def on(cls, changes: Iterable[Change], day: date) -> Territory:
        """The territory at the end of a day."""
        return cls(one for one in ordered(changes) if one.on <= day)

    def apply(self, change: Change) -> None:
        """Carry out one change; raise Inconsistent where those before it leave no room for it."""
        if change.kind == RENAME:
            return
        for code in (change.from_code, change.to_code):
            if code in self.closed:
                raise Inconsistent(change, "closed", code)
        if change.kind == MERGE:
            self._merge(change)
        else:
            self._split(change)

    def _touch(self, origin: str) -> None:
        if origin not in self._rest:
            self._rest[origin] = origin
            self._apart[origin] = {}
            self._held.setdefault(origin, set()).add(origin)

    def _merge(self, change: Change) -> None:
        source, target = change.from_code, change.to_code
        self._touch(source)
        self._touch(target)
        for origin in self._held.pop(source, set()):
            if self._rest[origin] == source:
                self._rest[origin] = target
            apart = {g: target if code == source else code for g, code in self._apart[origin].items()}
            self._apart[origin] = {g: code for g, code in apart.items() if code != self._rest[origin]}
            self._held[target].add(origin)
        self.closed[source] = target

    def _split(self, change: Change) -> None:
        source, target, origin = change.from_code, change.to_code, change.origin or change.from_code
        self._touch(source)
        self._touch(target)
        self._touch(origin)
        for group in change.groups or ():
            if self.at(origin, group) != source:
                raise Inconsistent(change, "groups_moved", str(group))
        for group in change.groups or ():
            self._apart[origin][group] = target
            if target == self._rest[origin]:
                del self._apart[origin][group]
        self._held[target].add(origin)
        if source != self._rest[origin] and source not in self._apart[origin].values():
            self._held[source].discard(origin)

    def at(self, code: str, group: int | None = None) -> str:
        """The village that answers for a row recorded with this code and group."""
        if group is not None and group in self._apart.get(code, ()):
            return self._apart[code][group]
        return self._rest.get(code, code)

    def successors(self, code: str) -> tuple[str, ...]:
        """The villages among which the recorded code's people are now, the one of the remainder first."""
        rest = self._rest.get(code, code)
        return (rest, *sorted(set(self._apart.get(code, {}).values()) - {rest}))

    def parts(self, code: str) -> tuple[str, ...]:
        """The recorded codes of which a village has people."""
        return tuple(sorted(self._held.get(code, {code} - set(self.closed))))

    def moved(self) -> Iterator[tuple[str, int | None, str]]:
        """What left its recorded code: (recorded code, group or None for all others, village)."""
        for origin in self._origins:
            rest = self._rest[origin]
            if rest != origin or self._apart[origin]:
                yield origin, None, rest
                for group, code in sorted(self._apart[origin].items()):
                    yield origin, group, code

    def _piece(self, origin: str, low: str, high: str) -> Span | None:
        """What of a recorded village lies now between two codes."""
        apart = self._apart[origin]
        inside = tuple(sorted(group for group, code in apart.items() if low <= code <= high))
        if low <= self._rest[origin] <= high:
            outside = tuple(sorted(set(apart) - set(inside)))
            return Span(origin, origin, None, outside or None)
        return Span(origin, origin, inside) if inside else None

    def spans(self, code: str) -> tuple[Span, ...]:
        """The recorded rows that belong to a division now, as ranges that do not overlap, in order."""
        low, high = AreaCode(code).span
        spans: list[Span] = []
        start: str | None = low
        own = self._origins[bisect_left(self._origins, low) : bisect_right(self._origins, high)]
        for origin in own:
            piece = self._piece(origin, low, high)
            if piece == Span(origin, origin):
                continue
            if start is not None and start < origin:
                spans.append(Span(start, _step(origin, -1)))
            if piece is not None:
                spans.append(piece)
            start = _step(origin, 1) if origin < high else None
        if start is not None:
            spans.append(Span(start, high))
        holders = self._holders[bisect_left(self._holders, low) : bisect_right(self._holders, high)]
        come = {origin for holder in holders for origin in self._held[holder] if not low <= origin <= high}
        spans += [piece for origin in come if (piece := self._piece(origin, low, high))]
        return tuple(sorted(spans, key=lambda span: (span.low, span.high)))
