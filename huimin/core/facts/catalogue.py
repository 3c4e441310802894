"""The catalogue: every fact by its full name `service.fact`, and the tables they come from."""

from __future__ import annotations

from huimin.core.facts.types import Fact, FactTable
from huimin.kit.registry import Registry

TABLES: Registry[FactTable] = Registry("fact table")
FACTS: Registry[tuple[FactTable, Fact]] = Registry("fact")


def register_facts(service: str, table: FactTable) -> None:
    """Add a service's table of facts; raise LookupError where a name is taken."""
    TABLES.add(f"{service}.{table.name}", table)
    for fact in table.facts:
        entry = FACTS.get(f"{service}.{fact.name}")
        if entry is not None and entry[0] is table:
            continue
        FACTS.add(f"{service}.{fact.name}", (table, fact))


def fact(name: str) -> Fact:
    """The catalogue's entry of that full name; raise LookupError where there is none."""
    return FACTS[name][1]
