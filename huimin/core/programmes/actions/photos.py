"""Photos that belong to a notice, a meeting, a visit or a survey."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huimin.core.journal.api import Act
from huimin.core.programmes.models import Attachment
from huimin.kit.refusal import Refused

MEDIA = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
BYTES = 8 * 2**20


def media_of(content: bytes) -> str:
    """The media type by the file's first bytes; empty where it is no picture we keep."""
    return next((media for first, media in MEDIA.items() if content.startswith(first)), "")


def attach(
    act: Act,
    *,
    of_kind: str,
    of_id: UUID,
    area: str,
    name: str,
    content: bytes,
    household: UUID | None = None,
) -> dict[str, Any]:
    """Keep a photo (JPEG, PNG or WebP, at most 8 MiB); the same photo again is kept once."""
    media = media_of(content)
    if not media:
        raise Refused(
            _("“%(name)s”不是照片，请上传 JPG、PNG 或 WebP 格式。") % {"name": name},
            code="not_a_photo",
            fields={"photo": name},
        )
    if len(content) > BYTES:
        raise Refused(
            _("照片“%(name)s”超过 8 MB，请压缩后再传。") % {"name": name},
            code="too_large",
            fields={"photo": name},
        )
    digest = hashlib.sha256(content).hexdigest()
    row, _made = Attachment.objects.get_or_create(
        of_kind=of_kind, of_id=of_id, sha256=digest,
        defaults={
            "division_code": area, "household_id": household, "name": name[:120], "media": media, "content": content,
            "at": act.now, "by_label": act.actor.label,
        },
    )  # fmt: skip
    act.note(photo=digest)
    return {"attachment": row.id}
