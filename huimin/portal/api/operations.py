"""How an operation is declared: its scope, what it answers, and what can go wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext_noop
from ninja import Query, Router

from huimin.portal.api.door import doors
from huimin.portal.api.shapes import TEXT, Problem

__all__ = ["Area", "Cursor", "Limit", "On", "Router", "Text", "read", "write"]
Area = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{12}$", description=gettext_noop("只要这个区划以下的：十二位代码")),
]
Text = Annotated[str, Query(max_length=60, pattern=TEXT, description=gettext_noop("查找的文字"))]
Cursor = Annotated[
    str | None,
    Query(max_length=2000, pattern=r"^[A-Za-z0-9_-]*$", description=gettext_noop("上一页给出的 next")),
]
Limit = Annotated[int, Query(ge=1, le=500, description=gettext_noop("每页行数"))]
On = Annotated[date | None, Query(description=gettext_noop("按这一天的情况（2026-11-02），不填为今天"))]
COMMON = (400, 401, 403, 422, 429)


def answers(status: int, shape: Any, more: tuple[int, ...]) -> dict[Any, Any]:
    """The responses of an operation."""
    return {status: shape, **dict.fromkeys(sorted({*COMMON, *more}), Problem)}


def read(
    router: Router,
    path: str,
    scope: str,
    shape: Any,
    summary: str,
    description: str,
    *,
    missing: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A GET operation under a scope ("" for every token); `missing`: it can answer 404."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        return router.get(
            path, auth=doors(scope), response=answers(200, shape, (404,) if missing else ()),
            operation_id=view.__name__, summary=summary, description=description, url_name=view.__name__,
            openapi_extra={"x-scope": scope},
        )(view)  # fmt: skip

    return register


def write(
    router: Router,
    path: str,
    scope: str,
    shape: Any,
    summary: str,
    description: str,
    *,
    missing: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A POST operation under a scope; it takes an Idempotency-Key."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        return router.post(
            path, auth=doors(scope),
            response=answers(201, shape, (404, 409, 413, 415) if missing else (409, 413, 415)),
            operation_id=view.__name__, summary=summary, description=description, url_name=view.__name__,
            openapi_extra={"x-scope": scope, "parameters": [IDEMPOTENCY]},
        )(view)  # fmt: skip

    return register


IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": gettext_noop("这次提交的标识，由调用方生成；网络中断后用同一个重发，不会办两次"),
}
