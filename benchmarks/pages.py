#!/usr/bin/env python3
"""Every page that is only read, as each ready account: queries, time, size. A table, and a line of JSON for every figure.

    benchmarks/pages.py [--people 60000] [--var FOLDER] [--times 20] [--only TEXT] [--viewer NAME] [--repeated]

It brings up a demo province in a folder of its own (`--var` keeps it and uses it again), and asks for the pages through
Django's test client: no network, no browser, one process. Arguments of addresses are taken from rows that the viewer
may see. What he has no right to, and addresses that only take something in, are passed over and counted. Pages
slower than 300 ms (95 of 100) or with more than 40 queries are marked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SLOW, MANY = 300.0, 40
VIEWERS = ("village", "township", "county", "province", "auditor", "citizen", "public")
DOORS = {"citizen": ("me", "open", ""), "public": ("open", "")}
QUERIES = {
    "poverty:desk-households": ("", "?tab=way", "?tab=left", "?tab=all", "?below=1", "?cause=illness", "?sort=name",
                                "?overdue=1", "?on=2026-01-15", "?on=2026-01-15&known=1", "?q=王", "?officer=none"),
    "poverty:desk-household": ("?purpose=programme",),
    "poverty:desk-household-panel": ("?purpose=programme",),
    "portal:search": ("", "?q=王", "?q=zhang"),
    "portal:figures": ("", "?area=62"),
    "poverty:open-counts": ("", "?area=62", "?area=620123"),
}  # fmt: skip
BUDGET = 8.0  # seconds for one page; a slower one is asked for fewer times, but never less than three


@dataclass(frozen=True)
class Figure:
    """What one page cost one viewer."""

    page: str
    viewer: str
    queries: int
    median: float
    p95: float
    kilobytes: float
    calls: int

    @property
    def marked(self) -> bool:
        """Whether it is over the bounds."""
        return self.p95 > SLOW or self.queries > MANY


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of all addresses of the doors with the names of their arguments."""
    from django.urls import get_resolver

    seen = set()
    for space, (_prefix, resolver) in get_resolver().namespace_dict.items():
        if space in ("admin", "djdt"):
            continue
        for name in resolver.reverse_dict:
            if isinstance(name, str):
                seen.add((f"{space}:{name}", tuple(resolver.reverse_dict.getlist(name)[0][0][0][1])))
    from huimin.portal.urls import app_name, urlpatterns

    for one in urlpatterns:
        if getattr(one, "name", None):
            seen.add((f"{app_name}:{one.name}", ()))
    yield from sorted(seen)


def samples(viewer: Any) -> dict[str, Callable[[str], Any]]:
    """How each argument of an address is filled in, from what the viewer sees."""
    from huimin.core.access.api import acting_as
    from huimin.core.cases.models import Case
    from huimin.core.people.models import Membership
    from huimin.core.programmes.models import (
        Assignment,
        Attachment,
        BulkRun,
        Enrolment,
        Measure,
        Meeting,
        Notice,
        NoticeItem,
        Objection,
        Procedure,
    )
    from huimin.core.programmes.queries import waiting
    from huimin.core.rules.models import DecisionRow
    from huimin.services.poverty.models import Alert, Question, Risk
    from huimin.services.poverty.programme import CODE, PROGRAMME

    def first(rows: Any, field: str = "id") -> Any:
        with acting_as(viewer):
            return rows().order_by("id").values_list(field, flat=True).first()

    def enrolment(_page: str) -> Any:
        held = first(
            lambda: Assignment.objects.filter(end__isnull=True, enrolment__state="active"), "enrolment_id"
        )
        return held or first(lambda: Enrolment.objects.filter(state="active"))

    def household(_page: str) -> Any:
        with acting_as(viewer):
            row = Enrolment.objects.filter(id=enrolment("")).first()
        return row.household_id if row else first(Membership.objects.all, "household_id")

    def procedure(page: str) -> Any:
        step = {"poverty:desk-survey": "survey"}.get(page)
        return first(lambda: waiting(CODE, "entry", step) if step else Procedure.objects.filter(state="open"))

    def notice(_page: str) -> Any:
        if viewer.kind == "public":
            return first(Notice.objects.all)
        return first(lambda: NoticeItem.objects.filter(notice__state="open"), "notice_id")

    def id(page: str) -> Any:
        if "bulk" in page:
            return first(lambda: BulkRun.objects.filter(actor=viewer.id))
        if "appeal" in page:
            return first(Case.objects.all)
        if "decision" in page:
            return first(DecisionRow.objects.all)
        return notice(page)

    def step(_page: str) -> str:
        mine = [
            s.code
            for s in PROGRAMME.way("entry")
            if viewer.may(s.needs) and s.code in ("notice1", "notice2", "announce")
        ]
        return mine[0] if mine else "notice1"

    def area(page: str) -> Any:
        code = "review" if "review" in page else step(page)
        return first(lambda: waiting(CODE, "entry", code), "division_code") or first(
            Procedure.objects.all, "division_code"
        )

    return {
        "household": household, "enrolment": enrolment, "procedure": procedure, "id": id, "of_id": notice, "step": step,
        "measure": lambda _p: first(lambda: Measure.objects.filter(state="running")),
        "membership": lambda p: first(lambda: Membership.objects.filter(household_id=household(p))),
        "meeting": lambda _p: first(lambda: Meeting.objects.filter(state="open")) or first(Meeting.objects.all),
        "risk": lambda _p: first(lambda: Risk.objects.filter(until__isnull=True)),
        "objection": lambda _p: first(Objection.objects.all), "alert": lambda _p: first(Alert.objects.all),
        "photo": lambda _p: first(Attachment.objects.all), "question": lambda _p: first(Question.objects.all),
        "direction": lambda _p: "entry", "area": area, "of_kind": lambda _p: "notice", "place": lambda _p: 1,
        "field": lambda _p: "income",
    }  # fmt: skip


def paths(viewer: Any, name: str, only: str) -> Iterator[tuple[str, str]]:
    """Name and address of every page this viewer may come upon."""
    from django.urls import NoReverseMatch, reverse

    find = samples(viewer)
    for page, needed in addresses():
        door = re.sub(r"^.*?:", "", page).split("-")[0]
        path = ""
        given = {one: find[one](page) if one in find else None for one in needed}
        if None in given.values():
            continue
        try:
            path = reverse(page, kwargs=given)
        except NoReverseMatch:
            continue
        door = path.split("/")[1] if path.split("/")[1] in ("desk", "me", "open") else ""
        if door not in DOORS.get(name, ("desk",)):
            continue
        for query in QUERIES.get(page, ("",)):
            if only in page + query:
                yield page + query, path + query


class Queries:
    """Counts the queries of one call, and which of them come again."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.spent: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seen[sql] += 1
            self.spent[sql] += (time.perf_counter() - start) * 1000  # type: ignore[assignment]

    def told(self) -> str:
        """What comes more than once, and what takes longest."""
        short = {sql: re.sub(r"SELECT .*? FROM", "SELECT … FROM", sql)[:400] for sql in self.seen}
        again = [f"    {n} × {short[sql]}" for sql, n in self.seen.most_common(12) if n > 1]
        slow = [f"    {ms:.0f} ms {short[sql]}" for sql, ms in self.spent.most_common(3) if ms > 15]
        return "\n".join([*again, *slow])


def asked(client: Any, page: str, path: str, name: str, times: int, *, repeated: bool) -> Figure | int:
    """One page's figure, or the status that shows it is none."""
    from django.db import connection

    answer = client.get(path)
    if answer.status_code != 200:
        return int(answer.status_code)
    client.get(path)
    queries = Queries()
    with connection.execute_wrapper(queries):
        answer = client.get(path)
    size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    taken: list[float] = []
    while len(taken) < times and (len(taken) < 3 or sum(taken) < BUDGET * 1000):
        start = time.perf_counter()
        client.get(path)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    if repeated and queries.told():
        print(f"{name} {page}\n{queries.told()}", file=sys.stderr, flush=True)
    high = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
    return Figure(
        page, name, sum(queries.seen.values()), round(statistics.median(taken), 1), round(high, 1), round(size / 1000, 1),
        len(taken),
    )  # fmt: skip


def measure(
    viewers: list[str], times: int, only: str, *, repeated: bool
) -> tuple[list[Figure], Counter[int]]:
    """All pages as all viewers."""
    from django.test import Client

    from huimin.core.access.api import PUBLIC, demo_accounts, viewer_of

    accounts = demo_accounts(VIEWERS)
    figures: list[Figure] = []
    passed: Counter[int] = Counter()
    for name in viewers:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        viewer = PUBLIC
        if name != "public":
            client.force_login(accounts[name], backend="allauth.account.auth_backends.AuthenticationBackend")
            viewer = viewer_of(accounts[name])
        for page, path in paths(viewer, name, only):
            found = asked(client, page, path, name, times, repeated=repeated)
            if isinstance(found, Figure):
                figures.append(found)
            else:
                passed[found] += 1
                if found >= 500:
                    print(f"{found}: {name} {path}", file=sys.stderr, flush=True)
    return figures, passed


def show(figures: list[Figure], passed: Counter[int], people: int) -> None:
    """The table, the slowest first; then the lines for programs."""
    from rich.console import Console
    from rich.table import Table

    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    table = Table(
        "page", "viewer", "queries", "median ms", "p95 ms", "kB", "", title=f"{people:,} people; load {load}"
    )
    for one in sorted(figures, key=lambda figure: -figure.p95):
        table.add_row(
            one.page, one.viewer, str(one.queries), f"{one.median:.0f}", f"{one.p95:.0f}", f"{one.kilobytes:.0f}",
            "!" if one.marked else "",
        )  # fmt: skip
    console = Console(width=140)
    console.print(table)
    console.print(
        f"{len(figures)} pages, {sum(one.marked for one in figures)} over {SLOW:.0f} ms or {MANY} queries; "
        f"passed over by status: {dict(sorted(passed.items()))}"
    )
    for one in figures:
        print(json.dumps({"benchmark": "pages", **asdict(one), "people": people}, ensure_ascii=False))


def main() -> None:
    """Bring the province up, then ask."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=60_000, help="how many people to make up")
    parser.add_argument("--var", type=Path, help="a folder to keep the province in, and to find it again")
    parser.add_argument("--times", type=int, default=20, help="how often each page is asked for")
    parser.add_argument("--only", default="", help="only pages whose name holds this text")
    parser.add_argument("--viewer", choices=VIEWERS, action="append", help="only as this account")
    parser.add_argument("--repeated", action="store_true", help="tell queries that come again and slow ones")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huimin-pages-") as folder:
        var = given.var or Path(folder)
        var.mkdir(parents=True, exist_ok=True)
        os.environ.update(HUIMIN_VAR=str(var.resolve()), HUIMIN_DEMO="1", HUIMIN_TLS="0")
        made = [
            sys.executable,
            "-c",
            "from huimin.cli.main import main; main()",
            "demo",
            "--people",
            str(given.people),
            "--no-serve",
        ]
        subprocess.run(made, check=True, cwd=ROOT)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
        import django

        django.setup()
        from django.db import connection

        figures, passed = measure(
            given.viewer or list(VIEWERS), given.times, given.only, repeated=given.repeated
        )
        connection.close()
        show(figures, passed, given.people)


if __name__ == "__main__":
    main()
