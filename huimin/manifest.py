"""What a service says about itself. Read this file first.

A service is one folder in `huimin/services`; its `manifest.py` holds one `SERVICE = Service(...)`. Routes, menus,
rights, the catalogue of facts, the to-do list, the demo data, the conformance tests and the reference page
are all read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import AppConfig

from huimin.kit.registry import Registry, services

if TYPE_CHECKING:  # a service's apps.py imports this before there are models
    from huimin.core.access.types import Role, Viewer
    from huimin.core.exports.types import Export
    from huimin.core.facts.types import Fact, FactTable
    from huimin.core.insight.types import Indicator
    from huimin.core.intake.types import Target
    from huimin.core.journal.api import Action, Effect
    from huimin.core.programmes.types import Programme
    from huimin.core.rules.types import Costs

__all__ = [
    "ApiAction",
    "Demo",
    "Entitlement",
    "Metric",
    "Page",
    "Service",
    "ServiceConfig",
    "Task",
    "services",
]


@dataclass(frozen=True, kw_only=True)
class Page:
    """An entry of a door's menu; `url` is a route's name, `needs` an action without which it is not shown."""

    title: object
    url: str
    icon: str
    needs: str = ""
    count: Callable[[Viewer], int] | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits for an officer or a citizen: what, about whom, by when, and where to do it."""

    key: str
    group: object
    title: str
    detail: str
    area: str
    url: str
    due: date | None = None
    urgent: bool = False
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Entitlement:
    """What a citizen has or could have from a service, in a sentence, and where to read why."""

    title: str
    state: str
    text: str
    url: str
    icon: str = "heart-handshake"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A figure a service may publish about a place: name, unit, and how it is counted."""

    name: str
    title: object
    unit: str
    count: Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class ApiAction:
    """An action that other departments' programs may do: `POST /api/v1/<service>/<path>`, under the scope `<service>:<path>`.

    `fields` are the arguments it takes with what they mean, `choices` those that have a closed list of values, `source`
    the argument that is the program's own office and cannot be given.
    """

    path: str
    action: Action[...]
    title: object
    about: object
    fields: Mapping[str, object]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """How believable data of the service is made for the demo province.

    `load(progress)` runs after people and staff are there and is harmless when repeated; `progress(stage, done, total)`
    shows how far it is. `citizens()` gives ids of persons with something to show, the ready citizen first.
    """

    load: Callable[[Callable[[str, int, int], None]], object]
    citizens: Callable[[], Iterable[UUID]] | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A public service: one folder, one contents page."""

    title: object  # what the public calls it
    about: object  # what it does, in one sentence
    law: object  # the order it rests on
    owner: object  # the department that answers for it
    icon: str = "folder"
    facts: tuple[FactTable, ...] = ()  # what it knows
    imports: tuple[Target, ...] = ()  # which of its facts may come as files
    rules: tuple[str, ...] = ()  # what it decides: files in rules/
    everyone: tuple[str, ...] = ()  # those of the rules that population runs decide for everyone
    costs: Mapping[str, Costs] = field(default_factory=dict)  # what the outcomes of its rules cost a year
    outcomes: Mapping[str, object] = field(
        default_factory=dict
    )  # what the public calls the outcomes of its rules
    programmes: tuple[Programme, ...] = ()  # the ways in and out
    actions: tuple[Action[...], ...] = ()  # what it may change
    citizen: tuple[str, ...] = ()  # those of the actions a citizen may do about himself
    anyone: tuple[str, ...] = ()  # those the public may do without signing in
    effects: tuple[Effect, ...] = ()  # what leaves the building
    metrics: tuple[Metric, ...] = ()  # what may be published
    indicators: tuple[Indicator, ...] = ()  # what is counted per place and period
    assessments: tuple[
        str, ...
    ] = ()  # how places and officers are assessed: files in rules/, over its indicators
    roles: tuple[Role, ...] = ()  # who may do what
    desk: tuple[Page, ...] = ()  # the officers' menu
    me: tuple[Page, ...] = ()  # the citizens' tiles
    open: tuple[Page, ...] = ()  # the public's menu
    household: str = ""  # the route of its page about a household, which takes the household's id
    tasks: Callable[[Viewer, int], Sequence[Task]] | None = None  # what waits for this officer
    mine: Callable[[Viewer], Sequence[Task]] | None = None  # what waits for this citizen
    entitlements: Callable[[Viewer], Sequence[Entitlement]] | None = None
    api: tuple[ApiAction, ...] = ()  # what other departments' programs may do
    exports: tuple[Export, ...] = ()  # its lists that can be taken away as files
    demo: Demo | None = None
    label: str = field(default="", compare=False)

    @property
    def fact_list(self) -> tuple[Fact, ...]:
        """Every fact of every table."""
        return tuple(fact for table in self.facts for fact in table.facts)


class ServiceConfig(AppConfig):
    """The AppConfig of a service: it reads the manifest and registers what it says."""

    default = False  # this base is not an app ...

    def __init_subclass__(cls) -> None:
        cls.default = True  # ... but every subclass is; without this Django registers neither

    def ready(self) -> None:
        """Register the service; raise LookupError where the manifest names what is not there."""
        from huimin.core.access.api import Scope, register_roles, register_scopes
        from huimin.core.exports.api import register_export
        from huimin.core.facts.api import register_facts
        from huimin.core.insight.api import register_assessment, register_indicators
        from huimin.core.intake.api import register_target
        from huimin.core.programmes.api import register_programme
        from huimin.core.rules.api import register_rule

        service: Service = import_module(f"{self.name}.manifest").SERVICE
        object.__setattr__(service, "label", self.label)
        for name in (*service.citizen, *service.anyone):
            if name not in {action.name for action in service.actions}:
                raise LookupError(f"{self.label}: {name!r} is open to citizens, but is no action of it")
        for table in service.facts:
            register_facts(self.label, table)
        for target in service.imports:
            if target.action not in {action.name for action in service.actions}:
                raise LookupError(
                    f"{self.label}: {target.name} is stored by {target.action!r}, which is no action of it"
                )
            register_target(target)
        for rule in service.rules:
            path = Path(self.path) / "rules" / rule
            if not path.exists():
                raise LookupError(f"{self.label}: rules/{rule} is declared but missing")
            register_rule(self.label, path, rule in service.everyone, costs=service.costs.get(rule))
        if unknown := (set(service.everyone) | set(service.costs)) - set(service.rules):
            raise LookupError(
                f"{self.label}: {', '.join(sorted(unknown))} is to be run or has costs, but is no rule of it"
            )
        for rule in service.assessments:
            path = Path(self.path) / "rules" / rule
            if not path.exists():
                raise LookupError(f"{self.label}: rules/{rule} is declared but missing")
            register_assessment(self.label, path)
            register_rule(self.label, path, over="indicators")
        register_indicators(self.label, service.indicators)
        for programme in service.programmes:
            register_programme(programme)
        register_scopes(
            Scope(name=f"{self.label}:{one.path}", title=one.title, actions=frozenset({one.action.name}))
            for one in service.api
        )
        for export in service.exports:
            register_export(export)
        register_roles(self.label, service.roles, citizen=service.citizen, anyone=service.anyone)
        services.add(self.label, service)


def all_services() -> Registry[Service]:
    """Every registered service by its label."""
    return services
