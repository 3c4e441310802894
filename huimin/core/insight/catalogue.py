"""The indicators and assessments of every service, as their manifests declare them."""

from __future__ import annotations

from pathlib import Path

from huimin.core.insight.types import Indicator
from huimin.kit.registry import Registry

INDICATORS: Registry[Indicator] = Registry("indicator")
ASSESSMENTS: Registry[Path] = Registry("assessment")


def register_indicators(service: str, indicators: tuple[Indicator, ...]) -> None:
    """Add a service's indicators; raise LookupError where a name is not its own or is taken."""
    for one in indicators:
        if one.service != service:
            raise LookupError(f"{service}: the indicator {one.name!r} is named for another service")
        if INDICATORS.get(one.name) != one:
            INDICATORS.add(one.name, one)


def register_assessment(service: str, path: Path) -> None:
    """Add a service's rule of assessment: a DMN file whose inputs are names of its indicators."""
    name = f"{service}.{path.stem}"
    if ASSESSMENTS.get(name) != path:
        ASSESSMENTS.add(name, path)


def of_service(service: str) -> tuple[Indicator, ...]:
    """The indicators of a service, in the order it declares them."""
    return tuple(one for one in INDICATORS.values() if one.service == service)
