"""A code of either form, by its prefix."""

from __future__ import annotations

from datetime import datetime

from . import certificate, token
from .checks import Report
from .revocation import Revoked
from .trust import TrustList


def verify(
    text: str, trust: TrustList, moment: datetime, *, revoked: Revoked | None = None, strict: bool = False
) -> Report:
    """Every step's verdict on an `HM1:` or `HC1:` text; another prefix is said by the first step."""
    if text.startswith(token.PREFIX):
        return token.verify(text, trust, moment, revoked=revoked)
    return certificate.verify(text, trust, moment, revoked=revoked, strict=strict)
