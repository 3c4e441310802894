"""Everything that can be found wrong with a model before it is used: a tuple of passes, to be read aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .checks.domains import domains
from .checks.graph import cycles, graph
from .checks.kinds import kinds
from .checks.tables import tables
from .checks.texts import names, texts, types
from .model import Model
from .plan import Plan
from .problems import Problem

Pass = Callable[[Plan], Iterator[Problem]]
PASSES: tuple[Pass, ...] = (graph, cycles, tables, texts, types, names, kinds, domains)
"""Is the graph whole, are tables well-formed, can every text be read, named, typed, and ever be true."""


def check(model: Model) -> list[Problem]:
    """Every problem of a model, in the order of the passes; an empty list means it can be used."""
    return [found for each in PASSES for found in each(model.plan)]
