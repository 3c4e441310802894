"""What can be said of a rule without deciding about anyone: gaps, overlaps, coverage, differences. Start at api.py.

`counting` says how many of a population stand in each gap and overlap; it needs Ibis and is imported by itself.
"""

from .alternatives import Alternative, Condition, what_if
from .api import analyse
from .coverage import Coverage, Reached, coverage
from .differences import Difference, differences
from .findings import Analysis, Doubt, Finding, Region, TableReport
from .notes import About, notes
from .space import Moment

__all__ = [
    "About", "Alternative", "Analysis", "Condition", "Coverage", "Difference", "Doubt", "Finding", "Moment", "Reached",
    "Region", "TableReport", "analyse", "coverage", "differences", "notes", "what_if",
]  # fmt: skip
