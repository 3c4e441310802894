"""What can be said of a rule without deciding about anyone: gaps, overlaps, coverage, differences. Start at api.py."""

from .api import analyse
from .findings import Analysis, Doubt, Finding, Region, TableReport
from .notes import About
from .space import Moment

__all__ = ["About", "Analysis", "Doubt", "Finding", "Moment", "Region", "TableReport", "analyse"]
