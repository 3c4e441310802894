"""What is shown of a name, a phone number or an address to those who need not know it."""

from __future__ import annotations

import re


def name(text: str) -> str:
    """王桂兰 is shown as 王*兰, 王兰 as 王*, longer names with their first and last sign."""
    if len(text) < 2:
        return "*" * len(text)
    return text[0] + "*" if len(text) == 2 else text[0] + "*" * (len(text) - 2) + text[-1]


def phone(text: str) -> str:
    """13812345678 is shown as 138****5678; other numbers keep the first three and the last two."""
    if len(text) == 11 and text.isdigit() and text[0] == "1":
        return f"{text[:3]}****{text[-4:]}"
    return text[:3] + "*" * max(len(text) - 5, 0) + text[-2:] if len(text) > 5 else "*" * len(text)


def address(text: str) -> str:
    """The address with the numbers of houses and flats hidden; the villagers' group stays."""
    return re.sub(r"[0-9０-９]+(?![0-9０-９]*[组社队])", "**", text)
