"""Posts as those who keep them see them: who holds what post, with which roles, since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from huimin.core.access.models import Account, Grant, Office, Officer
from huimin.core.access.queries import OfficeCard
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit import clock


@dataclass(frozen=True, kw_only=True)
class GivenRole:
    """A role that a post has, or had until `end`."""

    id: UUID
    service: str
    role: str
    area: str
    start: date
    end: date | None


@dataclass(frozen=True, kw_only=True)
class Post:
    """A person's post in an office with its account and roles; `ended` and `open` are as of today."""

    id: UUID
    account: int
    username: str
    name: str
    title: str
    phone: str
    office: str
    area: str
    start: date
    end: date | None
    open: bool
    ended: bool
    last_login: datetime | None
    roles: tuple[GivenRole, ...]
    earlier: tuple[GivenRole, ...]

    @property
    def cursor(self) -> str:
        """Where this post stands in the list."""
        return f"{self.area}.{self.id}"


def posts_within(
    spans: Iterable[Span],
    *,
    text: str = "",
    without_role: bool = False,
    ended: bool = False,
    after: str = "",
    limit: int = 50,
) -> tuple[Post, ...]:
    """Posts in offices of some places by division: those that run, or those that `ended`; `after` is a cursor."""
    rows = Officer.objects.filter(places.q(spans, column="office__division_code", group=None))
    over = Q(end__isnull=False, end__lte=clock.today())
    rows = rows.filter(over if ended else ~over)
    if text:
        rows = rows.filter(
            Q(account__username__icontains=text) | Q(account__display_name__icontains=text)
            | Q(office__name__icontains=text) | Q(phone=text)
        )  # fmt: skip
    if without_role:
        rows = rows.filter(~Exists(Grant.objects.filter(running(), officer=OuterRef("id"))))
    area, _dot, id = after.partition(".")
    if id:
        here = Q(office__division_code=area, id__gt=UUID(id))
        rows = rows.filter(Q(office__division_code__gt=area) | here)
    return tuple(post(row) for row in whole(rows).order_by("office__division_code", "id")[:limit])


def post_of(officer: UUID, spans: Iterable[Span]) -> Post | None:
    """A post where its office lies in some places, or None."""
    rows = Officer.objects.filter(places.q(spans, column="office__division_code", group=None), id=officer)
    row = whole(rows).first()
    return post(row) if row else None


def posts_of_staff() -> tuple[tuple[Account, tuple[Post, ...]], ...]:
    """Every account of an officer or an administrator with its running posts, by username; citizens' are left out."""
    found: dict[int, list[Post]] = {}
    for row in whole(Officer.objects.filter(Q(end__isnull=True) | Q(end__gt=clock.today()))).order_by(
        "start", "id"
    ):
        found.setdefault(row.account_id, []).append(post(row))
    accounts = Account.objects.filter(Q(is_superuser=True) | Q(posts__isnull=False)).distinct()
    return tuple((one, tuple(found.get(one.pk, ()))) for one in accounts.order_by("username"))


def offices_at(area: str) -> tuple[OfficeCard, ...]:
    """The offices of a division itself, by name."""
    rows = Office.objects.filter(division_code=area).order_by("name")
    return tuple(
        OfficeCard(id=row.id, name=row.name, phone=row.phone, address=row.address, area=row.division_code)
        for row in rows
    )


def running() -> Q:
    """Grants that count today or later."""
    return Q(end__isnull=True) | Q(end__gt=clock.today())


def whole(rows: QuerySet[Officer]) -> QuerySet[Officer]:
    """The rows with account, office and roles: three queries whatever their number."""
    grants = Grant.objects.order_by("service", "role", "area_code", "start")
    return rows.select_related("account", "office").prefetch_related(Prefetch("grants", grants))


def post(row: Officer) -> Post:
    """A post of its row."""
    today = clock.today()
    given = [
        GivenRole(id=g.id, service=g.service, role=g.role, area=g.area_code, start=g.start, end=g.end)
        for g in row.grants.all()
    ]
    return Post(
        id=row.id, account=row.account_id, username=row.account.username, name=str(row.account), title=row.title,
        phone=row.phone, office=row.office.name, area=row.office.division_code, start=row.start, end=row.end,
        open=row.account.is_active, ended=row.end is not None and row.end <= today, last_login=row.account.last_login,
        roles=tuple(one for one in given if one.end is None or one.end > today),
        earlier=tuple(one for one in given if one.end is not None and one.end <= today),
    )  # fmt: skip
