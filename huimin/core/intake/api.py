"""The door of intake: files of people, households and facts, checked and stored in bulk."""

from huimin.core.intake.actions import (
    Moved,
    arrange,
    drop,
    open_run,
    resume,
    start,
    stop,
    store_chunk,
    sweep,
    work_off,
)
from huimin.core.intake.arriving import receive, run_id
from huimin.core.intake.formats import LARGEST, digest
from huimin.core.intake.mapping import guess
from huimin.core.intake.queries import (
    bad_file,
    outcome,
    problems,
    progress,
    run,
    runs,
    samples,
    sources,
    unfinished,
)
from huimin.core.intake.targets import TARGETS, register_target, target_for, targets_of
from huimin.core.intake.work import Work, quoted, words

RIGHTS = frozenset(f"intake.{name}" for name in ("open", "arrange", "start", "stop", "resume", "drop"))

__all__ = [
    "LARGEST",
    "RIGHTS",
    "TARGETS",
    "Moved",
    "Work",
    "arrange",
    "bad_file",
    "digest",
    "drop",
    "guess",
    "open_run",
    "outcome",
    "problems",
    "progress",
    "quoted",
    "receive",
    "register_target",
    "resume",
    "run",
    "run_id",
    "runs",
    "samples",
    "sources",
    "start",
    "stop",
    "store_chunk",
    "sweep",
    "target_for",
    "targets_of",
    "unfinished",
    "words",
    "work_off",
]
