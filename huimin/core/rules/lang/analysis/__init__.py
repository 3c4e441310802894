"""What can be said of a rule without deciding about anyone: gaps, overlaps, coverage, differences. Start at api.py."""

from .alternatives import Alternative, Condition, what_if
from .api import analyse
from .findings import Analysis, Doubt, Finding, Region, TableReport
from .notes import About, notes
from .space import Moment

__all__ = [
    "About", "Alternative", "Analysis", "Condition", "Doubt", "Finding", "Moment", "Region", "TableReport", "analyse",
    "notes", "what_if",
]  # fmt: skip
