#!/usr/bin/env python3
"""Close a day of decisions, prove one, compute the day again. Prints a table, and a line of JSON for every figure.

    benchmarks/proofs.py [--decisions 100000] [--before 500000]

It makes a database of its own beside the configured one and drops it at the end. `--before` decisions stand in the tree of
the day before: closing must find what is in no tree among all of them. Facts are those of a household in the monitoring
rule, twelve of them. Figures are for this machine, warm, one process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
NAME = "huimin_bench_proofs"
FILL = """
INSERT INTO rules_decisionrow (id, version_id, rule, subject_kind, subject_id, division_code, as_of, at, outcome, hits, facts,
       articles, changes, entry_id, run_id, before)
SELECT gen_random_uuid(), %(version)s, 'poverty.monitoring', 'household', gen_random_uuid()::text, '620123101201', %(day)s,
       %(day)s::timestamptz, '"marginal"', %(hits)s,
       (SELECT jsonb_agg(jsonb_build_object('name', 'poverty.fact_' || n, 'title', '家庭人均年纯收入', 'unit', '元/人·年', 'at',
        '2026-11-01', 'source', '入户调查：李村干', 'value', jsonb_build_object('type', 'number', 'text', (i * n)::text)))
        FROM generate_series(1, 12) n),
       '["《中华人民共和国乡村振兴促进法》第五十九条"]', NULL, %(version)s, %(version)s, '"none"'
FROM generate_series(1, %(count)s) i
"""
HITS = (
    '[{"decision": "monitoring", "row": 3, "annotations": {"依据": "《中华人民共和国乡村振兴促进法》第五十九条", '
    '"说明": "边缘易致贫户：收入低于监测范围或有保障缺项的一般农户。"}}]'
)


def measure(count: int, before: int) -> Any:
    """Fill two days, close them, prove and compute again."""
    from django.db import connection

    from benchmarks.people import Figures
    from huimin.core.access.api import system
    from huimin.core.credentials import api, proof
    from huimin.core.rules.book import BOOK
    from huimin.core.rules.models import DecisionRow, RuleVersion
    from huimin.kit import clock

    figures = Figures(count)
    file, day = BOOK["poverty.monitoring"], clock.today() - timedelta(days=2)
    version = RuleVersion.objects.create(
        rule=file.name, number=1, title="认定", hash=file.model.hash, text=file.text, valid_from=date(2020, 1, 1),
        adopted=clock.now(),
    )  # fmt: skip
    for when, rows in ((day, before), (day + timedelta(days=1), count)):
        with connection.cursor() as cursor:
            given = {"version": version.id, "day": when, "hits": HITS, "count": rows}
            cursor.execute(FILL, given)
            cursor.execute("ANALYZE rules_decisionrow")
        started = time.perf_counter()
        made = api.close_day(system("benchmark"), key=str(when), day=when)
        seconds = time.perf_counter() - started
        assert made["count"] == rows
        day = when
    figures.add("close_day", seconds, "s", before=before)
    figures.add("close_day_leaves", count / seconds, "leaves/s", before=before)
    started = time.perf_counter()
    report = api.verify_day(day)
    assert report.ok, report.flaws[:3]
    figures.add("verify_day", time.perf_counter() - started, "s")
    ids = list(DecisionRow.objects.filter(as_of=day).values_list("id", flat=True)[:200])
    for id in ids[:5]:
        api.certificate(id)
    figures.timed("proof", [lambda i=id: api.inclusion(i) for id in ids])
    figures.timed("certificate", [lambda i=id: api.certificate(i) for id in ids])
    keys = api.key_list()["keys"]
    documents = [proof.parse(api.certificate(id).content) for id in ids[:50]]  # type: ignore[union-attr]
    taken = []
    for document in documents:
        started = time.perf_counter()
        proof.check(document, keys=keys)
        taken.append((time.perf_counter() - started) * 1000)
    figures.add("check_median", statistics.median(taken), "ms", calls=len(taken))
    return figures


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--decisions", type=int, default=100_000, help="decisions of the day that is closed")
    parser.add_argument("--before", type=int, default=500_000, help="decisions in the tree of the day before")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from huimin.core.access.api import acting_as, system

    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
    connection.close()
    connection.settings_dict["NAME"] = NAME
    try:
        with acting_as(system("benchmark")):
            call_command("migrate", verbosity=0)
            figures = measure(given.decisions, given.before)
            figures.rows = [{**row, "benchmark": "proofs"} for row in figures.rows]
            figures.show()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.close()
        connection.settings_dict["NAME"] = before


if __name__ == "__main__":
    main()
