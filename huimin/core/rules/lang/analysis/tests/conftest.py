"""Fixtures of the analysis: small tables made from rows, the same as those of the language."""

from __future__ import annotations

from huimin.core.rules.lang.tests.conftest import table  # noqa: F401
