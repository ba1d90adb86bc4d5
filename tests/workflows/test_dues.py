"""Dues over plain values: what the ledger says of a month, and what the rates in force in it give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from workflows import law
from workflows.answers import Refusal
from workflows.dues import MonthView, Relief, Said, Status, Written, is_late, is_over, relief_in, status
from workflows.dues_rates import Income, Sum, rate_of, reckon

JUNE, TODAY = date(2026, 6, 1), date(2026, 11, 2)
OWED = MonthView(JUNE, is_member=True, owed_at=7, places=frozenset({7}), is_kept=True)
PAID, UNPAID, BACK = (Written(said, 7, 1) for said in (Said.PAID, Said.UNPAID, Said.WITHDRAWN))
EXEMPT, HALF = Relief(JUNE, None, None), Relief(JUNE, JUNE, 50)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Status.UNPAID),  # the cell entered others' dues, and the month is over
        ({"is_kept": False}, Status.OPEN),  # nobody has kept a book of it
        ({"written": PAID}, Status.PAID),
        ({"written": UNPAID, "is_kept": False}, Status.UNPAID),
        ({"written": BACK}, Status.UNPAID),  # taken back: as if never said
        ({"written": BACK, "is_kept": False}, Status.OPEN),
        ({"relief": HALF}, Status.UNPAID),  # reduced is still owed
        ({"relief": EXEMPT}, Status.EXEMPT),
        ({"relief": EXEMPT, "written": UNPAID}, Status.EXEMPT),
        ({"relief": EXEMPT, "written": PAID}, Status.PAID),  # of the own will
        ({"is_member": False}, Status.NOT_DUE),
        ({"is_member": False, "written": UNPAID}, Status.NOT_DUE),
        ({"is_member": False, "written": PAID}, Status.PAID),
        ({"is_member": False, "relief": EXEMPT}, Status.NOT_DUE),
        ({"owed_at": None}, Status.OUTSIDE),
        ({"owed_at": None, "written": UNPAID}, Status.UNPAID),
        ({"owed_at": None, "relief": EXEMPT}, Status.EXEMPT),
        ({"month": date(2026, 11, 1)}, Status.OPEN),  # it is not over
        ({"month": date(2026, 11, 1), "written": UNPAID}, Status.UNPAID),
    ],
)
def test_what_the_ledger_says_of_a_month(changes: dict[str, Any], expected: Status) -> None:
    assert status(replace(OWED, **changes), TODAY) == expected


def test_a_month_is_over_on_its_last_day() -> None:
    assert [is_over(JUNE, day) for day in (date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1))] == [
        False, True, True,
    ]  # fmt: skip
    assert [is_late(JUNE, day) for day in (None, date(2026, 6, 30), date(2026, 7, 1))] == [False, False, True]


def test_a_relief_covers_whole_months_whatever_day_names_them() -> None:
    found = relief_in({"first_month": "2026-06-17", "last_month": "2026-08-02", "percent": 30})
    assert found == Relief(JUNE, date(2026, 8, 1), 30)
    covered = [number for number in range(1, 13) if found is not None and found.covers(date(2026, number, 1))]
    assert covered == [6, 7, 8]
    assert relief_in({"first_month": "2026-06-17"}) == Relief(JUNE, None, None)
    assert relief_in({"asked_from": "2026-06-17"}) is None


@pytest.mark.parametrize(
    ("income", "month", "base", "percent", "due", "version"),
    [
        (Income.SALARY, date(2026, 1, 1), 12_000_000, 0, 120_000, "DUE.SI@2010-12-28"),  # B51: the rules of 342
        (Income.SALARY, date(2026, 2, 1), 12_000_000, 0, 120_000, "DUE.SI@2026-02-01"),
        (Income.SALARY, date(2026, 4, 1), 12_345_678, 0, 123_457, "DUE.SI@2026-02-01"),
        (Income.ALLOWANCE, date(2026, 2, 1), 9_000_050, 0, 90_001, "DUE.SI_ALLOWANCE@2026-02-01"),  # half goes up
        (Income.ALLOWANCE, date(2026, 2, 1), 9_000_049, 0, 90_000, "DUE.SI_ALLOWANCE@2026-02-01"),
        (Income.PENSION, date(2026, 3, 1), 6_500_000, 0, 32_500, "DUE.PENSION@2026-02-01"),
        (Income.STUDENT, date(2026, 3, 1), None, 0, 5_000, "DUE.STUDENT@2026-02-01"),
        (Income.WORKING_AGE, date(2027, 12, 1), 4_140_000, 0, 12_420, "DUE.NON_SI_WORKING_AGE@2026-02-01"),
        (Income.WORKING_AGE, date(2028, 1, 1), 4_140_000, 0, 20_700, "DUE.NON_SI_WORKING_AGE@2028-01-01"),
        (Income.RETIRED_AGE, date(2027, 12, 1), 4_140_000, 0, 8_280, "DUE.NON_SI_RETIRED_AGE@2026-02-01"),
        (Income.RETIRED_AGE, date(2028, 1, 1), 4_140_000, 0, 12_420, "DUE.NON_SI_RETIRED_AGE@2028-01-01"),
        (Income.SALARY, date(2026, 3, 1), 12_000_000, 30, 84_000, "DUE.SI@2026-02-01"),
        (Income.SALARY, date(2026, 3, 1), 12_000_000, 70, 36_000, "DUE.SI@2026-02-01"),
        (Income.STUDENT, date(2026, 3, 1), 99, 50, 2_500, "DUE.STUDENT@2026-02-01"),
    ],
)
def test_what_a_rate_gives(income: Income, month: date, base: int | None, percent: int, due: int, version: str) -> None:
    found = reckon(income, base, month, percent)
    assert isinstance(found, Sum)
    assert (found.due, found.rule.version) == (due, version)


@pytest.mark.parametrize(
    ("income", "month", "base", "rule", "code"),
    [
        (Income.STUDENT, date(2026, 1, 1), None, "DUE.STUDENT", "dues.rate_unknown"),
        (Income.WORKING_AGE, date(2026, 1, 1), 4_140_000, "DUE.NON_SI_WORKING_AGE", "dues.rate_unknown"),
        (Income.SALARY, date(2010, 12, 1), 1_000_000, "DUE.SI", "dues.rate_unknown"),
        (Income.PENSION, date(2026, 3, 1), None, "DUE.PENSION", "dues.base_missing"),
    ],
)
def test_a_sum_that_cannot_be_told_says_why(
    income: Income, month: date, base: int | None, rule: str, code: str
) -> None:
    found = reckon(income, base, month)
    assert isinstance(found, Refusal)
    assert (found.code, found.rule) == (code, rule)
    assert (found.fact, found.text("en"), found.advice("en")) == {
        "dues.rate_unknown": (
            "income", f"No rate for this is known for {month:%m/%Y}.", "Enter the sum that the cell approved.",
        ),
        "dues.base_missing": ("base", "The rate is a share; say of how much.", ""),
    }[code]  # fmt: skip
    assert found.text("vi") != found.text("en")


def test_a_sum_shows_its_arithmetic() -> None:
    """B51: March is reckoned of February's salary."""
    found = reckon(Income.SALARY, 12_345_678, date(2026, 3, 1), 50)
    fixed = reckon(Income.STUDENT, None, date(2026, 3, 1))
    low = reckon(Income.WORKING_AGE, 4_140_000, date(2026, 3, 1))
    assert isinstance(found, Sum)
    assert isinstance(fixed, Sum)
    assert isinstance(low, Sum)
    said = {
        language: [Refusal("x.y", "%(told)s", {"told": one.told}).text(language) for one in (found, fixed, low)]
        for language in ("vi", "en")
    }
    assert said["en"] == [
        "1 % of the salary for compulsory social insurance of 02/2026 (12,345,678 đ), less 50 %: 61,728 đ",
        "5,000 đ a month: 5,000 đ",
        "0.3 % of the regional minimum wage (4,140,000 đ): 12,420 đ",
    ]
    assert said["vi"] == [
        "1 % tiền lương làm căn cứ đóng bảo hiểm xã hội bắt buộc của tháng 02/2026 (12.345.678 đ), giảm 50 %: 61.728 đ",
        "5.000 đ mỗi tháng: 5.000 đ",
        "0,3 % mức lương tối thiểu vùng (4.140.000 đ): 12.420 đ",
    ]


def test_words_and_figures_speak_one_language_even_where_none_is_set() -> None:
    told = rate_of(law.rule("DUE.STUDENT", JUNE), JUNE)
    with override("vi"):
        assert str(told) == "5.000 đ mỗi tháng"
    with override(None):
        assert str(told) == "5,000 đ a month"
