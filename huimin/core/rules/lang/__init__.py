"""The rule language: DMN models with FEEL expressions, read, checked and evaluated. Start at api.py."""

from .analysis import About, Alternative, Analysis, Finding, analyse, what_if
from .api import decide, evaluate, evaluate_text, load
from .checking import check
from .explanation import DecisionTrace, Evaluation, FailedCell, Matched, RowTrace, TableTrace
from .model import Model
from .problems import Diagnostic, Place, Problem, RuleError
from .values import DaysTime, Range, YearsMonths
from .writing import text_at, write

__all__ = [
    "About",
    "Alternative",
    "Analysis",
    "DaysTime",
    "DecisionTrace",
    "Diagnostic",
    "Evaluation",
    "FailedCell",
    "Finding",
    "Matched",
    "Model",
    "Place",
    "Problem",
    "Range",
    "RowTrace",
    "RuleError",
    "TableTrace",
    "YearsMonths",
    "analyse",
    "check",
    "decide",
    "evaluate",
    "evaluate_text",
    "load",
    "text_at",
    "what_if",
    "write",
]
