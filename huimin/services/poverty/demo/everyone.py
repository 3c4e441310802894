"""A whole made-up register as queries of DuckDB: each household with profile, incomes, guarantees, risk, yesterday's decision.

Every value is a hash of county and serial, so a register of the same size and day is the same everywhere. Nothing here is
about anybody: no names, no numbers of identity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from huimin.core.facts.types import Share
from huimin.services.poverty.models import GuaranteeKind

SIZE = 3.45  # members of a household on the average, as SIZES gives it
SIZES = ((10, 1), (30, 2), (54, 3), (76, 4), (89, 5), (96, 6), (100, 7))  # in 100 households
PROVINCES = ("62", "63", "64", "61", "51", "50", "52", "53", "54", "65")
CITIES, COUNTIES = 9, 734  # 86 prefectures of 8 or 9 counties, as the field reports them
PER_COUNTY = 1_000_000 // 86
LINES = (8000, 8300)  # the year before last year's, and last year's
BELOW, UNKNOWN, INSECURE, SUDDEN, AGAIN, OTHERWISE = 30, 5, 12, 8, 40, 5  # in 1000
MACROS = (
    "CREATE MACRO dice(a, b, c) AS (hash(a, b, c) % 1000)::INTEGER",
    "CREATE MACRO id_of(a, b, c) AS (((hash(a, b, c)::UHUGEINT << 64) | hash(c, a, b, 7)::UHUGEINT))::UUID",
)


def counties(people: int) -> list[str]:
    """Codes of as many counties as a register of that size has, at most 734."""
    wanted = min(COUNTIES, max(1, round(people / SIZE / PER_COUNTY)))
    codes = [
        f"{province}{city:02d}{county:02d}"
        for county in range(21, 31)
        for city in range(1, CITIES + 1)
        for province in PROVINCES
    ]
    return sorted(codes[:wanted])


def shares(people: int, today: date, codes: Sequence[str] = ()) -> Iterator[Share]:
    """The counties of a register of about that many people (or those named), and the income lines of their provinces."""
    codes = codes or counties(people)
    households = round(people / SIZE)
    year = today.year - 1
    lines = " UNION ALL ".join(
        f"SELECT {n * 2 + k + 1} AS id, '{province}0000000000' AS province, {year - 1 + k} AS year, {line} AS amount, "
        "'演示文件' AS document"
        for n, province in enumerate(sorted({code[:2] for code in codes}))
        for k, line in enumerate(LINES)
    )
    yield Share(county="lines", before=(), tables={"poverty_line": lines})
    for index, code in enumerate(codes):
        count = households // len(codes) + (index < households % len(codes))
        yield share(code, count, today)


def share(county: str, households: int, today: date) -> Share:
    """One county: its households first, everything else from them."""
    size = " ".join(f"WHEN dice({county}, i, 1) < {edge * 10} THEN {members}" for edge, members in SIZES)
    year, kinds = today.year - 1, list(GuaranteeKind.values)
    missing = " ".join(f"WHEN {n} THEN '{kind}'" for n, kind in enumerate(kinds))
    here = f"""
        CREATE OR REPLACE TEMP TABLE here AS
        SELECT *, members * per_head - loss < members * {LINES[1]} AND sudden AS hard,
               per_head < {LINES[1]} OR bad IS NOT NULL AS trouble
        FROM (
            SELECT i, id_of({county}, i, 1) AS id, (i % 5 + 1)::SMALLINT AS group_no, CASE {size} END AS members,
                   '{county}' || (101 + i // 1200)::VARCHAR || (201 + i // 80 % 15)::VARCHAR AS place,
                   CASE WHEN dice({county}, i, 2) < 240 THEN (2014 + i % 7)::SMALLINT END AS lifted,
                   round(CASE WHEN dice({county}, i, 3) < {BELOW} THEN {LINES[1]} * (0.6 + dice({county}, i, 4) / 2600.0)
                              ELSE {LINES[1]} * (1.02 + dice({county}, i, 4) / 350.0) END)::DECIMAL(14, 2) AS per_head,
                   CASE WHEN dice({county}, i, 5) < {INSECURE} THEN CASE i % {len(kinds)} {missing} END END AS bad,
                   dice({county}, i, 6) < {UNKNOWN} AS unknown, dice({county}, i, 7) < {SUDDEN} AS sudden,
                   CASE WHEN dice({county}, i, 7) < {SUDDEN} THEN 1000 * (5 + dice({county}, i, 8) // 10) ELSE 0 END AS loss,
                   '入户调查：干部' || (i // 400)::VARCHAR AS source,
                   (DATE '{today.year}-01-08' + (i % 14)::INTEGER)::DATE AS surveyed
            FROM range({households}) t(i)
        )"""
    kind_list = "[" + ", ".join(f"'{kind}'" for kind in kinds) + "]"
    yesterday = today - timedelta(days=1)
    tables = {
        "people_household": "SELECT id, place || lpad(i::VARCHAR, 5, '0') AS number, place AS division_code, group_no, "
        "DATE '2001-01-01' + (i % 7000)::INTEGER AS opened_on, NULL::DATE AS closed_on, "
        "DATE '2001-01-01' + (i % 7000)::INTEGER AS located_since FROM here",
        "people_person": f"SELECT id_of({county}, i, 100 + n) AS id, CASE WHEN dice({county}, i, 110 + n) < 518 THEN 'male' "
        f"ELSE 'female' END AS sex, DATE '1940-01-01' + ({county} * 7 + i * 31 + n * 9000)::INTEGER % 31000 AS birth_date, "
        "place AS division_code, group_no, NULL::DATE AS died_on, NULL::DATE AS left_on FROM here, range(members) t(n)",
        "people_membership": f"SELECT id_of({county}, i, 200 + n) AS id, id AS household_id, id_of({county}, i, 100 + n) "
        "AS person_id, CASE n WHEN 0 THEN 'head' WHEN 1 THEN 'spouse' WHEN 2 THEN 'son' ELSE 'daughter' END AS relation, "
        "DATE '2001-01-01' + (i % 7000)::INTEGER AS start, NULL::DATE AS \"end\", 'founding' AS joined_by, '' AS left_by "
        "FROM here, range(members) t(n)",
        "poverty_profile": f"SELECT id_of({county}, i, 2) AS id, place AS division_code, id AS household_id, "
        "lifted AS lifted_year FROM here",
        "poverty_income": f"SELECT id_of({county}, i, 10 + k) AS id, place AS division_code, id AS household_id, "
        f"{year} - k AS year, members, CASE k WHEN 0 THEN per_head ELSE round(per_head * 0.93, 2) END AS per_head, "
        "(surveyed - to_days((365 * k)::INTEGER))::DATE AS surveyed_on, source FROM here, range(2) t(k)",
        "poverty_guarantee": f"SELECT id_of({county}, i * 8 + k, 20 + again) AS id, place AS division_code, "
        f"id AS household_id, {kind_list}[k + 1] AS kind, coalesce({kind_list}[k + 1] <> bad, true) OR again = 1 AS secure, "
        '(surveyed - to_days((365 * again)::INTEGER))::DATE AS "on", source AS found_by, '
        "(surveyed - to_days((365 * again)::INTEGER))::TIMESTAMPTZ + to_hours(8) AS recorded "
        f"FROM here, range({len(kinds)}) t(k), range(2) u(again) WHERE (again = 0 OR dice({county}, i, 30) < {AGAIN}) "
        "AND NOT (unknown AND k = i % 6)",
        "poverty_risk": f"SELECT id_of({county}, i, 40) AS id, place AS division_code, id AS household_id, "
        "['illness', 'schooling', 'disaster', 'accident', 'jobless'][i % 5 + 1] AS cause, sudden, loss, "
        'surveyed - to_days(200) AS since, CASE WHEN sudden OR i % 9 = 0 THEN NULL ELSE surveyed END AS "until", '
        "source FROM here",
        "rules_decisionrow": f"SELECT id_of({county}, i, 50) AS id, id_of(0, 0, 50) AS version_id, "
        "'poverty.monitoring' AS rule, 'household' AS subject_kind, id::VARCHAR AS subject_id, place AS division_code, "
        f"DATE '{yesterday}' AS as_of, TIMESTAMPTZ '{yesterday} 22:00:00+08' AS at, "
        f"CASE WHEN dice({county}, i, 9) < {OTHERWISE} THEN CASE WHEN trouble OR hard THEN '\"none\"' ELSE '\"marginal\"' END "
        "WHEN hard THEN '\"sudden\"' WHEN trouble AND lifted IS NOT NULL THEN '\"unstable\"' "
        "WHEN trouble THEN '\"marginal\"' ELSE '\"none\"' END AS outcome FROM here",
    }  # fmt: skip
    return Share(county=county, before=(here,), tables=tables)
