"""The exact dates of the acceptance scenarios, and what holds for every calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.twins import vietnam
from workflows.workdays import (
    FIRST,
    LAST,
    Calendar,
    add_months,
    month_end,
    month_start,
    months_between,
    quarter,
    quarter_end,
    quarter_start,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("scenario", "start", "days", "end"),
    [
        ("B1", date(2027, 1, 5), 30, date(2027, 2, 23)),
        ("B4", date(2027, 1, 20), 30, date(2027, 3, 10)),
        ("B4 extended", date(2027, 3, 10), 30, date(2027, 4, 22)),
        ("B5", date(2026, 11, 2), 30, date(2026, 12, 15)),
        ("B6 old rule", date(2026, 7, 20), 30, date(2026, 8, 28)),
        ("B6 new rule", date(2026, 7, 10), 30, date(2026, 8, 21)),
        ("B8", date(2026, 12, 3), 60, date(2027, 3, 5)),
        ("B8 extended", date(2027, 3, 5), 30, date(2027, 4, 19)),
        ("B29", date(2026, 8, 10), 30, date(2026, 9, 23)),
        ("B31", date(2026, 9, 1), 60, date(2026, 11, 26)),
        ("B31 early", date(2026, 9, 1), 30, date(2026, 10, 14)),
        ("B48", date(2026, 5, 15), 3, date(2026, 5, 20)),
    ],
)
def test_scenario_dates(scenario: str, start: date, days: int, end: date) -> None:
    assert vietnam().add_working_days(start, days) == end, scenario


def test_cultural_day_counts_as_a_day_off() -> None:
    """B5: a calendar without 24/11 gives 14/12."""
    without = Calendar(vietnam().off - {date(2026, 11, 24)}, vietnam().worked)
    assert without.add_working_days(date(2026, 11, 2), 30) == date(2026, 12, 14)


def test_late_by_three_working_days() -> None:
    """B29: presented 28/09/2026, due 23/09/2026."""
    assert vietnam().working_days_between(date(2026, 9, 23), date(2026, 9, 28)) == 3


def test_off_days_are_named_for_explanations() -> None:
    days = vietnam().off_days_between(date(2027, 2, 1), date(2027, 2, 28))
    assert [day for day, _ in days] == [date(2027, 2, n) for n in (4, 5, 8, 9, 10)]
    assert all(name for _, name in days)


def test_days_between_leave_out_the_start_and_take_in_the_end() -> None:
    tuesday, saturday = date(2026, 2, 17), date(2026, 8, 22)
    made_up = Calendar(
        frozenset({tuesday, date(2026, 2, 21)}), frozenset({saturday, date(2026, 8, 24)}), {tuesday: "Tết"}
    )
    assert made_up.off_days_between(date(2026, 2, 16), tuesday) == [(tuesday, "Tết")]
    assert made_up.off_days_between(tuesday, date(2026, 12, 31)) == []  # a Saturday off is no exception
    assert made_up.off_days_between(date(2026, 1, 1), date(2026, 2, 16)) == []
    assert made_up.worked_days_between(date(2026, 8, 21), saturday) == [(saturday, "")]
    assert made_up.worked_days_between(saturday, date(2026, 12, 31)) == []  # a Monday worked is none
    assert made_up.working_days_between(date(2026, 2, 16), tuesday) == 0
    assert made_up.working_days_between(date(2026, 2, 18), date(2026, 2, 16)) == -1


def test_make_up_saturday_is_worked() -> None:
    assert vietnam().is_working(date(2026, 8, 22))
    assert [day for day, _ in vietnam().worked_days_between(date(2026, 8, 1), date(2026, 9, 1))] == [date(2026, 8, 22)]


@given(DAYS, st.integers(1, 200))
def test_nth_working_day_is_worked_and_counted(start: date, days: int) -> None:
    end = vietnam().add_working_days(start, days)
    assert vietnam().is_working(end)
    assert vietnam().working_days_between(start, end) == days


@given(DAYS, st.integers(1, 60))
def test_going_back_counts_working_days_before(start: date, days: int) -> None:
    calendar = Calendar(frozenset({date(2026, 2, 17)}))
    day, left = start, days
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working(day)
    assert calendar.add_working_days(start, -days) == day


def test_outside_the_calendar_is_an_error() -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        Calendar().add_working_days(date(2200, 12, 30), 30)
    with pytest.raises(ValueError, match="outside the calendar"):
        Calendar().is_working(date(1800, 1, 1))


def test_the_calendar_ends_where_it_says() -> None:
    """01/01/1900 was a Monday, 31/12/2200 will be a Wednesday."""
    assert Calendar().is_working(FIRST)
    assert Calendar().is_working(LAST)
    assert not Calendar().is_working(date(1900, 1, 6))
    assert Calendar().add_working_days(LAST - timedelta(days=1), 1) == LAST
    assert Calendar().add_working_days(FIRST + timedelta(days=1), -1) == FIRST
    for start, days, said in (
        (LAST, 1, "1 working days from 2200-12-31 lie outside the calendar."),
        (FIRST, -1, "-1 working days from 1900-01-01 lie outside the calendar."),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011  # compared below
            Calendar().add_working_days(start, days)
        assert str(caught.value) == said
    for day in (FIRST - timedelta(days=1), LAST + timedelta(days=1)):
        with pytest.raises(ValueError) as caught:  # noqa: PT011  # compared below
            Calendar().is_working(day)
        assert str(caught.value) == f"{day} lies outside the calendar (1900-01-01 to 2200-12-31)."


def test_a_day_that_is_off_and_worked_is_worked() -> None:
    day = date(2026, 2, 17)
    both = Calendar(frozenset({day}), frozenset({day}))
    assert both.is_working(day)
    assert both.add_working_days(date(2026, 2, 16), 1) == day


def test_the_next_working_day_and_the_day_itself() -> None:
    friday, saturday, monday = date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 9)
    assert [Calendar().on_or_after(day) for day in (friday, saturday, monday)] == [friday, monday, monday]
    assert [Calendar().next_working_day(day) for day in (friday, saturday)] == [monday, monday]
    assert Calendar().add_working_days(saturday, 0) == saturday
    assert Calendar().add_working_days(saturday, -1) == friday


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 1, 5), 12, date(2027, 1, 5)),
        (date(2020, 1, 15), 60, date(2025, 1, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
    ],
)
def test_add_months(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


def test_months_are_counted_by_month_alone() -> None:
    """B11 and B12."""
    assert months_between(date(2008, 6, 20), date(2026, 6, 5)) == 216
    assert months_between(date(1966, 3, 31), date(2026, 5, 1)) == 722


def test_ends_of_months_and_quarters() -> None:
    assert month_end(date(2028, 2, 3)) == date(2028, 2, 29)
    assert month_start(date(2028, 2, 29)) == date(2028, 2, 1)
    assert [quarter(date(2026, month, 1)) for month in range(1, 13)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert [quarter_end(date(2026, month, 1)) for month in (1, 3, 4, 9, 12)] == [
        date(2026, 3, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31),
    ]  # fmt: skip
    assert [quarter_start(date(2026, month, 31)) for month in (1, 3, 5, 8, 12)] == [
        date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1),
    ]  # fmt: skip
