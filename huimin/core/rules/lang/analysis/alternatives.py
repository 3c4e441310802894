"""What would have to be different: for each other outcome the fewest facts whose change gives it, and the nearest values.

A fact alone is moved to every part of its domain in which no comparison changes its answer, the others being what they are:
so what is found for one fact is all there is, and so it is for two. Each change is stated as the whole stretch of values around
it that gives the same outcome ("under 8,500", "at least 60 and under 75").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

from .. import model as m
from .. import tree
from ..compiled import compiled
from ..plan import Link
from ..running import Session
from ..scope import Run
from ..values import Value
from . import polynomials as p
from .exploring import Explorer, marked
from .forms import ORDERED, counted, value_of
from .notes import About, notes
from .rounding import next_to, on_grid
from .sampling import Sampler, step_of
from .space import Moment, Variable, leaves

TRIES = 2_500
EXACT = 2
MOST = 4


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What one fact would have to be: name, label and unit, its value now, the nearest value that would do.

    operator and bound say from where on ("<" 8500; "=" true); upto is the other end of the stretch, None where it is open.
    """

    name: str
    label: str
    unit: str
    was: Value
    value: Value
    operator: str
    bound: Value
    upto: tuple[str, Value] | None = None


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another outcome with the smallest change that gives it; fewest says that no change of fewer facts does."""

    outcome: Value
    conditions: tuple[Condition, ...]
    fewest: bool = True


@dataclass(frozen=True)
class _Stretch:
    """Values of one fact between two ends, in which no comparison changes its answer."""

    low: Fraction | None
    high: Fraction | None
    closed: bool

    def holds(self, value: Fraction) -> bool:
        if self.closed:
            return value == self.low
        return (self.low is None or self.low < value) and (self.high is None or value < self.high)


class Ways:
    """A decision made ready for the question: its facts and everything they are compared with."""

    def __init__(
        self, model: m.Model, decision: m.Decision, about: Mapping[str, About], moment: Moment
    ) -> None:
        self.moment = moment
        self.explorer = Explorer(moment, notes(model, about))
        self.form = self.explorer.walk_decision(Link(model.plan, decision), apart=False)
        self.space = self.explorer.space
        self.sampler = Sampler(self.space)
        self.polys = p.different(self.space.polys)
        self.linked = {each.number: self._linked(each.number) for each in self.space.variables}
        self.run = compiled(model, decision).decide
        self.decision, self.plan = decision, model.plan
        self.fixed = frozenset(each.key for each in self.space.variables if each.about.fixed)

    def _linked(self, number: int) -> frozenset[int]:
        """The variables that a variable is compared with, through others too."""
        found, waiting = {number}, [number]
        while waiting:
            each = waiting.pop()
            near = {other for poly in self.polys if each in p.variables(poly) for other in p.variables(poly)}
            waiting += near - found
            found |= near
        return frozenset(found)


class Question:
    """The question about one subject."""

    def __init__(self, ways: Ways, facts: Mapping[str, Value]) -> None:
        self.ways, self.space = ways, ways.space
        self.now: dict[int, Value] = {}
        self.keys: dict[int, str] = {}
        for variable in self.space.variables:
            key = getattr(variable.key, "key", variable.name)
            self.keys[variable.number] = key
            self.now[variable.number] = _given(facts.get(key, facts.get(variable.name)))
        self.facts = dict(facts)
        self.left = TRIES
        self.outcome = self.decided({})
        self._parts: dict[object, list[_Stretch]] = {}
        self.best: dict[object, tuple[tuple[int, Decimal], Value, dict[int, Value]]] = {}

    def decided(self, changed: Mapping[int, Value]) -> Value:
        """The outcome with some facts changed."""
        self.left -= 1
        given = dict(self.facts)
        for number, value in changed.items():
            given.pop(self.space.variables[number].name, None)
            given[self.keys[number]] = value
        return self.ways.run(given, self.ways.moment.now, self.ways.moment.today)[0]

    def movable(self) -> list[Variable]:
        """The facts that are known and that somebody could change."""
        return [
            each
            for each in self.space.variables
            if not each.about.fixed and self.now[each.number] is not None and each.values is None
        ]

    def answers(self, wanted: set[object] | None) -> None:
        """Tries one fact, then two, and so on, until every wanted outcome is reached or enough was tried."""
        movable = self.movable()
        if wanted is not None and not wanted:
            return
        for size in range(1, min(MOST, len(movable)) + 1):
            for group in combinations(movable, size):
                for changed in self._changes(group, {}):
                    self._note(changed)
                if self.left <= 0:
                    return
            if wanted is not None and wanted <= self.best.keys():
                return

    def _note(self, changed: dict[int, Value]) -> None:
        found = self.decided(changed)
        mark = marked(found)
        if found is None or mark == marked(self.outcome):
            return
        size = (
            len(changed),
            sum((self._distance(number, value) for number, value in changed.items()), Decimal(0)),
        )
        known = self.best.get(mark)
        if known is None or size < known[0]:
            self.best[mark] = (size, found, dict(changed))

    def _changes(self, group: tuple[Variable, ...], changed: dict[int, Value]) -> Iterator[dict[int, Value]]:
        """Every way to change a group of facts: each to its nearest value in each other part of its domain."""
        ordered = sorted(group, key=lambda each: each.kind in ORDERED)
        yield from self._chosen(ordered, changed)

    def _chosen(self, group: list[Variable], changed: dict[int, Value]) -> Iterator[dict[int, Value]]:
        if not group:
            yield changed
            return
        first, rest = group[0], group[1:]
        for value in self.nearest(first, changed, [each.number for each in rest]):
            yield from self._chosen(rest, {**changed, first.number: value})

    # One fact

    def nearest(self, variable: Variable, changed: Mapping[int, Value], later: list[int]) -> Iterator[Value]:
        """The nearest value in each part of a fact's domain that it is not in."""
        now = self.now[variable.number]
        at = counted(now)
        if variable.kind not in ORDERED or at is None:
            yield from (
                piece.value
                for piece in self.ways.sampler.pieces(variable.number, {})
                if piece.value is not None and not piece.other and marked(piece.value) != marked(now)
            )
            return
        for stretch in self.stretches(variable, changed, later):
            if not stretch.holds(at[1]):
                value = self._into(variable, stretch, at[1])
                if value is not None:
                    yield value

    def stretches(self, variable: Variable, changed: Mapping[int, Value], later: list[int]) -> list[_Stretch]:
        """The parts of a counted fact's domain, the others given; later ones are still to be changed."""
        linked = self.ways.linked[variable.number]
        moved = tuple((n, marked(value)) for n, value in changed.items() if n in linked)
        key = (variable.number, moved, tuple(n for n in later if n in linked))
        if key not in self._parts:
            self._parts[key] = self._stretches(variable, changed, later)
        return self._parts[key]

    def _stretches(
        self, variable: Variable, changed: Mapping[int, Value], later: list[int]
    ) -> list[_Stretch]:
        values = {
            number: found[1]
            for number, value in {**self.now, **changed}.items()
            if number != variable.number and number not in later and (found := counted(value)) is not None
        }
        missing = {
            number
            for number, value in {**self.now, **changed}.items()
            if number != variable.number and counted(value) is None
        }
        polys = [
            poly
            for each in self.ways.polys
            if not (p.variables(each) & missing) and (poly := p.put(each, values)) and p.variables(poly)
        ]
        for number in later:
            mine = [poly for poly in polys if p.degree(poly, number) == 1]
            polys = [poly for poly in polys if not p.degree(poly, number)]
            polys = p.different([*polys, *self.ways.sampler.projected(mine, number)])
        roots = {
            root
            for poly in polys
            if p.variables(poly) == {variable.number}
            and p.degree(poly, variable.number) == 1
            and (root := p.root(poly, variable.number)) is not None
        }
        roots |= set(self.ways.sampler.points(variable))
        ends: list[Fraction | None] = [None, *sorted(roots), None]
        made: list[_Stretch] = []
        for low, high in pairwise(ends):
            if low is not None:
                made.append(_Stretch(low, low, True))
            made.append(_Stretch(low, high, False))
        return made

    def _into(self, variable: Variable, stretch: _Stretch, now: Fraction) -> Value:
        """The value of a stretch nearest to what the fact is; None where the fact has none there."""
        step = step_of(variable, variable.kind)
        like = self.now[variable.number]
        if stretch.closed:
            assert stretch.low is not None
            found: Fraction | None = stretch.low if on_grid(stretch.low, step) else None
        elif stretch.low is not None and stretch.low >= now:
            found = next_to(stretch.low, True, step, stretch.high)
        else:
            assert stretch.high is not None
            found = next_to(stretch.high, False, step, stretch.low)
        value = None if found is None else value_of(found, variable.kind, like)
        return value if value is not None and all(each(value) for each in variable.allowed) else None

    def _distance(self, number: int, value: Value) -> Decimal:
        """How far a change goes, as a part of the larger of both values; one for what has no measure."""
        old, new = counted(self.now[number]), counted(value)
        if old is None or new is None:
            return Decimal(1)
        if self.space.variables[number].kind == "date":
            return Decimal(int(abs(new[1] - old[1]))) / 365
        largest = max(abs(old[1]), abs(new[1]), Fraction(1))
        part = abs(new[1] - old[1]) / largest
        return Decimal(part.numerator) / Decimal(part.denominator)

    # Stating

    def stated(self) -> Iterator[Alternative]:
        """Each outcome that was reached, with its conditions."""
        for size, outcome, changed in sorted(self.best.values(), key=lambda each: each[0]):
            conditions = tuple(self._condition(number, changed) for number in changed)
            yield Alternative(
                outcome=outcome,
                conditions=conditions,
                fewest=size[0] <= EXACT + 1 and not self.vague(changed),
            )

    def vague(self, changed: Mapping[int, Value]) -> bool:
        """Whether something here could not be followed exactly."""
        return bool(self.space.vague) or self.left <= 0

    def _condition(self, number: int, changed: Mapping[int, Value]) -> Condition:
        variable = self.space.variables[number]
        value, was = changed[number], self.now[number]
        operator, bound, upto = "=", value, None
        at, old = counted(value), counted(was)
        if variable.kind in ORDERED and at is not None and old is not None:
            operator, bound, upto = self._around(variable, changed, at[1], up=at[1] > old[1])
        about = variable.about
        return Condition(
            name=variable.name, label=about.label or variable.name, unit=about.unit, was=was, value=value,
            operator=operator, bound=bound, upto=upto,
        )  # fmt: skip

    def _around(
        self, variable: Variable, changed: Mapping[int, Value], at: Fraction, *, up: bool
    ) -> tuple[str, Value, tuple[str, Value] | None]:
        """The stretch of values around a chosen one that gives the same outcome, from the side of what the fact is."""
        wanted = marked(self.decided(changed))
        all_ = self.stretches(variable, changed, [])
        place = next(index for index, each in enumerate(all_) if each.holds(at))

        def same(stretch: _Stretch) -> bool:
            value = (
                self._into(variable, stretch, at) if not stretch.holds(at) else value_of(at, variable.kind)
            )
            return value is None or marked(self.decided({**changed, variable.number: value})) == wanted

        low = high = place
        while low > 0 and same(all_[low - 1]):
            low -= 1
        while high + 1 < len(all_) and same(all_[high + 1]):
            high += 1
        like = self.now[variable.number]

        def end(value: Fraction | None) -> Value:
            return None if value is None else value_of(value, variable.kind, like)

        from_below = (">=" if all_[low].closed else ">", end(all_[low].low))
        from_above = ("<=" if all_[high].closed else "<", end(all_[high].high))
        near, far = (from_below, from_above) if up else (from_above, from_below)
        if low == high and all_[low].closed:
            return "=", end(all_[low].low), None
        if near[1] is None:
            return "=", end(at), None
        return near[0], near[1], far if far[1] is not None else None


def what_if(
    model: m.Model,
    decision: str,
    facts: Mapping[str, Value],
    *,
    today: dt.date,
    now: dt.datetime,
    about: Mapping[str, About] | None = None,
) -> tuple[Alternative, ...]:
    """For each other outcome that changed facts give, the smallest such change: fewest facts, then the nearest values.

    facts are by input name or catalogue name. Facts that are fixed (see About) or unknown stay as they are. Up to two facts
    every change is found; three and four are tried within a bound. No outcome is offered twice, the smallest changes first.
    """
    found = model.decision(decision)
    if found is None or found.logic is None:
        return ()
    ways = _ways(model, found, about or {}, Moment(today, now))
    question = Question(ways, facts)
    question.answers(_reachable(ways, question))
    return tuple(question.stated())


_MADE: dict[tuple[int, str, Moment, int], tuple[m.Model, Mapping[str, About], Ways]] = {}
_KEPT = 64


def _ways(model: m.Model, decision: m.Decision, about: Mapping[str, About], moment: Moment) -> Ways:
    """A decision made ready, kept for the next subject of the same day."""
    timed = Moment(moment.today, moment.now if b"now(" in model.source else dt.datetime.min)
    key = (id(model), decision.name, timed, id(about))
    known = _MADE.get(key)
    if known is None or known[0] is not model or known[1] is not about:
        if len(_MADE) >= _KEPT:
            _MADE.clear()
        known = _MADE[key] = (model, about, Ways(model, decision, about, moment))
    return known[2]


def _reachable(ways: Ways, question: Question) -> set[object] | None:
    """The other outcomes that a row of the table could give while fixed and unknown facts stay; None where rows do not say."""
    table = ways.decision.logic
    if not isinstance(table, m.DecisionTable) or len(table.outputs) != 1 or table.hit_policy not in "UAFP":
        return None
    stuck = {each.key for each in ways.space.variables} - {each.key for each in question.movable()}
    session = Session(question.facts, Run(ways.moment.now, ways.moment.today))
    scope = session.scope(ways.plan, ways.decision)
    still = [leaves_of(ways, column.expression) <= stuck for column in table.inputs]
    found: set[object] = set()
    for row in table.rows:
        output = ways.plan.trees[row.outputs[0]]
        if not isinstance(output, tree.Literal):
            return None
        for cell, column, fixed in zip(row.inputs, table.inputs, still, strict=True):
            node = ways.plan.trees[cell]
            if fixed and isinstance(node, tree.Node) and not isinstance(node, tree.AnyTest):
                value = session.evaluate(ways.plan, column.expression, scope)
                if session.interpreter.test(node, value, scope) is not True:
                    break
        else:
            found.add(marked(output.value))
    if table.outputs[0].default is not None:
        return None
    return found - {marked(question.outcome), marked(None)}


def leaves_of(ways: Ways, text: m.Text) -> frozenset[m.Element]:
    """The facts below an expression of the decision."""
    node, named = ways.plan.trees[text], ways.plan.required(ways.decision)
    found: frozenset[m.Element] = frozenset()
    for each in node.walk() if isinstance(node, tree.Node) else ():
        link = named.get(each.name) if isinstance(each, tree.Name) else None
        if isinstance(link, Link):
            found |= leaves(link)
    return found


def _given(value: Value) -> Value:
    """A fact as it is compared: whole numbers are decimals."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
