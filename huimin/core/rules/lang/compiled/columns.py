"""The input columns of a table: a fact is read, checked and put into its region in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import model as m
from .. import tree
from ..plan import Link
from ..schema import Restricted, Type
from . import kinds as k
from .expressions import Around, Made
from .facts import READ_AT_ONCE, Reading
from .kinds import Kinds
from .placing import Placing
from .regions import Regions, points

if TYPE_CHECKING:
    from .program import Program


EFFORT = 20_000
"""A column that would need more tests than this to be cut into regions is left to the interpreter."""


@dataclass(frozen=True)
class Column:
    """A column as it stands in the source: the names of its value, of its region and of the rows that hold."""

    value: str
    kinds: Kinds
    region: str
    hits: str
    regions: Regions


class Columns:
    """Makes the columns of one table."""

    def __init__(self, program: Program, table: m.DecisionTable, around: Around) -> None:
        self.program, self.table, self.around = program, table, around
        self.plan = around.link.plan
        self.add, self.constant = program.add, program.constants.name

    def make(self, index: int) -> Column:
        """Writes the reading of one column."""
        column = self.table.inputs[index]
        cells = [self.program.node(self.plan, row.inputs[index]) for row in self.table.rows]
        allowed = None if column.allowed is None else self.program.node(self.plan, column.allowed)
        if allowed is not None and points(allowed) is None:
            raise self.program.not_here()
        constant = [None if points(cell) is None else cell for cell in cells]
        regions = self.program.regions.get(column)
        if regions is None:
            regions = self.program.regions[column] = Regions(constant, allowed)
        if regions.effort() > EFFORT:
            raise self.program.not_here()
        by_region = self.program.traced or allowed is not None
        wanted = self.plan.type(column.type_name)
        wanted = wanted.base if isinstance(wanted, Restricted) else wanted
        place = Placing(self.program, regions, self.program.names.fresh("r" if by_region else "c"), by_region)
        link = self._fact(self.program.node(self.plan, column.expression), wanted)
        if link is not None:
            value, kinds = self._read(link, place, needed=None in constant)
        else:
            value, kinds = self._evaluated(column, wanted)
            place.of(value, kinds)
        hits = place.target
        if by_region:
            hits = self.program.names.fresh("c")
            self.add(f"{hits} = {self.constant(regions.hits)}[{place.target}]")
        return Column(value, kinds, place.target, hits, regions)

    def _evaluated(self, column: m.InputColumn, wanted: Type) -> Made:
        """A column whose value is worked out."""
        around = self.around.at(column.expression)
        node = self.program.node(self.plan, column.expression)
        self.program.lead(node, around)
        source, kinds = self.program.expressions.make(node, around)
        if not k.fits(kinds, wanted):
            place, own = self.constant(around.place), self.constant(wanted)
            source, kinds = f"typed(run, {place}, {source}, {own})", k.of_type(wanted)
        value = self.program.names.fresh("x")
        self.add(f"{value} = {source}")
        return value, kinds

    # Facts

    def _fact(self, node: tree.Node, wanted: Type) -> Link | None:
        """The fact that a column names, when it is read here for the first time and needs no conversion."""
        if not isinstance(node, tree.Name) or node.name in self.around.names or not self.program.at_top:
            return None
        found = self.plan.required(self.around.link.element).get(node.name)
        if not isinstance(found, Link) or not isinstance(found.element, m.InputData) or found.path:
            return None
        kinds = k.of_type(found.plan.type(found.element.type_name))
        if found.element in self.program.touched or not k.fits(kinds, wanted):
            return None
        return found if any(k.only(kinds, name, "null") for name in READ_AT_ONCE) else None

    def _read(self, link: Link, place: Placing, needed: bool) -> Made:
        value = self.program.variable(link.element)
        self.program.touched.add(link.element)
        if needed:
            self.program.valued.add(link.element)
        kept = self.program.traced or link.element in self.program.was_valued
        raw = self.program.names.fresh("x")
        Reading(self.program, link, place, raw, value if kept else raw).write()
        if kept:
            self.program.certain.add(link.element)
        return value if kept else raw, k.of_type(link.plan.type(link.element.type_name))
