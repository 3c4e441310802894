"""The API's documentation as a page of ours: made from its OpenAPI document, in the reader's language, without script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huimin.core.access.api import PURPOSES, SCOPES
from huimin.portal.api import problems
from huimin.portal.api.book import document

DEPTH = 3


@dataclass(frozen=True)
class Entry:
    """One field or parameter as the page lists it."""

    name: str
    type: str
    required: bool
    text: str
    where: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    scope_title: str
    parameters: list[Entry]
    body: list[Entry]
    answer: list[Entry]
    status: str
    statuses: list[tuple[str, str]]
    example: str


def shape_of(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed and null left aside."""
    if "$ref" in schema:
        named: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return {**named, **{k: v for k, v in schema.items() if k != "$ref"}}
    if "anyOf" in schema:
        kinds = [one for one in schema["anyOf"] if one.get("type") != "null"]
        rest = {k: v for k, v in schema.items() if k != "anyOf"}
        if len(kinds) == 1:
            return {**shape_of(kinds[0], whole), **rest}
        return {"type": " | ".join(word_of(shape_of(one, whole)) for one in kinds), **rest}
    return schema


def word_of(schema: dict[str, Any]) -> str:
    """A type as programmers write it."""
    if "enum" in schema:
        return " | ".join(str(one) or '""' for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("format") or schema.get("type") or "any")
    return {"date-time": "date-time", "uuid": "UUID"}.get(kind, kind)


def nullable(schema: dict[str, Any]) -> bool:
    """Whether null is allowed."""
    return any(one.get("type") == "null" for one in schema.get("anyOf", ()))


def entries(schema: dict[str, Any], whole: dict[str, Any], depth: int = 0) -> Iterator[Entry]:
    """The fields of an object, those inside it after it."""
    shape = shape_of(schema, whole)
    if shape.get("type") == "array":
        yield from entries(shape["items"], whole, depth)
        return
    for name, field in shape.get("properties", {}).items():
        inner = shape_of(field, whole)
        word = word_of(inner)
        below = inner
        if inner.get("type") == "array":
            below = shape_of(inner["items"], whole)
            word = f"[{word_of(below)}]"
        word += " | null" if nullable(field) else ""
        text = str(field.get("description") or "")
        yield Entry(name, word, name in shape.get("required", ()), text, depth=depth)
        if below.get("properties") and depth < DEPTH:
            yield from entries(below, whole, depth + 1)


def example_of(method: str, path: str, body: dict[str, Any] | None, whole: dict[str, Any]) -> str:
    """How it is called from a shell."""
    lines = [
        f"curl {'-X POST ' if method == 'POST' else ''}$HUIMIN{path} \\",
        '  -H "Authorization: Bearer $TOKEN"',
    ]
    if body is not None:
        lines[-1] += " \\"
        lines.append('  -H "Idempotency-Key: $(uuidgen)" -H "Content-Type: application/json" \\')
        lines.append(f"  -d '{json.dumps(sample(body, whole), ensure_ascii=False)}'")
    return "\n".join(lines)


def sample(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """A body with the fields that must be there."""
    shape = shape_of(schema, whole)
    if "properties" in shape:
        needed = shape.get("required") or list(shape["properties"])[:2]
        return {name: sample(shape["properties"][name], whole) for name in needed}
    if "enum" in shape:
        return next(one for one in shape["enum"] if one)
    if "pattern" in shape and "|" in shape["pattern"]:
        return shape["pattern"].strip("^()$").split("|")[0]
    if shape.get("pattern") == "^[0-9]{12}$":
        return "620123101201"
    return {"date": "2026-11-02", "integer": 1, "boolean": True}.get(word_of(shape), "…")


def operation_of(method: str, path: str, one: dict[str, Any], whole: dict[str, Any]) -> Operation:
    """One operation of the document."""
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = content.get("schema")
    status = next(code for code in map(str, one["responses"]) if int(code) < 400)
    good = {str(code): answer for code, answer in one["responses"].items()}[status]
    answer = good.get("content", {}).get("application/json", {}).get("schema", {})
    scope = one.get("x-scope", "")
    known = SCOPES.get(scope)
    parameters = []
    for p in one.get("parameters", ()):
        shape = shape_of(p["schema"], whole)
        word = (
            f"[{word_of(shape_of(shape['items'], whole))}]"
            if shape.get("type") == "array"
            else word_of(shape)
        )
        parameters.append(Entry(p["name"], word, p.get("required", False), p.get("description", ""), p["in"]))
    return Operation(
        id=one["operationId"], method=method.upper(), path=path, summary=one["summary"], text=one.get("description", ""),
        scope=scope, scope_title=str(known.title) if known else _("任何令牌"), parameters=parameters,
        body=list(entries(body, whole)) if body else [], answer=list(entries(answer, whole)), status=status,
        statuses=[(str(code), problems.titles()[int(code)]) for code in one["responses"] if int(code) >= 400],
        example=example_of(method.upper(), path, body, whole),
    )  # fmt: skip


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """What the API offers, to read and print; open to everybody, it names no data."""
    whole = document(get_language() or "zh-hans")
    chapters: dict[str, list[Operation]] = {tag["name"]: [] for tag in whole["tags"]}
    for path, methods in whole["paths"].items():
        for method, one in methods.items():
            chapters[one["tags"][0]].append(operation_of(method, path, one, whole))
    titles = {tag["name"]: tag["description"] for tag in whole["tags"]}
    context = {
        "about": whole["info"]["description"],
        "chapters": [(name, titles[name], found) for name, found in chapters.items() if found],
        "statuses": sorted((code, title) for code, title in problems.titles().items() if code != 500),
        "purposes": [(code.value, str(title)) for code, title in PURPOSES.items()],
        "scopes": [(name, str(one.title)) for name, one in SCOPES.items()],
        "host": request.build_absolute_uri("/")[:-1],
    }
    return render(request, "portal/api/docs.html", context)
