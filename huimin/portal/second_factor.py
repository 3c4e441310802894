"""Who must sign in with a second factor, and whether they have set one up."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from huimin.core.access.api import Viewer


def second_factor_due(account: Any, viewer: Viewer) -> bool:
    """Whether this account holds a role of `TOTP_REQUIRED` and has no authenticator yet."""
    required = set(settings.TOTP_REQUIRED)
    if not required:
        return False
    roles = {held.role for held in viewer.held} | ({"admin"} if viewer.admin else set())
    return bool(roles & required) and not is_mfa_enabled(account)
