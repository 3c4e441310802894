"""How a person's name is read: pinyin and initials, with the readings that surnames have kept."""

from __future__ import annotations

from functools import lru_cache

# Surnames that are read unlike the word, where the letters differ.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "盖": "ge", "查": "zha", "区": "ou", "朴": "piao", "缪": "miao",
    "翟": "zhai", "乐": "yue", "员": "yun", "折": "she", "召": "shao", "种": "chong", "秘": "bi", "覃": "qin", "么": "yao",
    "繁": "po", "牟": "mu", "长": "chang", "重": "chong", "石": "shi", "沈": "shen", "瞿": "qu", "晁": "chao", "祭": "zhai",
    "隗": "kui", "那": "na", "宓": "mi", "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun", "澹台": "tantai",
    "令狐": "linghu", "单于": "chanyu",
}  # fmt: skip


@lru_cache(maxsize=2**15)
def _syllable(sign: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(sign)).lower() if not sign.isascii() else sign.lower()


@lru_cache(maxsize=2**15)
def read(name: str) -> tuple[str, str]:
    """The pinyin of a name without tones or spaces, and its initials."""
    known = SURNAMES.get(name[:2]) or SURNAMES.get(name[:1])
    skip = 2 if name[:2] in SURNAMES else 1
    signs = [sign for sign in name if sign.isalnum()]
    parts = [_syllable(sign) for sign in signs]
    if known:
        parts = [known, *parts[skip:]]
    initials = "".join(part[0] for part in [_syllable(s) for s in signs] if part)
    if known and skip == 1 and initials:
        initials = known[0] + initials[1:]
    return "".join(parts)[:120], initials[:40]
