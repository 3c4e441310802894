"""How values are written: money, dates, masked names. Pure functions; the template filters call these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NONE = "—"


def _decimal(value: object) -> Decimal | None:
    value = getattr(value, "amount", value)
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _rounded(number: Decimal, places: int) -> str:
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def number(value: object, places: int | None = None) -> str:
    """12345.6 → 12,345.6; None → —. `places` fixes the decimals."""
    found = _decimal(value)
    if found is None:
        return NONE
    if places is not None:
        return _rounded(found, places)
    exponent = found.normalize().as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return _rounded(found, min(decimals, 4))


def yuan(value: object, unit: str = "") -> str:
    """1234 → 1,234.00 元; unit "万" and "亿" scale it, "整" drops the fen, "无" drops the unit's name."""
    found = _decimal(value)
    if found is None:
        return NONE
    if unit == "万":
        return _("{amount} 万元").format(amount=_rounded(found / 10_000, 2))
    if unit == "亿":
        return _("{amount} 亿元").format(amount=_rounded(found / 100_000_000, 2))
    if unit == "整":
        return _("{amount} 元").format(amount=_rounded(found, 0))
    if unit == "无":
        return _rounded(found, 2)
    return _("{amount} 元").format(amount=_rounded(found, 2))


def listed(words: Iterable[object]) -> str:
    """Words side by side, with the comma of the reader's language."""
    return _("、").join(str(word) for word in words or ())


def sentences(said: Iterable[str]) -> str:
    """Sentences one after another: with a space between where the language has one."""
    return ("" if str(get_language()).startswith("zh") else " ").join(said)


def told(label: object, text: object) -> str:
    """A label and what is said of it: 原因：因病."""
    return _("%(label)s：%(text)s") % {"label": label, "text": text}


def aside(text: object, more: object) -> str:
    """A text with something more in brackets."""
    return _("%(text)s（%(more)s）") % {"text": text, "more": more}


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value[:10])
        except ValueError:
            return None
    return None


def _moment(value: object) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return None


def cdate(value: object) -> str:
    """A day in running text: 2026年11月22日."""
    day = _day(value)
    if day is None:
        return NONE if value in (None, "") else str(value)
    return _("{year}年{month}月{day}日").format(year=day.year, month=day.month, day=day.day)


def ctime(value: object) -> str:
    """A moment in running text: 2026年11月22日 10:45."""
    moment = _moment(value)
    return f"{cdate(value)} {moment:%H:%M}" if moment else cdate(value)


def idate(value: object) -> str:
    """A day in a table: 2026-11-22."""
    day = _day(value)
    if day is None:
        return NONE if value in (None, "") else str(value)
    return day.isoformat()


def itime(value: object) -> str:
    """A moment in a table: 2026-11-22 10:45."""
    moment = _moment(value)
    return f"{moment:%Y-%m-%d %H:%M}" if moment else idate(value)


def masked(value: object, kind: str = "name") -> str:
    """Hide the middle: 王桂兰 → 王*兰, 李强 → 李*, a long name shows at most two stars.

    kind "phone" and "id" keep the first three and the last four; "address" hides the last four.
    """
    text = str(value or "")
    if not text:
        return NONE
    if kind in ("phone", "id"):
        return text if len(text) < 8 else f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
    if kind == "address":
        return text if len(text) < 8 else f"{text[:-4]}****"
    if len(text) < 3:
        return text if len(text) == 1 else f"{text[0]}*"
    return f"{text[0]}{'*' * min(len(text) - 2, 2)}{text[-1]}"
