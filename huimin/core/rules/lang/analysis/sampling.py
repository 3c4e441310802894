"""Values to try: one from every part of a fact's domain in which no comparison changes its answer.

Facts that are compared with constants alone have parts of their own. Facts that are compared with each other are taken in an
order: the parts of the next one follow from the values of those before it, and the parts of those before take into account
where the parts of the next one would meet (cylindrical decomposition, for what is linear in the fact that is next).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from .. import logic
from ..text import shown
from ..values import Value
from . import polynomials as p
from .forms import DATE, MOMENT, MONTHS, NUMBER, ORDERED, TIME, counted, value_of
from .rounding import between, on_grid
from .space import Space, Variable

MOST_POLYS = 60
_NEAR = {DATE: 1, MOMENT: 3600, TIME: 60, MONTHS: 1}
OTHER = "其他"


@dataclass(frozen=True)
class Piece:
    """A part of a variable's domain with a value from it; low and high are its ends, None is open.

    position orders the parts of one variable; a part that is one value has closed ends. other is any
    text but those in besides.
    """

    value: Value
    position: int = 0
    low: Value = None
    high: Value = None
    closed: bool = False
    other: bool = False
    besides: tuple[str, ...] = ()


class Sampler:
    """Values for the variables of a space."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.lost: set[int] = set()  # variables some of whose values are between the steps of their grid
        self._points: dict[int, list[Value]] = {
            number: list(values) for number, values in space.points.items()
        }
        self._cut()
        self._texts: dict[int, tuple[list[str], int]] = self._related_texts()
        self._order: dict[int, list[int]] = {}
        self._main: dict[int, list[p.Poly]] = {}
        self._arrange()
        self._cache: dict[int, list[Piece]] = {}

    # Order

    def first(self, number: int, assigned: Mapping[int, Value]) -> int:
        """The variable to choose before this one can be: itself where none is."""
        for each in self._order.get(number, ()):
            if each == number:
                break
            if each not in assigned:
                return each
        return number

    def _arrange(self) -> None:
        """Groups of variables that are compared with each other, each with its order and its polynomials."""
        polys = p.different(self.space.polys)
        linked: dict[int, set[int]] = {}
        for poly in polys:
            group = set(p.variables(poly))
            for number in p.variables(poly):
                group |= linked.get(number, set())
            for number in group:
                linked[number] = group
        for group in {id(each): each for each in linked.values()}.values():
            own = [poly for poly in polys if p.variables(poly) <= group]
            self._decompose(group, own)

    def _decompose(self, group: set[int], polys: list[p.Poly]) -> None:
        few = sorted(number for number in group if self.space.variables[number].values is not None)
        rest = group - set(few)
        for number in rest if len(group) > 1 else ():
            for value in self._points.get(number, ()):
                found = counted(value)
                if found is not None and found[0] == self.space.variables[number].kind:
                    polys.append(p.plus(p.variable(number), p.constant(found[1]), -1))
        polys = p.different(polys)
        order: list[int] = []
        while rest:
            number = min(rest, key=lambda each: _weight(polys, each))
            rest.remove(number)
            order.insert(0, number)
            mine = [poly for poly in polys if p.degree(poly, number)]
            if any(p.degree(poly, number) > 1 for poly in mine):
                self.space.blur(frozenset().union(*(p.variables(poly) for poly in mine)), "**")
                mine = [poly for poly in mine if p.degree(poly, number) == 1]
            self._main[number] = mine
            polys = [poly for poly in polys if not p.degree(poly, number)]
            if rest or few:
                polys = p.different([*polys, *self.projected(mine, number)])
        for number in group:
            self._order[number] = [*few, *order]

    def projected(self, polys: list[p.Poly], number: int) -> list[p.Poly]:
        """Where the roots of a variable meet or vanish, as polynomials of the variables before it."""
        found: list[p.Poly] = []
        try:
            for index, poly in enumerate(polys):
                a, b = p.split(poly, number)
                if p.variables(a):
                    found += [a, b]
                for other in polys[:index]:
                    c, d = p.split(other, number)
                    found.append(p.plus(p.times(a, d), p.times(c, b), -1))
                found = p.different(found)
                if len(found) > MOST_POLYS:
                    raise p.TooLargeError
        except p.TooLargeError:
            self.space.blur(frozenset().union(*(p.variables(poly) for poly in polys)), "size")
        return found[:MOST_POLYS]

    # Values

    def pieces(self, number: int, assigned: Mapping[int, Value]) -> list[Piece]:
        """The parts of a variable's domain, given the values of those before it."""
        if number in self._cache:
            return self._cache[number]
        variable = self.space.variables[number]
        made = [piece for piece in self._made(variable, assigned) if self._allowed(variable, piece.value)]
        if variable.values is None and variable.about.nullable:
            made.append(Piece(None, -1))
        alone = all(p.variables(poly) == {number} for poly in self._main.get(number, ()))
        if alone:
            self._cache[number] = made
        return made

    def _allowed(self, variable: Variable, value: Value) -> bool:
        return value is None or all(each(value) for each in variable.allowed)

    def _made(self, variable: Variable, assigned: Mapping[int, Value]) -> list[Piece]:
        if variable.values is not None:
            return [Piece(value, at, value, value, True) for at, value in enumerate(variable.values)]
        if variable.kind == "boolean":
            return [Piece(True, 0, True, True, True), Piece(False, 1, False, False, True)]
        if variable.kind == "string":
            return self._text_pieces(variable.number)
        if variable.kind in ORDERED:
            return self._number_pieces(variable, variable.kind, self.roots(variable, assigned))
        return self._any(variable)

    def _any(self, variable: Variable) -> list[Piece]:
        """A variable of no declared type: values of every kind that it is compared with."""
        made: list[Piece] = []
        values = self._points.get(variable.number, [])
        kinds = dict.fromkeys(found[0] for value in values if (found := counted(value)) is not None)
        for kind in kinds:
            roots = {found[1] for value in values if (found := counted(value)) and found[0] == kind}
            made += self._number_pieces(variable, kind, sorted(roots))
        if any(isinstance(value, bool) for value in values) or not values:
            made += [Piece(True, 10_000, True, True, True), Piece(False, 10_001, False, False, True)]
        if any(isinstance(value, str) for value in values):
            made += self._text_pieces(variable.number)
        return made

    def roots(self, variable: Variable, assigned: Mapping[int, Value]) -> list[Fraction]:
        """Where comparisons of a counted variable change their answer, the variables before it given."""
        found = set(self.points(variable))
        for poly in self._main.get(variable.number, ()):
            values: dict[int, Fraction] = {}
            for number in p.variables(poly) - {variable.number}:
                each = counted(assigned.get(number))
                if each is None:
                    break
                values[number] = each[1]
            else:
                root = p.root(p.put(poly, values), variable.number)
                if root is not None:
                    found.add(root)
        return sorted(found)

    def _number_pieces(self, variable: Variable, kind: str, roots: list[Fraction]) -> list[Piece]:
        """Each root, and one value between neighbours and beyond both ends."""
        like = next(
            (v for v in self._points.get(variable.number, ()) if (counted(v) or ("",))[0] == kind), None
        )
        step = step_of(variable, kind)
        made: list[Piece] = []
        ends: list[Fraction | None] = [None, *roots, None]

        def value(found: Fraction | None) -> Value:
            return None if found is None else value_of(found, kind, like)

        for index in range(len(ends) - 1):
            low, high = ends[index], ends[index + 1]
            if low is not None:
                exact = value(low)
                if exact is not None and on_grid(low, step):
                    made.append(Piece(exact, 2 * index, exact, exact, True))
                else:
                    self.lost.add(variable.number)
            inner = self._inner(kind, low, high, step)
            example = value(inner)
            if example is not None:
                made.append(Piece(example, 2 * index + 1, value(low), value(high)))
            else:
                self.lost.add(variable.number)
        return [replace(piece, position=at) for at, piece in enumerate(made)]

    def _inner(
        self, kind: str, low: Fraction | None, high: Fraction | None, step: Fraction | None
    ) -> Fraction | None:
        """A value between two ends: a round number, the next day, the next hour."""
        near = _NEAR.get(kind)
        if near is None:
            return between(low, high, step)
        if low is None and high is None:
            clock = counted(self.space.moment.today if kind == DATE else self.space.moment.now)
            return clock[1] if clock and kind in (DATE, MOMENT) else Fraction(near)
        if low is None:
            assert high is not None
            return high - near
        return low + near if high is None or low + near < high else between(low, high, step)

    def _text_pieces(self, number: int) -> list[Piece]:
        """Each text that it is compared with, and others: between neighbours too where texts are put in order."""
        texts, others = self._texts.get(number, ([], 1))
        made: list[Piece] = []
        if number not in self.space.ordered:
            made += [Piece(text, 2 * at + 1, text, text, True) for at, text in enumerate(texts)]
            free = (OTHER if not at else f"{OTHER}{at + 1}" for at in range(len(texts) + others))
            chosen = [text for text in free if text not in texts][:others]
            return [
                *made,
                *(Piece(text, 2 * len(texts) + 2 + at, other=True) for at, text in enumerate(chosen)),
            ]
        for at, text in enumerate(["", *texts]):
            after = texts[at] if at < len(texts) else None
            if at:
                made.append(Piece(text, 2 * at, text, text, True))
            inner = next(
                (
                    c
                    for c in (f"{text}0", f"{text}一", f"{text}\x00")
                    if text < c and (after is None or c < after)
                ),
                None,
            )
            if not at:
                inner = "" if after is None or after > "" else None
            if inner is not None:
                made.append(Piece(inner, 2 * at + 1, text if at else None, after, other=True))
        return made

    def points(self, variable: Variable) -> list[Fraction]:
        """The constants that a counted variable is compared with."""
        found = (counted(value) for value in self._points.get(variable.number, ()))
        return [each[1] for each in found if each is not None and each[0] == variable.kind]

    def _related_texts(self) -> dict[int, tuple[list[str], int]]:
        """The texts a variable is compared with, and how many others: variables compared with each other share them."""
        groups: dict[int, set[int]] = {}
        for one, two in self.space.together:
            joined = groups.get(one, {one}) | groups.get(two, {two})
            for number in joined:
                groups[number] = joined
        found: dict[int, tuple[list[str], int]] = {}
        for variable in self.space.variables:
            group = groups.get(variable.number, {variable.number})
            texts = {
                text for number in group for text in self._points.get(number, ()) if isinstance(text, str)
            }
            found[variable.number] = (sorted(texts), len(group))
            if any(number in self.space.ordered for number in group):
                self.space.ordered.add(variable.number)
                if len(group) > 1:
                    self.space.blur(group, "<")
        return found

    # Functions that rise

    def _cut(self) -> None:
        """Turns the functions of one variable that are compared with constants into points of the variable."""
        for number, cuts in self.space.cuts.items():
            variable = self.space.variables[number]
            for of, constant in cuts:
                found = (
                    [value_of(Fraction(at), DATE) for at in _boundaries(of, constant)]
                    if variable.kind == DATE
                    else []
                )
                if variable.kind != DATE:
                    self.space.blur([number], "function")
                    if variable.kind == NUMBER and (counted(constant) or ("",))[0] == NUMBER:
                        found = [constant]
                self._points.setdefault(number, []).extend(found)


def _boundaries(of: object, constant: Value) -> list[int]:
    """The days from which a rising or falling function is at least, and is more than, a constant."""
    first, last = dt.date(1850, 1, 1).toordinal(), dt.date(2150, 1, 1).toordinal()
    found: list[int] = []
    for sign in (">=", ">"):

        def holds(day: int, sign: str = sign) -> bool:
            return logic.compare(sign, of(dt.date.fromordinal(day)), constant) is True  # type: ignore[operator]

        low, high = first, last
        start = holds(low)
        if holds(high) == start:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if holds(middle) == start else (low, middle)
        found += [low, high]
    return found


def step_of(variable: Variable, kind: str) -> Fraction | None:
    """The grid of a variable: what is known of the fact, whole days and months."""
    if kind == NUMBER and variable.about.step is not None:
        return Fraction(variable.about.step)
    if kind in (MOMENT, TIME):
        return Fraction(1, 10**6)
    return Fraction(1) if kind in (DATE, MONTHS) else None


def _weight(polys: list[p.Poly], number: int) -> tuple[int, int, int, int]:
    """How hard a variable is to eliminate: its power, its moving factors, how often it occurs."""
    mine = [poly for poly in polys if p.degree(poly, number)]
    power = max((p.degree(poly, number) for poly in mine), default=0)
    moving = sum(bool(p.variables(p.split(poly, number)[0])) for poly in mine if p.degree(poly, number) == 1)
    return max(power, 1), moving, len(mine), number


def words(pieces: Iterable[Piece]) -> str:
    """Parts of one variable as a test of FEEL, neighbours joined."""
    kept = sorted(pieces, key=lambda each: each.position)
    if any(piece.other and piece.low is None and piece.high is None for piece in kept):
        return _all_but(kept)
    texts: list[str] = []
    run: list[Piece] = []
    for piece in [*kept, None]:
        if (
            piece is not None
            and piece.value is not None
            and not piece.other
            and not isinstance(piece.value, bool | str)
        ):
            if run and not _touch(run[-1], piece):
                texts.append(_span(run))
                run = []
            run.append(piece)
            continue
        if run:
            texts.append(_span(run))
            run = []
        if piece is not None:
            texts.append(_single(piece))
    return ", ".join(dict.fromkeys(texts))


def _all_but(pieces: list[Piece]) -> str:
    """Any text but some: not("a"), which holds null too, or not(null, "a")."""
    listed = {piece.value for piece in pieces if not piece.other}
    besides = {text for piece in pieces for text in piece.besides} - listed
    without = [*([] if None in listed else ["null"]), *(shown(text) for text in sorted(besides))]
    return f"not({', '.join(without)})" if without else "-"


def _single(piece: Piece) -> str:
    return _span([piece]) if piece.other else shown(piece.value)


def _touch(one: Piece, two: Piece) -> bool:
    return two.position == one.position + 1


def _span(run: list[Piece]) -> str:
    first, last = run[0], run[-1]
    if len(run) == 1 and first.closed:
        return shown(first.value)
    low, high = first.low, last.high
    if low is None and high is None:
        return "-"
    if low is None:
        return f"{'<=' if last.closed else '<'} {shown(high)}"
    if high is None:
        return f"{'>=' if first.closed else '>'} {shown(low)}"
    return f"{'[' if first.closed else '('}{shown(low)}..{shown(high)}{']' if last.closed else ')'}"
