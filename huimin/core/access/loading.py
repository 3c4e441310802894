"""Bulk offices, accounts, officers and grants by COPY, inside an action."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth.hashers import make_password

from huimin.core.access.models import Account, Grant, Office, Officer
from huimin.core.journal.api import Act, copy_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """An officer of an office to be loaded, with the account he signs in by and his roles (service, role)."""

    office: UUID
    officer: UUID
    username: str
    name: str
    title: str
    phone: str
    start: date
    area: str
    grants: tuple[tuple[UUID, str, str], ...]
    superuser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffice:
    """An office to be loaded."""

    id: UUID
    name: str
    area: str
    phone: str
    address: str


def load(act: Act, offices: Iterable[NewOffice], posts: Sequence[NewPost]) -> dict[str, int]:
    """Store offices and posts; the accounts are the demo's and have no password."""
    made = list(offices)
    copy_rows(
        Office,
        ("id", "name", "division_code", "phone", "address"),
        ((o.id, o.name, o.area, o.phone, o.address) for o in made),
    )
    nobody = make_password(None)  # unusable: these accounts are entered by the ready sign-in of the demo only
    columns = (
        "password", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined",
        "display_name", "person_id", "is_demo",
    )  # fmt: skip
    copy_rows(
        Account, columns,
        ((nobody, p.superuser, p.username, "", "", "", p.superuser, True, act.now, p.name, None, True) for p in posts),
    )  # fmt: skip
    accounts = dict(
        Account.objects.filter(username__in=[p.username for p in posts]).values_list("username", "pk")
    )
    copy_rows(
        Officer, ("id", "account_id", "office_id", "title", "phone", "start"),
        ((p.officer, accounts[p.username], p.office, p.title, p.phone, p.start) for p in posts),
    )  # fmt: skip
    copy_rows(
        Grant, ("id", "officer_id", "service", "role", "area_code", "start", "given_by"),
        ((id, p.officer, service, role, p.area, p.start, act.actor.id) for p in posts for id, service, role in p.grants),
    )  # fmt: skip
    return {"offices": len(made), "officers": len(posts)}
