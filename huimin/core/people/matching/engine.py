"""Splink on DuckDB: from tables of records to pairs with a probability and the reasons for it. Knows no database of ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from huimin.core.people.matching import model

SAMPLE = 1_000_000  # pairs for the estimate of u
MEMORY = "1500MB"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """Two records that may be one person's; weights in bits by comparison: (comparison, outcome, weight)."""

    first: str
    second: str
    probability: float
    reasons: tuple[tuple[str, str, float], ...]


@dataclass(slots=True)
class Outcome:
    """What a search gave, and how much was compared."""

    records: int = 0
    compared: int = 0
    found: list[Found] = field(default_factory=list)
    u: dict[tuple[str, str], float] = field(default_factory=dict)


@contextmanager
def workshop(threads: int, memory: str) -> Iterator[Any]:
    """A DuckDB of its own that spills into a private folder, which is gone at the end."""
    import duckdb

    with TemporaryDirectory(prefix="huimin-match-") as folder:
        Path(folder).chmod(0o700)
        base = duckdb.connect(
            ":memory:", config={"threads": threads, "memory_limit": memory, "temp_directory": folder}
        )
        try:
            yield base
        finally:
            base.close()


def search(
    tables: Iterable[pa.Table], *, seed: int = 1, threads: int = 2, memory: str = MEMORY, propose: float = model.PROPOSE,
    progress: Progress = lambda _stage: None,
) -> Outcome:  # fmt: skip
    """Pairs of records that are probably one person's, the likeliest first; the same for the same records and seed."""
    with workshop(threads, memory) as base:
        progress("read")
        records = gather(base, tables)
        if records < 2:
            return Outcome(records)
        progress("learn")
        u = learn(base, records, seed)
        progress("compare")
        return compare(base, records, u, propose)


def gather(base: Any, tables: Iterable[pa.Table]) -> int:
    """Put the records into one table, numbered in the order of their ids, with the names of those they live with."""
    made = False
    for table in tables:
        base.register("arriving", table)
        base.execute(
            "INSERT INTO raw SELECT * FROM arriving" if made else "CREATE TABLE raw AS SELECT * FROM arriving"
        )
        base.unregister("arriving")
        made = True
    if not made:
        return 0
    base.execute(
        """
        CREATE TABLE homes AS SELECT house, list({'id': id, 'bag': bag, 'born': born} ORDER BY id) AS everyone
            FROM raw WHERE house IS NOT NULL GROUP BY house HAVING count(*) BETWEEN 2 AND 40;
        CREATE TABLE others AS
            SELECT raw.id, list_filter(everyone, lambda other: other.id <> raw.id) AS mates FROM raw JOIN homes USING (house);
        CREATE TABLE records AS
            SELECT row_number() OVER (ORDER BY id)::INTEGER AS number, raw.*,
                   coalesce(list_transform(mates, lambda other: other.bag), []) AS mates,
                   coalesce(list_transform(mates, lambda other: other.born), []) AS mates_born
              FROM raw LEFT JOIN others USING (id);
        DROP TABLE others;
        DROP TABLE homes; DROP TABLE raw;
        """
    )
    (count,) = base.execute("SELECT count(*) FROM records").fetchone()
    return int(count)


def linker(base: Any, settings: Any, table: str) -> Any:
    """A linker over the records."""
    import logging

    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=base)
    return Linker(api.register(table), settings, log_level=None, validate_settings=False)


def learn(base: Any, records: int, seed: int) -> dict[tuple[str, str], float]:
    """How often each outcome is seen in two people: on a sample drawn by the seed and typical figures."""
    base.execute(
        f"""CREATE OR REPLACE TABLE sampled AS SELECT * FROM records
            ORDER BY hash(number, {int(seed)}) LIMIT {int(math.sqrt(2 * SAMPLE))}"""
    )
    trained = linker(base, model.settings(records), "sampled")
    trained.training.estimate_u_using_random_sampling(
        max_pairs=2 * SAMPLE, seed=seed, min_count_per_level=None, num_chunks=1
    )
    many = min(records, int(math.sqrt(2 * SAMPLE)))
    seen_pairs = many * (many - 1) / 2
    found = {}
    for comparison in trained.misc.save_model_to_json()["comparisons"]:
        name = comparison["output_column_name"]
        for level, one in zip(model.COMPARISONS[name], comparison["comparison_levels"], strict=True):
            if level.u is not None:
                continue
            share, typical = one.get("u_probability"), model.TYPICAL[name][level.code]
            share = (
                float(share) if isinstance(share, float | int) else 0.0
            )  # Splink says so in words where none was seen
            together = (share * seen_pairs + typical * model.WORTH) / (seen_pairs + model.WORTH)
            if (name, level.code) == ("place", "county"):
                together = min(together, level.m)  # where all live in one county, that speaks against nobody
            found[name, level.code] = max(together, model.FLOOR)
    return found


def compare(base: Any, records: int, u: dict[tuple[str, str], float], propose: float) -> Outcome:
    """Compare what the blocking rules bring together, and keep what is likely enough."""
    judge = linker(base, model.settings(records, u), "records")
    scored = judge.inference.predict(threshold_match_probability=propose)
    names = list(model.COMPARISONS)
    columns = ", ".join(f"gamma_{name}, {weight(base, scored.physical_name, name)}" for name in names)
    rows = base.execute(
        f"""SELECT a.id, b.id, match_probability, {columns} FROM {scored.physical_name} p
              JOIN records a ON a.number = p.number_l JOIN records b ON b.number = p.number_r
             ORDER BY round(match_weight, 3) DESC, a.id, b.id"""
    ).fetchall()
    outcome = Outcome(records, 0, [], u)
    taken: set[str] = set()
    for first, second, probability, *rest in rows:
        if first in taken or second in taken:
            continue  # a likelier pair with one of them comes first; this one is proposed when that is decided
        taken |= {first, second}
        reasons = []
        for index, name in enumerate(names):
            gamma, bits = rest[2 * index], rest[2 * index + 1]
            reasons.append((name, outcome_of(name, gamma), round(bits or 0.0, 1)))
        low, high = sorted((first, second))
        outcome.found.append(Found(low, high, round(probability, 6), tuple(reasons)))
    return outcome


def weight(base: Any, table: str, name: str) -> str:
    """The SQL of a comparison's weight in bits, with the rarity of a name."""
    have = {row[0] for row in base.execute(f"DESCRIBE {table}").fetchall()}
    parts = [column for column in (f"mw_{name}", f"mw_tf_adj_{name}") if column in have]
    return " + ".join(f"coalesce({one}, 0)" for one in parts) or "0"


def outcome_of(name: str, gamma: int) -> str:
    """The outcome of a comparison by Splink's number: the last one is 0."""
    return model.COMPARISONS[name][-1 - gamma].code
