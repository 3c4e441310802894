"""Background work of rules: population runs that an officer starts, and those of the schedule."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from huimin.core.access.api import system
from huimin.core.facts import api as facts
from huimin.core.rules.actions import run_population
from huimin.core.rules.book import BOOK
from huimin.core.rules.queries import last_whole_run
from huimin.core.rules.versions.force import in_force
from huimin.core.rules.versions.simulating import work_simulation
from huimin.core.rules.working import work


@app.task(name="rules.population", lock="rules.population")
def population(run: str) -> str:
    """Work a population run off; one at a time."""
    done = work(run)
    return done.state if done else "gone"


@app.task(name="rules.simulation", lock="rules.simulation")
def simulation(simulation: str) -> str:
    """Run a draft on everyone; one at a time."""
    return work_simulation(simulation)


def enqueue_simulation(id: UUID | str) -> None:
    """Have the worker do a simulation; asked twice for the same one, once."""
    from django.db import transaction

    try:
        with transaction.atomic():
            simulation.configure(queueing_lock=f"rules.simulation:{id}").defer(simulation=str(id))
    except AlreadyEnqueued:
        pass


def enqueue(run: UUID | str) -> None:
    """Have the worker do a run; asked twice for the same run, once."""
    from django.db import transaction

    try:
        with transaction.atomic():
            population.configure(queueing_lock=f"rules.population:{run}").defer(run=str(run))
    except AlreadyEnqueued:
        pass


def everyone(key: str) -> list[str]:
    """Begin and do a run of every service that has rules for everyone; the states they ended in."""
    states = []
    for service in dict.fromkeys(one.service for one in BOOK.values() if one.everyone):
        made = run_population(system("population"), key=f"{key}/{service}", service=service, fresh=False)
        done = work(made["run"])
        states.append(done.state if done else "gone")
    return states


def nightly(timestamp: int) -> list[str]:
    """Read the whole register again and decide everyone anew."""
    facts.refresh(full=True)
    return everyone(f"nightly/{timestamp}")


def hourly(timestamp: int) -> list[str]:
    """Take what changed since the last refresh and decide everyone."""
    facts.refresh()
    return everyone(f"hourly/{timestamp}")


def turned() -> list[str]:
    """The services whose rules for everyone are in another version today than in their last run of the province."""
    found = []
    for service in dict.fromkeys(one.service for one in BOOK.values() if one.everyone):
        last = last_whole_run(service)
        decided = {one.name: one.version for one in last.rules} if last else {}
        names = [name for name, one in BOOK.items() if one.service == service and one.everyone]
        if any(name in decided and decided[name] != in_force(name).hash for name in names):
            found.append(service)
    return found


def versions(timestamp: int) -> list[str]:
    """On the day on which a version comes into force, decide everyone by it; on other days nothing."""
    states = []
    for service in turned():
        made = run_population(
            system("population"), key=f"versions/{timestamp}/{service}", service=service, fresh=True
        )
        done = work(made["run"])
        states.append(done.state if done else "gone")
    return states


def scheduled() -> None:
    """Register the runs of the schedule; an empty setting leaves one out."""
    for name, cron, duty in (
        ("nightly", settings.POPULATION_NIGHTLY, nightly),
        ("hourly", settings.POPULATION_HOURLY, hourly),
        ("versions", settings.POPULATION_VERSIONS, versions),
    ):
        if not cron:
            continue
        task = app.task(
            name=f"rules.{name}_population", queueing_lock="rules.population", lock="rules.population"
        )(duty)
        app.periodic(cron=cron)(task)


scheduled()
