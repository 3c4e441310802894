"""What other programs may do in a service, as its manifest says (`Service.api`): one POST for each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, get_type_hints

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, Field, create_model

from huimin.manifest import ApiAction, Service, services
from huimin.portal.api import shapes
from huimin.portal.api.door import key_of, viewer_of
from huimin.portal.api.operations import write


def body_of(name: str, one: ApiAction) -> type[BaseModel]:
    """What the operation takes: the arguments of the action that the manifest offers, with their types and defaults."""
    hints = get_type_hints(one.action.run)
    defaults = one.action.run.__kwdefaults__ or {}
    fields: dict[str, Any] = {}
    for field, title in one.fields.items():
        kind: Any = hints[field]
        more: dict[str, Any] = {}
        if field in one.choices:
            more["pattern"] = f"^({'|'.join(one.choices[field])})$"
        elif kind is str:
            more = {"max_length": 300, "pattern": shapes.TEXT}
        if Decimal in (kind, *getattr(kind, "__args__", ())):
            kind = Annotated[Decimal, Field(max_digits=12, decimal_places=2)]
            kind = kind | None if field in defaults else kind
        fields[field] = (kind, Field(defaults.get(field, ...), description=str(title), **more))
    return create_model(name, __base__=shapes.Given, **fields)


def operation(one: ApiAction, body: type[BaseModel]) -> Callable[..., Any]:
    """The view of one action."""

    def view(request: HttpRequest, payload: Any) -> Any:
        viewer = viewer_of(request)
        given = {field: getattr(payload, field) for field in one.fields}
        if one.source:
            given[one.source] = viewer.office or viewer.label
        return Status(201, {"result": one.action(viewer, key_of(request), **given)})

    view.__annotations__ = {"request": HttpRequest, "payload": body}
    return view


def router_of(label: str, service: Service) -> Router:
    """The operations of one service."""
    router = Router(tags=[label])
    for one in service.api:
        name = f"{label}_{one.path}".replace("-", "_").replace("/", "_")
        view = operation(one, body_of("".join(part.title() for part in name.split("_")), one))
        view.__name__ = name
        register = write(
            router,
            f"/{one.path}",
            f"{label}:{one.path}",
            shapes.Done,
            str(one.title),
            str(one.about),
            missing=True,
        )
        register(view)
    return router


@cache
def routers() -> tuple[tuple[str, Router], ...]:
    """Every service that offers something, with its router; made once, when the addresses are read."""
    return tuple((label, router_of(label, service)) for label, service in services.items() if service.api)


def title_of(label: str) -> str:
    """What a service is called."""
    service = services.get(label)
    return str(service.title) if service else label
