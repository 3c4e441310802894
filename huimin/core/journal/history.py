"""Row history by triggers, and lists as of a past moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery

M = TypeVar("M", bound=type[models.Model])


def tracked(model: M) -> M:
    """Keep every version of the model's rows in `<Model>Event`, whoever writes them and however."""
    decorate: Any = pghistory.track(
        pghistory.InsertEvent("insert"),
        pghistory.UpdateEvent("update"),
        pghistory.DeleteEvent("delete"),
        obj_field=pghistory.ObjForeignKey(related_name="versions", related_query_name="version"),
        append_only=True,
        level=pgtrigger.Statement,
        meta={
            "indexes": [
                models.Index(fields=["pgh_obj", "pgh_created_at"], name=f"{model.__name__.lower()}_versions")
            ]
        },
    )
    return decorate(model)  # type: ignore[no-any-return]


def as_of(model: type[models.Model], moment: datetime) -> QuerySet[Any]:
    """The versions of the model's rows that were current at a moment, within the viewer's sight; without deleted ones."""
    event: Any = model.versions.rel.related_model  # type: ignore[attr-defined]
    latest = (
        event._base_manager.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_created_at__lte=moment)
        .order_by("-pgh_created_at", "-pgh_id")
        .values("pgh_id")[:1]
    )
    rows: QuerySet[Any] = event._base_manager.filter(pgh_created_at__lte=moment, pgh_id=Subquery(latest))
    rows = rows.exclude(Q(pgh_label="delete"))
    limit = getattr(model._default_manager, "limit", None)
    return limit(rows) if limit else rows
