"""The programmes of this installation, by code."""

from __future__ import annotations

from huimin.core.programmes.types import Programme
from huimin.kit.registry import Registry

PROGRAMMES: Registry[Programme] = Registry("programme")


def register_programme(programme: Programme) -> None:
    """Add a programme; raise ValueError where its steps do not go from lower to higher levels at the ends."""
    for way in (programme.entry, programme.exit):
        codes = [step.code for step in way]
        if len(set(codes)) != len(codes):
            raise ValueError(f"{programme.code}: a step occurs twice")
        for step in way:
            if not step.needs.startswith(programme.service + "."):
                raise ValueError(
                    f"{programme.code}: step {step.code} needs {step.needs!r}, a right of another service"
                )
    PROGRAMMES.add(programme.code, programme)
