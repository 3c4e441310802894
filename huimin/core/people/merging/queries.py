"""Reading pairs, merges and searches: only pairs whose two persons the viewer sees."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.people import shown
from huimin.core.people.merging.state import seen_of
from huimin.core.people.models import Household, MatchRun, Membership, Merge, Pair, Person
from huimin.core.people.paging import keyset
from huimin.core.people.queries import sizes
from huimin.core.people.types import (
    Joining,
    KeysetPage,
    MergeView,
    PairState,
    PairView,
    Relation,
    RunState,
    RunView,
    Stay,
)
from huimin.core.places import api as places
from huimin.kit.area import AreaCode
from huimin.kit.refusal import NotFound

MANY = 100


def pairs(
    area: str | None = None, *, state: PairState = PairState.OPEN, after: str | None = None, limit: int = 50
) -> KeysetPage[PairView]:
    """A page of pairs in sight whose two records lie in an area: open ones the likeliest first, others the latest first."""
    rows = Pair.objects.select_related("first", "second").filter(state=state)
    if area:
        rows = rows.filter(places.q(places.spans(area), column="division_code", group=None))
    if state == PairState.OPEN:
        rows = rows.filter(first__merged_into=None, second__merged_into=None)
        return keyset(rows, ("-probability", "-id"), after=after, limit=limit, show=pair_view)
    rows = rows.exclude(decided_at=None)
    return keyset(rows, ("-decided_at", "-id"), after=after, limit=limit, show=pair_view)


def pairs_waiting(limit: int = MANY) -> int:
    """How many open pairs are in sight, counted up to a limit: for menus."""
    rows = Pair.objects.filter(state=PairState.OPEN, first__merged_into=None, second__merged_into=None)
    return len(rows.order_by().values_list("id", flat=True)[:limit])


def pair(id: UUID | str) -> PairView:
    """One pair in sight; raise NotFound for any other."""
    row = Pair.objects.select_related("first", "second").filter(id=id).first()
    if row is None:
        raise NotFound(_("没有找到这一对，或其中一人不在您的管辖范围内。"), code="no_pair")
    return pair_view(row)


def seen(first: UUID, second: UUID) -> str:
    """The digest of two records in sight as they are now: `merge` refuses where it is another one."""
    rows = {row.id: row for row in Person.objects.filter(id__in=[first, second])}
    return seen_of(rows[first], rows[second]) if len(rows) == 2 else ""


def values_alike(first: UUID, second: UUID) -> dict[str, bool]:
    """By field whether two records in sight say the same, also of what is shown masked."""
    rows = {row.id: row for row in Person.objects.filter(id__in=[first, second])}
    one, other = rows[first], rows[second]
    fields = ("name", "sex", "birth_date", "ethnicity", "id_number", "phone", "education", "died_on")
    return {name: getattr(one, name) == getattr(other, name) for name in fields}


def merge_between(one: UUID, other: UUID) -> MergeView | None:
    """The merge of two records that stands, within sight."""
    row = Merge.objects.filter(kept__in=[one, other], away__in=[one, other], undone_at=None).first()
    return merge_view(row) if row else None


def stays(person: UUID) -> tuple[Stay, ...]:
    """The households a person was in over time, the latest first; of those within sight."""
    rows = list(Membership.objects.filter(person=person).order_by("-start", "-id"))
    homes = {row.id: row for row in Household.objects.filter(id__in=[r.household_id for r in rows])}
    counted = sizes(list(homes))
    return tuple(
        Stay(
            household=shown.household(homes[row.household_id], counted), relation=Relation(row.relation), start=row.start,
            end=row.end, joined_by=Joining(row.joined_by), left_by=row.left_by,
        )
        for row in rows if row.household_id in homes
    )  # fmt: skip


def last_runs(area: str, limit: int = 3) -> tuple[RunView, ...]:
    """The latest searches that took an area in: of it and of the divisions above it."""
    codes = [area, *(str(one) for one in AreaCode(area).ancestors)]
    rows = MatchRun.objects.filter(area_code__in=codes).order_by("-asked_at")[:limit]
    return tuple(
        RunView(
            id=row.id, area=row.area_code, state=RunState(row.state), asked_by=row.asked_by, asked_at=row.asked_at,
            finished=row.finished, persons=row.persons, pairs=row.pairs, fresh=row.fresh, error=row.error,
        )
        for row in rows
    )  # fmt: skip


def pair_view(row: Pair) -> PairView:
    """A pair with its persons selected."""
    return PairView(
        id=row.id, first=shown.person(row.first), second=shown.person(row.second), division_code=row.division_code,
        probability=row.probability, reasons=tuple((one, outcome, weight) for one, outcome, weight in row.reasons),
        state=PairState(row.state), found_at=row.found_at, decided_at=row.decided_at, decided_by=row.decided_by,
        reason=row.reason,
    )  # fmt: skip


def merge_view(row: Merge) -> MergeView:
    """A merge's row, without what was moved."""
    return MergeView(
        id=row.id, kept=row.kept_id, away=row.away_id, chosen=row.chosen, reason=row.reason, merged_at=row.merged_at,
        merged_by=row.merged_by, undone_at=row.undone_at, undone_by=row.undone_by, undone_reason=row.undone_reason,
    )  # fmt: skip
