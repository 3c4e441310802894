"""What another department's program may be let do: scopes, each a few actions and some reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huimin.kit.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One thing a client may be given: `people:read`; `actions` are the rights that come with it."""

    name: str
    title: object
    actions: frozenset[str] = frozenset()


SCOPES: Registry[Scope] = Registry("scope")


def register_scopes(scopes: Iterable[Scope]) -> None:
    """Add scopes; raise LookupError where a name is taken."""
    for scope in scopes:
        SCOPES.add(scope.name, scope)


def actions_of(names: Iterable[str]) -> frozenset[str]:
    """The rights that come with some scopes; a scope that no longer exists brings none."""
    known = (SCOPES.get(name) for name in names)
    return frozenset(action for scope in known if scope is not None for action in scope.actions)
