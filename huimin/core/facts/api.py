"""The door of facts: the catalogue, and what is known of a subject."""

from huimin.core.facts.catalogue import FACTS, TABLES, fact, register_facts
from huimin.core.facts.reading import values

__all__ = ["FACTS", "TABLES", "fact", "register_facts", "values"]
