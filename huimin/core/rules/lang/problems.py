"""What can be wrong with a rule or with one evaluation of it: a place, a code and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

MESSAGES: dict[str, str] = {
    # Reading the file
    "dmn.not_xml": "This is not well-formed XML: {reason}.",
    "dmn.not_dmn": "Not a DMN model: the first element is '{tag}', expected 'definitions' of DMN 1.1 to 1.5.",
    "dmn.too_large": "The file is larger than {limit} MB.",
    "dmn.depth": "Elements lie in each other more than {limit} levels deep.",
    "dmn.doctype": "The file declares a document type, which a DMN model never needs.",
    "dmn.foreign_text": "This text does not stand in the model that is written.",
    "dmn.no_text": "There is no text at this place.",
    "dmn.no_logic": "'{name}' has no decision logic.",
    "dmn.unknown_import": "The imported model '{namespace}' was not found.",
    "dmn.import_cycle": "'{name}' imports itself, directly or through another model.",
    "dmn.dangling": "The requirement '{href}' points at nothing in this model.",
    "dmn.duplicate_name": "'{name}' is declared twice.",
    "dmn.cycle": "'{name}' requires itself, through {path}.",
    "dmn.unsupported": "'{tag}' is not a kind of decision logic that is known here.",
    "dmn.unknown_decision": "There is no decision '{name}' in this model.",
    # Tables
    "table.columns": "Row {row} has {found} {kind} cells, the table has {expected} {kind} columns.",
    "table.no_outputs": "The table has no output column.",
    "table.hit_policy": "'{policy}' is not a hit policy.",
    "table.aggregation": "'{aggregation}' is not an aggregator of a COLLECT table.",
    "table.aggregate_columns": "An aggregator needs exactly one output column, the table has {found}.",
    "table.priority_values": "The hit policy {policy} needs the output values of at least one column.",
    "table.several_hits": "Rows {rows} all match, but the hit policy UNIQUE allows one.",
    "table.different_hits": "Rows {rows} match with different outputs; the hit policy ANY allows one.",
    "table.input_values": "{value} is not among the allowed values {allowed}.",
    "table.output_values": "{value} is not among the allowed output values {allowed}.",
    "table.outside": "{value} is not among the values {allowed} that this column may have.",
    "table.aggregate": "The outputs {values} cannot be aggregated.",
    # Parsing FEEL
    "feel.unexpected": "Unexpected {found}, expected {expected}.",
    "feel.unfinished": "The text ends too early, expected {expected}.",
    "feel.character": "The character {character} has no meaning here.",
    "feel.full_width": "The full-width character '{character}' has no meaning here; write '{instead}'.",
    "feel.string": "The text in quotes is not closed.",
    "feel.depth": "The expression is nested too deeply.",
    # Resolving and typing
    "feel.unknown_name": "There is no '{name}' here.",
    "feel.unknown_type": "There is no type '{name}'.",
    "feel.missing_requirement": "'{name}' is in the model, but the decision does not declare it as required.",
    "feel.certain_mismatch": "{left} and {right} can never be compared with '{operator}'.",
    "feel.certain_arithmetic": "'{operator}' is not defined for {left} and {right}.",
    "feel.certain_result": "This gives {found}, but {wanted} is declared.",
    "feel.column_mismatch": "The column holds {left}, the cell compares it with {right}.",
    # Evaluating
    "eval.unparsable": "This text could not be read, so it is null: {reason}",
    "eval.unknown_name": "There is no '{name}' here, so it is null.",
    "eval.operands": "'{operator}' is not defined for {left} and {right}.",
    "eval.operand": "'{operator}' is not defined for {left}.",
    "eval.division_by_zero": "Division by zero.",
    "eval.number": "The result of '{operator}' is not a number that can be kept in 34 digits.",
    "eval.compare": "{left} and {right} cannot be compared with '{operator}'.",
    "eval.condition": "The condition is {found}, not true or false.",
    "eval.boolean": "'{operator}' was given {found}, not true or false.",
    "eval.no_member": "{source} has no '{name}'.",
    "eval.index": "There is no element {index} in a list of {length}.",
    "eval.filter": "A filter must give true, false or a whole number, not {found}.",
    "eval.not_function": "{found} is not a function.",
    "eval.arguments": "The function '{name}' cannot be called with these arguments: {reason}.",
    "eval.result": "The function '{name}' has no result: {reason}.",
    "eval.iteration": "A loop goes over a list or at most {limit} whole numbers or days, not {found}.",
    "eval.range": "{low} and {high} are not the ends of one range.",
    "eval.literal": "'{text}' is not a date, time or duration.",
    "eval.type": "{value} is not of type {type}.",
    "eval.external": "The external function has no result: {reason}.",
    "eval.recursion": "The evaluation is nested too deeply.",
    "eval.too_long": "The evaluation takes too long, or makes values that are too large.",
    "eval.duplicate_key": "The key '{name}' appears twice.",
    "fact.missing": "The fact '{name}' was not given, so it is null.",
    "fact.float": "The fact '{name}' is a binary floating-point number; give a decimal number.",
    # Lowering to columns, for a whole population
    "lower.column": "The column '{name}' is {type}; rules read decimals with a scale, integers, text, booleans and dates.",
    "lower.no_column": "There is no column for '{name}'.",
    "lower.input_type": "The input is declared as {type}; a column is a number, string, boolean or date.",
    "lower.taken": "The table has a column '{name}' already.",
    "lower.digits": "This may need {digits} digits, more than the {limit} that are exact; round it, or make the facts shorter.",
    "lower.quotient": "A quotient has no end; compare it directly, or round it: decimal(a / b, 2).",
    "lower.arithmetic": "'{operator}' for {left} and {right} is not run on columns.",
    "lower.power": "A power on columns has a whole exponent from 1 to {limit} written in the rule.",
    "lower.kinds": "{left} and {right} never meet in one column.",
    "lower.zones": "A moment with a zone and one without never meet.",
    "lower.unordered": "{kind} has no order.",
    "lower.condition": "The condition is {kind}, not true or false.",
    "lower.collection": "A {kind} is no value of a column.",
    "lower.construct": "{construct} is not run on columns.",
    "lower.list": "Only a list that is written out can be gone through on columns.",
    "lower.rounds": "This goes through more than {limit} elements.",
    "lower.member": "There is no '{name}' here that could be a column.",
    "lower.function": "The function '{name}' is not run on columns with these arguments.",
    "lower.argument": "'{name}' is not run on columns of {kind}.",
    "lower.written": "'{name}' needs this argument written in the rule.",
    "lower.recursion": "'{name}' calls itself, which is not run on columns.",
    "lower.type": "This gives {found}, but {wanted} is declared.",
    "lower.policy": "The hit policy {policy} gives a list, which is no value of a column.",
    "lower.priority": "Under PRIORITY the outputs must be written in the rule.",
    "lower.several_outputs": "Several outputs are no value of one column; ask for a decision that has one.",
    "lower.moment": "No moment is given for {name}().",
    "fact.unknown_value": "The fact '{name}' is a {kind}, which is not a FEEL value.",
}


@dataclass(frozen=True)
class Place:
    """Where in a model: an element by name, optionally a row (1-based), a column and a span of its text."""

    element: str = ""
    row: int | None = None
    column: str = ""
    start: int = 0
    end: int = 0
    text: str = ""

    def span(self, start: int, end: int) -> Place:
        """The same place, narrowed to the characters from start to end of its text."""
        return replace(self, start=start, end=end)

    def __str__(self) -> str:
        parts = [f"'{self.element}'"] if self.element else []
        parts += [f"row {self.row}"] if self.row is not None else []
        parts += [f"column '{self.column}'"] if self.column else []
        if self.text:
            fragment = self.text[self.start : self.end] or self.text
            parts.append(f"at character {self.start + 1}: {fragment[:60]!r}")
        return ", ".join(parts) or "model"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, a sentence in plain English, and code with params to translate it."""

    place: Place
    message: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


Diagnostic = Problem


def problem(code: str, place: Place, **params: object) -> Problem:
    """The problem of this code at this place, its sentence filled in from params, kept as plain values."""
    plain = {name: value if isinstance(value, str | int) else str(value) for name, value in params.items()}
    return Problem(place, MESSAGES[code].format(**plain), code, plain)


class RuleError(ValueError):
    """A rule that cannot be used, with every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(each) for each in self.problems))
