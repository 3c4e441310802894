"""What a monitored household costs a year, by kind: what was spent on those who are helped, over the last twelve months."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from huimin.core.rules.types import Costs
from huimin.services.poverty.facts import CODE

if TYPE_CHECKING:
    from huimin.core.facts.api import Snapshot

SPENT = """
    WITH helped AS (
        SELECT id, kind, exited IS NULL OR exited > $today AS inside
        FROM programmes_enrolment WHERE programme = $programme AND entered <= $today
    ), spent AS (
        SELECT h.kind, sum(m.cost) AS total FROM programmes_measure m JOIN helped h ON h.id = m.enrolment_id
        WHERE m.start <= $today AND m.start > CAST($today AS DATE) - INTERVAL 365 DAY GROUP BY h.kind
    )
    SELECT h.kind, any_value(s.total), count(*) FROM helped h JOIN spent s USING (kind) WHERE h.inside GROUP BY h.kind
"""


def yearly(snapshot: Snapshot) -> Mapping[str, Decimal]:
    """Yuan a year for a household of each kind: measures that began in the last year, spread over those helped today."""
    rows = snapshot.con.execute(SPENT, {"today": snapshot.today, "programme": CODE}).fetchall()
    return {
        kind: (Decimal(total) / households).quantize(Decimal("0.01"))
        for kind, total, households in rows
        if kind and total is not None
    }


MONITORING = Costs(basis=_("按近12个月同类监测户帮扶措施的实际投入，平均到现在每一户监测户。"), yearly=yearly)
