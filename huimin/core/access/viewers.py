"""From an account to a viewer: roles, areas, and a citizen's own household."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from huimin.core.access.models import Account, Grant, Officer
from huimin.core.access.types import ANYONE, Held, Kind, Role, Viewer
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.registry import Registry

ROLES: Registry[Role] = Registry("role")
CITIZEN_ACTIONS: set[str] = set()
OWN: list[Callable[[UUID], Iterable[Ref]]] = []


def register_roles(
    service: str, roles: Iterable[Role], citizen: Iterable[str] = (), anyone: Iterable[str] = ()
) -> None:
    """Take over what a service's manifest says of its roles, and of what citizens and the public may do."""
    for role in roles:
        ROLES.add(f"{service}.{role.code}", role)
    CITIZEN_ACTIONS.update(citizen)
    ANYONE.update(anyone)


def own_things(find: Callable[[UUID], Iterable[Ref]]) -> None:
    """Register how a person's own things (himself, his household) are found."""
    if find not in OWN:
        OWN.append(find)


def spans_of(area: str, today: date) -> tuple[Span, ...]:
    """What an area means today; a village that was merged away still means the rows recorded under its own code."""
    return places.spans(area, today) or (Span(low=area, high=area),)


def held(officers: Iterable[Officer], today: date) -> tuple[Held, ...]:
    """The roles that officers hold today, with their spans."""
    grants = Grant.objects.filter(
        Q(end__isnull=True) | Q(end__gt=today), officer__in=list(officers), start__lte=today
    )
    found = []
    for grant in grants:
        role = ROLES.get(f"{grant.service}.{grant.role}")
        if role is not None:
            found.append(
                Held(
                    service=grant.service, role=grant.role, area=grant.area_code, actions=role.actions,
                    spans=spans_of(grant.area_code, today), reads=role.reads,
                )
            )  # fmt: skip
    return tuple(found)


def viewer_of(account: Account, today: date | None = None) -> Viewer:
    """The viewer an account is today: an officer with roles, a citizen with a household, or both."""
    today = today or clock.today()
    posts = list(
        Officer.objects.filter(
            Q(end__isnull=True) | Q(end__gt=today), account=account, start__lte=today
        ).select_related("office")
    )
    roles = held(posts, today) if posts else ()
    own = (
        frozenset(ref for find in OWN for ref in find(account.person_id))
        if account.person_id
        else frozenset()
    )
    post = posts[0] if posts else None
    person = next((UUID(ref.id) for ref in own if ref.kind == "person"), account.person_id)
    return Viewer(
        kind=Kind.OFFICER if posts or account.is_superuser else Kind.CITIZEN,
        id=f"account:{account.pk}",
        label=str(account),
        held=roles,
        person=person,
        own=own,
        actions=frozenset(CITIZEN_ACTIONS) if own else frozenset(),
        office=post.office.name if post else "",
        officer=post.id if post else None,
        area=roles[0].area if roles else (post.office.division_code if post else ""),
        admin=account.is_superuser,
    )


def viewer_of_id(id: str) -> Viewer | None:
    """The viewer of that id as he is today, for work he began and left to the worker; None where he may sign in no more."""
    kind, _colon, number = id.partition(":")
    if kind != "account" or not number.isdigit():
        return None
    account = Account.objects.filter(pk=int(number), is_active=True).first()
    return viewer_of(account) if account else None
