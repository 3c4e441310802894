"""Other departments' programs: who a token is, how far it sees, how often it may ask."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from huimin.core.access.models import ApiClient
from huimin.core.access.scopes import actions_of
from huimin.core.access.types import Held, Kind, Viewer
from huimin.core.access.viewers import spans_of
from huimin.core.places import api as places
from huimin.core.places.types import Span
from huimin.kit import clock

MARK = "hm"
NOBODY = hashlib.sha256(b"nobody").hexdigest()


@dataclass(frozen=True, kw_only=True)
class Client:
    """A program as its keepers see it; the token itself is kept nowhere."""

    id: UUID
    name: str
    office: str
    area: str
    scopes: tuple[str, ...]
    purpose: str
    per_minute: int
    start: date
    end: date | None
    created_by: str
    last_used: datetime | None

    @property
    def open(self) -> bool:
        """Whether its token is good today."""
        today = clock.today()
        return self.start <= today and (self.end is None or today < self.end)


@dataclass(frozen=True, kw_only=True)
class Calls:
    """How many calls a client has left in this minute, and in how many seconds the next one begins."""

    limit: int
    left: int
    seconds: int

    @property
    def allowed(self) -> bool:
        """Whether this call may go on."""
        return self.left >= 0


def secret_for(key: str) -> str:
    """A secret for a client opened under a key: the same for the same sending, so that a double press shows it again."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"api client/{key}".encode(), hashlib.sha256).digest()
    return made.hex()


def new_key() -> str:
    """A key nobody can guess, for commands."""
    return secrets.token_hex(16)


def token_of(client: UUID | str, secret: str) -> str:
    """What the program sends: a mark to be found by in logs and code, the client, the secret."""
    return f"{MARK}_{UUID(str(client)).hex}_{secret}"


def hashed(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def client_of_token(token: str) -> tuple[ApiClient, Viewer] | None:
    """The client and viewer of a token that is good today, or None; the comparison takes the same time for every token."""
    mark, _one, rest = token.partition("_")
    number, _two, secret = rest.partition("_")
    row = None
    if mark == MARK and len(number) == 32 and set(number) <= set("0123456789abcdef"):
        row = ApiClient.objects.select_related("office").filter(id=UUID(number)).first()
    good = hmac.compare_digest(hashed(secret), row.secret_hash if row else NOBODY)
    today = clock.today()
    if row is None or not good or row.start > today or (row.end is not None and row.end <= today):
        return None
    return row, viewer_of_client(row, today)


def viewer_of_client(row: ApiClient, today: date) -> Viewer:
    """A client as a viewer: one role over its area with the rights of its scopes."""
    held = Held(
        service="*", role="client", area=row.area_code, spans=spans_of(row.area_code, today),
        actions=actions_of(row.scopes),
    )  # fmt: skip
    return Viewer(
        kind=Kind.CLIENT, id=f"client:{row.id}", label=row.name, held=(held,), area=row.area_code,
        office=row.office.name if row.office else row.name, scopes=frozenset(row.scopes),
    )  # fmt: skip


def count_call(row: ApiClient) -> Calls:
    """Count one call of a client in the running minute; one statement, whatever server process asks."""
    now = clock.now()
    minute = int(now.timestamp()) // 60
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_apiuse AS used (client_id, minute, calls, last) VALUES (%s, %s, 1, %s) "
            "ON CONFLICT (client_id) DO UPDATE SET last = excluded.last, minute = excluded.minute, "
            "calls = CASE WHEN used.minute = excluded.minute THEN used.calls + 1 ELSE 1 END RETURNING calls",
            [row.id, minute, now],
        )
        (calls,) = cursor.fetchone()
    return Calls(limit=row.per_minute, left=row.per_minute - calls, seconds=60 - int(now.timestamp()) % 60)


def whole() -> QuerySet[ApiClient]:
    """Clients with what their keepers see."""
    return ApiClient.objects.select_related("office", "use")


def view(row: ApiClient) -> Client:
    """A client of its row."""
    use = getattr(row, "use", None)
    return Client(
        id=row.id, name=row.name, office=row.office.name if row.office else "", area=row.area_code,
        scopes=tuple(row.scopes), purpose=row.purpose, per_minute=row.per_minute, start=row.start, end=row.end,
        created_by=row.created_by, last_used=use.last if use else None,
    )  # fmt: skip


def clients_within(spans: Iterable[Span], *, ended: bool = False, limit: int = 200) -> tuple[Client, ...]:
    """Clients of some places, those that run or those that `ended`, by place and name."""
    over = Q(end__isnull=False, end__lte=clock.today())
    rows = whole().filter(places.q(spans, column="area_code", group=None)).filter(over if ended else ~over)
    return tuple(view(row) for row in rows.order_by("area_code", "name", "id")[:limit])


def every_client() -> tuple[Client, ...]:
    """Every client, for the command line."""
    return tuple(view(row) for row in whole().order_by("area_code", "name", "id"))


def client(id: UUID | str, spans: Iterable[Span] | None = None) -> Client | None:
    """A client (of some places), or None."""
    rows = whole().filter(id=id)
    if spans is not None:
        rows = rows.filter(places.q(spans, column="area_code", group=None))
    row = rows.first()
    return view(row) if row else None
