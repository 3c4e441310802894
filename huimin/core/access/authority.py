"""How far an officer's word reaches over other officers: the levels below his own, within his area, never himself."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from huimin.core.access.models import Account, Grant, Officer
from huimin.core.access.types import Kind, Viewer, area_level, within
from huimin.core.access.viewers import ROLES
from huimin.core.journal.api import Act
from huimin.kit import clock
from huimin.kit.area import NATION
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed

NOWHERE = 9


def unbound(actor: object, area: str) -> bool:
    """Whether levels do not bind the actor in a place: the platform itself, or an administrator of that place."""
    if not isinstance(actor, Viewer) or actor.kind is Kind.SYSTEM:
        return True
    return any(one.service == "*" and one.role == "admin" and within(one.spans, area) for one in actor.held)


def rank(actor: Viewer, action: str, area: str, service: str | None = None) -> int:
    """The level (0 to 5) from which the actor may do this in a place, by the widest of his roles there; 9 for none."""
    levels = [
        area_level(one.area)
        for one in actor.held
        if action in one.actions and within(one.spans, area) and service in (None, one.service)
    ]
    return min(levels, default=NOWHERE)


def grantable(actor: Viewer, area: str) -> tuple[tuple[str, str], ...]:
    """The roles (service, role) that the actor may give in an area, in the order they were declared."""
    found = []
    for name, role in ROLES.items():
        service, _dot, code = name.rpartition(".")
        if area_level(area) < role.level:
            continue
        if unbound(actor, area) or role.level > rank(actor, "access.grant", area, service) < NOWHERE:
            found.append((service, code))
    return tuple(found)


def staffs(actor: Viewer, area: str) -> bool:
    """Whether the actor may open posts in a division: one below his level, or any of an administrator's."""
    return unbound(actor, area) or area_level(area) > rank(actor, "access.open_post", area) < NOWHERE


def role_below(act: Act, service: str, role: str, area: str) -> None:
    """Raise NotAllowed where the role is not of a level below the actor's own in that service and place."""
    actor = act.actor
    if unbound(actor, area):
        return
    own = rank(actor, act.name, area, service) if isinstance(actor, Viewer) else NOWHERE
    if service == "*" or own == NOWHERE or ROLES[f"{service}.{role}"].level <= own:
        raise NotAllowed(_("只能办理下级的角色，请由上级办理。"), code="not_below")


def office_below(act: Act, area: str) -> None:
    """Raise NotAllowed where an office's division is not below the level the actor works at."""
    actor = act.actor
    if unbound(actor, area):
        return
    if isinstance(actor, Viewer) and area_level(area) > rank(actor, act.name, area) < NOWHERE:
        return
    raise NotAllowed(_("只能为下级机构的工作人员办理，本级的请由上级办理。"), code="not_below")


def not_oneself(act: Act, account: int) -> None:
    """Raise NotAllowed where the account is the actor's own."""
    if act.actor.id == f"account:{account}":
        raise NotAllowed(_("不能给自己办理，请由上级办理。"), code="oneself")


def posts_of(account: Account) -> list[Officer]:
    """The posts that say whose business an account is: those that run, else all it ever had."""
    today = clock.today()
    every = list(Officer.objects.select_related("office").filter(account=account))
    return [one for one in every if one.end is None or one.end > today] or every


def account_below(act: Act, account: Account) -> None:
    """Name an account as the subject; raise NotAllowed unless every post and role of it lies below the actor's level.

    An account without a post (a citizen's) or of the system's administration is for administrators alone.
    """
    posts = posts_of(account)
    areas = list(dict.fromkeys(one.office.division_code for one in posts)) or [str(NATION)]
    for area in areas:
        act.on(Ref.of("division", area), area=area)
    if unbound(act.actor, str(NATION)):
        return
    if account.is_superuser or account.person_id or not posts:
        raise NotAllowed(_("这个账号由系统管理员管理，请找系统管理员办理。"), code="administrators_only")
    not_oneself(act, account.pk)
    for area in areas:
        office_below(act, area)
    today = clock.today()
    for held in Grant.objects.filter(Q(end__isnull=True) | Q(end__gt=today), officer__account=account):
        if not act.actor.covers(act.name, held.area_code, ()):
            raise NotAllowed(_("这个账号在您的辖区以外还有权限，请由上级办理。"), code="outside_area")
        role_below(act, held.service, held.role, held.area_code)
