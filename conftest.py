"""Fixtures for every test: who looks, what time it is, a browser. Tests run on a PostgreSQL of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from huimin.kit import clock as kit_clock

START = date(2020, 1, 1)


@pytest.fixture
def system(db: Any) -> Any:
    """A viewer that sees and may do everything, for arranging what a test needs."""
    from huimin.core.access.api import system as make

    return make("test")


@pytest.fixture
def officer(system: Any) -> Callable[..., Any]:
    """Make an officer: `officer("620123101201", "poverty.village")` returns the viewer who signs in as him.

    Roles are `service.role`, several are allowed; with `account=True` the account is returned instead.
    """
    from huimin.core.access import api as access

    made = iter(range(1, 10_000))

    def make(area: str, *roles: str, name: str = "", account: bool = False) -> Any:
        number = next(made)
        office = access.open_office(system, name=f"办公室{number}", area=area)["office"]
        post = access.appoint(
            system, office=office, username=f"officer{number}", name=name or f"干部{number}", start=START
        )
        for role in roles:
            service, _dot, code = role.rpartition(".")
            access.grant(system, officer=post["officer"], service=service, role=code, area=area, start=START)
        found = access.account_of(f"officer{number}")
        return found if account else access.viewer_of(found)

    return make


@pytest.fixture
def citizen(system: Any) -> Callable[..., Any]:
    """Make a citizen's account for a person: `citizen(person_id)` is his viewer, or his account."""
    from huimin.core.access import api as access

    made = iter(range(1, 10_000))

    def make(person: Any, name: str = "居民", *, account: bool = False) -> Any:
        username = f"citizen{next(made)}"
        access.open_account(system, username=username, name=name, person=person)
        found = access.account_of(username)
        return found if account else access.viewer_of(found)

    return make


class Hands:
    """The hands of the test's clock."""

    def __init__(self) -> None:
        self._held = ExitStack()

    def set(self, moment: datetime | date) -> None:
        """Hold the clock at a moment, or at nine in the morning in Beijing of a day."""
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, 9, tzinfo=kit_clock.BEIJING)
        self._held.close()
        self._held.enter_context(kit_clock.at(moment))

    def forward(self, **by: float) -> None:
        """Move on: `clock.forward(days=7)`."""
        self.set(kit_clock.now() + timedelta(**by))

    def release(self) -> None:
        """Let it run again."""
        self._held.close()


@pytest.fixture
def clock() -> Iterator[Hands]:
    """The clock in the test's hands, held at 2026-11-22 09:00 in Beijing."""
    hands = Hands()
    hands.set(date(2026, 11, 22))
    yield hands
    hands.release()


CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


def browser_path() -> str:
    """The distribution's browser, or "" where there is none."""
    return next((path for path in CHROMIUM if shutil.which(path)), "")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, once a session; without one the journeys are skipped and say so."""
    path = browser_path()
    if not path:
        pytest.skip("no Chromium here: apt-get install chromium fonts-noto-cjk")
    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the test's thread
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
