"""The door of rules: the book, deciding, reading decisions, and population runs."""

from huimin.core.rules.actions import decide, run_id, run_population, stop_population
from huimin.core.rules.book import BOOK, register_rule
from huimin.core.rules.deciding import decision, decisions_about, evaluate
from huimin.core.rules.loading import Question, decide_many
from huimin.core.rules.population import compare
from huimin.core.rules.queries import changes_within, open_run, run, runs
from huimin.core.rules.working import enqueue, work

__all__ = [
    "BOOK",
    "Question",
    "changes_within",
    "compare",
    "decide",
    "decide_many",
    "decision",
    "decisions_about",
    "enqueue",
    "evaluate",
    "open_run",
    "register_rule",
    "run",
    "run_id",
    "run_population",
    "runs",
    "stop_population",
    "work",
]
