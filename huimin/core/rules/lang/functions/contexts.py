"""Functions that read and make contexts."""

from __future__ import annotations

from typing import Any

from ..values import Value
from .registry import Library, NoResultError

LIBRARY = Library()
declare = LIBRARY.declare
Context = dict[str, Any]


@declare("get value(m: context, key: string)")
def get_value(context: Context, key: str) -> Value:
    """The value of a key."""
    if key not in context:
        raise NoResultError(f"there is no key {key!r}")
    return context[key]


@declare("get value(m: context, keys: list)")
def get_nested_value(context: Context, keys: list[Value]) -> Value:
    """The value at the end of a path of keys."""
    if not keys:
        raise NoResultError("the path is empty")
    found: Value = context
    for key in keys:
        if not isinstance(found, dict) or not isinstance(key, str) or key not in found:
            raise NoResultError(f"there is no key {key!r}")
        found = found[key]
    return found


@declare("get entries(m: context) -> list")
def get_entries(context: Context) -> Value:
    """The entries as a list of contexts of key and value."""
    return [{"key": key, "value": value} for key, value in context.items()]


@declare("context(entries: list) -> context")
def context_of(entries: list[Value]) -> Value:
    """A context from a list of contexts of key and value."""
    made: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            raise NoResultError("an entry is not a context of key and value")
        if entry["key"] in made:
            raise NoResultError(f"the key {entry['key']!r} appears twice")
        made[entry["key"]] = entry["value"]
    return made


@declare("context put(context: context, key: string, value: any) -> context")
def context_put(context: Context, key: str, value: Value) -> Value:
    """The context with one entry set."""
    return {**context, key: value}


@declare("context put(context: context, keys: list, value: any) -> context")
def context_put_nested(context: Context, keys: list[Value], value: Value) -> Value:
    """The context with the entry at the end of a path of keys set."""
    if not keys or not all(isinstance(key, str) for key in keys):
        raise NoResultError("the path is empty or holds something else than text")
    first, rest = keys[0], keys[1:]
    if not rest:
        return {**context, first: value}
    inner = context.get(first, {})
    if not isinstance(inner, dict):
        raise NoResultError(f"{first!r} is not a context")
    return {**context, first: context_put_nested(inner, rest, value)}


@declare("context merge(contexts: list) -> context")
def context_merge(contexts: list[Value]) -> Value:
    """Several contexts in one; the later entry wins."""
    if not all(isinstance(each, dict) for each in contexts):
        raise NoResultError("an element is not a context")
    return {key: value for each in contexts for key, value in each.items()}
