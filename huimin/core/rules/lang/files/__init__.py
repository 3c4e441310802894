"""Rules over files of any size, on one machine or a cluster: no database, and nothing of ours but the rule language.

The only part of the rule language that knows DuckDB, Arrow and Spark, which are loaded when a file is read.
"""

from .cluster import ClusterError
from .problems import MESSAGES, FileError
from .running import ENGINES, Done, Task, run

__all__ = ["ENGINES", "MESSAGES", "ClusterError", "Done", "FileError", "Task", "run"]
