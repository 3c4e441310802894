"""Amounts in yuan, exact to the fen."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

FEN = Decimal("0.01")


def yuan(amount: Decimal | int | str) -> Decimal:
    """The amount in yuan rounded half-even to the fen; floats are refused with TypeError."""
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    return Decimal(amount).quantize(FEN, rounding=ROUND_HALF_EVEN)
