"""A rule in words: what a cell, an expression or a problem says, for someone who does not read FEEL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.rules.lang import tree
from huimin.core.rules.lang.text import shown
from huimin.ui import formats

Text = str | Promise

COMPARED: dict[str, Text] = {
    "=": gettext_lazy("%(left)s等于%(right)s"), "!=": gettext_lazy("%(left)s不等于%(right)s"),
    "<": gettext_lazy("%(left)s低于%(right)s"), "<=": gettext_lazy("%(left)s不高于%(right)s"),
    ">": gettext_lazy("%(left)s高于%(right)s"), ">=": gettext_lazy("%(left)s不低于%(right)s"),
}  # fmt: skip
TESTED: dict[str, Text] = {
    "=": gettext_lazy("等于 %(value)s"), "!=": gettext_lazy("不等于 %(value)s"), "<": gettext_lazy("低于 %(value)s"),
    "<=": gettext_lazy("不高于 %(value)s"), ">": gettext_lazy("高于 %(value)s"), ">=": gettext_lazy("不低于 %(value)s"),
}  # fmt: skip
COUNTED: dict[str, str] = {"+": "＋", "-": "－", "*": "×", "/": "÷", "**": "^"}
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
TYPES: dict[str, Text] = {
    "number": gettext_lazy("数字"), "string": gettext_lazy("文字"), "boolean": gettext_lazy("是或否"),
    "date": gettext_lazy("日期"),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How a rule's names and outcomes are called; `titles` by the rule's own names, `outcomes` by their text."""

    titles: Mapping[str, str]
    outcomes: Mapping[str, Any] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """A name of the rule as people call it."""
        return self.titles.get(name, name)

    def value(self, value: Any) -> str:
        """A value: yes and no, a date, a number with its thousands, an outcome by its word; none is 未知."""
        if value is None:
            return _("没有数据")
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, Decimal | int):
            return number(Decimal(value))
        if isinstance(value, str):
            return str(self.outcomes.get(value, value))
        return shown(value).strip('"') if not hasattr(value, "isoformat") else str(value.isoformat())

    def cell(self, node: Any, source: str = "") -> str:
        """What a test of a table asks of its input; the text itself where it cannot be said."""
        try:
            return self._test(node)
        except (KeyError, TypeError):
            return source

    def expression(self, node: Any, source: str = "") -> str:
        """An expression; the text itself where it cannot be said."""
        try:
            return self._said(node)
        except (KeyError, TypeError):
            return source

    def _test(self, node: Any) -> str:
        match node:
            case tree.AnyTest():
                return _("不限")
            case tree.AnyOf(tests=tests):
                return _(" 或 ").join(self._test(one) for one in tests)
            case tree.NotTest(
                tests=tree.AnyOf(tests=(tree.ValueTest(expression=tree.Literal(value=bool() as value)),))
            ):
                return _("否，或没有数据") if value else _("是，或没有数据")
            case tree.NotTest(tests=tests):
                return _("不是“%(what)s”") % {"what": self._test(tests)}
            case tree.OperatorTest(operator=operator, operand=operand):
                return str(TESTED[operator]) % {"value": self._said(operand)}
            case tree.ValueTest(expression=expression):
                return self._said(expression)
        return self._said(node)

    def _said(self, node: Any) -> str:
        match node:
            case tree.Literal(value=value):
                return self.value(value)
            case tree.Name(name=name):
                return _("本项") if name == "?" else self.name(name)
            case tree.Negation(operand=operand):
                return f"－{self._said(operand)}"
            case tree.Arithmetic(operator=operator, left=left, right=right):
                first = self._inner(left, BINDS[operator])
                second = self._inner(right, BINDS[operator] + (operator in "-/"))
                return f"{first} {COUNTED[operator]} {second}"
            case tree.Comparison(operator=operator, left=left, right=right):
                return str(COMPARED[operator]) % {"left": self._said(left), "right": self._said(right)}
            case tree.Between(value=value, low=low, high=high):
                return _("%(value)s在 %(low)s 到 %(high)s 之间（含两端）") % {
                    "value": self._said(value), "low": self._said(low), "high": self._said(high),
                }  # fmt: skip
            case tree.In(value=value, tests=tests):
                return _("%(value)s是%(tests)s") % {
                    "value": self._said(value), "tests": _(" 或 ").join(self._test(one) for one in tests),
                }  # fmt: skip
            case tree.Conjunction(left=left, right=right):
                return _("%(left)s，并且%(right)s") % {"left": self._part(left), "right": self._part(right)}
            case tree.Disjunction(left=left, right=right):
                return _("%(left)s，或者%(right)s") % {"left": self._said(left), "right": self._said(right)}
            case tree.If(condition=condition, consequence=consequence, alternative=alternative):
                return _("如果%(condition)s，则%(then)s，否则%(other)s") % {
                    "condition": self._said(condition), "then": self._said(consequence), "other": self._said(alternative),
                }  # fmt: skip
            case tree.RangeOf(low=low, high=high, low_closed=closed_low, high_closed=closed_high):
                return self._range(low, high, closed_low, closed_high)
            case tree.ListOf(items=items):
                return formats.listed(self._said(one) for one in items)
            case tree.Call(function=tree.Name(name="not"), arguments=(operand,)):
                return _("并非“%(what)s”") % {"what": self._said(operand)}
            case tree.Call(function=tree.Name(name=name), arguments=arguments):
                return f"{name}({formats.listed(self._said(one) for one in arguments)})"
        raise TypeError(type(node).__name__)

    def _inner(self, node: Any, binds: int) -> str:
        """A part of a sum or product, in brackets where it binds less than what it stands in."""
        text = self._said(node)
        loose = isinstance(node, tree.Arithmetic) and BINDS[node.operator] < binds
        return _("（%(what)s）") % {"what": text} if loose else text

    def _part(self, node: Any) -> str:
        """A part of an "and": in brackets where it is an "or"."""
        text = self._said(node)
        return _("（%(what)s）") % {"what": text} if isinstance(node, tree.Disjunction) else text

    def _range(self, low: Any, high: Any, closed_low: bool, closed_high: bool) -> str:
        words = {
            "low": self._said(low) if low is not None else "",
            "high": self._said(high) if high is not None else "",
        }
        ends = {
            (True, True): _("%(low)s 到 %(high)s（含两端）"),
            (True, False): _("%(low)s 到 %(high)s（含 %(low)s，不含 %(high)s）"),
            (False, True): _("%(low)s 到 %(high)s（不含 %(low)s，含 %(high)s）"),
            (False, False): _("%(low)s 到 %(high)s（不含两端）"),
        }
        return ends[closed_low, closed_high] % words


def number(value: Decimal) -> str:
    """A number with thousands; a year stays a year."""
    if value == value.to_integral_value() and 1900 <= value <= 2100:
        return str(int(value))
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return formats.number(value, places)


def type_word(name: str) -> str:
    """A type of the language as people call it."""
    return str(TYPES.get(name, name or _("不限")))
