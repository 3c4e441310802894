"""What of people can be imported: people with their households, and households on their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huimin.core.intake import api as intake
from huimin.core.intake.types import Differ, Target
from huimin.core.journal.api import action
from huimin.core.people.imports import columns, comparing, households, loading

import_people = action("people.import_people", title=_("导入人员"))(intake.store_chunk)
import_households = action("people.import_households", title=_("导入户"))(intake.store_chunk)

PEOPLE = Target(
    name="people",
    title=_("人员"),
    action=import_people.name,
    icon="users",
    unit=_("人"),
    columns=columns.PERSON,
    about=_("一行一人。填了户编号和与户主关系的，同时登记户和成员；已登记而内容相同的不重复登记。"),
    compare=comparing.compare,
    models=loading.MODELS,
    prepare=loading.prepare,
    store=loading.store,
    differ=(Differ.REPORT, Differ.PROPOSE),
)
HOUSEHOLDS = Target(
    name="households",
    title=_("户"),
    action=import_households.name,
    icon="home",
    unit=_("户"),
    columns=columns.HOUSEHOLD,
    about=_("一行一户，户主须已登记为人员。成员请用“人员”导入，填上户编号和与户主关系。"),
    compare=households.compare,
    models=loading.MODELS,
    prepare=loading.prepare,
    store=loading.store,
)


def register() -> None:
    """Add both to the list of targets."""
    intake.register_target(PEOPLE)
    intake.register_target(HOUSEHOLDS)
