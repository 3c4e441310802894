"""A household has moved: what is under way goes with it, what was posted and voted stays where it was."""

from __future__ import annotations

from uuid import UUID

from huimin.core.journal.api import Act
from huimin.core.programmes.models import Enrolment, Procedure


def follow_move(act: Act, *, household: UUID, area: str, group: int) -> None:
    """Bring a household's procedures and enrolments to its new village; meetings, votes and notices stay in the old one."""
    for model in (Procedure, Enrolment):
        rows = model.objects.filter(household_id=household)
        rows.update(division_code=area, group_no=group)
