"""Examples of a rule: YAML with a list of {case, given, expect}, perhaps with `today` and `decision`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext as _

from huimin.core.rules import lang
from huimin.core.rules.types import Case, CaseResult
from huimin.kit.clock import BEIJING
from huimin.kit.refusal import Refused

NEEDED = {"case", "given", "expect"}
MANY = 500


def read(text: str) -> tuple[Case, ...]:
    """The examples in a text; raise Refused with the number of the first that cannot be read."""
    try:
        found = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Refused(
            _("试例第 %(line)s 行写法不对，读不出来。") % {"line": line}, code="examples_yaml"
        ) from None
    if not isinstance(found, list):
        raise Refused(_("试例应是一个列表。"), code="examples_list")
    if len(found) > MANY:
        raise Refused(_("试例最多 %(n)s 条。") % {"n": MANY}, code="examples_many")
    return tuple(_case(number, one) for number, one in enumerate(found, start=1))


def _case(number: int, one: Any) -> Case:
    if not isinstance(one, dict) or not one.keys() >= NEEDED or not isinstance(one["given"], dict):
        raise Refused(
            _("第 %(n)s 条试例要有一句话（case）、事实（given）和应得的结果（expect）。") % {"n": number},
            code="example_parts",
        )
    today = one.get("today")
    if isinstance(today, str):
        try:
            today = date.fromisoformat(today)
        except ValueError:
            raise Refused(
                _("第 %(n)s 条试例的日期应写成 2026-01-31 的样子。") % {"n": number}, code="example_day"
            ) from None
    return Case(
        number=number, case=str(one["case"]), given={str(k): exact(v) for k, v in one["given"].items()},
        expect=exact(one["expect"]), decision=str(one.get("decision") or ""), today=today,
    )  # fmt: skip


def exact(value: Any) -> Any:
    """A value from YAML as rules take it: numbers without binary fractions."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, dict):
        return {str(name): exact(one) for name, one in value.items()}
    return value


def plain(value: Any) -> Any:
    """The other way: a value as YAML writes it."""
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return int(value) if whole else float(value) if Decimal(str(float(value))) == value else str(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return value


def written(cases: Iterable[Case]) -> str:
    """Examples as the text they are kept in."""
    rows = []
    for one in cases:
        row: dict[str, Any] = {"case": one.case, "given": plain(one.given), "expect": plain(one.expect)}
        if one.today:
            row["today"] = one.today
        if one.decision:
            row["decision"] = one.decision
        rows.append(row)
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=110) if rows else ""


def run(model: lang.Model, decision: str, cases: Iterable[Case], today: date) -> tuple[CaseResult, ...]:
    """What each example gives at noon in Beijing of its day, or of `today`."""
    return tuple(_run(model, one, one.decision or decision, one.today or today) for one in cases)


def _run(model: lang.Model, case: Case, decision: str, today: date) -> CaseResult:
    noon = datetime.combine(today, time(12), BEIJING)
    try:
        found = lang.evaluate(model, decision, case.given, now=noon, today=today)
    except lang.RuleError as error:
        return CaseResult(case=case, found=str(error), row=None, passed=False)
    row = next((hit.row for hit in reversed(found.matched) if hit.decision == decision), None)
    return CaseResult(case=case, found=found.outcome, row=row, passed=found.outcome == case.expect)
