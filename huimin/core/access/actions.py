"""Changes of offices, officers, rights, and of the divisions themselves."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.looks import record_look
from huimin.core.access.models import Account, Grant, Office, Officer
from huimin.core.access.types import Kind, Purpose, Viewer, area_level
from huimin.core.access.viewers import ROLES
from huimin.core.journal.api import Act, action
from huimin.core.places import api as places
from huimin.kit.area import NATION
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, Refused


@action("access.open_office", title=gettext_lazy("设立机构"))
def open_office(act: Act, *, name: str, area: str, phone: str = "", address: str = "") -> dict[str, Any]:
    """Set up an office in a division; one with the same name there is returned instead."""
    act.on(Ref.of("division", area), area=area)
    office, _made = Office.objects.get_or_create(
        division_code=area, name=name, defaults={"phone": phone, "address": address}
    )
    return {"office": office.id}


@action("access.appoint", title=gettext_lazy("任命工作人员"), private=("password",))
def appoint(
    act: Act,
    *,
    office: UUID,
    username: str,
    name: str,
    title: str = "",
    phone: str = "",
    password: str = "",
    start: date,
) -> dict[str, Any]:
    """Give somebody a post in an office, making the account where there is none (without a password it cannot sign in)."""
    place = Office.objects.get(id=office)
    act.on(Ref.of("division", place.division_code), area=place.division_code)
    account, made = Account.objects.get_or_create(username=username, defaults={"display_name": name})
    if made:
        if password:
            account.set_password(password)
        else:
            account.set_unusable_password()
        account.save()
    officer, _made = Officer.objects.get_or_create(
        account=account, office=place, end=None, defaults={"title": title, "phone": phone, "start": start}
    )
    return {"officer": officer.id, "account": account.pk}


@action("access.grant", title=gettext_lazy("授予权限"))
def grant(act: Act, *, officer: UUID, service: str, role: str, area: str, start: date) -> dict[str, Any]:
    """Give an officer a role in an area: a county may open its townships, a township its villages."""
    if f"{service}.{role}" not in ROLES:
        raise Refused(
            _("没有“%(role)s”这个角色。") % {"role": f"{service}.{role}"},
            code="unknown_role",
            fields={"role": role},
        )
    if area_level(area) < ROLES[f"{service}.{role}"].level:
        raise Refused(_("这个角色不能授予这样大的范围。"), code="too_wide", fields={"area": area})
    act.on(Ref.of("division", area), area=area)
    _must_be_below(act, service, role)
    row, _made = Grant.objects.get_or_create(
        officer_id=officer, service=service, role=role, area_code=area, end=None,
        defaults={"start": start, "given_by": act.actor.id},
    )  # fmt: skip
    return {"grant": row.id}


def _must_be_below(act: Act, service: str, role: str) -> None:
    """A level opens the levels below it, never its own or a higher one; administrators and the platform open any."""
    actor = act.actor
    if not isinstance(actor, Viewer) or actor.kind is Kind.SYSTEM or actor.holds("*", "admin"):
        return
    if service == "*" or ROLES[f"{service}.{role}"].level <= actor.level(service):
        raise NotAllowed(_("只能授予下级的角色，请由上级办理。"), code="not_below")


@action("access.end_grant", title=gettext_lazy("收回权限"))
def end_grant(act: Act, *, grant: UUID, reason: str) -> None:
    """Take a role back from today."""
    row = Grant.objects.select_for_update().get(id=grant)
    act.on(Ref.of("division", row.area_code), area=row.area_code)
    act.note(reason=reason)
    if row.end is None:
        row.end = act.today
        row.save(update_fields=["end"])


@action("access.open_account", title=gettext_lazy("开立账号"), private=("password",))
def open_account(
    act: Act,
    *,
    username: str,
    name: str,
    person: UUID | None = None,
    area: str = str(NATION),
    password: str = "",
    superuser: bool = False,
    demo: bool = False,
) -> dict[str, Any]:
    """Open an account for a citizen (`person`) or an administrator; one of that name is brought into line."""
    act.on(Ref.of("person", person) if person else Ref.of("division", area), area=area)
    account = Account.objects.filter(username=username).first() or Account(username=username)
    account.display_name, account.person_id, account.is_demo = name, person, demo
    account.is_superuser = account.is_staff = superuser
    if password:
        account.set_password(password)
    elif account.pk is None:
        account.set_unusable_password()
    account.save()
    return {"account": account.pk}


@action("access.set_password", title=gettext_lazy("设置密码"), private=("password",))
def set_password(act: Act, *, account: int, password: str, area: str = str(NATION)) -> dict[str, Any]:
    """Give an account a password; sessions under the old one end."""
    row = Account.objects.select_for_update().get(pk=account)
    act.on(Ref.of("division", area), area=area)
    act.note(username=row.username)
    row.set_password(password)
    row.save(update_fields=["password"])
    return {"account": row.pk}


@action("access.close_account", title=gettext_lazy("停用账号"))
def close_account(act: Act, *, account: int, reason: str, area: str = str(NATION)) -> dict[str, Any]:
    """Close an account: it can no longer sign in; what it did stays."""
    row = Account.objects.select_for_update().get(pk=account)
    act.on(Ref.of("division", area), area=area)
    act.note(username=row.username, reason=reason)
    row.is_active = False
    row.save(update_fields=["is_active"])
    return {"account": row.pk}


@action("access.unmask", title=gettext_lazy("查看完整信息"))
def unmask(act: Act, *, subject: str, area: str, what: str, purpose: str, reason: str) -> None:
    """Record that a masked field of a person is shown in full, with the reason; without one it is refused."""
    if len(reason.strip()) < 4:
        raise Refused(
            _("请写明查看完整信息的理由（至少四个字）。"),
            code="reason_needed",
            fields={"reason": _("请写明理由。")},
        )
    ref = Ref.parse(subject)
    act.on(ref, area=area)
    record_look(ref, area=area, purpose=Purpose(purpose), revealed=what, reason=reason)


@action("access.merge_villages", title=gettext_lazy("合并村"))
def merge_villages(act: Act, *, codes: tuple[str, ...], into: str, on: date, document: str) -> None:
    """Merge villages into one from a date; people keep the codes they were recorded with."""
    for code in (*codes, into):
        act.on(Ref.of("division", code), area=code)
    places.merge(codes, into, on=on, document=document, entry=act.entry)


@action("access.split_village", title=gettext_lazy("分设村"))
def split_village(
    act: Act, *, code: str, into: str, name: str, groups: tuple[int, ...], on: date, document: str
) -> None:
    """Move villagers' groups of a village into a new one from a date."""
    act.on(Ref.of("division", code), area=code)
    act.on(Ref.of("division", into), area=into)
    places.split(code, into, groups, on=on, document=document, name=name, entry=act.entry)


@action("access.rename_division", title=gettext_lazy("区划更名"))
def rename_division(act: Act, *, code: str, name: str, on: date, document: str) -> None:
    """Give a division a new name from a date; the old one stays known."""
    act.on(Ref.of("division", code), area=code)
    places.rename(code, name, on=on, document=document, entry=act.entry)
