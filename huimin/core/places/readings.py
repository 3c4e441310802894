"""How the name of a place is read: pinyin without tones, and its initials.

A name of a place keeps readings that ordinary words have lost, so the dictionary of pypinyin is told about
them first: 宕昌 is Tanchang, 民乐 is Minle and not folk music.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

# The reading of a character where no known word says otherwise.
CHARACTERS = {
    "长": "cháng,zhǎng", "都": "dū,dōu", "藏": "zàng,cáng", "咀": "zuǐ,jǔ", "什": "shí,shén",
    "曾": "zēng,céng", "翟": "zhái,dí", "薄": "bó,báo", "乐": "lè,yuè", "缪": "miào,móu", "员": "yuán",
    "峒": "tóng,dòng", "塬": "yuán", "峁": "mǎo", "崾": "yào", "岘": "xiàn", "圪": "gē", "堎": "lèng",
    "崖": "yá", "洮": "táo",
}  # fmt: skip

# Names that are read unlike the word they look like: Gansu first, then counties elsewhere.
NAMES = {
    "宕昌": "tàn chāng", "民乐": "mín lè", "康乐": "kāng lè", "安乐": "ān lè", "永乐": "yǒng lè",
    "会宁": "huì níng", "临洮": "lín táo", "崆峒": "kōng tóng", "什川": "shí chuān", "什字": "shí zì",
    "十八里堡": "shí bā lǐ pù", "阿干": "ā gān", "阿克塞": "ā kè sài", "碌曲": "lù qǔ", "迭部": "dié bù",
    "卓尼": "zhuó ní", "和政": "hé zhèng", "西和": "xī hé", "积石山": "jī shí shān", "重兴": "chóng xīng",
    "石咀": "shí zuǐ",
    "鸠摩罗什": "jiū mó luó shí", "浚县": "xùn xiàn", "单县": "shàn xiàn",
    "洪洞": "hóng tóng", "大城县": "dài chéng xiàn", "大埔县": "dà bù xiàn", "任丘": "rén qiū",
    "长子县": "zhǎng zǐ xiàn", "繁峙": "fán shì", "牟平": "mù píng", "涡阳": "guō yáng",
    "渑池": "miǎn chí", "犍为": "qián wéi", "荥经": "yíng jīng", "筠连": "jūn lián", "柞水": "zhà shuǐ",
    "盱眙": "xū yí", "六合区": "lù hé qū", "丽水": "lí shuǐ", "东阿": "dōng ē", "枞阳": "zōng yáng",
}  # fmt: skip

LONGEST = 6  # characters of a word worth looking up
_HAN = re.compile(r"[㐀-鿿\U00020000-\U0003ffff〇]+|[0-9A-Za-z]+")
_SUFFIX = re.compile(
    r"(?:社区)?(?:居民委员会|居委会)$|(?:村)?(?:村民委员会|村委会)$|社区$|街道办事处$|街道$|镇$|乡$|村$"
)


@cache
def _dictionary() -> None:
    """Tell pypinyin the readings of places, once a process."""
    from pypinyin import load_phrases_dict, load_single_dict

    load_single_dict({ord(char): readings for char, readings in CHARACTERS.items()})
    load_phrases_dict({name: [[one] for one in text.split()] for name, text in NAMES.items()})


@cache
def _known(word: str) -> tuple[str, ...]:
    """The syllables of a character, or of a word the dictionary has."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word, errors=lambda unknown: "x"))


def _syllables(run: str) -> list[str]:
    """The longest known words first, then single characters: what pypinyin does, a tenth of its time."""
    from pypinyin.constants import PHRASES_DICT

    if run.isascii():
        return list(run.lower())
    found: list[str] = []
    at, end = 0, len(run)
    while at < end:
        size = min(LONGEST, end - at)
        while size > 1 and run[at : at + size] not in PHRASES_DICT:
            size -= 1
        found += _known(run[at : at + size])
        at += size
    return found


@lru_cache(maxsize=2**16)
def read(name: str) -> tuple[str, str]:
    """The pinyin of a name and its initials, both in lower case without tones, spaces or marks; ü is v."""
    _dictionary()
    suffix = _SUFFIX.search(name)
    cut = suffix.start() if suffix and suffix.start() else len(name)
    syllables = [
        syllable
        for part in (name[:cut], name[cut:])
        for run in _HAN.findall(part)
        for syllable in _syllables(run)
    ]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)
