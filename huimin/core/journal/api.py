"""The journal's door: change through actions, let effects leave after commit, look back."""

from huimin.core.journal.action import ACTIONS, Act, Action, action
from huimin.core.journal.chain import canonical, plain, verify
from huimin.core.journal.history import as_of, tracked
from huimin.core.journal.loading import (
    analyse,
    arrow_rows,
    backdate,
    backdate_to_entries,
    copy_arrow,
    copy_rows,
    stage,
    unstage,
)
from huimin.core.journal.outbox import EFFECTS, Effect, drain, effect
from huimin.core.journal.queries import entries_about, entries_about_any, entries_within, head, waiting

__all__ = [
    "ACTIONS",
    "EFFECTS",
    "Act",
    "Action",
    "Effect",
    "action",
    "analyse",
    "arrow_rows",
    "as_of",
    "backdate",
    "backdate_to_entries",
    "canonical",
    "copy_arrow",
    "copy_rows",
    "drain",
    "effect",
    "entries_about",
    "entries_about_any",
    "entries_within",
    "head",
    "plain",
    "stage",
    "tracked",
    "unstage",
    "verify",
    "waiting",
]
