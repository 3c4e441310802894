"""Amounts in yuan, exact to the fen."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

FEN = Decimal("0.01")


def yuan(amount: Decimal | int | str) -> Decimal:
    """The amount in yuan rounded half-even to the fen; floats are refused with TypeError."""
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    return Decimal(amount).quantize(FEN, rounding=ROUND_HALF_EVEN)


def in_words(amount: Decimal) -> str:
    """The amount with thousands separators, in 万元 from ten thousand times a hundred up."""
    if abs(amount) >= 1_000_000:
        return f"{amount / 10_000:,.2f} 万元"
    return f"{amount:,.2f} 元"
