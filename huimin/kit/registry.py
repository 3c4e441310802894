"""Registries: closed lists that are filled at start and read afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Things by name; a second thing under the same name is refused."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> T:
        """Register a thing; raise LookupError where the name is taken by another."""
        known = self._things.get(name)
        if known is not None and known is not thing:
            raise LookupError(f"{self.what} {name!r} is registered twice")
        self._things[name] = thing
        return thing

    def __getitem__(self, name: str) -> T:
        try:
            return self._things[name]
        except KeyError:
            known = ", ".join(sorted(self._things)) or "none"
            raise LookupError(f"no {self.what} {name!r}; known: {known}") from None

    def get(self, name: str) -> T | None:
        """The thing of that name, or None."""
        return self._things.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)

    def items(self) -> list[tuple[str, T]]:
        """Names with their things, in order of registration."""
        return list(self._things.items())

    def values(self) -> list[T]:
        """The things, in order of registration."""
        return list(self._things.values())


services: Registry[Any] = Registry("service")
