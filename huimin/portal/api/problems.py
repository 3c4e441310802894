"""What went wrong, for programs: RFC 9457 problem documents in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huimin.kit.refusal import Refused

MEDIA = "application/problem+json"
CONFLICTS = ("duplicate", "key_reused", "overlap", "already_settled", "already_member", "household_closed")


def titles() -> dict[int, str]:
    """What each status means, in a few words."""
    return {
        400: _("请求没有读懂"), 401: _("需要令牌"), 403: _("没有权限"), 404: _("没有找到"), 405: _("这个地址不支持这种方法"),
        409: _("与现有数据冲突"), 413: _("内容太大"), 415: _("内容类型不对"), 422: _("有内容需要更正"), 429: _("请求太频繁"),
        500: _("系统出了错"),
    }  # fmt: skip


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document; `errors` name fields: {"field", "location", "message"}."""
    body: dict[str, Any] = {
        "type": f"urn:huimin:problem:{code}",
        "title": titles().get(status, str(status)),
        "status": status,
        "detail": detail or titles().get(status, ""),
        "code": code,
        "errors": [dict(one) for one in errors],
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type=MEDIA,
        headers={
            "Content-Language": get_language() or "zh-hans",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def status_of(refusal: Refused) -> int:
    """The status of a refusal: fields that cannot be kept are 422, what collides with what is there 409."""
    if refusal.status == 409 and refusal.code == "bad_cursor":
        return 422
    if refusal.status == 409 and refusal.fields and refusal.code not in CONFLICTS:
        return 422
    return int(refusal.status)


def of_refusal(refusal: Refused) -> HttpResponse:
    """A refusal of an action or a read."""
    errors = [
        {"location": "body", "field": name, "message": str(text)} for name, text in refusal.fields.items()
    ]
    if refusal.code == "bad_cursor":
        errors = [{"location": "query", "field": "cursor", "message": str(refusal)}]
    return problem(status_of(refusal), refusal.code, str(refusal), errors=errors)


def of_validation(found: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """What the schema does not allow, field by field."""
    errors = [in_words(one) for one in found]
    text = _("有 %(count)d 处需要更正，请按标出的提示修改后再提交。")
    return problem(422, "invalid", text % {"count": len(errors)}, errors=errors)


def in_words(error: Mapping[str, Any]) -> dict[str, str]:
    """One finding of pydantic: where, and what to do."""
    place = [str(part) for part in error.get("loc", ())]
    location, rest = (place[0] if place else "body"), [p for p in place[1:] if p not in ("body", "payload")]
    kind, context = str(error.get("type", "")), error.get("ctx") or {}
    words = {
        "missing": _("请填写。"),
        "extra_forbidden": _("没有这个字段。"),
        "string_too_long": _("最多 %(n)s 个字。"),
        "string_pattern_mismatch": _("格式不对。"),
        "uuid_parsing": _("应为 UUID。"),
        "uuid_type": _("应为 UUID。"),
        "date_from_datetime_parsing": _("应写作 2026-11-02 的形式。"),
        "date_from_datetime_inexact": _("应写作 2026-11-02 的形式。"),
        "date_parsing": _("应写作 2026-11-02 的形式。"),
        "date_type": _("应写作 2026-11-02 的形式。"),
        "int_parsing": _("应为整数。"),
        "int_type": _("应为整数。"),
        "int_from_float": _("应为整数。"),
        "less_than_equal": _("最大为 %(n)s。"),
        "greater_than_equal": _("最小为 %(n)s。"),
        "literal_error": _("应为下列之一：%(n)s。"),
        "enum": _("应为下列之一：%(n)s。"),
        "bool_parsing": _("应为 true 或 false。"),
        "string_type": _("应为文字。"),
        "decimal_parsing": _("应为数字。"),
        "decimal_type": _("应为数字。"),
    }
    number = next(
        (context[k] for k in ("max_length", "le", "ge", "expected", "min_length") if k in context), ""
    )
    text = words.get(kind, _("这个值不能接受，请对照接口说明。"))
    return {
        "location": location,
        "field": ".".join(rest) or location,
        "message": text % {"n": number} if "%(n)s" in text else text,
    }


def is_ours(request: HttpRequest) -> bool:
    """Whether a program asks the API."""
    return request.path.startswith("/api/")
