"""The only writers of runs: what a person does with a file, and the worker that carries it out."""

from huimin.core.intake.actions.runs import arrange, drop, open_run, resume, start, stop
from huimin.core.intake.actions.working import Moved, store_chunk, sweep, work_off

__all__ = [
    "Moved",
    "arrange",
    "drop",
    "open_run",
    "resume",
    "start",
    "stop",
    "store_chunk",
    "sweep",
    "work_off",
]
