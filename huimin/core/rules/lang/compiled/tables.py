"""Decision tables: one bit per row, the first row in the highest bit, so that a bit length finds the first hit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import model as m
from ..explanation import Matched
from ..interpret import Interpreter
from ..schema import NotOfTypeError, Restricted, coerced
from ..scope import Run, Scope
from ..values import Value
from . import kinds as k
from .columns import Column, Columns
from .expressions import Around, Made
from .kinds import ANYTHING, Kinds
from .records import TableRecord
from .regions import known, points
from .runtime import Output

if TYPE_CHECKING:
    from .program import Program

SINGLE = ("U", "F")
POLICIES = ("U", "A", "P", "F", "R", "O", "C")


@dataclass(frozen=True)
class Cell:
    """An output cell: its value when that is known, else how it is made."""

    certain: bool
    value: Value
    text: m.Text
    column: m.OutputColumn


class Table:
    """Writes one table."""

    def __init__(self, program: Program, table: m.DecisionTable, around: Around) -> None:
        self.program, self.table, self.around = program, table, around
        self.plan = around.link.plan
        self.add, self.constant = program.add, program.constants.name
        self.rows = table.rows
        widths = [(len(row.inputs), len(row.outputs)) for row in self.rows]
        whole = all(width == (len(table.inputs), len(table.outputs)) for width in widths)
        if not whole or not table.inputs or not table.outputs or table.hit_policy not in POLICIES:
            raise program.not_here()
        self.passes = [self._passing(column) for column in table.outputs]
        self.cells = [[self._cell(text, at) for at, text in enumerate(row.outputs)] for row in self.rows]
        self.matched = [
            Matched(table.place.element, row.number, row.id, row.annotations) for row in self.rows
        ]

    def bit(self, row: int) -> int:
        """The bit of a row, counted from 0."""
        return 1 << (len(self.rows) - 1 - row)

    def make(self) -> Made:
        """Writes the table; the source of its value and the kinds of it."""
        names = self.program.names
        value, hits, wrong = names.fresh("o"), names.fresh("m"), names.fresh("w")
        limited = any(column.allowed is not None for column in self.table.inputs)
        if limited:
            self.add(f"{wrong} = False")
        columns = []
        for at, declared in enumerate(self.table.inputs):
            columns.append(Columns(self.program, self.table, self.around).make(at))
            if declared.allowed is not None:
                self._refuse(columns[-1], declared, wrong)
        if not limited:
            self._decide(columns, value, hits)
            return value, self._kinds()
        with self.program.lines.block(f"if {wrong}:"):
            self.add(f"{value} = None")
        with self.program.lines.block("else:"), self.program.branch():
            self._decide(columns, value, hits)
        return value, ANYTHING

    def _refuse(self, column: Column, declared: m.InputColumn, wrong: str) -> None:
        assert declared.allowed is not None
        passes = self.constant(column.regions.passes)
        with self.program.lines.block(f"if not {passes}[{column.region}]:"):
            self.add(f"{wrong} = True")
            if not self.program.traced:
                return
            at, source = self.constant((declared.allowed.place, 0, 0)), self.constant(declared.allowed.source)
            self.add(f'fail(run, {at}, "table.input_values", value=shown({column.value}), allowed={source})')

    def _decide(self, columns: list[Column], value: str, hits: str) -> None:
        self.add(f"{hits} = " + (" & ".join(column.hits for column in columns) or "-1"))
        moving = {
            row: [at for at, column in enumerate(columns) if column.regions.tests[row] is None]
            for row in range(len(self.rows))
        }
        found = self.program.names.fresh("y") if self.program.traced and any(moving.values()) else "None"
        if found != "None":
            self.add(f"{found} = {{}}")
        certain = all(cell.certain for row in self.cells for cell in row)
        if certain or self.table.hit_policy == "F":
            if not certain and self._known_default() is None:
                raise self.program.not_here()
            for row, at in moving.items():
                if at:
                    self._test(row, at, columns, hits, found, stops=self.table.hit_policy == "F")
            self._look(columns, hits, found, after=certain)
            self._settle(value, hits, certain)
            if not certain:
                self._look(columns, hits, found, after=True)
            return
        listed = self.program.names.fresh("h")
        self.add(f"{listed} = []")
        for row, at in moving.items():
            if at:
                self._test(row, at, columns, hits, found, stops=False)
            with self.program.lines.block(f"if {hits} & {self.bit(row)}:"), self.program.branch():
                self.add(f"{listed}.append(({self.constant(self.rows[row])}, {self._values(row)}))")
        self._look(columns, hits, found, after=True)
        self._settle_listed(value, listed)

    # Rows

    def _test(
        self, row: int, moving: list[int], columns: list[Column], hits: str, found: str, stops: bool
    ) -> None:
        """Writes the cells of a row that are not constant: asked only when those left of them are true."""
        first, bit = moving[0], self.bit(row)
        left = [column.hits for column in columns[:first]]
        asked = [" & ".join([*left, str(bit)])] if left else []
        if stops and row:
            asked.insert(0, f"{hits} < {bit << 1}")
        if not asked:
            self._ask(row, moving, columns, hits, found)
            return
        with self.program.lines.block(f"if {' and '.join(asked)}:"), self.program.branch():
            self._ask(row, moving, columns, hits, found)

    def _ask(self, row: int, moving: list[int], columns: list[Column], hits: str, found: str) -> None:
        first, bit = moving[0], self.bit(row)
        text = self.rows[row].inputs[first]
        node = self.program.node(self.plan, text)
        column = columns[first]
        around = self.around.at(text)
        source, kinds = self.program.expressions.test(node, (column.value, column.kinds), around)
        rest = moving[1:]
        if found == "None":
            test = source if k.only(kinds, "boolean") else f"{source} is True"
        else:
            test = self.program.names.fresh()
            self.add(f"{test} = {found}[{row}, {first}] = {source}")
            test = f"{test} is True"
        with self.program.lines.block(f"if not ({test}):"):
            self.add(f"{hits} &= {~bit}")
        if not rest:
            return
        between = [column.hits for column in columns[first + 1 : rest[0]]]
        head = f"elif {' & '.join([*between, str(bit)])}:" if between else "else:"
        with self.program.lines.block(head), self.program.branch():
            self._ask(row, rest, columns, hits, found)

    def _look(self, columns: list[Column], hits: str, found: str, after: bool) -> None:
        """Records the look at the table, once the outputs of its rows are known."""
        if not self.program.traced or not after:
            return
        record = TableRecord(
            tuple(column.label for column in self.table.inputs),
            self.table.hit_policy,
            tuple((row.number, row.id, tuple(cell.source for cell in row.inputs)) for row in self.rows),
            tuple(column.regions for column in columns),
        )
        values = "".join(f"{column.value}, " for column in columns)
        regions = "".join(f"{column.region}, " for column in columns)
        self.program.look(f"({self.constant(record)}, ({values}), ({regions}), {hits}, {found})")

    # Outputs

    def _passing(self, column: m.OutputColumn) -> Callable[[Value], bool]:
        """Whether an output is among the values of its column."""
        if column.values is None:
            return lambda value: True
        node = self.program.node(self.plan, column.values)
        if points(node) is None:
            raise self.program.not_here()
        interpreter = Interpreter(Run(dt.datetime.min, dt.date.min))
        return lambda value: interpreter.test(node, value, Scope({})) is True

    def _cell(self, text: m.Text, at: int) -> Cell:
        column = self.table.outputs[at]
        certain, value = known(self.program.node(self.plan, text))
        if not certain or isinstance(value, list | dict):
            return Cell(False, None, text, column)
        try:
            value = coerced(value, self.plan.type(column.type_name))
        except NotOfTypeError:
            return Cell(False, None, text, column)
        good = value is None or self.passes[at](value)
        return Cell(good and not isinstance(value, list), value, text, column)

    def _values(self, row: int) -> str:
        """The source of a tuple of the outputs of a row."""
        return "(" + "".join(f"{self._output(row, at)[0]}, " for at in range(len(self.cells[row]))) + ")"

    def _output(self, row: int, at: int) -> Made:
        cell = self.cells[row][at]
        if cell.certain:
            return self.constant(cell.value), k.of_value(cell.value)
        around = self.around.at(cell.text)
        source, kinds = self.program.expressions.make(self.program.node(self.plan, cell.text), around)
        wanted = self.plan.type(cell.column.type_name)
        if k.fits(kinds, wanted) and cell.column.values is None:
            return source, kinds
        spec = Output(wanted, cell.text.place, cell.column.values, self.passes[at])
        return f"output(run, {self.constant(spec)}, {source})", k.of_type(wanted)

    def _kinds(self) -> Kinds:
        """What is known of the value of a table with one output under a policy that gives one."""
        if len(self.table.outputs) > 1 or self.table.hit_policy not in (*SINGLE, "A", "P"):
            return ANYTHING
        default = self._known_default()
        found: Kinds = ANYTHING if default is None else k.of_value(default[0])
        if self.table.hit_policy in ("U", "A"):
            found = k.joined(found, k.NULL)
        for [cell] in self.cells:
            wanted = self.plan.type(cell.column.type_name)
            wanted = wanted.base if isinstance(wanted, Restricted) else wanted
            found = k.joined(found, k.of_value(cell.value) if cell.certain else k.of_type(wanted))
        return found

    # Policies

    def _settle(self, value: str, hits: str, certain: bool) -> None:
        """Writes what the policy makes of the rows that hit."""
        policy, program = self.table.hit_policy, self.program
        if policy not in SINGLE:
            self._settle_constant(value, hits)
            return
        matched = self.constant([(), *((each,) for each in reversed(self.matched))])
        place = program.names.fresh("i")
        if policy == "U":
            with program.lines.block(f"if {hits} & ({hits} - 1):"):
                at = self.constant((self.table.place, 0, 0))
                rows = self.constant(self._numbers)
                self.add(f'{value} = fail(run, {at}, "table.several_hits", rows={rows}({hits}))')
            with program.lines.block("else:"):
                self._single(value, hits, place, matched, certain)
        else:
            self._single(value, hits, place, matched, certain)

    def _single(self, value: str, hits: str, place: str, matched: str, certain: bool) -> None:
        """The one row that decides: its number is the length of the bits."""
        self.add(f"{place} = {hits}.bit_length()")
        default = self._known_default()
        if certain and default is not None:
            self._looked_up(value, place, default)
        else:
            # One below the other, not else in else: Python has no room for a thousand of those.
            for row in range(len(self.rows)):
                number = len(self.rows) - row
                with self.program.lines.block(f"if {place} == {number}:"), self.program.branch():
                    self.add(f"{value} = {self._shaped(row)}")
            with self.program.lines.block(f"if not {place}:"), self.program.branch():
                self._default(value)
        self.program.match(f"{matched}[{place}]")

    def _looked_up(self, value: str, place: str, default: list[Value]) -> None:
        """The outputs of the row that decides, from a list; several of them become a new context each time."""
        outputs = [default, *([cell.value for cell in row] for row in reversed(self.cells))]
        if len(self.table.outputs) == 1:
            self.add(f"{value} = {self.constant([each for [each] in outputs])}[{place}]")
            return
        made = f"dict(zip({self.constant([c.name for c in self.table.outputs])}, {self.constant(outputs)}[{place}]))"
        given = any(column.default for column in self.table.outputs)
        self.add(f"{value} = {made}" if given else f"{value} = {made} if {place} else None")

    def _shaped(self, row: int) -> str:
        made = [self._output(row, at)[0] for at in range(len(self.table.outputs))]
        return self._context(made)

    def _context(self, made: list[str]) -> str:
        if len(made) == 1:
            return made[0]
        names = (self.constant(column.name) for column in self.table.outputs)
        return "{" + ", ".join(f"{name}: {source}" for name, source in zip(names, made, strict=True)) + "}"

    def _known_default(self) -> list[Value] | None:
        """The default outputs, when they are constants."""
        found = []
        for column in self.table.outputs:
            certain, value = (True, None)
            if column.default is not None:
                certain, value = known(self.program.node(self.plan, column.default))
            if not certain or isinstance(value, list | dict):
                return None
            found.append(value)
        return found

    def _default(self, value: str) -> None:
        if not any(column.default for column in self.table.outputs):
            self.add(f"{value} = None")
            return
        made = []
        for column in self.table.outputs:
            if column.default is None:
                made.append("None")
                continue
            node = self.program.node(self.plan, column.default)
            made.append(self.program.expressions.make(node, self.around.at(column.default))[0])
        self.add(f"{value} = {self._context(made)}")

    def _settle_constant(self, value: str, hits: str) -> None:
        """Rows of constant outputs: what the policy makes of them depends on nothing but which rows hit."""
        outputs = [tuple(cell.value for cell in row) for row in self.cells]
        rows = list(zip(self.rows, outputs, strict=True))
        listed = self.constant(lambda bits: [rows[row] for row in range(len(rows)) if bits & self.bit(row)])
        self._settle_listed(value, f"{listed}({hits})", hits)

    def _settle_listed(self, value: str, listed: str, asked: str = "") -> None:
        with self.program.lines.block(f"if {asked or listed}:"):
            plan, table = self.constant(self.plan), self.constant(self.table)
            own = self.program.names.fresh("l")
            self.add(f"{own} = []")
            self.add(f"{value} = settled(run, {plan}, {table}, {listed}, {own})")
            self.program.match(f"tuple({own})")
        with self.program.lines.block("else:"), self.program.branch():
            self._default(value)

    def _numbers(self, bits: int) -> str:
        return ", ".join(str(row.number) for at, row in enumerate(self.rows) if bits & self.bit(at))
