"""Rows of households: each with a head who is registered and in no other household."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huimin.core.intake.api import Work, quoted
from huimin.core.people.imports import known
from huimin.core.people.imports.comparing import CHUNK, clean
from huimin.kit import clock


def compare(work: Work) -> None:
    """Note every problem of the rows as a whole, and make the plan of the others."""
    work.sql(
        'CREATE TABLE person AS SELECT "row", head_id AS id_number, CAST(NULL AS VARCHAR) AS phone, '
        "CAST(NULL AS VARCHAR) AS name, "
        "CAST(NULL AS VARCHAR) AS sexed, CAST(NULL AS DATE) AS born, division_code FROM tidy"
    )
    known.hashes(work, "person")
    known.find_people(work)
    known.find_households(work, "SELECT DISTINCT number FROM tidy WHERE number IS NOT NULL")
    known.name_places(
        work,
        "SELECT DISTINCT division_code, group_no FROM known UNION SELECT DISTINCT division_code, group_no FROM known_household",
    )
    for column, text in (
        ("number", _("与第 %(row)s 行的户编号相同。")),
        ("head_id", _("与第 %(row)s 行是同一名户主。")),
    ):
        work.problem(
            column,
            text,
            f'FROM (SELECT "row", min("row") OVER (PARTITION BY {column}) AS first FROM tidy WHERE '
            f'{column} IS NOT NULL) WHERE "row" > first',
            row="first",
        )
    homes = (
        'FROM tidy t JOIN known_household h USING (number) LEFT JOIN known k USING ("row") '
        "JOIN place s ON s.code = h.division_code AND s.group_no = h.group_no"
    )
    work.problem(
        "number", _("该户编号已登记，请联系%(county)s。"), f"{homes} WHERE NOT s.mine", county="s.county"
    )
    work.problem(
        "number",
        _("该户已于 %(day)s 销户。"),
        f"{homes} WHERE s.mine AND h.closed_on IS NOT NULL",
        day="h.closed_on",
    )
    work.problem(
        "head_id",
        _("该户登记的户主是%(name)s，变更户主请另行办理。"),
        f"{homes} WHERE s.mine AND k.person IS NOT NULL AND h.head IS DISTINCT FROM k.person",
        name="h.head_name",
    )
    work.problem(
        "division_code",
        _("该户登记在%(where)s，搬家的请办理整户迁移。"),
        f"{homes} WHERE s.mine AND t.division_code <> s.now",
        where="s.name",
    )
    heads = 'FROM tidy t JOIN known k USING ("row") JOIN place s ON s.code = k.division_code AND s.group_no = k.group_no'
    unknown = 'FROM tidy t WHERE head_id IS NOT NULL AND "row" NOT IN (SELECT "row" FROM known)'
    work.problem("head_id", _("登记库中没有这个证件号码，请先导入户主本人。"), unknown)
    work.problem(
        "head_id", _("该证件号码已登记，请联系%(county)s。"), f"{heads} WHERE NOT s.mine", county="s.county"
    )
    work.problem(
        "head_id",
        _("此人登记为已于 %(day)s 死亡。"),
        f"{heads} WHERE s.mine AND k.died_on IS NOT NULL",
        day="k.died_on",
    )
    work.problem(
        "head_id",
        _("此人现为 %(number)s 户的成员，请先办理迁出。"),
        f"{heads} WHERE s.mine AND k.number IS NOT NULL AND k.number IS DISTINCT FROM t.number",
        number="k.number",
    )
    work.problem(
        "opened_on",
        _("立户日期早于户主出生日期，请核对。"),
        f"{heads} WHERE t.opened_on < CAST(k.birth_date AS DATE)",
    )
    plan(work)


def plan(work: Work) -> None:
    """New households with their head as the first member, in the shape that people's plan has."""
    today, mark = quoted(clock.today().isoformat()), quoted(work.print)
    nothing = ", ".join(
        f"CAST(NULL AS VARCHAR) AS {name}"
        for name in ("id_number", "phone", "id_hash", "phone_hash", "changes")
    )
    opened = f"coalesce(t.opened_on, DATE {today})"
    work.sql(
        f'CREATE TABLE plan AS SELECT t."row", \'join\' AS op, CAST(t."row" // {CHUNK} AS INTEGER) AS '
        "chunk, k.person, k.name, k.sex, "
        f"CAST(k.birth_date AS DATE) AS birth_date, k.ethnicity, k.education, {nothing}, t.division_code, "
        "coalesce(t.group_no, 0) AS group_no, "
        f"t.number, CAST(CAST(md5({mark} || '/h/' || t.number) AS UUID) AS VARCHAR) AS household, true AS opens, t.address, "
        f"{opened} AS opened, 'head' AS relation, {opened} AS start, "
        f"CAST(CAST(md5({mark} || '/m/' || t.\"row\") AS UUID) AS VARCHAR) AS membership, true AS joins, true AS founding "
        f'FROM tidy t JOIN known k USING ("row") WHERE t.number NOT IN (SELECT number FROM known_household) AND {clean("t")}'
    )
