"""The rule book of this installation: rules by name, loaded once from the services' files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from huimin.core.facts.api import fact
from huimin.core.rules import lang
from huimin.core.rules.types import Rule
from huimin.kit.registry import Registry


@dataclass(frozen=True)
class RuleFile:
    """A rule's file in a service's folder; the rule is named `service.stem`."""

    service: str
    path: Path

    @property
    def name(self) -> str:
        """The rule's name, for example `poverty.monitoring`."""
        return f"{self.service}.{self.path.stem}"

    @cached_property
    def text(self) -> str:
        """The file's text."""
        return self.path.read_text(encoding="utf-8")

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

    def view(self) -> Rule:
        """The rule as other parts see it."""
        return Rule(
            name=self.name, title=self.model.name, hash=self.model.hash,
            facts=tuple(self.inputs.values()), decision=self.decision,
        )  # fmt: skip


BOOK: Registry[RuleFile] = Registry("rule")


def register_rule(service: str, path: Path) -> None:
    """Add a service's rule file to the book; it is parsed when first asked."""
    file = RuleFile(service, path)
    known = BOOK.get(file.name)
    if known is None or known.path != path:
        BOOK.add(file.name, file)


def parse(text: str) -> lang.Model:
    """A rule's text as a model, for versions kept in the database."""
    return lang.load(text)
