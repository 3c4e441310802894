"""Regular expressions of XPath, which matches, replace and split of FEEL take: read here, run by Python."""

from .pattern import Pattern, compiled
from .reading import PatternError

__all__ = ["Pattern", "PatternError", "compiled"]
