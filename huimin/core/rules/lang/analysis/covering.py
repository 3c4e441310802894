"""Which combinations of classes no row covers: boxes are split until no row is left in one, or one row holds all of it.

Rows are bits. An axis is a list of masks, one per class of its values: the rows that hit on it there. Going down, only the
rows still in play matter: what was found covered once for some rows and axes is covered wherever they come up again. The
axis to split next is the one on which the fewest rows are left somewhere, so that open boxes are found early, and wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_SPLITS = 12_000
Box = dict[int, tuple[int, ...]]
"""Classes by axis; an axis that is not named stands for all of its classes."""


class TooManyError(Exception):
    """A table that takes too many splits."""


class Cover:
    """What rows leave open over axes."""

    def __init__(self, axes: Sequence[Sequence[int]]) -> None:
        self.axes = axes
        self._splits = 0

    def open(self, rows: int, within: Box | None = None) -> Iterator[Box]:
        """Boxes apart from each other that these rows leave open; none when all is covered. TooManyError."""
        inside = within or {}
        axes = [
            [(at, masks[at]) for at in inside.get(axis, range(len(masks)))]
            for axis, masks in enumerate(self.axes)
        ]
        everywhere = []
        for masks in axes:
            full = -1
            for _, mask in masks:
                full &= mask
            everywhere.append(full)
        covered: set[tuple[int, int]] = set()
        self._splits = 0

        def search(active: int, free: int, path: Box) -> Iterator[Box]:
            if not active:
                yield path
                return
            full, useful = active, []
            for axis, row_mask in enumerate(everywhere):
                if free >> axis & 1:
                    full &= row_mask
                    if active & ~row_mask:
                        useful.append(axis)
                    else:
                        free &= ~(1 << axis)
            if full or (active, free) in covered:
                return
            self._splits += 1
            if self._splits > MOST_SPLITS:
                raise TooManyError
            axis, groups = best(active, useful)
            empty = True
            for mask, classes in sorted(groups.items(), key=lambda each: each[0].bit_count()):
                for box in search(mask, free & ~(1 << axis), {**path, axis: tuple(classes)}):
                    empty = False
                    yield box
            if empty:
                covered.add((active, free))

        def best(active: int, useful: list[int]) -> tuple[int, dict[int, list[int]]]:
            chosen: tuple[tuple[int, int], int, dict[int, list[int]]] | None = None
            for axis in useful:
                groups: dict[int, list[int]] = {}
                for at, mask in axes[axis]:
                    groups.setdefault(active & mask, []).append(at)
                score = (min(mask.bit_count() for mask in groups), len(groups))
                if chosen is None or score < chosen[0]:
                    chosen = (score, axis, groups)
            assert chosen is not None
            return chosen[1], chosen[2]

        yield from search(rows, (1 << len(axes)) - 1, dict(inside))


def joined(found: list[Box], sizes: Sequence[int]) -> list[Box]:
    """Boxes put together where they differ in one axis alone; the largest first."""
    work = list(found)
    changed = True
    while changed and len(work) > 1:
        changed = False
        for axis in range(len(sizes)):
            groups: dict[frozenset[tuple[int, tuple[int, ...]]], set[int]] = {}
            for box in work:
                rest = frozenset((at, classes) for at, classes in box.items() if at != axis)
                groups.setdefault(rest, set()).update(box.get(axis, range(sizes[axis])))
            if len(groups) < len(work):
                changed = True
                work = []
                for rest, classes in groups.items():
                    box = dict(rest)
                    if len(classes) < sizes[axis]:
                        box[axis] = tuple(sorted(classes))
                    work.append(box)
    return sorted(work, key=len)
