"""What the rule language finds wrong, in the reader's words; a code without words here is said as the language says it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huimin.core.rules.lang.problems import Problem
from huimin.core.rules.types import Finding

WORDS = {
    "dmn.not_xml": gettext_lazy("文件不是完整的 XML：%(reason)s。"),
    "dmn.not_dmn": gettext_lazy("文件不是 DMN 1.1 至 1.5 的规则。"),
    "dmn.too_large": gettext_lazy("文件超过 %(limit)s MB。"),
    "dmn.doctype": gettext_lazy("文件里有文档类型声明（DOCTYPE），规则文件用不到它，请删去。"),
    "dmn.depth": gettext_lazy("元素一层套一层，超过了 %(limit)s 层。"),
    "dmn.no_logic": gettext_lazy("“%(name)s”还没有写怎么决定。"),
    "dmn.unknown_import": gettext_lazy("没有找到要引用的规则“%(namespace)s”。"),
    "dmn.dangling": gettext_lazy("所依据的“%(href)s”在规则里没有。"),
    "dmn.duplicate_name": gettext_lazy("“%(name)s”出现了两次，名称不能重复。"),
    "dmn.cycle": gettext_lazy("“%(name)s”绕了一圈又依据自己：%(path)s。"),
    "dmn.unsupported": gettext_lazy("不认识“%(tag)s”这种写法。"),
    "table.columns": gettext_lazy("第 %(row)s 行有 %(found)s 格，表头是 %(expected)s 列。"),
    "table.no_outputs": gettext_lazy("决策表没有结果列。"),
    "table.hit_policy": gettext_lazy("不认识命中策略“%(policy)s”。"),
    "table.aggregation": gettext_lazy("不认识汇总方式“%(aggregation)s”。"),
    "table.aggregate_columns": gettext_lazy("汇总只能有一个结果列，这张表有 %(found)s 个。"),
    "table.priority_values": gettext_lazy("按优先级取结果时，要列明结果的先后。"),
    "table.output_values": gettext_lazy("%(value)s 不在列明的结果之内：%(allowed)s。"),
    "table.input_values": gettext_lazy("%(value)s 不在列明的取值之内：%(allowed)s。"),
    "table.outside": gettext_lazy("%(value)s 不在这一列可能的取值之内：%(allowed)s。"),
    "feel.unexpected": gettext_lazy("这里不应是 %(found)s，应是 %(expected)s。"),
    "feel.unfinished": gettext_lazy("没有写完，后面还应有 %(expected)s。"),
    "feel.character": gettext_lazy("不认识字符“%(character)s”。"),
    "feel.full_width": gettext_lazy("全角字符“%(character)s”要改成半角的“%(instead)s”。"),
    "feel.string": gettext_lazy("引号没有成对。"),
    "feel.depth": gettext_lazy("嵌套太深。"),
    "feel.unknown_name": gettext_lazy("没有“%(name)s”这个名称。"),
    "feel.unknown_type": gettext_lazy("没有“%(name)s”这个类型。"),
    "feel.missing_requirement": gettext_lazy("用到了“%(name)s”，但没有连线说明依据它。"),
    "feel.certain_mismatch": gettext_lazy("%(left)s 和 %(right)s 不能用“%(operator)s”比较。"),
    "feel.certain_arithmetic": gettext_lazy("%(left)s 和 %(right)s 不能用“%(operator)s”计算。"),
    "feel.certain_result": gettext_lazy("得出的是 %(found)s，写明的是 %(wanted)s。"),
    "feel.column_mismatch": gettext_lazy("这一列是 %(left)s，格子里比的是 %(right)s。"),
    "lower.input_type": gettext_lazy("对全体运行时，输入只能是数、文字、真假或日期，不能是 %(type)s。"),
    "lower.digits": gettext_lazy("结果可能有 %(digits)s 位，超过 %(limit)s 位就不准了，请先取整。"),
    "lower.quotient": gettext_lazy("除法可能除不尽，请直接比较，或写成 decimal(a / b, 2)。"),
    "lower.arithmetic": gettext_lazy("对全体运行时，%(left)s 和 %(right)s 不能用“%(operator)s”计算。"),
    "lower.kinds": gettext_lazy("%(left)s 和 %(right)s 不能放在同一列。"),
    "lower.construct": gettext_lazy("这种写法不能对全体运行：%(construct)s。"),
    "lower.list": gettext_lazy("对全体运行时，只能逐个看写明的清单。"),
    "lower.function": gettext_lazy("函数“%(name)s”这样用不能对全体运行。"),
    "lower.argument": gettext_lazy("“%(name)s”不能用于 %(kind)s。"),
    "lower.written": gettext_lazy("“%(name)s”的这个参数要直接写在规则里。"),
    "lower.policy": gettext_lazy("命中策略 %(policy)s 会得出一串结果，不能对全体运行。"),
    "lower.several_outputs": gettext_lazy("有几个结果列，不能对全体运行，请改成一个。"),
    "lower.type": gettext_lazy("得出的是 %(found)s，写明的是 %(wanted)s。"),
}


def said(problem: Problem) -> str:
    """A problem as a sentence in the reader's language."""
    words = WORDS.get(problem.code)
    if words is None:
        return problem.message
    try:
        return str(words) % problem.params
    except KeyError:
        return problem.message


def finding_of(problem: Problem) -> Finding:
    """A problem of the language as a finding: an error, with its place."""
    place = problem.place
    text = place.text[place.start : place.end] or place.text
    return Finding(
        level="error", code=problem.code, message=said(problem), element=place.element, row=place.row,
        column=place.column, text=text[:200],
    )  # fmt: skip


def place_of(finding: Finding) -> str:
    """Where a finding is, in words."""
    parts = [finding.element] if finding.element else []
    if finding.row is not None:
        parts.append(_("第 %(n)s 行") % {"n": finding.row})
    if finding.column:
        parts.append(_("“%(name)s”列") % {"name": finding.column})
    return " ".join(parts)
