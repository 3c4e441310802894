"""Background work of insight: every night, after everyone was decided, the periods that run or have just ended."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huimin.core.access.api import acting_as, system
from huimin.core.insight.catalogue import INDICATORS


@app.periodic(cron="10 18 * * *")  # UTC: ten past two in Beijing, after everyone was decided
@app.task(name="insight.nightly", queueing_lock="insight.nightly", lock="rules.population", pass_context=True)
def nightly(context: object, timestamp: int) -> None:
    """Count from a snapshot of this night; it waits for a population run that is under way."""
    compute_due()


def compute_due() -> list[int]:
    """Refresh the snapshot, then count and assess what is due of every service; how many figures of each."""
    from huimin.core.facts.api import refresh
    from huimin.core.insight.api import assess, compute, due

    counted = []
    with acting_as(system("insight")):
        refresh()
        for service in dict.fromkeys(one.service for one in INDICATORS.values()):
            periods = due(service)
            counted.append(compute(service, periods).rows)
            for period in periods:
                assess(service, period)
    return counted
