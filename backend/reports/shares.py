"""Parts of a whole as percentages: exact, from whole numbers alone, two decimals, half up."""

from __future__ import annotations

from decimal import Decimal


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in per cent: 1793 of 2900 is 61.83. None where there is no whole.

    Raises ValueError below zero: no count is.
    """
    if part < 0 or whole < 0:
        raise ValueError(f"A share of {part} in {whole}: counts are never below zero.")
    if whole == 0:
        return None
    return Decimal((2 * 10_000 * part + whole) // (2 * whole)).scaleb(-2)
