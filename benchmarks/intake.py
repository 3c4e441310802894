#!/usr/bin/env python3
"""Files of people and of facts taken in, beside a bare COPY of the same rows into the same tables.

    benchmarks/intake.py [--people 1000000] [--bad 1000] [--rounds 1] [--only people|facts]

It makes a database of its own beside the configured one and drops it at the end. The file is a CSV of a made-up register
with bad rows of ten kinds. It prints a table and JSON lines. `import` is the whole way, from the file on disk to the
committed rows: reading, checks, the search for duplicates, encryption, COPY, history, sums, journal, the file of bad
rows; in a process of its own, whose peak memory and CPU time are given. `copy` is COPY alone, of what the import stored,
read from files, with the same indexes and triggers, in one transaction. They alternate. Figures are for this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
SEED, NAME, PROVINCE = 20261124, "huimin_bench_intake", "620000000000"
PEOPLE = ("people_person", "people_household", "people_membership")
FACTS = ("poverty_profile", "poverty_income")
HEADINGS = {
    "name": "姓名", "id_number": "身份证号", "sex": "性别", "birth_date": "出生日期", "ethnicity": "民族", "phone": "手机号",
    "education": "文化程度", "division_code": "村代码", "group_no": "村民小组", "number": "户编号", "relation": "与户主关系",
    "address": "家庭住址", "since": "立户日期",
}  # fmt: skip
WORDS = {
    "sex": {"male": "男", "female": "女"},
    "relation": {
        "head": "户主", "spouse": "配偶", "son": "子", "daughter": "女儿", "mother": "母亲", "father": "父亲",
        "grandson": "孙子", "daughter_in_law": "儿媳",
    },
    "education": {
        "": "", "none": "文盲或半文盲", "primary": "小学", "junior": "初中", "senior": "高中", "vocational": "中专或职高",
        "college": "大专", "bachelor": "本科及以上",
    },
}  # fmt: skip


def spoil(kind: int, row: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """One of ten ways in which rows are wrong."""
    number = row["id_number"]
    wrong = {
        0: {"id_number": number[:-1] + ("1" if number[-1] == "0" else "0")},
        1: {"id_number": number[:10] + "1332" + number[14:]},
        2: {"id_number": number[:17]},
        3: {"id_number": f"{float(number[:17] + '0'):.5E}"},
        4: {"sex": "女" if row["sex"] == "男" else "男"},
        5: {"phone": "1381234567"},
        6: {"division_code": "629999999999"},
        7: {"relation": "邻居"},
        8: {"name": "王3"},
        9: other,
    }
    return {**row, **wrong[kind]}


def register(path: Path, people: int, bad: int) -> Any:
    """Write the register as CSV, with bad rows; the made-up table."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    from huimin.core.people.making import make
    from huimin.core.places import api as places
    from huimin.kit import clock
    from huimin.kit.area import Level

    villages = [one.code for one in places.at_level(Level.VILLAGE, PROVINCE)]
    made = make(people, villages, SEED, clock.today())
    texts = {}
    for name in HEADINGS:
        column = made[name].cast(pa.string()).fill_null("")
        if name in WORDS:
            coded = column.combine_chunks().dictionary_encode()
            column = pa.DictionaryArray.from_arrays(
                coded.indices, [WORDS[name][w.as_py()] for w in coded.dictionary]
            )
            column = column.dictionary_decode()
        texts[name] = column
    table = pa.table(texts)
    chance = np.random.default_rng(SEED)
    members = np.flatnonzero(np.array(table["relation"].to_pylist()) != "户主")
    rows = np.sort(chance.choice(members[1:], bad, replace=False))
    chosen, good = set(rows.tolist()), [int(one) for one in members[:50]]
    good = [one for one in good if one not in chosen]
    wrong = []
    for at, row in enumerate(rows.tolist()):
        own, other = (
            table.slice(n, 1).to_pylist()[0] for n in (row, good[at % len(good)] if at % 10 == 9 else row)
        )
        wrong.append(spoil(at % 10, own, other if row > good[-1] else {"id_number": "1"}))
    spoiled = pa.Table.from_pylist(wrong, schema=table.schema)
    index = np.arange(len(table))
    index[rows] = len(table) + np.arange(len(rows))
    mixed = pa.concat_tables([table, spoiled]).take(pa.array(index)).rename_columns(list(HEADINGS.values()))
    pa_csv.write_csv(mixed, path, pa_csv.WriteOptions(quoting_style="none"))
    return made


def incomes(path: Path, most: int) -> int:
    """Write years of income of the households that are in, as CSV; how many rows."""
    import numpy as np
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM people_household ORDER BY number")
        numbers = [number for (number,) in cursor.fetchall()]
    chance, rows = np.random.default_rng(SEED), 0
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "户编号,年度,家庭人口,工资性收入,生产经营性收入,财产性收入,转移性收入,生产经营性支出,调查日期\n"
        )
        for year in (2025, 2024, 2023, 2022):
            amounts = chance.integers(0, 4_000_000, (len(numbers), 5)) / 100
            sizes = chance.integers(1, 7, len(numbers))
            part = numbers[: max(0, most - rows)]
            file.writelines(
                f"{number},{year},{size},{w:.2f},{b:.2f},{p:.2f},{t:.2f},{c:.2f},{year}-12-01\n"
                for number, size, (w, b, p, t, c) in zip(part, sizes.tolist(), amounts.tolist(), strict=False)
            )
            rows += len(part)
    return rows


def child(target: str, path: str) -> None:
    """The importing process: the whole way of one file; one line of JSON."""
    from huimin.core.access.api import acting_as, system
    from huimin.core.intake import api as intake

    viewer, marks = system("benchmark"), [time.perf_counter()]
    with acting_as(viewer):
        run = intake.receive(
            viewer, key=str(time.time()), target=target, name=path, source="基准", path=Path(path)
        )
        marks.append(time.perf_counter())
        view = intake.run(viewer, run)
        intake.arrange(viewer, run=run, mapping=dict(view.mapping), mode="rows", defer=False)
        intake.work_off(run, viewer)
        marks.append(time.perf_counter())
        intake.start(viewer, run=run, defer=False)
        intake.work_off(run, viewer)
        marks.append(time.perf_counter())
        view = intake.run(viewer, run)
        done = intake.outcome(view)
        done["first"] = [(p.row, p.title, p.reason) for p in intake.problems(view, 3)]
    read, check, store = (b - a for a, b in pairwise(marks))
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / 1024
    done["cpu_s"] = used.ru_utime + used.ru_stime
    print(
        json.dumps(
            {
                **done,
                "read_s": read,
                "check_s": check,
                "store_s": store,
                "seconds": sum((read, check, store)),
                "peak_mib": peak,
            }
        )
    )


def imported(target: str, path: Path) -> dict[str, Any]:
    """Run the importing process; what it says."""
    made = subprocess.run(
        [sys.executable, __file__, "--child", target, str(path)], capture_output=True, text=True, check=False,
        env={**os.environ, "HUIMIN_DEMO": "1"},
    )  # fmt: skip
    if made.returncode:
        raise SystemExit(made.stdout + made.stderr)
    return dict(json.loads(made.stdout.strip().splitlines()[-1]))


def put_aside(tables: Iterable[str], folder: Path) -> int:
    """Write what tables hold to files, for the bare COPY; how many rows."""
    from django.db import connection

    rows = 0
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT string_agg(format('%%I', attname), ', ' ORDER BY attnum) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", [table],
            )  # fmt: skip
            (columns,) = cursor.fetchone()
            (folder / f"{table}.columns").write_text(columns)
            with (
                (folder / f"{table}.csv").open("wb") as file,
                cursor.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT csv)") as copy,
            ):
                for block in copy:
                    file.write(block)
            cursor.execute(f"SELECT count(*) FROM {table}")
            rows += cursor.fetchone()[0]
    return rows


def empty(tables: Iterable[str]) -> None:
    """Empty tables, their histories, the sums and the journal."""
    from django.db import connection

    names = [*tables, *(table.replace("_", "_", 1) + "event" for table in tables), "journal_entry"]
    if "people_person" in names:
        names += ["people_divisioncount", *FACTS, "poverty_profileevent", "poverty_incomeevent"]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(dict.fromkeys(names))} CASCADE")
        cursor.execute("UPDATE journal_head SET seq = 0, hash = repeat('0', 64)")


def bare(tables: Iterable[str], folder: Path) -> float:
    """Seconds of COPY alone, in one transaction, blocks of a megabyte from files."""
    from django.db import connection, transaction

    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            columns = (folder / f"{table}.columns").read_text()
            with (
                (folder / f"{table}.csv").open("rb") as file,
                cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy,
            ):
                while block := file.read(1 << 20):
                    copy.write(block)
    return time.perf_counter() - start


def vacuum() -> None:
    """Let the server settle between two measurements."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def measure(people: int, bad: int, rounds: int, folder: Path, only: str = "") -> list[dict[str, Any]]:
    """Alternate import and COPY for people, then for facts; for facts only, people are imported once and not measured."""
    found: list[dict[str, Any]] = []
    path = folder / "people.csv"
    made = register(path, people, bad)

    def figure(name: str, value: float, unit: str, **more: Any) -> None:
        found.append({"benchmark": "intake", "figure": name, "value": round(value, 3), "unit": unit, **more})

    for part, target, tables in (("people", "people", PEOPLE), ("facts", "poverty.income", FACTS)):
        if part == "facts":
            path = folder / "income.csv"
            incomes(path, people)
        elif only == "facts":
            imported(target, path)
            continue
        if only and part != only:
            continue
        for number in range(rounds):
            vacuum()
            done = imported(target, path)
            if number == 0:
                print(json.dumps(done, ensure_ascii=False), file=sys.stderr)
            if part == "people":
                assert (done["rows"], done["bad"], done["stored_rows"]) == (
                    len(made),
                    bad,
                    len(made) - bad,
                ), done
            else:
                assert done["bad"] == 0, done
            rows = put_aside(tables, folder)
            empty(tables)
            vacuum()
            seconds = bare(tables, folder)
            more = {"rows": done["stored_rows"], "table_rows": rows, "round": number + 1}
            figure(
                f"{part}_import",
                done["seconds"],
                "s",
                bad=done["bad"],
                size_mb=round(path.stat().st_size / 1e6),
                **more,
            )
            figure(f"{part}_import_peak", done["peak_mib"], "MiB", **more)
            for step in ("read", "check", "store", "cpu"):
                figure(f"{part}_import_{step}", done[f"{step}_s"], "s", **more)
            figure(f"{part}_copy", seconds, "s", **more)
            figure(f"{part}_rate_of_copy", seconds / done["seconds"], "ratio", **more)
            if number + 1 < rounds:
                empty(tables)
    return found


def main() -> None:
    """Measure in a database of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000, help="how many people")
    parser.add_argument("--bad", type=int, default=1_000, help="how many bad rows, of ten kinds")
    parser.add_argument("--rounds", type=int, default=1, help="how many times import and COPY alternate")
    parser.add_argument("--only", choices=("people", "facts"), default="", help="only this part")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
    os.environ["HUIMIN_DEMO"] = "1"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from huimin.core.access.api import acting_as, system
    from huimin.core.places import api as places

    if given.child:
        connection.settings_dict["NAME"] = NAME
        child(*given.child)
        return
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
    connection.close()
    connection.settings_dict["NAME"] = NAME
    folder = Path(tempfile.mkdtemp(prefix="huimin-intake-"))
    try:
        with acting_as(system("benchmark")):
            call_command("migrate", verbosity=0)
            places.import_package()
            found = measure(given.people, given.bad, given.rounds, folder, given.only)
        from rich.console import Console
        from rich.table import Table

        table = Table("figure", "value", "unit", "rows", title=f"intake, {given.people:,} people")
        for row in found:
            table.add_row(row["figure"], f"{row['value']:,.3f}", row["unit"], f"{row['rows']:,}")
        Console().print(table)
        for row in found:
            print(json.dumps(row, ensure_ascii=False))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        connection.close()
        connection.settings_dict["NAME"] = "postgres"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.close()
        connection.settings_dict["NAME"] = before


if __name__ == "__main__":
    main()
