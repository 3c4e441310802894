#!/usr/bin/env python3
"""The leaders' page and each step of its map with a million people, at the desk and in public: queries, time, size.

    benchmarks/leaders.py [--people 1000000] [--times 40]

It makes a database of its own beside the configured one and drops it at the end (benchmarks/_million.py), counts the figures
of the usual periods, assesses a year, and asks for the pages through Django's test client: no network, no browser, one
process. Every page is asked for with every indicator in turn, so that none of them is answered from the last one's rows.
Pages over 500 ms (95 of 100) or with more than 40 queries are marked.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from _million import register
from insight import HELPED

SLOW, MANY = 500.0, 40
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STEPS = {
    "province": "62",
    "prefecture": "6201",
    "county": "620123",
    "township": "620123101",
    "village": "620123101201",
}


def pages() -> Iterator[tuple[str, str, str, bool]]:
    """Name, viewer, address without its indicator, and whether it is a step."""
    for level, code in STEPS.items():
        yield f"desk {level}", "province", f"/desk/insight/poverty/?in={code}", False
        yield f"desk {level} step", "province", f"/desk/insight/poverty/?in={code}", True
        yield f"desk {level} elsewhere", "village", f"/desk/insight/poverty/?in={code}", False
        yield f"open {level}", "public", f"/open/insight/poverty/?in={code}", False
    yield "figure", "province", "/desk/insight/poverty/figure/?in=620123", False
    yield "assessment counties", "province", "/desk/assessment/poverty/?in=62&kind=county", False
    yield "assessment townships", "county", "/desk/assessment/poverty/?in=620123&kind=township", False
    yield "assessment officers", "county", "/desk/assessment/poverty/?in=620123&kind=officer", False
    yield "reports", "province", "/desk/reports/poverty/?in=62", False


def accounts() -> dict[str, Any]:
    """An officer of the province, of a county and of a village, each with his account."""
    from huimin.core.access import api as access

    viewer, found = access.system("benchmark"), {}
    for level, area in (
        ("province", "620000000000"),
        ("county", "620123000000"),
        ("village", "620123101201"),
    ):
        office = access.open_office(viewer, name=level, area=area)["office"]
        post = access.appoint(viewer, office=office, username=level, name=level, start=date(2020, 1, 1))
        access.grant(
            viewer, officer=post["officer"], service="poverty", role=level, area=area, start=date(2020, 1, 1)
        )
        found[level] = access.account_of(level)
    return found


def prepared() -> int:
    """Help for one household in forty-five, the figures of the usual periods, an assessment; how many figures are kept."""
    from django.db import connection

    from huimin.core.facts.api import refresh
    from huimin.core.insight import api as insight

    with connection.cursor() as cursor:
        for statement in HELPED:
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    refresh()
    done = insight.compute("poverty", None)
    insight.load_sources(insight_viewer())
    for period in done.periods:
        insight.assess("poverty", period)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return int(done.rows)


def insight_viewer() -> Any:
    """Who counts."""
    from huimin.core.access.api import system

    return system("benchmark")


def measured(times: int) -> Iterator[dict[str, Any]]:
    """Every page's figure."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from huimin.core.insight import api as insight

    settings.ALLOWED_HOSTS, settings.TOTP_REQUIRED = ["localhost"], []
    settings.SECURE_SSL_REDIRECT = False
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing was collected here
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    signed = accounts()
    names = [one.name.partition(".")[2] for one in insight.indicators("poverty")]
    for name, viewer, path, step in pages():
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if viewer != "public":
            client.force_login(signed[viewer], backend=BACKEND)
        headers = {"HX-Request": "true"} if step else {}
        queries: list[str] = []

        def count(
            execute: Any, sql: str, params: Any, many: bool, context: Any, into: list[str] = queries
        ) -> Any:
            into.append(sql)
            return execute(sql, params, many, context)

        answer = client.get(path, headers=headers)
        if answer.status_code != 200:
            print(f"{answer.status_code}: {path}", file=sys.stderr, flush=True)
            continue
        with connection.execute_wrapper(count):
            answer = client.get(path, headers=headers)
        taken = []
        for of in itertools.islice(itertools.cycle(names), times):
            start = time.perf_counter()
            client.get(f"{path}&of={of}", headers=headers)
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        yield {
            "benchmark": "leaders", "page": name, "viewer": viewer, "queries": len(queries),
            "median": round(statistics.median(taken), 1), "p95": round(taken[int(len(taken) * 0.95)], 1),
            "kilobytes": round(len(answer.content) / 1000, 1), "calls": len(taken),
        }  # fmt: skip


def show(rows: list[dict[str, Any]], more: dict[str, Any]) -> None:
    """The table, then the lines for programs."""
    from rich.console import Console
    from rich.table import Table

    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    table = Table(
        "page", "viewer", "queries", "median ms", "p95 ms", "kB", "",
        title=f"{more['people']:,} people, {more['figures']:,} kept figures; load {load}",
    )  # fmt: skip
    for row in rows:
        marked = row["p95"] > SLOW or row["queries"] > MANY
        table.add_row(
            row["page"], row["viewer"], str(row["queries"]), f"{row['median']:.0f}", f"{row['p95']:.0f}",
            f"{row['kilobytes']:.0f}", "!" if marked else "",
        )  # fmt: skip
    Console(width=120).print(table)
    for row in rows:
        print(json.dumps({**row, **more}, ensure_ascii=False))


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people to make up")
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    given = parser.parse_args()
    with register(given.people) as made:
        figures = prepared()
        show(list(measured(given.times)), {"people": made["people_person"], "figures": figures})


if __name__ == "__main__":
    main()
