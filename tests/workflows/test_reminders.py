"""From which day a month's meeting is reminded: the unit's own, the province's, none; on days off and in short months."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.twins import vietnam
from workflows.catalogue import reminded
from workflows.law import packs
from workflows.reminders import Reminder, of_meeting
from workflows.workdays import Calendar, month_end

LAO_CAI = frozenset({"lao_cai"})


@pytest.mark.parametrize(
    ("own", "province", "found"),
    [
        (None, frozenset(), None),
        (None, frozenset({"another"}), None),
        (None, LAO_CAI, Reminder(3, 7, "MTG.DAY@open")),
        (10, frozenset(), Reminder(10)),
        (10, LAO_CAI, Reminder(10)),
    ],
    ids=["neither", "another province's", "the province's", "the unit's own", "the unit's own goes before"],
)
def test_whose_day_holds(own: int | None, province: frozenset[str], found: Reminder | None) -> None:
    assert of_meeting(own, {date(2026, 11, 1): province}.__getitem__, date(2026, 11, 1)) == found


def test_only_a_day_of_the_law_is_noted_as_a_rule() -> None:
    assert Reminder(10).rules == {}
    assert Reminder(3, 7, "MTG.DAY@open").rules == {"MTG.DAY": "MTG.DAY@open"}


@pytest.mark.parametrize(
    ("reminder", "month", "day"),
    [
        (Reminder(3, 7), date(2026, 11, 1), date(2026, 11, 3)),  # a Tuesday
        (Reminder(3, 7), date(2026, 10, 1), date(2026, 10, 5)),  # the 3rd is a Saturday: Monday of the first week
        (Reminder(10), date(2026, 10, 1), date(2026, 10, 12)),  # a Saturday as well, of the unit's own
        (Reminder(30), date(2026, 2, 1), date(2026, 2, 27)),  # February has no 30th, and its 28th is a Saturday
        (Reminder(30), date(2027, 2, 1), date(2027, 2, 26)),  # the 28th is a Sunday
        (Reminder(29), date(2028, 2, 1), date(2028, 2, 29)),  # a leap year
        (Reminder(31), date(2026, 11, 1), date(2026, 11, 30)),
        (Reminder(18), date(2026, 2, 1), date(2026, 2, 23)),  # Tết is 16-20/02/2026, a Friday its last day
        (Reminder(16), date(2026, 2, 1), date(2026, 2, 23)),
        (Reminder(5), date(2027, 2, 1), date(2027, 2, 11)),  # Tết is off until 10/02/2027
        (
            Reminder(5, 7),
            date(2027, 2, 1),
            date(2027, 2, 3),
        ),  # no working day is left in the first week: the last before
        (Reminder(3, 7), date(2030, 2, 1), date(2030, 2, 7)),  # Tết until the 6th: the last day of the first week
        (Reminder(2), date(2026, 9, 1), date(2026, 9, 3)),  # National Day
        (Reminder(30), date(2026, 4, 1), date(2026, 4, 29)),  # 30/04 is off and the month's last
    ],
)
def test_the_day_in_its_month(reminder: Reminder, month: date, day: date) -> None:
    assert reminder.on(month_end(month), vietnam()) == day


def test_a_month_without_a_working_day_in_reach_keeps_the_day() -> None:
    off = Calendar(frozenset(date(2026, 11, day) for day in range(1, 8)))
    assert Reminder(3, 7).on(date(2026, 11, 30), off) == date(2026, 11, 3)
    but_the_first = Calendar(frozenset(date(2026, 12, day) for day in range(2, 8)))
    assert Reminder(3, 7).on(date(2026, 12, 31), but_the_first) == date(2026, 12, 1)


def test_the_monthly_meeting_alone_has_a_reminder_day() -> None:
    assert reminded() == {"MTG.REGULAR": of_meeting}


def test_packs_are_those_the_law_names() -> None:
    assert packs() == LAO_CAI
