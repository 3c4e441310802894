#!/usr/bin/env python3
"""A register of a million people at work: lists at any depth, searches, and 100,000 approvals in one action.

    benchmarks/scale.py --var FOLDER [--people 1000000] [--waiting 100000] [--times 20] [--only lists|search|approvals]
                        [--page TEXT] [--viewer NAME] [--explain]

The folder keeps the register (some 10 GB and, the first time, a quarter of an hour for a million); without --var it is made
anew and dropped. On the demo province come 20,000 households in the programme and 100,000 that wait for the county's
decision, spread over all counties. Pages are asked for through Django's test client with the viewer's rights: no
network, one process. `at` says which page of a list: the first, the middle, the last. Approvals are those of one officer
who answers for all counties; what was approved is put back first, so the figure can be taken again.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
from pages import Queries  # noqa: E402 - lies beside this file

VIEWERS = ("village", "township", "county", "province", "everywhere")
BOUNDS = {"lists": 300.0, "search": 100.0, "approvals": 30_000.0}
ENROLLED = 20_000
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# What the programme would have left, made by the database itself: the triggers of history and sums run as always.
CHOSEN = """
    SELECT h.id, h.division_code, h.group_no, h.head_name, row_number() OVER (ORDER BY h.id) AS n
      FROM people_household h
     WHERE h.closed_on IS NULL
       AND NOT EXISTS (SELECT 1 FROM programmes_enrolment e WHERE e.household_id = h.id)
       AND NOT EXISTS (SELECT 1 FROM programmes_procedure p WHERE p.household_id = h.id)
     ORDER BY h.id LIMIT {rows}
"""
KIND = "(ARRAY['unstable','marginal','sudden'])[1 + c.n % 3]"
IN = "SELECT household_id AS id, division_code, group_no, row_number() OVER (ORDER BY id) AS n FROM"
CASES = f"({IN} programmes_enrolment UNION ALL {IN} programmes_procedure)"
ENROL = f"""
    INSERT INTO programmes_enrolment (id, programme, household_id, division_code, group_no, kind, state, name, entered,
                                      exited, suspended_reason, next_visit)
    SELECT gen_random_uuid(), 'poverty.monitoring', c.id, c.division_code, c.group_no, {KIND},
           CASE WHEN c.n % 4 = 0 THEN 'exited' ELSE 'active' END, c.head_name, current_date - (60 + c.n % 900)::int,
           CASE WHEN c.n % 4 = 0 THEN current_date - (c.n % 50)::int END, '',
           CASE WHEN c.n % 4 > 0 THEN current_date + (c.n % 120)::int - 20 END
      FROM ({CHOSEN}) c
"""
WAIT = f"""
    INSERT INTO programmes_procedure (id, programme, household_id, division_code, group_no, direction, route, state, step,
                                      level, resume, name, kind, reason, wrong, opened, since, opened_by)
    SELECT gen_random_uuid(), 'poverty.monitoring', c.id, c.division_code, c.group_no, 'entry', 'officer', 'open',
           'approve', 3, '', c.head_name, {KIND}, '', '{{{{}}}}', now() - interval '40 days' - c.n * interval '1 second',
           now() - interval '2 days' - c.n * interval '1 second', 'bench'
      FROM ({CHOSEN}) c
"""
SPREAD = """
    UPDATE programmes_procedure SET step = s.step, level = s.level
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM programmes_procedure ORDER BY id LIMIT 20000) c
      JOIN (VALUES (0,'survey',5),(1,'review',5),(2,'notice1',5),(3,'check',4),(4,'notice2',4)) AS s(n, step, level)
        ON s.n = c.n % 5
     WHERE programmes_procedure.id = c.id
"""
MORE = (
    """INSERT INTO programmes_steprecord (procedure_id, step, outcome, reason, data, "by", by_label, at, entry_id)
       SELECT p.id, s.step, 'done', '', '{}', 'system:bench', 'bench', p.since, gen_random_uuid()
         FROM programmes_procedure p CROSS JOIN unnest(ARRAY['survey','review','notice1','check','notice2']) AS s(step)""",
    """INSERT INTO programmes_notice (id, programme, direction, step, division_code, title, area_name, place, start, "end",
                                      columns, rows, basis, office, phone, announcement, state, posted_by, posted_at)
       SELECT gen_random_uuid(), 'poverty.monitoring', 'entry', 'notice1', division_code, division_code || '公示', '',
              '公开栏', current_date - 30 - (n % 300)::int, current_date - 23 - (n % 300)::int, '[]',
              jsonb_build_array(jsonb_build_object('name', '王*')), '', '', '', false, 'closed', 'bench', now()
         FROM (SELECT division_code, row_number() OVER () AS n FROM programmes_procedure GROUP BY 1) c""",
    """INSERT INTO programmes_noticeitem (id, notice_id, procedure_id, division_code, row)
       SELECT gen_random_uuid(), n.id, p.id, p.division_code, row_number() OVER (PARTITION BY n.id)
         FROM programmes_procedure p JOIN programmes_notice n USING (division_code)""",
    """INSERT INTO programmes_objection (id, item_id, division_code, number, text, contact, state, outcome, received,
                                         settled_by)
       SELECT gen_random_uuid(), id, division_code, 'B' || row_number() OVER (), '与名单不符', '',
              CASE WHEN row % 2 = 0 THEN 'open' ELSE 'rejected' END, '', now(), ''
         FROM (SELECT * FROM programmes_noticeitem ORDER BY id LIMIT 500) i""",
    """INSERT INTO programmes_assignment (id, division_code, enrolment_id, officer_id, officer_name, unit, phone, start)
       SELECT gen_random_uuid(), e.division_code, e.id, o.id, '李干部', '村委会', '', e.entered
         FROM programmes_enrolment e CROSS JOIN LATERAL (
              SELECT o.id FROM access_officer o JOIN access_office f ON f.id = o.office_id
               WHERE f.division_code = e.division_code LIMIT 1) o WHERE e.state = 'active' AND e.group_no % 5 > 0""",
    """INSERT INTO programmes_visit (id, division_code, enrolment_id, officer_name, "on", met, found, promised,
                                     recorded, offline)
       SELECT gen_random_uuid(), division_code, id, '李干部', entered + 30 * k, '户主', '收入增加', '', now(), false
         FROM programmes_enrolment CROSS JOIN generate_series(1, 3) k""",
    f"""INSERT INTO poverty_income (id, household_id, division_code, group_no, year, members, wages, business, property,
                                    transfers, excluded, cost, surveyed_on, source)
        SELECT gen_random_uuid(), c.id, c.division_code, c.group_no, y, 3, 15000 + (c.n % 40) * 500, 3000, 0, 1000, 0, 500,
               make_date(y, 11, 1), '入户调查' FROM {CASES} c CROSS JOIN generate_series(2024, 2025) y""",
    f"""INSERT INTO poverty_guarantee (id, household_id, division_code, group_no, kind, secure, "on", found_by, note, recorded)
        SELECT gen_random_uuid(), c.id, c.division_code, c.group_no, k, (c.n + length(k)) % 7 > 0, '2025-11-01', '调查', '',
               now()
          FROM {CASES} c CROSS JOIN unnest(ARRAY['food','clothing','schooling','medical','housing','water']) k""",
    f"""INSERT INTO poverty_risk (id, household_id, division_code, group_no, cause, detail, sudden, loss, since, source,
                                  removed_by)
        SELECT gen_random_uuid(), c.id, c.division_code, c.group_no, (ARRAY['illness','disaster','schooling'])[1 + c.n % 3], '',
               false, 0, '2025-10-01', '调查', '' FROM {CASES} c""",
    f"""INSERT INTO poverty_profile (id, household_id, division_code, group_no, dwelling)
        SELECT gen_random_uuid(), c.id, c.division_code, c.group_no, '' FROM {CASES} c""",
    f"""INSERT INTO poverty_alert (id, household_id, division_code, group_no, kind, department, person_name, detail,
                                   amount, "on", received, state, outcome, settled_by)
        SELECT gen_random_uuid(), c.id, c.division_code, c.group_no, 'medical', '医保局', '王某', '住院费用', 50000,
               '2026-11-01', now() - c.n * interval '1 minute', 'open', '', '' FROM {CASES} c WHERE c.n % 25 = 0""",
)  # fmt: skip
BACK = "UPDATE programmes_procedure SET step = 'approve' WHERE opened_by = 'bench' AND step = 'announce'"


class Figures:
    """Gathers figures, and prints them as a table and as lines for programs."""

    def __init__(self, people: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self.people = people

    def add(
        self, group: str, page: str, viewer: str, at: str, taken: list[float], queries: int, **more: Any
    ) -> None:
        """Keep the times of one thing, in milliseconds."""
        taken = sorted(taken)
        high = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
        row = {
            "benchmark": "scale", "group": group, "page": page, "viewer": viewer, "at": at, "queries": queries,
            "median": round(statistics.median(taken), 1), "p95": round(high, 1), "calls": len(taken),
            "people": self.people, "over": high > BOUNDS[group], **more,
        }  # fmt: skip
        self.rows.append(row)
        if row["over"]:
            print(
                f"over: {viewer} {page} {at} {row['median']} / {row['p95']} ms", file=sys.stderr, flush=True
            )

    def show(self) -> None:
        """The table, the slowest first."""
        from rich.console import Console
        from rich.table import Table

        load = " ".join(f"{one:.1f}" for one in os.getloadavg())
        table = Table(
            "group",
            "page",
            "viewer",
            "at",
            "queries",
            "median ms",
            "p95 ms",
            "",
            title=f"{self.people:,} people; load {load}",
        )
        for row in sorted(self.rows, key=lambda one: -one["p95"]):
            table.add_row(
                row["group"], row["page"], row["viewer"], row["at"], str(row["queries"]), f"{row['median']:.0f}",
                f"{row['p95']:.0f}", "!" if row["over"] else "",
            )  # fmt: skip
        console = Console(width=150)
        console.print(table)
        for group, bound in BOUNDS.items():
            these = [row for row in self.rows if row["group"] == group]
            if these:
                over = sum(row["over"] for row in these)
                console.print(f"{group}: {len(these)} figures, {over} over {bound:.0f} ms")
        for row in self.rows:
            print(json.dumps(row, ensure_ascii=False))


def bring_up(var: Path, people: int, waiting: int) -> None:
    """The people and officers of the demo in a folder, and what the programme of a real province has; once."""
    os.environ.update(HUIMIN_VAR=str(var.resolve()), HUIMIN_DEMO="1", HUIMIN_TLS="0")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    import django

    django.setup()
    from django.db import connection, transaction

    from huimin.cli.database import bring_up_to_date
    from huimin.cli.demo import collect_static
    from huimin.core.access import api as access
    from huimin.core.people import api as registry
    from huimin.core.places import api as places
    from huimin.services.poverty import demo

    bring_up_to_date()
    if not places.exists("620000000000"):
        places.import_package()
    if not registry.counts("620000000000").persons:
        registry.load_people(people)
    with access.acting_as(access.system("bench")) as system:
        access.load_accounts(registry.populated("620000000000"), registry.DENSE)
        demo.lines(system)
    collect_static()
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT count(*) FROM programmes_procedure WHERE opened_by = 'bench'")
        if not cursor.fetchone()[0]:
            cursor.execute(ENROL.format(rows=ENROLLED))
            cursor.execute(WAIT.format(rows=waiting + 20_000))
            cursor.execute(SPREAD)
            for more in MORE:
                cursor.execute(more)
    everywhere()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    gc.collect()
    gc.freeze()  # as the server does when it starts (config/wsgi.py)


def everywhere() -> None:
    """An officer with the county's role in every county of the province."""
    from datetime import date
    from uuid import UUID

    from huimin.core.access import api as access
    from huimin.core.places import api as places

    system = access.system("bench")
    with access.acting_as(system):
        made = access.open_post(
            system,
            key="bench",
            area="620000000000",
            office="县级审批中心",
            username="everywhere",
            name="全省审批",
        )
        for county in places.at_level(places.Level.COUNTY, "620000000000"):
            access.grant(
                system, key=f"bench/{county.code}", officer=UUID(made["officer"]), service="poverty", role="county",
                area=county.code, start=date(2026, 1, 1),
            )  # fmt: skip


def accounts() -> dict[str, Any]:
    """The accounts of the viewers by name."""
    from huimin.core.access import api as access

    return {**access.demo_accounts(VIEWERS[:-1]), "everywhere": access.account_of("everywhere")}


def deep(viewer: Any, query: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The cursors of the first, the middle and the last page of a list of households."""
    from huimin.core.access.api import acting_as
    from huimin.core.people import api as people
    from huimin.core.people.paging import cursor
    from huimin.core.people.queries import HOUSEHOLD_ORDERS
    from huimin.services.poverty.queries import finding

    yield "first", ""
    with acting_as(viewer):
        asked = finding.read(query)
        if asked.tab == "all":
            from huimin.core.people.models import Household

            rows = Household.objects.filter(closed_on=None)
            name = {"name": "head", "": "area"}.get(asked.sort.lstrip("-"), asked.sort.lstrip("-"))
            names = HOUSEHOLD_ORDERS[name]
        else:
            rows, names = finding.rows(asked), finding.order(asked)
        total = rows.count()
        assert people  # the door is loaded
        if total <= 60:
            return
        bare = [name.lstrip("-") for name in names]
        for at, place in (("middle", total // 2), ("last", total - 40)):
            row = rows.order_by(*names)[place]
            yield at, cursor(False, row, bare)


LISTS: dict[str, list[dict[str, str]]] = {
    "/desk/poverty/": [
        {}, {"sort": "name"}, {"sort": "visit"}, {"sort": "entered"}, {"sort": "-entered"}, {"kind": "marginal"},
        {"cause": "illness"},
        {"below": "1"}, {"overdue": "1"}, {"officer": "none"}, {"q": "王"}, {"on": "2026-01-15"},
        {"on": "2026-01-15", "known": "1"},
        {"tab": "way"}, {"tab": "way", "sort": "area"}, {"tab": "way", "kind": "sudden"}, {"tab": "way", "below": "1"},
        {"tab": "left"}, {"tab": "left", "sort": "exited"},
        {"tab": "all"}, {"tab": "all", "sort": "name"}, {"tab": "all", "sort": "-name"}, {"tab": "all", "sort": "number"},
        {"tab": "all", "q": "王"}, {"tab": "all", "q": "李", "sort": "name"},
    ],
}  # fmt: skip
PLAIN = (
    "/desk/", "/desk/poverty/checks/", "/desk/poverty/notices/", "/desk/poverty/alerts/", "/desk/poverty/mine/",
    "/desk/poverty/reviews/", "/desk/poverty/appeals/", "/desk/poverty/proposals/", "/desk/poverty/boards/", "/desk/officers/",
    "/desk/officers/?q=王", "/desk/audit/", "/desk/audit/looks/", "/open/", "/open/figures/", "/open/poverty/notices/",
    "/open/poverty/counts/",
)  # fmt: skip


def timed(client: Any, path: str, times: int) -> tuple[list[float], int, Queries] | int:
    """How long a page takes and with how many queries; its status where it is no page of this viewer."""
    from django.db import connection

    queries = Queries()
    with connection.execute_wrapper(queries):
        answer = client.get(path)
    if answer.status_code != 200:
        return int(answer.status_code)
    taken: list[float] = []
    while len(taken) < times and (len(taken) < 3 or sum(taken) < 4000):
        start = time.perf_counter()
        client.get(path)
        taken.append((time.perf_counter() - start) * 1000)
    return taken, sum(queries.seen.values()), queries


def lists(figures: Figures, viewers: list[str], times: int, only: str, *, explain: bool) -> None:
    """Every list, at the first, the middle and the last page."""
    from django.test import Client

    from huimin.core.access.api import acting_as, viewer_of
    from huimin.core.programmes.models import Enrolment

    known = accounts()
    for name in viewers:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.force_login(known[name], backend=BACKEND)
        viewer = viewer_of(known[name])
        wanted = []
        for path, asked in LISTS.items():
            for query in asked:
                page = path + "?" + "&".join(f"{k}={quote(v)}" for k, v in query.items())
                if only in page:
                    wanted += [
                        (page, f"{page}&after={after}" if after else page, at)
                        for at, after in deep(viewer, query)
                    ]
        wanted += [(path, path, "first") for path in PLAIN if only in path]
        with acting_as(viewer):
            home = (
                Enrolment.objects.filter(state="active")
                .order_by("id")
                .values_list("household_id", flat=True)
                .first()
            )
        if home and only in "dossier":
            wanted.append(("dossier", f"/desk/poverty/households/{home}/?purpose=programme", ""))
        for page, path, at in wanted:
            found = timed(client, path, times)
            if isinstance(found, int):
                if found not in (403, 404):
                    print(f"{found}: {name} {path}", file=sys.stderr, flush=True)
                continue
            taken, number, queries = found
            figures.add("lists", page, name, at, taken, number)
            if explain and figures.rows[-1]["over"]:
                print(queries.told(), file=sys.stderr, flush=True)


def search(figures: Figures, viewers: list[str], terms: int) -> None:
    """Search by name and by identity number: each term once, as another one would have been typed."""
    from django.test import Client

    from huimin.core.access.api import acting_as, system, viewer_of
    from huimin.core.people.models import Person

    random, known = Random(1), accounts()  # noqa: S311 - which terms, no secret
    with acting_as(system("bench")):
        place = Person.objects.order_by("id")
        total = 900_000 if figures.people >= 1_000_000 else int(figures.people * 0.9)
        some = [place[random.randrange(total)] for _n in range(terms)]
    kinds: dict[str, Callable[[Any], str]] = {
        "whole name": lambda p: p.name,
        "surname": lambda p: p.name[0],
        "two signs": lambda p: p.name[:2],
        "pinyin": lambda p: p.pinyin,
        "beginning of pinyin": lambda p: p.pinyin[:4],
        "initials": lambda p: p.initials,
        "identity number": lambda p: p.id_number,
        "household number": lambda p: f"{p.division_code}00001",
    }
    for name in viewers:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.force_login(known[name], backend=BACKEND)
        assert viewer_of(known[name])
        for kind, term in kinds.items():
            for page, path in (
                ("search", "/desk/search/?q="),
                ("all households", "/desk/poverty/?tab=all&q="),
            ):
                client.get(path + quote(term(some[0])))
                taken = []
                for person in some[1:]:
                    start = time.perf_counter()
                    answer = client.get(path + quote(term(person)))
                    taken.append((time.perf_counter() - start) * 1000)
                    assert answer.status_code == 200, (path, answer.status_code)
                figures.add("search", f"{page} by {kind}", name, "", taken, 0)


def approvals(figures: Figures, waiting: int) -> None:
    """All that wait for the county's decision, approved by one action as the desk's page does it."""
    from uuid import uuid4

    from django.db import connection

    from huimin.core.access import api as access
    from huimin.core.journal import api as journal
    from huimin.core.programmes import api as programmes
    from huimin.services.poverty import actions

    with connection.cursor() as cursor:
        cursor.execute(BACK)
        cursor.execute("VACUUM ANALYZE programmes_procedure")
    officer = access.viewer_of(access.account_of("everywhere"))
    start = time.perf_counter()
    made = actions.start_bulk(
        officer, key=str(uuid4()), programme=actions.CODE, step="poverty.approve", area=officer.held[0].area,
        everything={"direction": "entry", "step": "approve"}, arguments={"verdict": "approve", "reason": "", "wrong": {}},
    )  # fmt: skip
    begun = time.perf_counter() - start
    state = programmes.work_off(made["run"])
    taken = time.perf_counter() - start
    with access.acting_as(access.system("bench")):
        run = programmes.bulk_run(officer, made["run"])
        before = time.perf_counter()
        report = journal.verify()
        verified = time.perf_counter() - before
    assert state == "done", state
    assert report.ok, report.problems
    assert run is not None
    figures.add(
        "approvals", f"{run.total} approvals in one action", "everywhere", "", [taken * 1000], 0, rows=run.total,
        failed=run.failed, begun_ms=round(begun * 1000), per_second=round(run.total / taken),
        journal_verified_s=round(verified, 1),
    )  # fmt: skip


def main() -> None:
    """Bring the register up, then ask."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people to make up")
    parser.add_argument(
        "--waiting", type=int, default=100_000, help="how many households wait for the county"
    )
    parser.add_argument("--var", type=Path, help="a folder to keep the register in, and to find it again")
    parser.add_argument("--times", type=int, default=20, help="how often each page is asked for")
    parser.add_argument("--terms", type=int, default=40, help="how many terms of each kind are searched for")
    parser.add_argument("--only", choices=tuple(BOUNDS), action="append", help="only these figures")
    parser.add_argument("--page", default="", help="only lists whose address holds this text")
    parser.add_argument("--viewer", choices=VIEWERS, action="append", help="only as this account")
    parser.add_argument("--explain", action="store_true", help="tell the slow queries of pages that are over")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huimin-scale-") as folder:
        var = given.var or Path(folder)
        var.mkdir(parents=True, exist_ok=True)
        bring_up(var, given.people, given.waiting)
        from django.db import connection

        figures = Figures(given.people)
        wanted, viewers = given.only or list(BOUNDS), given.viewer or list(VIEWERS)
        if "lists" in wanted:
            lists(figures, viewers, given.times, given.page, explain=given.explain)
        if "search" in wanted:
            search(figures, viewers, given.terms)
        if "approvals" in wanted:
            approvals(figures, given.waiting)
        connection.close()
        figures.show()


if __name__ == "__main__":
    main()
