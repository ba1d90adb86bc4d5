"""The library's days, and overrides on top of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from backend.deadlines.calendar import build, calendar
from backend.deadlines.models import CalendarDay


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 16), False), (date(2026, 2, 20), False), (date(2026, 2, 23), True), (date(2026, 4, 27), False),
        (date(2026, 8, 22), True), (date(2026, 8, 31), False), (date(2026, 9, 2), False), (date(2026, 11, 24), False),
        (date(2027, 2, 4), False), (date(2027, 2, 10), False), (date(2027, 4, 16), False), (date(2027, 5, 3), False),
        (date(2000, 2, 4), False), (date(2040, 11, 26), False), (date(2026, 3, 7), False), (date(2026, 3, 9), True),
    ],
)  # fmt: skip
def test_working_days_of_viet_nam(day: date, works: bool) -> None:
    assert build([]).is_working(day) is works


@pytest.mark.django_db
def test_an_override_is_seen_at_once_and_can_be_taken_back() -> None:
    bridge, saturday = date(2026, 4, 29), date(2026, 4, 25)
    with transaction.atomic():
        assert (calendar().is_working(bridge), calendar().is_working(saturday)) == (True, False)
    off = CalendarDay.objects.create(day=bridge, off=True, name="Hoán đổi")
    CalendarDay.objects.create(day=saturday, off=False, name="Làm bù")
    with transaction.atomic():
        assert (calendar().is_working(bridge), calendar().is_working(saturday)) == (False, True)
        assert calendar().names[bridge] == "Hoán đổi"
    off.off = False
    off.save()
    with transaction.atomic():
        assert calendar().is_working(bridge)
    CalendarDay.objects.all().delete()
    with transaction.atomic():
        assert not calendar().is_working(saturday)
