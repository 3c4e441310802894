"""The built-in functions of FEEL, one file per family."""

from . import contexts, conversion, dates, divisions, lists, literals, numbers, ranges, text
from .registry import BuiltIn, NoMatchError, NoResultError, merged

BUILT_IN = merged(
    module.LIBRARY
    for module in (conversion, text, numbers, lists, dates, ranges, literals, contexts, divisions)
)
"""Every function that depends on its arguments alone; now() and today() come from the run."""

__all__ = ["BUILT_IN", "BuiltIn", "NoMatchError", "NoResultError"]
