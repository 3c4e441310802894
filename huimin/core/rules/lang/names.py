"""Names of FEEL, which may hold spaces and signs: only the names in scope tell where one ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

# The letters of the standard, less the punctuation of Chinese and full-width text: a full-width comma between
# two arguments must be an error that says so, not the start of a name.
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3005-\u3007\u3021-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\uff66-\uffdc\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
WORD = f"[{_START}][{_PART}]*"
_WORD = re.compile(WORD)
_PART_END = re.compile(f"[{_PART}]")
FULL_WIDTH = dict(zip("，；：（）［］｛｝＋－＊／＜＞＝．？！。、“”", ',,:()[]{}+-*/<>=.?!.,""', strict=True))


def normal(name: str) -> str:
    """A name with every run of white space as one space."""
    return " ".join(name.split())


class Names:
    """A set of names that finds the longest of them written at a place of a text."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._all = frozenset(normal(name) for name in names)
        self._long: Mapping[str, tuple[re.Pattern[str], ...]] = _by_first(
            frozenset(name for name in self._all if not _WORD.fullmatch(name))
        )

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def with_names(self, names: Iterable[str]) -> Names:
        """These names and more."""
        added = {normal(name) for name in names} - self._all
        return Names(self._all | added) if added else self

    def longest(self, text: str, start: int) -> int | None:
        """Where the longest name of several words written at start ends, or None when there is none."""
        for pattern in self._long.get(text[start : start + 1], ()):
            if match := pattern.match(text, start):
                return match.end()
        return None


@lru_cache(maxsize=1024)
def _by_first(names: frozenset[str]) -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """The patterns of names by their first character, longest name first."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for name in sorted(names, key=lambda each: (-len(each), each)):
        if name:
            found.setdefault(name[0], []).append(_pattern(name))
    return {first: tuple(patterns) for first, patterns in found.items()}


def _pattern(name: str) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(word) for word in name.split(" "))
    follows = f"(?![{_PART}])" if _PART_END.fullmatch(name[-1]) else ""
    return re.compile(spaced + follows)
