"""How a built-in function is declared and called: by position or name, with checked arguments.

A signature reads like the standard's: "substring(string: string, start position: number, length?: number)".
A '?' after the name makes a parameter optional, '...' lets it take one list or all arguments, '|' joins types
and null is let through only by 'any' or 'null'. '-> number' says of what type the result is, when that is
certain. A function with several signatures is declared several times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..values import Function, Value, kind

_T = TypeVar("_T", bound=Callable[..., Value])
_SHORT = {"moment": "date and time", "months": "years and months duration", "days": "days and time duration"}


class NoResultError(Exception):
    """A built-in function has no result for these arguments: the reason in plain English."""


class NoMatchError(Exception):
    """The arguments fit none of the signatures: the reason in plain English."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    types: frozenset[str]
    optional: bool
    many: bool

    def accept(self, value: Value) -> Value:
        """The value as this parameter takes it; NoMatchError when it cannot."""
        found = kind(value)
        if found in self.types or "any" in self.types:
            return value
        if isinstance(value, list) and len(value) == 1 and kind(value[0]) in self.types:
            return value[0]
        if "list" in self.types and value is not None:
            return [value]
        raise NoMatchError(f"'{self.name}' is {found}, expected {' or '.join(sorted(self.types))}")


@dataclass(frozen=True)
class Overload:
    """One signature and the Python function behind it."""

    parameters: tuple[Parameter, ...]
    body: Callable[..., Value]
    result: str

    @property
    def variadic(self) -> bool:
        """Whether the last parameter takes any number of arguments."""
        return bool(self.parameters) and self.parameters[-1].many

    def takes(self, count: int) -> bool:
        """Whether it can be called with this number of arguments."""
        required = sum(not each.optional for each in self.parameters)
        return required <= count and (self.variadic or count <= len(self.parameters))

    def bind(self, values: Sequence[Value]) -> list[Value]:
        """The arguments by position, each accepted by its parameter."""
        if not self.takes(len(values)):
            raise NoMatchError(f"{len(values)} arguments given, expected {self._expected()}")
        if self.variadic:
            return self._bind_many(values)
        return [each.accept(value) for each, value in zip(self.parameters, values, strict=False)]

    def _bind_many(self, values: Sequence[Value]) -> list[Value]:
        first, last = self.parameters[:-1], self.parameters[-1]
        rest: Sequence[Value] = values[len(first) :]
        if not first and len(rest) == 1:
            if rest[0] is None:
                raise NoMatchError(f"'{last.name}' is null")
            rest = rest[0] if isinstance(rest[0], list) else rest
        head = [each.accept(value) for each, value in zip(first, values, strict=False)]
        return [*head, list(rest)]

    def _expected(self) -> str:
        required = sum(not each.optional for each in self.parameters)
        if self.variadic:
            return f"at least {required}"
        return str(required) if required == len(self.parameters) else f"{required} to {len(self.parameters)}"

    def arrange(self, named: dict[str, Value]) -> list[Value]:
        """The arguments of a call by name in the order of the parameters."""
        known = [each.name for each in self.parameters]
        if unknown := [name for name in named if name not in known]:
            raise NoMatchError(f"there is no parameter '{unknown[0]}'")
        if missing := [each.name for each in self.parameters if not each.optional and each.name not in named]:
            raise NoMatchError(f"'{missing[0]}' is missing")
        last = max((known.index(name) for name in named), default=-1)
        return [named.get(name) for name in known[: last + 1]]


class BuiltIn(Function):
    """A function of FEEL itself, with one or more signatures."""

    def __init__(self, name: str) -> None:
        super().__init__(name, (), self.by_position)
        self.overloads: list[Overload] = []

    @property
    def result(self) -> str:
        """The name of the type of every result, Any when it depends on the arguments."""
        found = {overload.result for overload in self.overloads}
        return found.pop() if len(found) == 1 else "Any"

    def takes(self, count: int) -> bool:
        """Whether one of its signatures can be called with this number of arguments."""
        return any(overload.takes(count) for overload in self.overloads)

    def by_position(self, values: list[Value]) -> Value:
        """The result for arguments by position."""
        return self._first_fitting(lambda overload: overload.bind(values))

    def by_name(self, named: dict[str, Value]) -> Value:
        """The result for arguments by name."""
        return self._first_fitting(lambda overload: overload.bind(overload.arrange(named)))

    def _first_fitting(self, bind: Callable[[Overload], list[Value]]) -> Value:
        reasons: list[str] = []
        for overload in self.overloads:
            try:
                values = bind(overload)
            except NoMatchError as refused:
                reasons.append(str(refused))
                continue
            return overload.body(*values)
        raise NoMatchError("; or ".join(dict.fromkeys(reasons)))


class Library:
    """Built-in functions by name."""

    def __init__(self) -> None:
        self.functions: dict[str, BuiltIn] = {}

    def declare(self, signature: str) -> Callable[[_T], _T]:
        """A decorator that adds a Python function under a signature."""
        head, _, result = signature.partition(" -> ")
        name, _, rest = head.partition("(")
        parameters = tuple(_parameter(part) for part in rest.rstrip(")").split(",") if part.strip())

        def added(body: _T) -> _T:
            built_in = self.functions.setdefault(name, BuiltIn(name))
            built_in.overloads.append(Overload(parameters, body, _SHORT.get(result, result) or "Any"))
            return body

        return added


def _parameter(text: str) -> Parameter:
    name, _, types = text.strip().partition(":")
    many = name.endswith("...")
    plain = name.removesuffix("...").removesuffix("?")
    wanted = frozenset(_SHORT.get(each.strip(), each.strip()) for each in types.split("|"))
    return Parameter(plain.strip(), wanted, name.endswith("?"), many)


def merged(libraries: Iterable[Library]) -> dict[str, BuiltIn]:
    """All functions of several libraries."""
    return {name: function for library in libraries for name, function in library.functions.items()}
