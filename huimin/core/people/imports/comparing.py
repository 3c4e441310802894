"""Rows of people as a whole: with themselves, with each other, with their household, with the register.

Tables of the run, in order: `person` (tidy rows, what a number says filled in), `hashed`, `known`, `known_household`,
`home` (one row a household the file names), `differing`, `plan`. Everything is set-based.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from huimin.core.intake.api import Work, quoted
from huimin.core.intake.types import Differ
from huimin.core.people.imports import known
from huimin.core.people.imports.columns import BORN
from huimin.core.people.types import Education, Relation, Sex
from huimin.kit import clock

CHUNK = 25_000
CLEAN = 'NOT EXISTS (SELECT 1 FROM problem q WHERE q."row" = {t}."row"{more})'
FIELDS = ("name", "sex", "birth_date", "ethnicity", "phone", "education")
WHOLE = (
    "name",
    "sex",
    "birth_date",
    "ethnicity",
    "phone",
    "education",
    "division_code",
    "group_no",
    "number",
    "relation",
    "address",
)


def clean(table: str, *columns: str) -> str:
    """A condition of SQL: nothing is noted yet of a row (in these columns)."""
    more = f" AND q.col IN ({', '.join(quoted(one) for one in ('', *columns))})" if columns else ""
    return CLEAN.format(t=table, more=more)


def in_words(kinds: type, value: str) -> str:
    """An expression of SQL that says a code in words."""
    cases = "".join(f" WHEN {quoted(kind.value)} THEN {quoted(kind.label)}" for kind in kinds)  # type: ignore[attr-defined]
    return f"CASE {value}{cases} END"


def compare(work: Work) -> None:
    """Note every problem of the rows as a whole, and make the plan of the others."""
    own(work)
    within_file(work)
    homes(work)
    known.hashes(work, "person")
    known.find_people(work)
    with_register(work)
    memberships(work)
    late_heads(work)
    plan(work)


def own(work: Work) -> None:
    """What a number says fills in birth and sex, and must agree with them."""
    born = BORN.format(v="id_number")
    work.sql(
        f"CREATE TABLE person AS SELECT t.*, coalesce(t.birth_date, t.born_said) AS born, coalesce(t.sex, t.sex_said) AS sexed "
        f"FROM (SELECT *, {born} AS born_said, CASE WHEN id_number IS NULL THEN NULL WHEN "
        "CAST(substr(id_number, 17, 1) AS INTEGER) "
        f"% 2 = 1 THEN 'male' ELSE 'female' END AS sex_said FROM tidy) t"
    )
    said = _("与证件号码不一致：号码中的%(what)s为%(said)s，请核对证件。")
    work.problem(
        "birth_date",
        said,
        "FROM person WHERE birth_date <> born_said",
        what=quoted(work.title("birth_date")),
        said="born_said",
    )
    work.problem(
        "sex",
        said,
        "FROM person WHERE sex <> sex_said",
        what=quoted(work.title("sex")),
        said=in_words(Sex, "sex_said"),
    )
    for column, value in (("birth_date", "born"), ("sex", "sexed")):
        work.problem(
            column,
            _("请填写%(what)s，或者填写证件号码。"),
            f"FROM person WHERE {value} IS NULL AND {clean('person', column, 'id_number')}",
            what=quoted(work.title(column)),
        )


def within_file(work: Work) -> None:
    """The same person twice: an exact repetition is bad after the first, contradicting rows are all bad."""
    same = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in WHOLE)
    work.sql(
        'CREATE TABLE twice AS SELECT person_key, min("row") AS first, count(DISTINCT said) AS versions, '
        "array_to_string(list_slice(list_sort(list(\"row\")), 1, 5), '、') AS places FROM ("
        "SELECT \"row\", coalesce(id_number, name || '/' || born || '/' || sexed || '/' || "
        "coalesce(number, division_code, '')) "
        f"AS person_key, hash({same}) AS said FROM person WHERE id_number IS NOT NULL OR name IS NOT NULL) "
        "WHERE person_key IS NOT NULL GROUP BY person_key HAVING count(*) > 1"
    )
    keyed = (
        "FROM (SELECT *, coalesce(id_number, name || '/' || born || '/' || sexed || '/' || "
        "coalesce(number, division_code, '')) "
        "AS person_key FROM person) JOIN twice USING (person_key)"
    )
    for column, which in (("id_number", "id_number IS NOT NULL"), ("name", "id_number IS NULL")):
        work.problem(
            column,
            _("与第 %(row)s 行完全重复。"),
            f'{keyed} WHERE {which} AND versions = 1 AND "row" > first',
            row="first",
        )
        work.problem(
            column,
            _("第 %(rows)s 行是同一个人而内容不同，请只留正确的一行。"),
            f"{keyed} WHERE {which} AND versions > 1",
            rows="places",
        )


def homes(work: Work) -> None:
    """Households that rows name: registered ones, and those whose head is in the file."""
    known.find_households(work, "SELECT DISTINCT number FROM person WHERE number IS NOT NULL")
    today = quoted(clock.today().isoformat())
    work.sql(
        "CREATE TABLE home AS SELECT f.number, f.first, f.heads, f.head_row, f.head_rows, k.household, "
        f"md5({quoted(work.print)} || '/h/' || f.number) AS fresh, k.closed_on, k.head, k.head_name, "
        "k.household IS NULL AS opens, coalesce(k.division_code, f.division_code) AS division_code, "
        "coalesce(CAST(k.group_no AS INTEGER), f.group_no, 0) AS group_no, "
        f"coalesce(CAST(k.opened_on AS DATE), f.since, DATE {today}) AS opened FROM ("
        "SELECT number, min(\"row\") AS first, count(*) FILTER (relation = 'head') AS heads, "
        "min(\"row\") FILTER (relation = 'head') AS head_row, "
        "array_to_string(list_slice(list_sort(list(\"row\") FILTER (relation = 'head')), 1, 5), '、') AS head_rows, "
        "arg_min(division_code, \"row\") FILTER (relation = 'head') AS division_code, "
        "arg_min(group_no, \"row\") FILTER (relation = 'head') AS group_no, "
        "arg_min(since, \"row\") FILTER (relation = 'head') AS since "
        "FROM person WHERE number IS NOT NULL GROUP BY number) f LEFT JOIN known_household k USING (number)"
    )
    work.sql(
        "UPDATE person SET division_code = home.division_code FROM home "
        "WHERE home.number = person.number AND person.division_code IS NULL"
    )
    work.problem(
        "division_code",
        _("请填写村代码；填了户编号的成员可以不填，以户主行为准。"),
        f"FROM person WHERE division_code IS NULL AND {clean('person', 'division_code')}",
    )


def with_register(work: Work) -> None:
    """Somebody who is registered already: the same, or with what differs; of other areas only where to ask."""
    known.name_places(
        work,
        "SELECT DISTINCT division_code, group_no FROM known UNION SELECT DISTINCT division_code, "
        "CAST(group_no AS VARCHAR) FROM home",
    )
    joined = (
        'FROM person p JOIN known k USING ("row") JOIN place s ON s.code = k.division_code AND s.group_no = k.group_no '
        'LEFT JOIN hashed h USING ("row")'
    )
    where = "id_number" if "id_number" in work.columns else "name"
    work.problem(
        where, _("该证件号码已登记，请联系%(county)s。"), f"{joined} WHERE NOT s.mine", county="s.county"
    )
    work.problem(
        where,
        _("此人登记为已于 %(day)s 死亡。"),
        f"{joined} WHERE s.mine AND k.died_on IS NOT NULL",
        day="k.died_on",
    )
    work.problem(
        "division_code",
        _("此人登记在%(where)s。搬家的请办理整户迁移或成员迁入。"),
        f"{joined} WHERE s.mine AND p.division_code <> s.now AND (k.number IS NOT NULL OR p.number IS NULL)",
        where="s.name",
    )
    work.sql('CREATE TABLE differing ("row" BIGINT, field VARCHAR, said VARCHAR)')
    shown = {
        "sex": in_words(Sex, "k.sex"),
        "education": in_words(Education, "k.education"),
        "phone": quoted(_("另一个号码")),
    }
    for field in FIELDS:
        if field not in work.columns:
            continue
        other = (
            "h.phone_hash <> coalesce(k.phone_hash, '')"
            if field == "phone"
            else f"CAST(p.{field} AS VARCHAR) <> k.{field}"
        )
        nothing = quoted(_("未填写"))
        work.sql(
            f"INSERT INTO differing SELECT \"row\", '{field}', "
            f"coalesce(nullif({shown.get(field, f'k.{field}')}, ''), {nothing}) "
            f"{joined} WHERE s.mine AND {other}"
        )
    if work.differ != Differ.PROPOSE:
        text = _("与登记不一致：登记为%(said)s。请核对；确需更正的，请选择“作为待核实数据”导入。")
        for field in FIELDS:
            if field in work.columns:
                work.problem(field, text, f"FROM differing WHERE field = '{field}'", said="said")


def memberships(work: Work) -> None:
    """Households as rows name them: known or headed in the file, one head, one village, nobody in two at once."""
    joined = 'FROM person p JOIN home USING (number) LEFT JOIN known k USING ("row")'
    work.problem(
        "relation",
        _("填了户编号的，请填写与户主关系。"),
        f"{joined} WHERE p.relation IS NULL AND {clean('p', 'relation')}",
    )
    work.problem(
        "number", _("登记库中没有这一户，文件里也没有它的户主行。"), f"{joined} WHERE opens AND heads = 0"
    )
    work.problem(
        "relation",
        _("一户只能有一名户主，第 %(rows)s 行都填了户主。"),
        f"{joined} WHERE heads > 1 AND p.relation = 'head'",
        rows="head_rows",
    )
    work.problem(
        "number", _("该户已于 %(day)s 销户。"), f"{joined} WHERE closed_on IS NOT NULL", day="closed_on"
    )
    elsewhere = f"{joined} JOIN place s ON s.code = home.division_code AND s.group_no = CAST(home.group_no AS VARCHAR)"
    work.problem(
        "number",
        _("该户不在您的管辖范围内，请联系%(county)s。"),
        f"{elsewhere} WHERE NOT opens AND NOT s.mine",
        county="s.county",
    )
    work.problem(
        "division_code",
        _("与本户所在的%(where)s不一致，同一户请填同一个村。"),
        f"{elsewhere} WHERE (opens OR s.mine) AND p.division_code <> s.now",
        where="s.name",
    )
    work.problem(
        "relation",
        _("该户登记的户主是%(name)s，变更户主请另行办理。"),
        f"{joined} JOIN place s ON s.code = home.division_code AND s.group_no = CAST(home.group_no AS "
        "VARCHAR) WHERE s.mine AND "
        "NOT opens AND p.relation = 'head' AND home.head IS NOT NULL AND home.head IS DISTINCT FROM k.person",
        name="head_name",
    )
    work.problem(
        "number",
        _("此人现为 %(number)s 户的成员，请先办理迁出。"),
        f"{joined} WHERE k.number IS NOT NULL AND k.number <> p.number",
        number="k.number",
    )
    work.problem(
        "relation",
        _("与登记不一致：登记的与户主关系为%(said)s。"),
        f"{joined} WHERE k.number = p.number AND p.relation <> k.relation",
        said=in_words(Relation, "k.relation"),
    )
    work.problem(
        "since",
        _("入户日期早于出生日期，请核对。"),
        f"FROM person p WHERE since < born AND {clean('p', 'since', 'birth_date')}",
    )
    work.problem(
        "since",
        _("入户日期早于该户的立户日期 %(day)s，请核对。"),
        f"{joined} WHERE p.since < opened AND k.number IS NULL",
        day="opened",
    )


def late_heads(work: Work) -> None:
    """Members of a new household wait for their head's row to be right, so that they come in together."""
    work.problem(
        "number",
        _("户主所在的第 %(row)s 行有误，请先更正那一行，再一起导入本户。"),
        'FROM person p JOIN home USING (number) WHERE opens AND heads = 1 AND p."row" <> head_row '
        'AND EXISTS (SELECT 1 FROM problem q WHERE q."row" = head_row)',
        row="head_row",
    )


def plan(work: Work) -> None:
    """What is to be stored of the rows without a problem: new people, new memberships, proposed changes."""
    today, mark = quoted(clock.today().isoformat()), quoted(work.print)
    since = (
        "CASE WHEN home.number IS NULL THEN NULL ELSE greatest(coalesce(p.since, CASE WHEN opens THEN opened "
        f"ELSE DATE {today} END), opened, p.born) END"
    )
    work.sql(
        "CREATE TABLE plan AS SELECT * FROM (SELECT p.\"row\", CASE WHEN k.person IS NULL THEN 'new' WHEN "
        "home.number IS NOT NULL "
        "AND k.number IS NULL THEN 'join' WHEN d.fields IS NOT NULL THEN 'propose' END AS op, "
        f'CAST(coalesce(home.first, p."row") // {CHUNK} AS INTEGER) AS chunk, '
        f"coalesce(k.person, CAST(CAST(md5({mark} || '/p/' || p.\"row\") AS UUID) AS VARCHAR)) AS person, "
        "p.name, p.sexed AS sex, p.born AS birth_date, coalesce(p.ethnicity, '汉族') AS ethnicity, p.id_number, p.phone, "
        "h.id_hash, h.phone_hash, coalesce(p.education, '') AS education, coalesce(home.division_code, "
        "p.division_code) AS division_code, "
        "coalesce(home.group_no, p.group_no, 0) AS group_no, p.number, "
        "coalesce(home.household, CAST(CAST(home.fresh AS UUID) AS VARCHAR)) AS household, "
        "coalesce(opens AND p.relation = 'head', false) AS opens, p.address, home.opened, p.relation, "
        f"{since} AS start, CAST(CAST(md5({mark} || '/m/' || p.\"row\") AS UUID) AS VARCHAR) AS membership, "
        "k.number IS NULL AND home.number IS NOT NULL AS joins, opens AS founding, d.fields AS changes "
        'FROM person p LEFT JOIN home USING (number) LEFT JOIN known k USING ("row") LEFT JOIN hashed h '
        'USING ("row") LEFT JOIN '
        '(SELECT "row", string_agg(field, \',\' ORDER BY field) AS fields FROM differing GROUP BY "row") d USING ("row") '
        f"WHERE {clean('p')}) WHERE op IS NOT NULL"
    )
