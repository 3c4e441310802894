"""What the catalogue knows of a rule's facts, in the terms of the language: titles, units, how fine, and whether fixed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from huimin.core.facts.api import FACTS, scales
from huimin.core.facts.types import FactType
from huimin.core.rules.book import RuleFile
from huimin.core.rules.lang.analysis import About

NOUGHT = Decimal(0)
_KEPT: dict[tuple[str, str], Mapping[str, About]] = {}


def about(file: RuleFile) -> Mapping[str, About]:
    """What is known of each input of a rule, by its name; the same object for the same text of a rule."""
    key = (file.name, file.model.hash)
    if key not in _KEPT:
        if len(_KEPT) > 64:
            _KEPT.clear()
        _KEPT[key] = (
            {}
            if file.over != "facts"
            else {n: _about(full) for n, full in file.inputs.items() if full in FACTS}
        )
    return _KEPT[key]


@lru_cache(maxsize=1024)
def _about(full: str) -> About:
    table, fact = FACTS[full]
    service = full.partition(".")[0]
    step = scales(f"{service}.{table.name}").get(fact.name) if fact.type is FactType.NUMBER else None
    return About(
        label=str(fact.title), unit=fact.unit, step=step, least=NOUGHT if step == 1 else None, fixed=fact.given,
    )  # fmt: skip
