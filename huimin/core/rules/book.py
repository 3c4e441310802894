"""The rules that services ship: by name, each parsed once. What is in force on a day is in versions/force.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from huimin.core.facts.api import fact
from huimin.core.rules import lang
from huimin.core.rules.lang.model import DecisionTable
from huimin.core.rules.types import Costs, Rule
from huimin.kit.registry import Registry


@dataclass(frozen=True)
class RuleFile:
    """A rule's file in a service's folder, or another text of the same rule; the rule is named `service.stem`."""

    service: str
    path: Path
    everyone: bool = False  # run on the whole population, not only on who is asked about
    over: str = "facts"  # what its inputs stand for: facts of the catalogue, or indicators
    costs: Costs | None = None  # what a subject of each outcome costs a year
    written: str | None = None  # a version's text in place of the file's

    @property
    def name(self) -> str:
        """The rule's name, for example `poverty.monitoring`."""
        return f"{self.service}.{self.path.stem}"

    @cached_property
    def text(self) -> str:
        """The rule's text."""
        return self.path.read_text(encoding="utf-8") if self.written is None else self.written

    @property
    def examples(self) -> str:
        """The examples that are shipped beside the file, as YAML; none is an empty text."""
        beside = self.path.with_name(f"{self.path.stem}.cases.yaml")
        return beside.read_text(encoding="utf-8") if beside.exists() else ""

    def as_written(self, text: str) -> RuleFile:
        """The same rule with another text."""
        return replace(self, written=text)

    @cached_property
    def model(self) -> lang.Model:
        """The rule, parsed once in a process; raise RuleError where it does not hold."""
        return lang.load(self.text)

    @cached_property
    def decision(self) -> str:
        """The decision the rule is asked for: the one named like the file, else its last."""
        names = [decision.name for decision in self.model.decisions]
        return self.path.stem if self.path.stem in names else names[-1]

    @cached_property
    def inputs(self) -> dict[str, str]:
        """The names of the rule's input data with the full names of the facts they stand for."""
        return {i.name: getattr(i, "fact", None) or f"{self.service}.{i.name}" for i in self.model.inputs}

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Inputs nobody can change (a line set by the province, the size of the household): not offered as a way out."""
        return frozenset(name for name, full in self.inputs.items() if fact(full).given)

    @cached_property
    def default(self) -> str | None:
        """The outcome that is not kept one by one, as text: the table's default, else its last output value, else false."""
        return default_of(self.model, self.decision)

    @property
    def tables(self) -> int:
        """How many of the model's decisions are tables."""
        return sum(isinstance(one.logic, DecisionTable) for one in self.model.decisions)

    def view(self) -> Rule:
        """The rule as other parts see it."""
        return Rule(
            name=self.name, title=self.model.name, hash=self.model.hash,
            facts=tuple(self.inputs.values()), decision=self.decision,
        )  # fmt: skip


BOOK: Registry[RuleFile] = Registry("rule")


def register_rule(
    service: str, path: Path, everyone: bool = False, *, over: str = "facts", costs: Costs | None = None
) -> None:
    """Add a service's rule file to the book; it is parsed when first asked. `everyone`: population runs decide it."""
    file = RuleFile(service, path, everyone, over, costs)
    known = BOOK.get(file.name)
    if known is None or known.path != path:
        BOOK.add(file.name, file)


def default_of(model: lang.Model, decision: str) -> str | None:
    """The outcome of a decision that goes without saying, as text; None where the rule names none."""
    found = model.decision(decision)
    logic = found.logic if found else None
    if not isinstance(logic, DecisionTable) or len(logic.outputs) != 1:
        return None
    [column] = logic.outputs
    if column.default is not None:
        return literal(column.default.source)
    if column.values is not None:
        return literal(column.values.source.rpartition(",")[2])
    return "false" if column.type_name == "boolean" else None


def literal(source: str) -> str:
    """A literal of a rule as the text of its value."""
    return source.strip().strip('"')
