"""A browser that watches: a script error, a console error or a breach of the policy fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


class Watched:
    """What went wrong in a page while a test used it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.expected: list[str] = []

    def watch(self, page: Any) -> None:
        """Listen to a page's console and its script errors."""
        page.on("console", lambda line: self.note(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.note(f"script: {error}"))

    def note(self, text: str) -> None:
        """Keep a problem, unless the test expects it (a refusal's status is an error for the browser)."""
        if not any(one in text for one in self.expected):
            self.problems.append(text)

    def expect(self, *texts: str) -> None:
        """Expect console errors that hold these texts, such as "409"."""
        self.expected.extend(texts)


@pytest.fixture
def watched() -> Iterator[Watched]:
    """The watch of this test's pages; `watched.expect("403")` for a refusal the test provokes."""
    watch = Watched()
    yield watch
    assert not watch.problems, "in the browser:\n" + "\n".join(watch.problems)


@pytest.fixture
def live(live_server: Any) -> Any:
    """A server on the test database: `live.url`."""
    return live_server


@pytest.fixture
def open_page(chromium: Any, live: Any, watched: Watched) -> Iterator[Callable[..., Any]]:
    """A new page in a browser of its own: `open_page(PHONE)`; relative addresses work, in Chinese."""
    contexts = []

    def make(size: dict[str, int] | None = None, locale: str = "zh-CN") -> Any:
        context = chromium.new_context(
            base_url=live.url, viewport=size or DESK, locale=locale, timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        page = context.new_page()
        watched.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(live: Any) -> Callable[..., None]:
    """Put an account's session into a page's browser: `sign_in(page, account)`."""
    from django.conf import settings
    from django.test import Client

    def put(page: Any, account: Any) -> None:
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live.url}])

    return put


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Accessibility problems of a page: rule, impact and the first element. `assert not axe(page)`."""

    def run(page: Any, impacts: tuple[str, ...] = ("serious", "critical")) -> list[str]:
        if not AXE.exists():
            pytest.skip("tests/vendor/axe-core is missing: tools/vendor.py fetches it")
        page.evaluate(
            AXE.read_text(encoding="utf-8")
        )  # evaluated by the debugger: the page's policy stays as it is
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']} ({one['impact']}): {one['help']} at {one['nodes'][0]['target']}"
            for one in found["violations"]
            if one["impact"] in impacts
        ]

    return run
