"""Background work of the journal: deliver the outbox, and start again what a crash left behind."""

from datetime import timedelta

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from huimin.core.journal import outbox


@app.task(name="journal.deliver", queueing_lock="journal.deliver", retry=RetryStrategy(max_attempts=3))
def deliver() -> int:
    """Deliver every effect that is due."""
    return outbox.drain()


@app.periodic(cron="* * * * *")
@app.task(name="journal.sweep", queueing_lock="journal.sweep", pass_context=True)
def sweep(context: object, timestamp: int) -> None:
    """Once a minute: deliver what a lost wake-up left, and retry jobs whose worker died."""
    outbox.drain()


@app.periodic(cron="*/5 * * * *")
@app.task(name="journal.stalled", queueing_lock="journal.stalled", pass_context=True)
async def stalled(context: object, timestamp: int) -> None:
    """Every five minutes: put jobs back whose worker has not been heard of."""
    manager = context.app.job_manager  # type: ignore[attr-defined]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=timedelta(minutes=2).seconds):
        await manager.retry_job(job)


def wake() -> None:
    """Ask the worker to deliver soon, within the running transaction; once is enough."""
    from django.db import transaction

    try:
        with transaction.atomic():
            deliver.defer()
    except AlreadyEnqueued:
        pass
