"""The door of cases: open, accept, answer, withdraw, and read them."""

from huimin.core.cases.actions import accept, answer, open_case, withdraw
from huimin.core.cases.calendar import after_working_days, is_working
from huimin.core.cases.queries import case, cases_about, every_case, open_cases

__all__ = [
    "accept",
    "after_working_days",
    "answer",
    "case",
    "cases_about",
    "every_case",
    "is_working",
    "open_case",
    "open_cases",
    "withdraw",
]
