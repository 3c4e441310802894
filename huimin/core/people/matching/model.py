"""How two records are compared, and how much each outcome weighs: the Splink model.

`m` is how often an outcome is seen in two records of one person. It is fixed, from what is known of clerks' errors,
because a register that is nearly clean has too few duplicates to learn it from: EM would learn families instead. `u` is
how often it is seen in two people. It is estimated from the register itself, on a sample drawn by a seed, and never
below FLOOR: no outcome may count for more than the sample could show. Where records of one household would
mislead (twins and brothers have the same surname, village, area and often the day), the outcome has a fixed `u` too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FLOOR = 0.00001
SHARE = 0.01  # of the records are taken to be second ones, before anything is compared
PROPOSE = 0.75  # pairs less likely than this are not proposed


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome: its name, its condition, how often in one person's records (m) and, where fixed, in two people's (u)."""

    code: str
    sql: str
    m: float
    u: float | None = None
    rarity: str = ""  # the column whose rarity weighs too


SLIP = """(
    born_l = swapped_r
    OR hamming(born_l, born_r) = 1
    OR (digits_l = digits_r AND hamming(born_l, born_r) = 2)
)"""
SAME_HOUSE = "coalesce(house_l = house_r, false)"
ONE_SIGN = "(given_l = given_r OR ends_l = ends_r OR begins_l = begins_r)"
ORDER_NEAR = """(number_1_l = number_1_r)::INT + (number_2_l = number_2_r)::INT + (number_3_l = number_3_r)::INT = 2
    OR (number_1_l = number_2_r AND number_2_l = number_1_r AND number_3_l = number_3_r)
    OR (number_2_l = number_3_r AND number_3_l = number_2_r AND number_1_l = number_1_r)"""
AREA_SLIP = "hamming(area_signs_l, area_signs_r) = 1"
ORDER_SLIP = f"number_area_l = number_area_r AND ({ORDER_NEAR})"
# Twins have neighbouring orders, which differ at the end; here one of the first two digits was mistyped, or two exchanged.
SLIP_AT_HOME = f"""{SAME_HOUSE} AND number_area_l = number_area_r AND number_birth_l = number_birth_r AND (
    (number_3_l = number_3_r AND ((number_1_l = number_1_r) <> (number_2_l = number_2_r)))
    OR (number_1_l = number_2_r AND number_2_l = number_1_r AND number_3_l = number_3_r)
    OR (number_2_l = number_3_r AND number_3_l = number_2_r AND number_1_l = number_1_r))"""
NEAR = """birth_year_l = birth_year_r
    AND (substr(born_l, 5, 2) = substr(born_r, 5, 2) OR substr(born_l, 7) = substr(born_r, 7))"""
ALIKE = "(sounds_l = sounds_r OR bag_l = bag_r)"
# Those they live with: one of the same sound and one of the same birth date, or two of the same sound.
SAME_MATES = """(list_has_any(mates_l, mates_r)
    AND (list_has_any(mates_born_l, mates_born_r) OR len(list_intersect(mates_l, mates_r)) >= 2))"""
BORN_ALIKE = f"birth_year_l = birth_year_r OR birth_day_l = birth_day_r OR {SLIP}"
FAR = f"(county_l <> county_r OR {ALIKE})"  # in one county many have one area
BORN_NEAR = f"born_l = born_r OR ({NEAR}) OR {SLIP}"
SAME_AREA = "number_area_l = number_area_r"
BORN_TOGETHER = f"number_birth_l = number_birth_r AND {SAME_AREA}"
COMPARISONS: dict[str, tuple[Level, ...]] = {
    "name": (
        Level("same", "name_l = name_r", 0.62, rarity="name"),
        Level("sounds", "sounds_l = sounds_r", 0.17, rarity="sounds"),
        Level("order", "bag_l = bag_r", 0.04, rarity="bag"),
        Level("one_sign_at_home", f"{SAME_HOUSE} AND {ONE_SIGN}", 0.12, 0.1),
        Level("surname", "given_l = given_r", 0.008, rarity="given"),
        Level("ends", "ends_l = ends_r", 0.03, rarity="ends"),
        Level("begins", "begins_l = begins_r", 0.02, rarity="begins"),
        Level("differs", "ELSE", 0.03),
    ),
    "birth": (
        Level("same", "born_l = born_r", 0.84),
        Level("slip", SLIP, 0.1),
        Level("near", NEAR, 0.03),
        Level("part", "birth_year_l = birth_year_r OR birth_day_l = birth_day_r", 0.012),
        Level("differs", "ELSE", 0.008),
    ),
    "sex": (
        Level("same", "sex_l = sex_r", 0.985),
        Level("differs_at_home", SAME_HOUSE, 0.001, 0.5),
        Level("differs", "ELSE", 0.012),
    ),
    "number": (
        Level("missing", "number_order_l IS NULL OR number_order_r IS NULL", 0.5),
        Level("order_at_home", f"number_order_l = number_order_r AND {SAME_HOUSE}", 0.05, 0.00002),
        Level("area_and_order", f"{SAME_AREA} AND number_order_l = number_order_r AND ({BORN_NEAR}) AND {FAR}", 0.1),
        Level("order", "number_order_l = number_order_r", 0.13),
        Level("slip_at_home", SLIP_AT_HOME, 0.03, 0.0005),
        Level("neighbours", f"number_birth_l = number_birth_r AND {SAME_HOUSE}", 0.0005, 0.5),
        Level("twins_elsewhere", f"{BORN_TOGETHER} AND NOT {ALIKE} AND county_l <> county_r", 0.02, 0.002),
        Level("twins", f"{BORN_TOGETHER} AND NOT {ALIKE}", 0.005, 0.02),
        Level("order_slip", f"{ORDER_SLIP} AND (number_birth_l = number_birth_r OR county_l <> county_r)", 0.12),
        Level("area_elsewhere", "number_area_l = number_area_r AND county_l <> county_r", 0.02),
        Level("area", "number_area_l = number_area_r", 0.008, 0.05),
        Level("two_slips", f"({ORDER_NEAR}) AND {AREA_SLIP} AND {ALIKE}", 0.03, 0.08),
        Level("differs", "ELSE", 0.0008),
    ),
    "phone": (
        Level("missing", "phone_l IS NULL OR phone_r IS NULL", 0.5),
        Level("same_at_home", f"phone_l = phone_r AND {SAME_HOUSE}", 0.05, 0.02),
        Level("same", "phone_l = phone_r", 0.25, 0.00005),
        Level("differs", "ELSE", 0.2),
    ),
    "place": (
        Level("same_name_at_home", f"{SAME_HOUSE} AND name_l = name_r AND ({BORN_ALIKE})", 0.13, 0.00001),
        Level("household", f"{SAME_HOUSE}", 0.07, 0.02),
        Level("family", f"{SAME_MATES} AND {ALIKE}", 0.12),
        Level("village", f"village_l = village_r AND ({ALIKE} OR {ONE_SIGN})", 0.2, 0.0005),
        Level("county", "county_l = county_r", 0.2),
        Level("elsewhere", "ELSE", 0.3),
    ),
}  # fmt: skip
# How often outcomes are seen in two people of a province: what a small register is judged by, which cannot show it itself.
TYPICAL = {
    "name": {"same": 2e-5, "sounds": 1.5e-5, "order": 1e-5, "surname": 6e-4, "ends": 4e-4, "begins": 4e-4, "differs": 0.998},
    "birth": {"same": 4.5e-5, "slip": 1.3e-3, "near": 9e-4, "part": 0.015, "differs": 0.983},
    "sex": {"same": 0.5, "differs": 0.5},
    "number": {
        "missing": 0.05, "area_and_order": 1e-5, "order": 1e-3, "order_slip": 2.5e-4, "area_elsewhere": 2e-3,
        "differs": 0.94,
    },
    "phone": {"missing": 0.5, "differs": 0.5},
    "place": {"family": 1e-5, "county": 0.012, "elsewhere": 0.988},
}  # fmt: skip
WORTH = 200_000  # pairs of two people that the typical figures count for, beside those of the sample
ENOUGH = 2_000  # records: below, the rarity of a name cannot be known
# Which pairs are looked at: each rule alone may miss a pair, a typical error passes at least one.
BLOCKS: tuple[tuple[str, ...], ...] = (
    ("born", "surname"),
    ("born", "given_sounds"),
    ("born", "village"),
    ("bag", "birth_year"),
    ("bag", "birth_day"),
    ("bag", "village"),
    ("village", "surname", "birth_year"),
    ("house", "birth_year"),
    ("house", "birth_day"),
    ("bag", "number_area", "number_order"),
    ("surname", "birth_year", "number_area", "number_order"),
    ("given", "birth_year", "number_area", "number_order"),
)


def comparisons(u: dict[tuple[str, str], float] | None = None, *, rarity: bool = True) -> list[Any]:
    """The comparisons as Splink takes them, with these estimates of u where a level has no fixed one."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    made = []
    for name, levels in COMPARISONS.items():
        of_splink = []
        for level in levels:
            one: Any = cll.ElseLevel() if level.sql == "ELSE" else cll.CustomLevel(level.sql, level.code)
            known = level.u if level.u is not None else (u or {}).get((name, level.code))
            options: dict[str, Any] = {"m_probability": level.m, "fix_m_probability": True}
            if known is not None:
                options |= {"u_probability": known, "fix_u_probability": True}
            if level.rarity and rarity and u is not None:
                options |= {
                    "tf_adjustment_column": level.rarity,
                    "tf_minimum_u_value": FLOOR,
                    "disable_tf_exact_match_detection": True,
                }
            of_splink.append(one.configure(**options))
        made.append(cl.CustomComparison(of_splink, output_column_name=name))
    return made


def settings(records: int, u: dict[tuple[str, str], float] | None = None) -> Any:
    """The model for a register of so many records."""
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="number",
        probability_two_random_records_match=2 * SHARE / max(records, ENOUGH),
        comparisons=comparisons(u, rarity=records >= ENOUGH),
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKS],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )
