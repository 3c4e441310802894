"""Changes of offices, officers, rights, and of the divisions themselves."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.access.authority import account_below, not_oneself, office_below, role_below
from huimin.core.access.looks import record_look
from huimin.core.access.models import Account, ApiClient, Grant, Office, Officer
from huimin.core.access.scopes import SCOPES
from huimin.core.access.types import Purpose, area_level
from huimin.core.access.viewers import ROLES
from huimin.core.journal.api import Act, action
from huimin.core.places import api as places
from huimin.kit.area import NATION
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotFound, Refused


@action("access.open_office", title=gettext_lazy("设立机构"))
def open_office(act: Act, *, name: str, area: str, phone: str = "", address: str = "") -> dict[str, Any]:
    """Set up an office in a division; one with the same name there is returned instead."""
    act.on(Ref.of("division", area), area=area)
    office_below(act, area)
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
    place = _found(Office.objects.filter(id=office).first())
    act.on(Ref.of("division", place.division_code), area=place.division_code)
    office_below(act, place.division_code)
    account = Account.objects.select_for_update().filter(username=username).first()
    made = account is None
    if account is None:
        account = Account(username=username, display_name=name)
        if password:
            account.set_password(password)
        else:
            account.set_unusable_password()
        account.save()
    else:
        account_below(act, account)
    officer, _made = Officer.objects.get_or_create(
        account=account, office=place, end=None, defaults={"title": title, "phone": phone, "start": start}
    )
    return {"officer": officer.id, "account": account.pk, "made": made}


def _found(row: Any) -> Any:
    """The row; raise NotFound where there is none."""
    if row is None:
        raise NotFound(_("没有找到，可能已经变动，请回到列表重新选择。"), code="gone")
    return row


@action("access.open_post", title=gettext_lazy("开立账号和职务"), private=("password",))
def open_post(
    act: Act,
    *,
    area: str,
    office: str,
    office_phone: str = "",
    username: str,
    name: str,
    title: str = "",
    phone: str = "",
    password: str = "",
    service: str = "",
    role: str = "",
) -> dict[str, Any]:
    """Open an account with a post in the office of that name in a division, made where it is missing, and its role there."""
    act.on(Ref.of("division", area), area=area)
    if account := Account.objects.filter(username=username).first():
        _known_by_another_name(account, name)
    place = open_office(act.actor, key=f"{act.key}/office", name=office, area=area, phone=office_phone)
    made = appoint(
        act.actor, key=f"{act.key}/post", office=UUID(place["office"]), username=username, name=name, title=title,
        phone=phone, password=password, start=act.today,
    )  # fmt: skip
    if role:
        grant(
            act.actor, key=f"{act.key}/grant", officer=UUID(made["officer"]), service=service, role=role, area=area,
            start=act.today,
        )  # fmt: skip
    return made


def _known_by_another_name(account: Account, name: str) -> None:
    """Raise Refused where a username is somebody else's: one account is one person."""
    if not account.is_active or str(account) != name:
        text = _("这个用户名已经有人使用，请换一个。")
        raise Refused(text, code="username_taken", fields={"username": text})


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
    role_below(act, service, role, area)
    post = _found(Officer.objects.select_related("office").filter(id=officer).first())
    not_oneself(act, post.account_id)
    act.on(Ref.of("division", post.office.division_code), area=post.office.division_code)
    if post.end is not None and post.end <= act.today:
        raise Refused(_("这个职务已经结束，不能再授权。"), code="post_ended")
    row, _made = Grant.objects.get_or_create(
        officer_id=officer, service=service, role=role, area_code=area, end=None,
        defaults={"start": start, "given_by": act.actor.id},
    )  # fmt: skip
    return {"grant": row.id}


@action("access.end_grant", title=gettext_lazy("收回权限"))
def end_grant(act: Act, *, grant: UUID, reason: str) -> None:
    """Take a role back from today."""
    row = _found(Grant.objects.select_for_update().select_related("officer").filter(id=grant).first())
    act.on(Ref.of("division", row.area_code), area=row.area_code)
    role_below(act, row.service, row.role, row.area_code)
    not_oneself(act, row.officer.account_id)
    act.note(reason=reason)
    if row.end is None:
        row.end = act.today
        row.save(update_fields=["end"])


@action("access.end_post", title=gettext_lazy("免去职务"))
def end_post(act: Act, *, officer: UUID, reason: str) -> None:
    """End a post from today, and every role that came with it."""
    row = _found(Officer.objects.select_for_update().filter(id=officer).first())
    act.on(Ref.of("division", row.office.division_code), area=row.office.division_code)
    office_below(act, row.office.division_code)
    not_oneself(act, row.account_id)
    act.note(reason=reason)
    for held in row.grants.filter(end__isnull=True):
        end_grant(act.actor, key=f"{act.key}/{held.id}", grant=held.id, reason=reason)
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


@action("access.open_admin", title=gettext_lazy("开立系统管理员"), private=("password",))
def open_admin(
    act: Act, *, username: str, name: str, password: str, office: str, area: str
) -> dict[str, Any]:
    """Open an administrator of the whole platform in an office; a username that is taken is refused."""
    act.on(Ref.of("division", area), area=area)
    if Account.objects.filter(username=username).exists():
        text = _("用户名 %(name)s 已经有了。") % {"name": username}
        raise Refused(text, code="username_taken", fields={"username": text})
    made = open_account(
        act.actor, key=f"{act.key}/account", username=username, name=name, password=password, superuser=True
    )
    post = open_post(
        act.actor, key=f"{act.key}/post", area=area, office=office, username=username, name=name, title=name
    )
    grant(
        act.actor, key=f"{act.key}/grant", officer=UUID(post["officer"]), service="*", role="admin", area=str(NATION),
        start=act.today,
    )  # fmt: skip
    return {"account": made["account"], "officer": post["officer"]}


@action("access.set_password", title=gettext_lazy("设置密码"), private=("password",))
def set_password(act: Act, *, account: int, password: str) -> dict[str, Any]:
    """Give an account a password; sessions under the old one end."""
    row = _found(Account.objects.select_for_update().filter(pk=account).first())
    account_below(act, row)
    act.note(username=row.username)
    row.set_password(password)
    row.save(update_fields=["password"])
    return {"account": row.pk}


@action("access.close_account", title=gettext_lazy("停用账号"))
def close_account(act: Act, *, account: int, reason: str) -> dict[str, Any]:
    """Close an account: it can no longer sign in; what it did stays."""
    row = _found(Account.objects.select_for_update().filter(pk=account).first())
    account_below(act, row)
    act.note(username=row.username, reason=reason)
    row.is_active = False
    row.save(update_fields=["is_active"])
    return {"account": row.pk}


@action("access.open_client", title=gettext_lazy("开通接口程序"), private=("secret_hash",))
def open_client(
    act: Act, *, name: str, area: str, scopes: tuple[str, ...], purpose: str, secret_hash: str,
    office: UUID | None = None, end: date | None = None, per_minute: int = 600,
) -> dict[str, Any]:  # fmt: skip
    """Let another department's program in: what it may do (scopes), where, for what purpose, until when."""
    act.on(Ref.of("division", area), area=area)
    wrong: dict[str, object] = {}
    if not name.strip():
        wrong["name"] = _("请填写单位和系统的名称。")
    if not scopes or any(scope not in SCOPES for scope in scopes):
        wrong["scopes"] = _("请选择允许它做的事。")
    if purpose not in tuple(Purpose):
        wrong["purpose"] = _("请选择用途。")
    if end is not None and end <= act.today:
        wrong["end"] = _("停用日期应在今天之后。")
    if not 1 <= per_minute <= 100_000:
        wrong["per_minute"] = _("每分钟次数应在 1 到 100,000 之间。")
    if ApiClient.objects.filter(area_code=area, name=name.strip(), end__isnull=True).exists():
        wrong["name"] = _("这里已经有同名的接口程序。")
    if wrong:
        raise Refused(" ".join(str(text) for text in wrong.values()), code="invalid", fields=wrong)
    row = ApiClient.objects.create(
        name=name.strip()[:120], office_id=office, area_code=area, scopes=sorted(set(scopes)), purpose=purpose,
        secret_hash=secret_hash, per_minute=per_minute, start=act.today, end=end, created_by=act.actor.label,
    )  # fmt: skip
    return {"client": row.id}


@action("access.renew_client", title=gettext_lazy("更换接口令牌"), private=("secret_hash",))
def renew_client(act: Act, *, client: UUID, secret_hash: str) -> dict[str, Any]:
    """Give a program a new token; the one before ends at once."""
    row = _found(ApiClient.objects.select_for_update().filter(id=client).first())
    act.on(Ref.of("division", row.area_code), area=row.area_code)
    if row.end is not None and row.end <= act.today:
        raise Refused(_("这个接口程序已经停用。"), code="closed")
    act.note(name=row.name)
    row.secret_hash = secret_hash
    row.save(update_fields=["secret_hash"])
    return {"client": row.id}


@action("access.close_client", title=gettext_lazy("停用接口程序"))
def close_client(act: Act, *, client: UUID, reason: str) -> dict[str, Any]:
    """Shut a program out from now on; what it did and saw stays in the journal."""
    row = _found(ApiClient.objects.select_for_update().filter(id=client).first())
    act.on(Ref.of("division", row.area_code), area=row.area_code)
    if len(reason.strip()) < 4:
        text = _("请写明停用的理由（至少四个字）。")
        raise Refused(text, code="reason_needed", fields={"reason": text})
    act.note(name=row.name, reason=reason)
    if row.end is None or row.end > act.today:
        row.end = act.today
        row.save(update_fields=["end"])
    return {"client": row.id}


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
def merge_villages(
    act: Act, *, codes: tuple[str, ...], into: str, on: date, document: str, name: str = ""
) -> None:
    """Merge villages into one (a new one by its `name`) from a date; people keep the codes they were recorded with."""
    for code in (*codes, into):
        act.on(Ref.of("division", code), area=code)
    places.merge(codes, into, on=on, document=document, name=name or None, entry=act.entry)


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
