"""Percentages from whole numbers: exact, two decimals, half up, at the edges."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.reports.shares import share


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (934, 1300, "71.85"), (1793, 2900, "61.83"), (0, 7, "0.00"), (7, 7, "100.00"), (8, 7, "114.29"),
        (1, 20_000, "0.01"), (1, 20_001, "0.00"), (1, 800, "0.13"), (3, 800, "0.38"), (1, 3, "33.33"), (2, 3, "66.67"),
        (199_999, 200_000, "100.00"), (9_999, 10_000, "99.99"),
    ],
)  # fmt: skip
def test_a_half_is_rounded_up(part: int, whole: int, said: str) -> None:
    assert str(share(part, whole)) == said


def test_of_nothing_there_is_no_share_and_no_count_is_below_zero() -> None:
    assert share(0, 0) is None
    assert share(5, 0) is None
    for part, whole in ((-1, 5), (1, -5)):
        with pytest.raises(ValueError, match="never below zero"):
            share(part, whole)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_as_decimal_arithmetic_with_every_digit_says_it(part: int, whole: int) -> None:
    exact = Decimal(part) * 100 / Decimal(whole)
    assert abs(exact - share(part, whole)) <= Decimal("0.005")  # type: ignore[operator]
    if part % whole == 0:
        assert share(part, whole) == (exact).quantize(Decimal("0.01"), ROUND_HALF_UP)
