"""Pages of a list by key, never by offset: page 100,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from huimin.core.people.types import KeysetPage
from huimin.kit.refusal import Refused

T = TypeVar("T")
LIMIT = 500


def keyset(
    rows: QuerySet[Any],
    order: Sequence[str],
    *,
    after: str | None = None,
    limit: int = 50,
    show: Callable[[Any], T],
) -> KeysetPage[T]:
    """A page of a query in the order of its fields, all rising or (with a minus on each) all falling.

    The last field of the order is unique and none is null. `after` is a cursor of a page before; raise Refused where
    it is not one of this order.
    """
    names = [name.lstrip("-") for name in order]
    falling = order[0].startswith("-")
    if any(name.startswith("-") != falling for name in order):
        raise ValueError(f"fields rise or fall together: {order}")
    limit = max(1, min(limit, LIMIT))
    back, values = _read(after, names, rows.model) if after else (False, None)
    if values is not None:
        beyond = TupleLessThan if back != falling else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(*names), tuple(values)))
    found = list(rows.order_by(*(name if back == falling else f"-{name}" for name in names))[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if back:
        found.reverse()
    if not found:
        return KeysetPage(rows=())
    forward = more if not back else True
    backward = more if back else values is not None
    return KeysetPage(
        rows=tuple(show(row) for row in found),
        next=cursor(False, found[-1], names) if forward else None,
        previous=cursor(True, found[0], names) if backward else None,
    )


def cursor(back: bool, row: Any, names: Sequence[str]) -> str:
    """The cursor of the page after a row, or (`back`) of the page before it."""
    values = [str(getattr(row, name)) for name in names]
    text = json.dumps([int(back), list(names), values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(text: str, names: list[str], model: Any) -> tuple[bool, list[Any]]:
    try:
        read = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        back, named, values = json.loads(read)
        if named != names or len(values) != len(names) or back not in (0, 1):
            raise ValueError(text)
        return bool(back), [_value(model, name, value) for name, value in zip(names, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        raise Refused(_("页码已失效，请从第一页重新查看。"), code="bad_cursor") from None


def _value(model: Any, name: str, text: Any) -> Any:
    kind = model._meta.get_field(name).get_internal_type()
    if not isinstance(text, str) or "\0" in text:
        raise ValueError(text)
    if kind == "UUIDField":
        return UUID(text)
    return date.fromisoformat(text) if kind == "DateField" else int(text) if "Integer" in kind else text
