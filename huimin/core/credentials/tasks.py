"""Background work of credentials: soon after midnight in Beijing, the day that ended is closed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huimin.core.access.api import acting_as, system
from huimin.core.credentials.actions import close_due


@app.periodic(cron="20 16 * * *")  # UTC: twenty past midnight in Beijing
@app.task(
    name="credentials.nightly", queueing_lock="credentials.nightly", lock="credentials", pass_context=True
)
def nightly(context: object, timestamp: int) -> None:
    """Close every day that is over; one that was missed is made up for."""
    with acting_as(system("credentials")):
        close_due()
