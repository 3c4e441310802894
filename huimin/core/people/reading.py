"""How a person's name is read: pinyin and initials, with the readings that surnames have kept."""

from __future__ import annotations

from functools import lru_cache

# Surnames that are read unlike the word, where the letters differ.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "盖": "ge", "查": "zha", "区": "ou", "朴": "piao",
    "缪": "miao", "翟": "zhai", "乐": "yue", "员": "yun", "折": "she", "召": "shao", "种": "chong", "秘": "bi",
    "覃": "qin", "么": "yao", "繁": "po", "牟": "mu", "长": "chang", "重": "chong", "石": "shi", "沈": "shen",
    "瞿": "qu", "晁": "chao", "祭": "zhai", "隗": "kui", "那": "na", "宓": "mi", "尉迟": "yu chi", "万俟": "mo qi",
    "长孙": "zhang sun", "澹台": "tan tai", "令狐": "ling hu", "单于": "chan yu",
}  # fmt: skip


@lru_cache(maxsize=2**15)
def _syllable(sign: str) -> str:
    from pypinyin import lazy_pinyin

    return sign.lower() if sign.isascii() else "".join(lazy_pinyin(sign)).lower()


@lru_cache(maxsize=2**15)
def read(name: str) -> tuple[str, str]:
    """The pinyin of a name without tones or spaces, and its initials."""
    parts = syllables(name)
    return "".join(parts)[:120], "".join(one[0] for one in parts)[:40]


@lru_cache(maxsize=2**15)
def syllables(name: str) -> tuple[str, ...]:
    """The syllables of a name without tones, the surname's first."""
    for length in (2, 1):
        known = SURNAMES.get(name[:length])
        if known:
            parts = known.split()
            break
    else:
        parts, length = [], 0
    return (*parts, *(_syllable(sign) for sign in name[length:] if sign.isalnum()))
