"""What of a household's handbook is on paper, and which parts the record has changed since (T5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from huimin.core.people.types import HouseholdView
from huimin.services.poverty.models import Printed
from huimin.services.poverty.queries import paper


@dataclass(frozen=True)
class Printing:
    """The digests of the parts as they are now, the parts that differ from the paper, and when it was last printed."""

    digests: dict[int, str]
    changed: tuple[int, ...]
    at: datetime | None

    @property
    def ever(self) -> bool:
        """Whether any part was printed before."""
        return self.at is not None

    @property
    def partly(self) -> bool:
        """Whether some parts on paper still hold, so that the others alone are worth printing."""
        return self.ever and 0 < len(self.changed) < len(self.digests)

    @property
    def words(self) -> str:
        """The changed parts by number, as on the button: 第 2、6 部分."""
        return _("第 %(parts)s 部分") % {"parts": "、".join(str(one) for one in self.changed)}


def digest(content: Any) -> str:
    """A mark of content: the same content has the same, whatever the day."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def state(home: HouseholdView) -> Printing:
    """The handbook beside its paper; compared in the source language, whoever looks."""
    with translation.override(settings.LANGUAGE_CODE):
        now = {number: digest(part) for number, part in paper.parts_of(home).items()}
    rows = Printed.objects.filter(household_id=home.id)
    on_paper = {row.part: row.digest for row in rows}
    changed = tuple(number for number, mark in now.items() if on_paper.get(number) != mark)
    return Printing(now, changed, max((row.at for row in rows), default=None))


def glance(home: HouseholdView) -> Printing:
    """The same for a page that only shows it: where nothing is on paper yet, the handbook need not be put together."""
    if not Printed.objects.filter(household_id=home.id).exists():
        return Printing({}, (), None)
    return state(home)
