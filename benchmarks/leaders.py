#!/usr/bin/env python3
"""The leaders' page and each step of its map, at the desk and in public: queries, time, size.

    benchmarks/leaders.py [--people 60000] [--var FOLDER] [--times 40]

It brings up a demo province in a folder of its own (`--var` keeps it and uses it again; what is there already is not made
again), counts the figures of six years from the snapshot, and asks for the pages through Django's test client: no network,
no browser, one process. Every page is asked for with each of six places a step down, and with every indicator in turn. It
prints a table and a line of JSON for every figure; pages over 500 ms (95 of 100) or with more than 40 queries are marked.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
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
        yield f"desk {level} outside", "village", f"/desk/insight/poverty/?in={code}", False
        yield f"open {level}", "public", f"/open/insight/poverty/?in={code}", False
    yield "figure", "province", "/desk/insight/poverty/figure/?in=620123", False
    yield "assessment counties", "province", "/desk/assessment/poverty/?in=62&kind=county", False
    yield "assessment townships", "county", "/desk/assessment/poverty/?in=620123&kind=township", False
    yield "assessment officers", "county", "/desk/assessment/poverty/?in=620123&kind=officer", False
    yield "reports", "province", "/desk/reports/poverty/?in=62", False


def measured(times: int) -> Iterator[dict[str, Any]]:
    """Every page's figure."""
    from django.db import connection
    from django.test import Client

    from huimin.core.access.api import demo_accounts
    from huimin.core.insight import api as insight

    accounts = demo_accounts(["village", "county", "province"])
    names = [one.name.partition(".")[2] for one in insight.indicators("poverty")]
    for name, viewer, path, step in pages():
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        if viewer != "public":
            client.force_login(accounts[viewer], backend=BACKEND)
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
    """Bring the province up, count, then ask."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=60_000, help="how many people to make up")
    parser.add_argument("--var", type=Path, help="a folder to keep the province in, and to find it again")
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huimin-leaders-") as folder:
        var = (given.var or Path(folder)).resolve()
        var.mkdir(parents=True, exist_ok=True)
        os.environ.update(HUIMIN_VAR=str(var), HUIMIN_DEMO="1", HUIMIN_TLS="0")
        run = [sys.executable, "-c", "from huimin.cli.main import main; main()"]
        subprocess.run([*run, "demo", "--people", str(given.people), "--no-serve"], check=True, cwd=ROOT)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
        import django

        django.setup()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM people_person), (SELECT count(*) FROM insight_value)"
            )
            people, figures = cursor.fetchone()
        show(list(measured(given.times)), {"people": people, "figures": figures})
        connection.close()


if __name__ == "__main__":
    main()
