"""One subject, decided by a Python function made from the typed tree of a model. Start at form.py.

The source of that function is made from the tree alone: every name in it is made up here, every text, number
and date of a rule goes in as a constant beside it. What this package does not know, it leaves to the
interpreter, node by node, so that both give the same outcome, rows, trace and diagnostics.
"""

from .form import Compiled, compiled

__all__ = ["Compiled", "compiled"]
