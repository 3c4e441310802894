"""The door of rules: the book, deciding, and reading decisions."""

from huimin.core.rules.actions import decide
from huimin.core.rules.book import BOOK, register_rule
from huimin.core.rules.deciding import decision, decisions_about, evaluate
from huimin.core.rules.loading import Question, decide_many

__all__ = [
    "BOOK",
    "Question",
    "decide",
    "decide_many",
    "decision",
    "decisions_about",
    "evaluate",
    "register_rule",
]
