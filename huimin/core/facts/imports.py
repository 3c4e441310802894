"""Tables of facts about households from files: a service names its model, its key and its columns, the rest is the same.

    INCOME = household_facts(name="poverty.income", title=_("家庭收入"), model=Income, action="poverty.import_facts",
                             key=("year",), columns=(...))

A row names its household by number. A row with the key of one that is kept is unchanged where it says the same; else it
is reported, or takes the other's place, as the user chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.facts import loading
from huimin.core.intake.api import Work, quoted
from huimin.core.intake.types import BadValue, Column, Differ, Target
from huimin.core.journal.api import Act, arrow_rows, stage, unstage
from huimin.core.people import api as people
from huimin.kit import clock
from huimin.kit.money import yuan

CHUNK = 50_000
PLACE = ("id", "household_id", "division_code", "group_no")
Also = Callable[[Act, Any], Mapping[str, int]]


def amount(most: Decimal) -> Callable[[str], Decimal]:
    """A check of an amount in yuan from 0 to `most`, also written 12,000 or 12000元."""

    def check(value: str) -> Decimal:
        text = value.replace(",", "").replace("，", "").removesuffix("元").strip()
        try:
            found = yuan(text)
        except (InvalidOperation, ValueError):
            raise BadValue(_("金额应为数字，单位元，例如 12000.50。")) from None
        if not found.is_finite() or not 0 <= found <= most:
            raise BadValue(_("应在 0 到 %(most)s 元之间。") % {"most": f"{most:,.0f}"})
        return found

    return check


def amount_column(
    name: str, title: object, *, most: Decimal, known_as: Sequence[str] = (), required: bool = False
) -> Column:
    """An amount in yuan, exact to the fen."""
    fast = (
        "CASE WHEN regexp_full_match({v}, '[0-9]{{1,8}}([.][0-9]{{1,2}})?') "
        f"AND try_cast({{v}} AS DECIMAL(12, 2)) <= {most} THEN try_cast({{v}} AS DECIMAL(12, 2)) END"
    )
    return Column(
        name=name,
        title=title,
        check=amount(most),
        fast=fast,
        sql="DECIMAL(12, 2)",
        known_as=tuple(known_as),
        required=required,
        hint=gettext_lazy("元"),
        example="12000",
    )


def whole(low: int, high: Callable[[], int], text: object) -> Callable[[str], int]:
    """A check of a whole number; `text` says the bounds as %(low)s and %(high)s."""

    def check(value: str) -> int:
        digits = value.strip().removesuffix("年").removesuffix("人")
        if (
            not digits.isascii()
            or not digits.isdigit()
            or len(digits) > 6
            or not low <= int(digits) <= high()
        ):
            raise BadValue(str(text) % {"low": low, "high": high()})
        return int(digits)

    return check


YES = ("是", "有", "有保障", "1", "true", "yes", "y", "√", "达标", "安全")
NO = ("否", "无", "没有", "没有保障", "无保障", "0", "false", "no", "n", "×", "不达标", "不安全")


def yes_no(value: str) -> bool:
    """A check of yes or no, in the words that forms use."""
    word = value.strip().lower()
    if word not in YES + NO:
        raise BadValue(_("请填“是”或“否”。"))
    return word in YES


def household_facts(
    *,
    name: str,
    title: object,
    about: object,
    model: type[models.Model],
    action: str,
    key: tuple[str, ...],
    columns: tuple[Column, ...],
    fill: Mapping[str, Callable[[Work], str]] | None = None,
    rules: Sequence[tuple[str, object, str]] = (),
    update: bool = False,
    also: Also | None = None,
    icon: str = "database",
) -> Target:
    """A target for rows about households; columns are named as the model's fields.

    `fill` gives SQL for fields that the file leaves empty or has not; `rules` are (column, what is wrong, SQL condition
    over the tidy columns); with `update` a row of the same key may take the place of the kept one. `also(act, rows)`
    runs with each chunk stored.
    """
    given = dict(fill or {})
    spec = loading.Spec(
        model=model,
        key=key,
        values=tuple(c.name for c in columns),
        kinds={c.name: c.sql for c in columns},
        fields=tuple(dict.fromkeys((*(c.name for c in columns), *given))),
        also=also,
    )
    return Target(
        name=name,
        title=title,
        about=about,
        action=action,
        icon=icon,
        columns=(people.number_column(required=True), *columns),
        differ=(Differ.REPORT, Differ.UPDATE) if update else (Differ.REPORT,),
        compare=partial(compare, spec, given, tuple(rules)),
        store=partial(loading.store, spec),
        models=(model,),
    )


def q(name: str) -> str:
    """A field's name as SQL; some are words of SQL itself."""
    return f'"{name}"'


def compare(
    spec: loading.Spec,
    fill: Mapping[str, Callable[[Work], str]],
    rules: Sequence[tuple[str, object, str]],
    work: Work,
) -> None:
    """Note every problem of the rows as a whole, and make the plan of the others."""
    values = ", ".join(
        f"coalesce({f't.{q(name)}' if name in spec.values else 'NULL'}, {fill[name](work)}) AS {q(name)}"
        if name in fill
        else f"t.{q(name)}"
        for name in spec.fields
    )
    people.find_households(work, "SELECT DISTINCT number FROM tidy WHERE number IS NOT NULL")
    people.name_places(work, "SELECT DISTINCT division_code, group_no FROM known_household", wordy=False)
    work.sql(
        f'CREATE TABLE fact AS SELECT t."row", t.number, h.household AS household_id, h.division_code, '
        f"CAST(h.group_no AS INTEGER) AS group_no, h.closed_on, {values} FROM tidy t LEFT JOIN known_household h USING (number)"
    )
    work.problem(
        "number",
        _("登记库中没有这一户，请先导入户。"),
        "FROM fact WHERE number IS NOT NULL AND household_id IS NULL",
    )
    placed = "FROM fact JOIN place s ON s.code = fact.division_code AND s.group_no = CAST(fact.group_no AS VARCHAR)"
    work.problem(
        "number",
        _("该户不在您的管辖范围内，请联系%(county)s。"),
        f"{placed} WHERE NOT s.mine",
        county="s.county",
    )
    work.problem(
        "number",
        _("该户已于 %(day)s 销户。"),
        f"{placed} WHERE s.mine AND closed_on IS NOT NULL",
        day="closed_on",
    )
    for column, text, condition in rules:
        work.problem(column, str(text), f"FROM fact WHERE {condition}")
    _within_file(spec, work)
    _kept(spec, work)
    _plan(spec, work)


def _within_file(spec: loading.Spec, work: Work) -> None:
    """The same key twice in the file: an exact repetition is bad after the first, contradicting rows are all bad."""
    key = ", ".join(("number", *map(q, spec.key)))
    said = ", ".join(f"coalesce(CAST({q(name)} AS VARCHAR), '')" for name in spec.values)
    work.sql(
        f'CREATE TABLE twice AS SELECT {key}, min("row") AS first, count(DISTINCT hash({said})) AS versions, '
        f"array_to_string(list_slice(list_sort(list(\"row\")), 1, 5), '、') AS places FROM fact "
        f"WHERE {' AND '.join(f'{q(name)} IS NOT NULL' for name in ('number', *spec.key))} GROUP BY {key} HAVING count(*) > 1"
    )
    both = f"FROM fact JOIN twice USING ({key})"
    work.problem(
        "number", _("与第 %(row)s 行完全重复。"), f'{both} WHERE versions = 1 AND "row" > first', row="first"
    )
    work.problem(
        "number",
        _("第 %(rows)s 行说的是同一项而内容不同，请只留正确的一行。"),
        f"{both} WHERE versions > 1",
        rows="places",
    )


def _kept(spec: loading.Spec, work: Work) -> None:
    """What is kept already under the same keys: table `kept` with whether it says the same."""
    work.sql('CREATE TABLE kept ("row" BIGINT, id VARCHAR, same BOOLEAN)')
    if not loading.anything(spec):
        return
    names = ("row", "id", *spec.values)
    keys = ", ".join(map(q, spec.key))
    wanted = (
        f'SELECT "row", household_id, {keys} FROM fact WHERE household_id IS NOT NULL AND '
        f"{' AND '.join(f'{q(name)} IS NOT NULL' for name in spec.key)}"
    )
    columns = {
        "row": "bigint",
        "household_id": "uuid",
        **{name: loading.column_type(spec, name) for name in spec.key},
    }
    with transaction.atomic():
        stage("wanted_facts", columns, loading.tables(work.batches(wanted)))
        for table in arrow_rows(loading.kept_query(spec, "wanted_facts"), names):
            work.fill("kept_rows", table)
        unstage("wanted_facts")
    if not work.sql("SELECT 1 FROM duckdb_tables() WHERE table_name = 'kept_rows'"):
        return
    same = " AND ".join(
        f"(CAST(k.{q(n)} AS {spec.kinds[n]}) IS NOT DISTINCT FROM f.{q(n)})"
        for n in spec.values
        if n not in spec.key
    )
    work.sql(
        f'INSERT INTO kept SELECT f."row", min(k.id), bool_or({same or "true"}) FROM fact f '
        f'JOIN kept_rows k ON CAST(k."row" AS BIGINT) = f."row" GROUP BY f."row"'
    )
    if work.differ != Differ.UPDATE:
        text = _("已有同一项记录而内容不同。请核对；确需更正的，请选择“以文件为准更新”导入。")
        work.problem("number", text, 'FROM fact JOIN kept USING ("row") WHERE NOT same')


def _plan(spec: loading.Spec, work: Work) -> None:
    values = ", ".join(f"f.{q(name)}" for name in spec.fields)
    work.sql(
        f"CREATE TABLE plan AS SELECT f.\"row\", CASE WHEN k.id IS NULL THEN 'new' ELSE 'update' END AS op, "
        f'CAST(f."row" // {CHUNK} AS INTEGER) AS chunk, '
        f"coalesce(k.id, CAST(CAST(md5({quoted(work.print)} || '/' || f.\"row\") AS UUID) AS VARCHAR)) AS id, f.household_id, "
        f'f.division_code, f.group_no, row_number() OVER (PARTITION BY f.household_id ORDER BY f."row") = 1 AS first, {values} '
        'FROM fact f LEFT JOIN kept k USING ("row") '
        f'WHERE (k.id IS NULL OR NOT k.same) AND NOT EXISTS (SELECT 1 FROM problem q WHERE q."row" = f."row")'
    )


def this_year() -> int:
    """The year in Beijing."""
    return clock.today().year


def today(work: Work) -> str:
    """Today as SQL, for `fill`."""
    return f"DATE {quoted(clock.today().isoformat())}"


def source(work: Work) -> str:
    """The name of the file's source as SQL, for `fill`."""
    return quoted(work.source)


def now(work: Work) -> str:
    """This moment as SQL text, for `fill`."""
    return quoted(clock.now().isoformat())


def constant(sql: str) -> Callable[[Work], str]:
    """A fixed value as SQL, for `fill`."""
    return lambda work: sql
