"""Conditions that only have to be true: where null and false do the same, a cheaper condition says as much.

A row hits on true alone, so at its top, and below what is and-ed and or-ed there, a null may as well be false. Then
null-safe equality with a constant is plain equality, which engines compare in bulk, and many of them are one list.
Below a not nothing of this holds, and nothing is touched.
"""

from __future__ import annotations

from typing import Any

from .terms import truth


def hitting(condition: Any) -> Any:
    """A condition that is true for the same rows; elsewhere it may be null where it was false, or false where null."""
    import ibis.expr.operations as ops

    return _cheaper(condition.op(), ops).to_expr()


def _cheaper(node: Any, ops: Any) -> Any:
    match node:
        case ops.And(left=left, right=right):
            return ops.And(_cheaper(left, ops), _cheaper(right, ops))
        case ops.Or():
            return _any([_cheaper(each, ops) for each in _alternatives(node, ops)], ops)
        case ops.Coalesce(arg=(inner, ops.Literal(value=False))):
            return _cheaper(inner, ops)
        case ops.IdenticalTo(left=left, right=ops.Literal(value=value)) if value is not None:
            if node.left.dtype.is_boolean():
                return _cheaper(left, ops) if value else ops.Not(left)
            return ops.Equals(left, node.right)
    return node


def _alternatives(node: Any, ops: Any) -> list[Any]:
    """The parts of an or, however it is nested."""
    if isinstance(node, ops.Or):
        return [*_alternatives(node.left, ops), *_alternatives(node.right, ops)]
    return [node]


def _any(parts: list[Any], ops: Any) -> Any:
    """Or of the parts; a column that equals one constant or another is in a list."""
    listed: dict[Any, list[Any]] = {}
    others: list[Any] = []
    for part in parts:
        match part:
            case ops.Equals(left=left, right=ops.Literal()):
                listed.setdefault(left, []).append(part.right)
            case _:
                others.append(part)
    for left, literals in listed.items():
        others.append(
            ops.InValues(left, tuple(literals)) if len(literals) > 1 else ops.Equals(left, literals[0])
        )
    found = others[0]
    for each in others[1:]:
        found = ops.Or(found, each)
    return found


def first(cases: list[tuple[Any, int]]) -> Any:
    """The number of the first condition that is true, null where none is; those behind it are not asked."""
    import ibis

    reached: list[tuple[Any, int]] = []
    last = None
    for condition, number in cases:
        if condition.equals(truth(True)):
            last = number
            break
        reached.append((condition, number))
    otherwise = ibis.null("int32") if last is None else ibis.literal(last, "int32")
    if not reached:
        return otherwise
    return ibis.cases(*[(hit, ibis.literal(number, "int32")) for hit, number in reached], else_=otherwise)
