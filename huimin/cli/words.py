"""What the command says, in the language of the terminal: Chinese where the locale is, else English."""

from __future__ import annotations

import os

LOCALES = ("HUIMIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def chinese() -> bool:
    """Whether the terminal's language is Chinese; HUIMIN_LANG=zh or en decides first."""
    asked = next((os.environ[name] for name in LOCALES if os.environ.get(name)), "")
    return asked.lower().startswith("zh")


def say(zh: str, en: str) -> str:
    """The text in the terminal's language."""
    return zh if chinese() else en
