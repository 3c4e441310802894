"""Reading offices and officers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from huimin.core.access.models import Account, Office, Officer
from huimin.core.places import api as places
from huimin.kit import clock


@dataclass(frozen=True, kw_only=True)
class OfficerCard:
    """An officer as households see him: name, post, office, phone."""

    id: UUID
    name: str
    title: str
    office: str
    phone: str
    area: str


@dataclass(frozen=True, kw_only=True)
class OfficeCard:
    """An office as notices print it."""

    id: UUID
    name: str
    phone: str
    address: str
    area: str


def card(row: Officer) -> OfficerCard:
    """The card of an officer row with its office and account selected."""
    return OfficerCard(
        id=row.id, name=str(row.account), title=row.title, office=row.office.name, phone=row.phone or row.office.phone,
        area=row.office.division_code,
    )  # fmt: skip


def officer_card(officer: UUID | str | None) -> OfficerCard | None:
    """The card of an officer, or None."""
    if not officer:
        return None
    row = Officer.objects.select_related("account", "office").filter(id=officer).first()
    return card(row) if row else None


def officers_in(area: str, *, service: str | None = None, limit: int = 200) -> tuple[OfficerCard, ...]:
    """Officers whose office lies in an area, with a role in the service where one is named."""
    today = clock.today()
    rows = Officer.objects.select_related("account", "office").filter(
        places.q(places.spans(area, today), column="office__division_code"),
        Q(end__isnull=True) | Q(end__gt=today),
    )
    if service:
        rows = rows.filter(grants__service__in=[service, "*"], grants__end__isnull=True).distinct()
    return tuple(card(row) for row in rows.order_by("office__division_code", "account__username")[:limit])


def office_of(area: str) -> OfficeCard | None:
    """The office of a division, or None where none is set up."""
    row = Office.objects.filter(division_code=area).order_by("name").first()
    if row is None:
        return None
    return OfficeCard(id=row.id, name=row.name, phone=row.phone, address=row.address, area=row.division_code)


def account_of(username: str) -> Account | None:
    """The account of that name, or None."""
    return Account.objects.filter(username=username).first()


def demo_accounts(names: Iterable[str]) -> dict[str, Account]:
    """Those of these accounts that are there by name; only accounts marked as the demo's, never a real one."""
    rows = Account.objects.filter(username__in=list(names), is_demo=True, is_active=True)
    return {account.username: account for account in rows}
