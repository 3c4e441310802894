"""What is known of facts beyond their types: what they are called, how fine they are, who could change them.

A model says it on its inputs (`label`, and in the namespace of Huimin `unit`, `step`, `least`, `fixed`, `required`);
whoever has a catalogue of facts gives it by name, and that goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from .. import model as m
from ..reading import HUIMIN


@dataclass(frozen=True, kw_only=True)
class About:
    """What is known of a fact: its label and unit, its smallest step and value, whether it may be missing, or is fixed.

    A step of 1 says that the fact is a whole number. A fixed fact is set by law or by the past: nobody can change it.
    """

    label: str = ""
    unit: str = ""
    step: Decimal | None = None
    least: Decimal | None = None
    nullable: bool = True
    fixed: bool = False


@dataclass(frozen=True)
class Notes:
    """What is known of the inputs of a model, and the labels of its decisions."""

    model: m.Model
    given: Mapping[str, About] = field(default_factory=dict)
    read: Mapping[str, About] = field(default_factory=dict)

    def of(self, element: m.Element) -> About:
        """What is known of an element."""
        for name in (element.name, getattr(element, "fact", "")):
            if name and name in self.given:
                return self.given[name]
        return self.read.get(element.id, About())

    def label(self, element: m.Element) -> str:
        """What people call an element."""
        return self.of(element).label or element.name


def notes(model: m.Model, given: Mapping[str, About] | None = None) -> Notes:
    """What a model and its reader know of its facts."""
    read: dict[str, About] = {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for element in etree.fromstring(model.source, parser).iter():
        if isinstance(element.tag, str) and etree.QName(element).localname in ("inputData", "decision"):
            read[element.get("id", "")] = About(
                label=element.get("label", ""),
                unit=element.get(f"{{{HUIMIN}}}unit", ""),
                step=_number(element.get(f"{{{HUIMIN}}}step", "")),
                least=_number(element.get(f"{{{HUIMIN}}}least", ""), positive=False),
                nullable=element.get(f"{{{HUIMIN}}}required") != "true",
                fixed=element.get(f"{{{HUIMIN}}}fixed") == "true",
            )
    return Notes(model, given or {}, read)


def _number(text: str, *, positive: bool = True) -> Decimal | None:
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and (found > 0 or not positive) else None
