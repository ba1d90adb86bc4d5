"""Party age and badges over plain days: at the edge and one day past it, on every ceremony of the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import badges, law
from workflows.badges import (
    Ceremony,
    Found,
    Kind,
    Start,
    ceremony_before,
    ceremony_from,
    deferred_until,
    early_months,
    milestones,
    party_age,
    party_age_start,
    posthumous_months,
    reached,
)
from workflows.workdays import add_months

ON = date(2026, 11, 7)
DAY = timedelta(days=1)


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another value of a row of the law."""

    def set_to(name: str, value: Any) -> None:
        known = law.rule
        monkeypatch.setattr(
            badges.law, "rule",
            lambda rule, on: replace(known(rule, on), value=value) if rule == name else known(rule, on),
        )  # fmt: skip

    return set_to


def test_party_age_counts_from_the_first_day_that_is_known() -> None:
    days = {"party_age_from": date(2000, 1, 1), "admission_decided_on": date(1999, 1, 1), "joined_on": date(1999, 2, 1)}
    for name in badges.STARTS:
        assert party_age_start(SimpleNamespace(**days)) == Start(days[name], name)  # type: ignore[arg-type]
        days[name] = None  # type: ignore[assignment]
    assert party_age_start(SimpleNamespace(**days)) is None


def test_a_badge_is_reached_on_the_day_of_the_year() -> None:
    assert reached(date(1977, 5, 19), 50) == date(2027, 5, 19)  # B45
    assert reached(date(1996, 2, 29), 30) == date(2026, 2, 28)
    assert reached(date(1996, 2, 29), 40) == date(2036, 2, 29)


@pytest.mark.parametrize(
    ("day", "before", "following"),
    [
        (date(2026, 11, 7), date(2026, 9, 2), date(2026, 11, 7)),
        (date(2026, 11, 8), date(2026, 11, 7), date(2027, 2, 3)),
        (date(2027, 2, 3), date(2026, 11, 7), date(2027, 2, 3)),
        (date(2027, 2, 4), date(2027, 2, 3), date(2027, 5, 19)),
        (date(2027, 1, 1), date(2026, 11, 7), date(2027, 2, 3)),
    ],
)
def test_ceremonies_follow_each_other_over_the_year(day: date, before: date, following: date) -> None:
    assert (ceremony_before(day), ceremony_from(day)) == (before, following)


def test_the_law_of_the_day_says_for_which_years_and_how_early() -> None:
    assert milestones(date(2026, 5, 18)) == (30, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90)
    assert milestones(date(2026, 5, 19)) == (30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95)
    assert [early_months(years, ON) for years in (29, 30, 65, 66, 70, 95)] == [0, 12, 12, 0, 24, 24]
    assert posthumous_months(ON) == 12
    assert deferred_until("reprimand", date(2026, 2, 7)) == date(2026, 8, 7)
    assert deferred_until("reprimand", date(2021, 7, 29)) is None
    assert deferred_until("warning", date(2021, 7, 29)) == date(2022, 1, 29)
    assert deferred_until("expulsion", ON) is None


def kinds(*days: date, early: bool = False, died_on: date | None = None) -> list[Kind | None]:
    return [Ceremony(ON, early).kind(30, day, died_on) for day in days]


def test_why_somebody_is_on_the_list() -> None:
    before, oldest = date(2026, 9, 2), date(2025, 9, 2)
    assert kinds(oldest, oldest + DAY, before, before + DAY, ON) == [
        None, Kind.OUTSTANDING, Kind.OUTSTANDING, Kind.REACHED, Kind.REACHED,
    ]  # fmt: skip
    assert kinds(ON + DAY, date(2026, 11, 30), date(2026, 12, 1)) == [Kind.THIS_MONTH, Kind.THIS_MONTH, None]
    assert kinds(ON + DAY, date(2026, 12, 1), date(2027, 11, 7), date(2027, 11, 8), early=True) == [
        Kind.THIS_MONTH, Kind.EARLY, Kind.EARLY, None,
    ]  # fmt: skip


def test_the_deceased_stay_on_the_list_for_the_months_of_the_law() -> None:
    died = date(2026, 10, 20)
    assert kinds(date(2027, 10, 20), date(2027, 10, 21), died_on=died) == [Kind.POSTHUMOUS, None]
    assert kinds(date(2026, 10, 1), died_on=date(2025, 11, 7)) == [None]
    assert kinds(date(2026, 10, 1), died_on=date(2025, 11, 8)) == [Kind.POSTHUMOUS]
    assert kinds(date(2027, 11, 7), date(2027, 11, 8), died_on=ON) == [Kind.POSTHUMOUS, None]
    assert kinds(date(2026, 10, 1), died_on=ON + DAY) == [Kind.REACHED], "who dies later lives on that day"


def test_by_month_where_the_law_says_so(setting: Any) -> None:
    setting("BDG.COUNTED_BY", "month")
    assert kinds(date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 30), date(2026, 12, 1)) == [
        Kind.OUTSTANDING, Kind.REACHED, Kind.REACHED, None,
    ]  # fmt: skip


def test_a_badge_that_is_recorded_is_on_no_list() -> None:
    start = date(1991, 11, 7)
    assert Ceremony(ON).found(start, None) == Ceremony(ON).found(start, 30) == Found(35, ON, Kind.REACHED)
    assert Ceremony(ON).found(start, 35) is None
    assert Ceremony(ON).found(date(2000, 1, 1), None) is None


def test_which_badge_is_awarded_early_and_which_after_death() -> None:
    full = date(2028, 11, 7)  # two years early: for seventy years alone
    found = [Ceremony(ON, early=True).found(date(2028 - years, 11, 7), None) for years in (65, 70)]
    assert found == [None, Found(70, full, Kind.EARLY)]
    start = date(1987, 10, 20)
    assert Ceremony(ON).found(start, None, date(2026, 10, 20)) == Found(40, date(2027, 10, 20), Kind.POSTHUMOUS)
    assert Ceremony(ON).found(start, None, date(2026, 10, 19)) is Ceremony(ON).found(start, None) is None


@given(start=st.dates(date(1930, 2, 3), date(2005, 12, 31)), day=st.dates(date(2026, 6, 1), date(2030, 12, 31)))
def test_nobody_is_on_a_list_for_two_badges_or_missed_by_all_of_them(start: date, day: date) -> None:
    """Over a year's ceremonies each badge is reached once, and is outstanding after that for as long as the law says."""
    on = ceremony_from(day)
    hits = [years for years in milestones(on) if Ceremony(on, early=True).kind(years, reached(start, years))]
    assert len(hits) <= 1
    for years in milestones(on):
        full = reached(start, years)
        if full >= date(2026, 6, 1):
            first = ceremony_from(full)
            assert Ceremony(first).kind(years, full) == Kind.REACHED
            following = ceremony_from(first + DAY)
            assert Ceremony(following).kind(years, full) == Kind.OUTSTANDING
            gone = ceremony_from(add_months(following, 15))
            assert Ceremony(gone).kind(years, full) is None


@pytest.mark.parametrize(
    ("start", "on", "age"),
    [
        (date(2015, 1, 5), date(2026, 11, 2), (11, 9)), (date(2015, 1, 5), date(2026, 11, 5), (11, 10)),
        (date(2015, 1, 5), date(2026, 1, 4), (10, 11)), (date(2015, 1, 5), date(2026, 1, 5), (11, 0)),
        (date(2016, 2, 29), date(2026, 2, 28), (10, 0)), (date(2026, 11, 2), date(2026, 11, 2), (0, 0)),
    ],
)  # fmt: skip
def test_party_age_is_full_years_and_months(start: date, on: date, age: tuple[int, int]) -> None:
    assert party_age(start, on) == age
