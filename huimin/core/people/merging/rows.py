"""Rows before and after a merge: what changed, kept so that undoing it restores exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import models

from huimin.core.people.crypto import EncryptedTextField
from huimin.core.people.models import Household, Membership, Person, ProposedChange

MODELS: dict[str, type[models.Model]] = {
    "person": Person, "household": Household, "membership": Membership, "proposal": ProposedChange,
}  # fmt: skip
Values = dict[str, Any]


def values(row: models.Model) -> Values:
    """The columns of a row as JSON has them, encrypted ones clear: they are sealed again as a whole."""
    found: Values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if value is None or isinstance(value, str | int | float | bool):
            found[field.attname] = value
        elif isinstance(value, bytes | memoryview):
            found[field.attname] = bytes(value).hex()
        else:
            found[field.attname] = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return found


def back(model: type[models.Model], name: str, value: Any) -> Any:
    """A column's value from what JSON kept of it."""
    field = next(one for one in model._meta.concrete_fields if one.attname == name)
    if isinstance(field, models.BinaryField) and not isinstance(field, EncryptedTextField):
        return None if value is None else bytes.fromhex(value)
    if isinstance(field, models.ForeignKey):
        return None if value is None else UUID(value)
    return field.to_python(value)


class Picture:
    """Some rows as they are at one moment."""

    def __init__(self, rows: Iterable[models.Model]) -> None:
        kinds = {model: kind for kind, model in MODELS.items()}
        self.rows = {(kinds[type(row)], str(row.pk)): values(row) for row in rows}

    def changed_to(self, later: Picture) -> str:
        """What is different in a later picture, as text: kind, id, the changed columns before and after."""
        found = []
        for key, after in later.rows.items():
            before = self.rows.get(key)
            if before is None:
                found.append({"kind": key[0], "id": key[1], "before": None, "after": after})
                continue
            columns = [name for name in after if after[name] != before[name]]
            if columns:
                found.append(
                    {
                        "kind": key[0],
                        "id": key[1],
                        "before": {name: before[name] for name in columns},
                        "after": {name: after[name] for name in columns},
                    }
                )
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def read(moved: str) -> list[dict[str, Any]]:
    """The changes that a merge kept."""
    found: list[dict[str, Any]] = json.loads(moved)
    return found


def differs(row: models.Model | None, change: Mapping[str, Any]) -> list[str]:
    """The columns in which a row is no longer what the merge made of it; all of them where it is gone."""
    if row is None:
        return list(change["after"])
    now = values(row)
    return [name for name, value in change["after"].items() if now[name] != value]
