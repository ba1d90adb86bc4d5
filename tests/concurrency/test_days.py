"""The same day entered by two at the same moment: one row, one event a version, and nobody is told of a fault."""

from __future__ import annotations

import time
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from backend.audit.models import Event
from backend.cases.engine import RequestKey
from backend.cases.ruling import enter_day
from backend.deadlines.models import CalendarDay
from tests.realdb import RealDatabase, together
from tests.roles import as_role
from tests.world import make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.real
DAY, BASIS = date(2026, 12, 17), "Thông báo 12/TB ngày 01/11/2026"


def entered(actor: Any, name: str, key: str) -> tuple[bool, int]:
    with as_role("chibo_app"):
        told = enter_day(actor, DAY, off=True, name=name, basis=BASIS, request_key=RequestKey.of(key, [name]))
    return told["changed"], told["version"]


@pytest.mark.parametrize(
    ("names", "one_form", "expected"),
    [
        (("Nghỉ bão", "Nghỉ lũ"), False, [(True, 1), (True, 2)]),
        (("Nghỉ bão", "Nghỉ bão"), False, [(False, 1), (True, 1)]),
        (("Nghỉ bão", "Nghỉ bão"), True, [(True, 1), (True, 1)]),
    ],
)
def test_a_new_day_is_entered_by_two_at_once(
    committed_db: RealDatabase, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str], *, one_form: bool,
    expected: list[tuple[bool, int]],
) -> None:  # fmt: skip
    world, save = make_world(), CalendarDay.save

    def slowly(row: CalendarDay, *args: Any, **options: Any) -> None:
        time.sleep(0.5)  # the other looks meanwhile
        save(row, *args, **options)

    monkeypatch.setattr(CalendarDay, "save", slowly)
    first, second = (person(name, Office.ADMINISTRATOR, world.province) for name in ("one", "two"))
    keys = [str(uuid4())] * 2 if one_form else [str(uuid4()), str(uuid4())]
    people = (first, first if one_form else second)
    calls = [partial(entered, *each) for each in zip(people, names, keys, strict=True)]
    assert sorted(together(*calls)) == expected
    row = CalendarDay.objects.get()
    assert (row.version, row.withdrawn) == (expected[-1][1], False)
    assert Event.objects.filter(code="calendar.day_set").count() == row.version
