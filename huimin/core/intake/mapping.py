"""Which heading means which column: remembered of the source, else guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from huimin.core.intake.types import Target
from huimin.kit.refusal import Refused

LANGUAGES = ("zh-hans", "zh-hant", "en")
ROW, WRONG = gettext_noop("原行号"), gettext_noop("需要更正的内容")  # columns that the file of bad rows adds
_NOISE = re.compile(r"[\s_\-－—:：*＊()（）\[\]【】/\\.．、,，“”\"']")


def plain(text: object) -> str:
    """A heading without blanks, marks and capitals."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).lower()


def added() -> set[str]:
    """The headings that a file of bad rows adds, in every language: they mean nothing when it is sent again."""
    found = set()
    for language in LANGUAGES:
        with override(language):
            found |= {plain(_(ROW)), plain(_(WRONG))}
    return found


def names_of(target: Target) -> dict[str, str]:
    """Every plain heading a column of the target is known by, with the column's name."""
    found: dict[str, str] = {}
    for column in target.columns:
        words = [column.name, *column.known_as]
        for language in LANGUAGES:
            with override(language):
                words.append(str(column.title))
        for word in words:
            found.setdefault(plain(word), column.name)
    return found


def choose_headings(target: Target) -> Callable[[Sequence[Sequence[str]]], int]:
    """A function that finds the row of the headings among the first rows of a file: the one with most known headings."""
    known = names_of(target)

    def choose(rows: Sequence[Sequence[str]]) -> int:
        scores = [sum(plain(one) in known for one in row) for row in rows]
        best = max(scores, default=0)
        if best >= 2 or (best and len(rows) == 1):
            return scores.index(best)
        return next((n for n, row in enumerate(rows) if sum(bool(one.strip()) for one in row) > 1), 0)

    return choose


def guess(
    target: Target, headings: Sequence[str], remembered: Mapping[str, str] | None = None
) -> dict[str, str]:
    """A column's name for each heading, "" where none fits; what was chosen for the source before comes first."""
    known, skip, taken = names_of(target), added(), set()
    found: dict[str, str] = {}
    names = {one.name for one in target.columns}
    for heading in headings:
        if remembered and remembered.get(heading) in names:
            found[heading] = remembered[heading]
            taken.add(remembered[heading])
    for heading in headings:
        if heading in found:
            continue
        if remembered and heading in remembered:
            found[heading] = ""
            continue
        text = plain(heading)
        column = "" if text in skip else known.get(text, "")
        found[heading] = column if column not in taken else ""
        taken.add(found[heading])
    return {heading: found[heading] for heading in headings}


def check(target: Target, headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping as it can be used: known headings and columns, none twice, all required ones; Refused names what is not."""
    columns = {one.name: one for one in target.columns}
    wrong: dict[str, object] = {}
    used: dict[str, str] = {}
    for heading, name in mapping.items():
        if heading not in headings:
            wrong[heading] = _("文件里没有“%(heading)s”这一列。") % {"heading": heading}
        elif name and name not in columns:
            wrong[heading] = _("没有名为“%(name)s”的项目，可用的有：%(known)s。") % {
                "name": name,
                "known": "、".join(columns),
            }
        elif name and name in used.values():
            wrong[heading] = _("“%(title)s”已经对应了另一列。") % {"title": columns[name].title}
        elif name:
            used[heading] = name
    missing = [str(one.title) for one in target.columns if one.required and one.name not in used.values()]
    if missing:
        wrong["mapping"] = _("还缺少必需的列：%(names)s。") % {"names": "、".join(missing)}
    if wrong:
        text = " ".join(str(one) for one in wrong.values())
        raise Refused(text, code="mapping", fields=wrong)
    return used
