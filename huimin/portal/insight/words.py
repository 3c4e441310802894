"""Figures in words: the number with its unit, what changed, what it means. Nothing without its unit, period and day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huimin.core.insight.types import Figure, Indicator
from huimin.ui import formats

MONEY = "元"
WAN = Decimal(10_000)
YI = 10_000 * WAN
MANY = 10 * WAN  # from here money is written in 万元
THOUSAND = Decimal(1000)  # and from here without fen


@dataclass(frozen=True)
class Written:
    """A value as it is read."""

    text: str
    unit: str

    @property
    def whole(self) -> str:
        """Text and unit together."""
        if self.unit == "%" or not self.unit or self.text == formats.NONE:
            return f"{self.text}{self.unit if self.text != formats.NONE else ''}"
        return f"{self.text} {self.unit}"

    def part(self, whole: Written) -> str:
        """Text alone where the whole beside it has the same unit."""
        return self.text if self.unit in (whole.unit, "") and self.unit != "%" else self.whole


def unit_of(indicator: Indicator) -> str:
    """The unit in the reader's language."""
    known = {"户": _("户"), "人": _("人"), "元": _("元"), "项": _("项措施")}
    return known.get(indicator.unit, indicator.unit)


def value(indicator: Indicator, number: Decimal | None) -> Written:
    """A value of an indicator; money from 100,000 yuan on in 万元."""
    if number is None:
        return Written(formats.NONE, "")
    if indicator.unit == MONEY and abs(number) >= MANY:
        return Written(formats.number(number / WAN, 1), _("万元"))
    if indicator.unit == MONEY and abs(number) >= THOUSAND:
        return Written(formats.number(number, 0), unit_of(indicator))
    return Written(formats.number(number, 1 if indicator.unit == "%" else None), unit_of(indicator))


def shown(indicator: Indicator, figure: Figure | None) -> Written:
    """A figure's value; a withheld one says so."""
    if figure is None:
        return Written(formats.NONE, "")
    if figure.suppressed:
        return Written(_("未公布"), "")
    return value(indicator, figure.value)


def made_of(indicator: Indicator, figure: Figure | None) -> str:
    """What a rate is made of: 1,234 / 8,000; empty for a plain sum."""
    if figure is None or not indicator.rate or figure.numerator is None or not figure.denominator:
        return ""
    return f"{formats.number(figure.numerator)} / {formats.number(figure.denominator)}"


def change(indicator: Indicator, now: Figure | None, before: Figure | None) -> Decimal | None:
    """How much a figure moved; None where either is not known."""
    if now is None or before is None or now.value is None or before.value is None:
        return None
    return now.value - before.value


def moved(indicator: Indicator, by: Decimal | None) -> str:
    """A change as text with its sign: +2.1 个百分点, −1,204 户."""
    if by is None:
        return formats.NONE
    if not by:
        return _("持平")
    amount = value(indicator, abs(by))
    unit = _("个百分点") if indicator.unit == "%" else amount.unit
    return f"{'+' if by > 0 else '−'}{amount.text} {unit}".strip()


def judged(indicator: Indicator, by: Decimal | None) -> str:
    """Whether a change is for the better: good, bad, or neither."""
    if not by or indicator.direction not in ("up", "down"):
        return ""
    return "good" if (by > 0) == (indicator.direction == "up") else "bad"


def sentence(
    indicator: Indicator,
    place: str,
    period: str,
    now: Figure | None,
    before: Figure | None,
    before_title: str,
) -> str:
    """What the figure says in one sentence: how much, and against when."""
    said = {"place": place, "period": period, "title": indicator.title, "value": shown(indicator, now).whole}
    if now is None or (now.value is None and not now.suppressed):
        return _("%(place)s%(period)s还没有“%(title)s”的数。") % said
    if now.suppressed and not indicator.public:
        return _("“%(title)s”不公布，只给辖区内的工作人员看。") % said
    if now.suppressed:
        return _("%(place)s%(period)s的“%(title)s”数很小，公布会指向具体的家庭，所以不公布。") % said
    by = change(indicator, now, before)
    if by is None:
        return _("%(place)s%(period)s%(title)s为 %(value)s。") % said
    amount = value(indicator, abs(by))
    unit = _("个百分点") if indicator.unit == "%" else amount.unit
    said |= {
        "before": before_title,
        "by": f"{amount.text} {unit}".strip(),
        "was": shown(indicator, before).whole,
    }
    if not by:
        return _("%(place)s%(period)s%(title)s为 %(value)s，与%(before)s持平。") % said
    if by > 0:
        return _("%(place)s%(period)s%(title)s为 %(value)s，比%(before)s的 %(was)s 上升 %(by)s。") % said
    return _("%(place)s%(period)s%(title)s为 %(value)s，比%(before)s的 %(was)s 下降 %(by)s。") % said


def stated(number: Decimal | None, unit: str) -> Written:
    """A figure of a document as Chinese writes large ones: 3,400 万人; other languages write them out."""
    if number is None or not str(get_language()).startswith("zh") or abs(number) < MANY:
        return Written(formats.number(number), unit)
    size, word = (YI, _("亿")) if abs(number) >= YI else (WAN, _("万"))
    return Written(formats.number(number / size, None), f"{word}{unit}")
