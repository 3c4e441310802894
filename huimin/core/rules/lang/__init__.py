"""The rule language: DMN models with FEEL expressions, read, checked and evaluated. Start at api.py."""

from .api import evaluate, evaluate_text, load
from .checking import check
from .explanation import DecisionTrace, Evaluation, FailedCell, Matched, RowTrace, TableTrace
from .model import Model
from .problems import Diagnostic, Place, Problem, RuleError
from .values import DaysTime, Range, YearsMonths

__all__ = [
    "DaysTime",
    "DecisionTrace",
    "Diagnostic",
    "Evaluation",
    "FailedCell",
    "Matched",
    "Model",
    "Place",
    "Problem",
    "Range",
    "RowTrace",
    "RuleError",
    "TableTrace",
    "YearsMonths",
    "check",
    "evaluate",
    "evaluate_text",
    "load",
]
