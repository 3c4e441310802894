"""Rules for everyone at once: FEEL expressions and DMN decisions as Ibis columns, or a refusal with its reason.

The only part of the rule language that knows Ibis, which is loaded when something is lowered.
"""

from .api import check, compared, expression, expressions, model, simulate
from .terms import NotLowerable

__all__ = ["NotLowerable", "check", "compared", "expression", "expressions", "model", "simulate"]
