"""What leaves after commit: messages to the household."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huimin.core.access.api import system
from huimin.core.journal.api import effect
from huimin.services.poverty.actions import keep_message


@effect("poverty.tell", title=_("告知住户"))
def tell(payload: dict[str, Any]) -> None:
    """Put a message on the household's page; delivered twice it stays one."""
    key = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    keep_message(
        system("effects"),
        key=key,
        household=UUID(payload["household"]),
        title=payload["title"],
        text=payload["text"],
    )
