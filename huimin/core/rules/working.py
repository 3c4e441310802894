"""Working a population run off: refresh the snapshot, decide and compare, write county by county."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from huimin.core.access.api import system
from huimin.core.facts import api as facts
from huimin.core.rules.actions import Rows, advance, close_run, decide_population
from huimin.core.rules.models import PopulationRun
from huimin.core.rules.population import Difference, compare
from huimin.core.rules.queries import flows_of
from huimin.core.rules.versions.force import rule_hashed
from huimin.kit import clock
from huimin.kit.area import AreaCode
from huimin.kit.refusal import Refused

LOCK = 0x6875_696D_696E  # one run at a time in a database
PHASES = ("refresh", "decide", "write")
Heard = Callable[[str, int, int], None]


class Stopped(Exception):
    """Somebody pressed stop."""


def enqueue(run: UUID | str) -> None:
    """Have the worker do a run; asked twice for the same run, once."""
    from huimin.core.rules import tasks  # tasks import this module

    tasks.enqueue(run)


def enqueue_simulation(simulation: UUID | str) -> None:
    """Have the worker do a simulation; asked twice for the same one, once."""
    from huimin.core.rules import tasks  # tasks import this module

    tasks.enqueue_simulation(simulation)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of population runs; raise Refused where another run holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Refused(_("另一次全量认定正在进行，请等它结束。"), code="running")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def work(run: UUID | str, heard: Heard | None = None, master: str = "") -> PopulationRun | None:
    """Do a run that waits or was interrupted; what is written already is found as decided and not written again.

    `heard(phase, done, total)` hears of progress; master is a Spark master that decides instead of this machine. What
    went wrong is kept with the run in words.
    """
    id = UUID(str(run))
    row = PopulationRun.objects.filter(id=id).first()
    if row is None or row.closed is not None:
        return row
    say = heard or (lambda *_: None)
    with system("population").acting(), alone():
        try:
            Working(row, say, master).run()
        except Stopped:
            pass
        except Refused as refused:
            close_run(id, "failed", error=str(refused))
        except Exception as error:
            close_run(
                id, "failed", error=_("出错：%(what)s") % {"what": f"{type(error).__name__}: {error}"[:500]}
            )
            raise
    row.refresh_from_db()
    return row


class Working:
    """One run while it is worked off."""

    def __init__(self, row: PopulationRun, heard: Heard, master: str = "") -> None:
        self.row, self.heard, self.master = row, heard, master
        self.seconds: dict[str, float] = {}
        self.counts: list[dict[str, Any]] = []
        self.totals = {"subjects": 0, "changed": 0, "newer": 0, "placeless": 0}

    def run(self) -> None:
        """All phases, one rule after the other."""
        begun = time.monotonic()
        if self.row.fresh or facts.status() is None:
            self.refresh()
        for index, rule in enumerate(self.row.rules):
            read = clock.now()
            self.step("decide", index, len(self.row.rules))
            with facts.opened(today=self.row.day) as snapshot:
                started = time.monotonic()
                file = rule_hashed(rule["name"], rule["version"])
                found = compare(file, snapshot, AreaCode(self.row.area), self.master)
                self.took("decide", started)
                self.took_parts(found)
                self.row.generation, self.row.as_of = snapshot.generation, snapshot.as_of
                started = time.monotonic()
                self.write(rule, found, read)
                self.took("write", started)
        self.counts = flows_of(self.row.id)  # of an interrupted run too: what it wrote before counts
        self.totals["changed"] = sum(flow["count"] for flow in self.counts)
        self.seconds["whole"] = round(time.monotonic() - begun, 3)
        if not advance(self.row.id, phase="done", done=1, total=1, **self.known()):
            raise Stopped
        close_run(self.row.id, "done")

    def refresh(self) -> None:
        """Bring the snapshot up to date."""
        started = time.monotonic()
        self.step("refresh", 0, 0)
        last = [0.0]

        def tables(table: str, done: int, total: int) -> None:
            if time.monotonic() - last[0] > 1:  # a write a second at most
                last[0] = time.monotonic()
                self.step("refresh", done, total)

        facts.refresh(tables)
        self.took("refresh", started)

    def write(self, rule: dict[str, Any], found: Difference, read: Any) -> None:
        """Keep what changed, each county whole."""
        counties = found.counties
        for flow in found.flows:
            self.counts.append(asdict(flow))
        self.totals["subjects"] += found.subjects
        self.totals["newer"] += found.newer
        self.totals["placeless"] += found.placeless
        self.step("write", 0, len(counties), **self.known())
        for done, county in enumerate(counties, 1):
            kept = decide_population(
                system("population"),
                key=f"{rule['name']}/{rule['version'][:16]}/{found.snapshot.generation}/{self.row.day}/{county}/{self.row.id}",
                run=self.row.id, rule=rule["name"], version=rule["version"], generation=found.snapshot.generation,
                day=self.row.day, county=county, read=read, rows=Rows(found.rows(county)),
            )  # fmt: skip
            self.totals["changed"] += kept["kept"]
            self.step("write", done, len(counties), **self.known())

    def step(self, phase: str, done: int, total: int, **values: Any) -> None:
        """Say how far it is; raise Stopped where it is not wanted any more."""
        self.heard(phase, done, total)
        if not advance(self.row.id, state="running", phase=phase, done=done, total=total, **values):
            raise Stopped

    def known(self) -> dict[str, Any]:
        """What is known of the run so far."""
        return {
            **self.totals,
            "counts": self.counts,
            "seconds": self.seconds,
            "generation": self.row.generation,
            "as_of": self.row.as_of,
        }

    def took(self, phase: str, started: float) -> None:
        """Add up how long a phase took."""
        self.seconds[phase] = round(self.seconds.get(phase, 0.0) + time.monotonic() - started, 3)

    def took_parts(self, found: Difference) -> None:
        """How long the parts of deciding took."""
        for part, seconds in found.seconds.items():
            self.seconds[f"decide.{part}"] = round(self.seconds.get(f"decide.{part}", 0.0) + seconds, 3)
