"""What a person did that cannot be done, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """A request that is refused with a message for the person who made it.

    `message` may be a lazy translation; `code` is stable for programs; `fields` maps a field's
    name to its own message.
    """

    status = 409

    def __init__(self, message: object, *, code: str = "refused", fields: Mapping[str, object] | None = None):
        super().__init__(message)
        self.message = message
        self.code = code
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person lacks the right or the area for it."""

    status = 403


class NotFound(Refused):
    """There is no such thing within the person's sight."""

    status = 404
