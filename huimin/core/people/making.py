"""A made-up register of any size as one Arrow table, made with whole columns at once: for benchmarks and large trials.

Simpler than `demo` (families of fixed kinds, names of the majority), in the same shape: one row a person with the household
he lives in. Numbers are of the area 99, phones begin with 12: nobody can have them. The same for the same seed and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from huimin.core.people import demo_names as names
from huimin.core.people.idnumber import DEMO_AREA

if TYPE_CHECKING:
    import pyarrow as pa

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DAYS = 365.25
# Kinds of households: weight, then each member's relation, sex (None: either) and years younger than the head.
Members = tuple[tuple[str, str | None, float], ...]
KINDS: tuple[tuple[int, Members], ...] = (
    (14, (("head", "male", 0), ("spouse", "female", 2), ("son", "male", 25))),
    (14, (("head", "male", 0), ("spouse", "female", 2), ("daughter", "female", 26), ("son", "male", 29))),
    (9, (("head", "male", 0), ("spouse", "female", 1), ("daughter", "female", 25))),
    (
        12,
        (
            ("head", "male", 0),
            ("spouse", "female", 2),
            ("son", "male", 25),
            ("daughter", "female", 28),
            ("mother", "female", -24),
        ),
    ),
    (
        10,
        (
            ("head", "male", 0),
            ("spouse", "female", 2),
            ("son", "male", 24),
            ("daughter_in_law", "female", 25),
            ("grandson", "male", 49),
        ),
    ),
    (
        5,
        (
            ("head", "male", 0),
            ("spouse", "female", 2),
            ("father", "male", -25),
            ("mother", "female", -23),
            ("son", "male", 26),
        ),
    ),
    (12, (("head", "male", 0), ("spouse", "female", 1))),
    (8, (("head", "female", 0), ("son", "male", 25))),
    (16, (("head", None, 0),)),
)
EDUCATION = ("none", "primary", "junior", "senior", "vocational", "college", "bachelor")
SCHOOLED = (0.1, 0.32, 0.34, 0.1, 0.05, 0.05, 0.04)


def make(n: int, villages: Sequence[str], seed: int, today: date) -> pa.Table:
    """About n people of households in these villages, the rows of a household together, its head first.

    Columns: name, id_number, sex, birth_date, ethnicity, phone, education, division_code, group_no, number, relation,
    address, since.
    """
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(seed)
    weights = np.array([weight for weight, _members in KINDS], dtype=float)
    sizes = np.array([len(members) for _weight, members in KINDS])
    homes = max(1, round(n / float(sizes @ weights * 1.0 / weights.sum())))
    kinds = chance.choice(len(KINDS), homes, p=weights / weights.sum())
    counts = sizes[kinds]
    home = np.repeat(np.arange(homes), counts)
    start = np.concatenate(([0], np.cumsum(counts)[:-1]))
    place = np.arange(len(home)) - start[home]
    width = int(sizes.max())
    relation = np.full((len(KINDS), width), "", dtype="U16")
    sex, younger = np.zeros((len(KINDS), width), dtype=np.int8), np.zeros((len(KINDS), width))
    for kind, (_weight, members) in enumerate(KINDS):
        for at, (what, which, years) in enumerate(members):
            relation[kind, at], younger[kind, at] = what, years
            sex[kind, at] = {"male": 1, "female": 0}.get(which or "", 2)
    kind_of = kinds[home]
    male = sex[kind_of, place]
    male = np.where(male == 2, chance.integers(0, 2, len(home)), male)
    ages = (
        chance.triangular(30, 44, 72, homes)[home]
        - younger[kind_of, place]
        + chance.normal(0, 1.5, len(home))
    )
    ages = np.where(ages < 0.1, chance.uniform(0.1, 9, len(home)), ages)
    ages = np.where(ages > 98, chance.uniform(80, 98, len(home)), ages)
    last = np.datetime64(today, "D")
    born = last - (ages * DAYS).astype("timedelta64[D]")
    codes = np.array(sorted(villages))
    village = np.sort(chance.integers(0, len(codes), homes))
    serial = (
        np.arange(homes)
        - np.concatenate(([0], np.flatnonzero(np.diff(village)) + 1))[
            np.cumsum(np.diff(village, prepend=village[0]) > 0)
        ]
    )
    if serial.max() >= 99_999:
        raise ValueError("too many households for so few villages")
    number = np.char.add(codes[village], np.char.zfill((serial + 1).astype("U5"), 5))
    code = codes[village][home]
    numbers = identity_numbers(code, born, male)
    group = chance.integers(1, 7, homes)
    since = np.minimum(
        np.maximum(born[start] + np.timedelta64(int(24 * DAYS), "D"), np.datetime64("1984-01-01")),
        last - np.timedelta64(400, "D"),
    )
    since = np.maximum(since, born[start])
    phoned = (ages > 15) & (chance.random(len(home)) < 0.85)
    phone = np.char.add("12", np.char.zfill(chance.integers(0, 10**9, len(home)).astype("U9"), 9))
    schooling = np.array(EDUCATION)[chance.choice(len(EDUCATION), len(home), p=SCHOOLED)]
    heads = place == 0
    address = np.char.add(np.char.add(group.astype("U2"), "组"), np.char.add((serial + 1).astype("U5"), "号"))
    return pa.table(
        {
            "name": full_names(chance, home, homes, place, male, ages),
            "id_number": pa.array(numbers),
            "sex": pa.array(np.where(male == 1, "male", "female")),
            "birth_date": pa.array(born),
            "ethnicity": pa.array(np.where(chance.random(homes)[home] < 0.9, "汉族", "回族")),
            "phone": pa.array(np.where(phoned, phone, "")),
            "education": pa.array(np.where(ages < 12, "", schooling)),
            "division_code": pa.array(code),
            "group_no": pa.array(group[home]),
            "number": pa.array(number[home]),
            "relation": pa.array(relation[kind_of, place]),
            "address": pa.array(np.where(heads, address[home], "")),
            "since": pa.array(np.where(heads, since[home], np.datetime64("NaT"))),
        }
    )


def identity_numbers(code: Any, born: Any, male: Any) -> Any:
    """Numbers of nobody, each once, for arrays of division codes, days and sexes (1 male); ValueError past 500 of a kind."""
    import numpy as np

    area = np.char.ljust(code, 6).astype("U6").view("U1").reshape(-1, 6)[:, 2:].astype(np.int64) @ np.array(
        [1000, 100, 10, 1]
    )
    days = born.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    dates = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    written = years * 10_000 + months * 100 + dates
    same = (area * 10**8 + written) * 2 + male
    order = np.argsort(same, kind="stable")
    firsts = np.flatnonzero(np.diff(same[order], prepend=-1) != 0)
    serial = np.empty(len(same), dtype=np.int64)
    serial[order] = np.arange(len(same)) - np.repeat(firsts, np.diff(np.append(firsts, len(same))))
    if serial.max(initial=0) >= 500:
        raise ValueError("more than 500 people of one county, day and sex")
    body = (int(DEMO_AREA) * 10_000 + area) * 10**11 + written * 1000 + serial * 2 + male
    total = sum((body // 10 ** (16 - at)) % 10 * weight for at, weight in enumerate(WEIGHTS)) % 11
    return np.char.add(body.astype("U17"), np.array(list("10X98765432"))[total])


def full_names(chance: Any, home: Any, homes: int, place: Any, male: Any, ages: Any) -> pa.Array:
    """Surnames by household (spouses, mothers and daughters-in-law have their own), given names by sex and age."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    drawn = names.HAN.split()
    weights = np.array(drawn[1::2], dtype=float)
    families = chance.choice(len(weights), homes, p=weights / weights.sum())[home]
    own = chance.choice(len(weights), len(home), p=weights / weights.sum())
    surname = pa.DictionaryArray.from_arrays(
        np.where((male == 0) & (place > 0), own, families).astype(np.int32), drawn[::2]
    )
    pools: list[str] = []
    index = np.zeros(len(home), dtype=np.int32)
    for is_male, table in ((1, names.MALE), (0, names.FEMALE)):
        starts = sorted(table)
        for at, year in enumerate(starts):
            firsts, seconds = (half.split() for half in table[year].split("|"))
            made = [one + two for one in firsts for two in seconds if one != two]
            low = 2026 - (starts[at + 1] if at + 1 < len(starts) else 2100)
            here = (male == is_male) & (ages < 2026 - year) & (ages >= low)
            index[here] = len(pools) + chance.integers(0, len(made), int(here.sum()))
            pools += made
    given = pa.DictionaryArray.from_arrays(index, pools)
    return pc.binary_join_element_wise(surname.dictionary_decode(), given.dictionary_decode(), "")
