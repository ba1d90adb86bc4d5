"""The month's meetings are opened by themselves: in time for their first reminder, and after an outage for every month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.monthly import open_monthly_meetings
from backend.core import clock
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from backend.organizations import tree
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR
from tests.roles import as_role
from tests.world import World, as_if_today, make_world, paper, person
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
WHO = Actor.operator("root").who()


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def cell(world: World) -> Unit:
    """A cell that Chibo has known since 10/06/2026; the two of the world are closed."""
    Unit.objects.filter(level="cell").update(closed_on=date(2026, 1, 1))
    return since(world, "87.107.000.000.003", date(2026, 6, 10))


def since(world: World, code: str, on: date) -> Unit:
    return tree.open_unit(WHO, code=code, name="Chi bộ", level=Level.CELL, parent=world.commune, on=on)


def run(day: date) -> int:
    clock.move_to(day)
    with as_role("chibo_jobs"):
        return open_monthly_meetings(day)


def months(cell: Unit) -> list[str]:
    keys = Case.objects.filter(lifecycle="meeting", unit=cell).order_by("exclusive_key")
    return [key.removeprefix("regular:") for key in keys.values_list("exclusive_key", flat=True)]


def test_after_an_outage_every_month_is_opened_once(cell: Unit) -> None:
    assert run(date(2026, 6, 12)) == 1
    assert months(cell) == ["2026-06"]
    assert run(date(2026, 11, 10)) == 5
    assert months(cell) == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
    assert run(date(2026, 11, 10)) == 0
    found = Case.objects.filter(lifecycle="meeting").order_by("exclusive_key")
    assert {(case.state, case.version) for case in found} == {("planned", 1)}
    assert [case.number for case in found] == [f"SH-2026-000{n}" for n in range(1, 7)]
    assert set(Deadline.objects.values_list("acting_unit_id", "rule_id")) == {(cell.pk, "MTG.REGULAR")}
    assert list(Deadline.objects.order_by("due_on").values_list("due_on", "opened_on", "status")) == [
        (date(2026, 6, 30), date(2026, 6, 12), "open"),
        *((date(2026, month + 1, 1) - timedelta(days=1), date(2026, 11, 10), "open") for month in range(7, 12)),
    ]
    events = Event.objects.filter(lifecycle="meeting", office="system").order_by("id")
    assert list(events.values_list("code", flat=True)) == [
        "meeting.planned",
        *["meeting.made_good"] * 4,
        "meeting.planned",
    ]


def test_the_time_before_a_cell_was_opened_or_imported_is_not_asked_for(world: World, cell: Unit) -> None:
    clock.move_to(date(2026, 11, 9))
    later = since(world, "87.107.000.000.004", date(2026, 11, 9))
    unknown = Unit.objects.create(code="87.107.9", name="X", level="cell", parent=world.commune, path="/9/")
    Unit.objects.filter(pk=unknown.pk).update(path=f"{world.commune.path}{unknown.pk}/")
    assert run(date(2026, 11, 10)) == 8
    assert (len(months(cell)), months(later), months(unknown)) == (6, ["2026-11"], ["2026-11"])


def test_no_more_than_a_year_is_made_good(cell: Unit) -> None:
    assert run(date(2028, 1, 5)) == 13
    assert months(cell)[0] == "2027-01"
    assert months(cell)[-1] == "2028-01"


def test_months_that_were_held_taken_over_or_found_not_held_are_left_alone(world: World, cell: Unit) -> None:
    operator, on = Actor.operator("test"), date(2026, 7, 20)
    facts: dict[str, Any] = {"kind": "regular", "month": "2026-07-01", "held_on": "2026-07-20"}
    perform(operator, NewCase("meeting", unit_id=cell.pk), "take_over", {**facts, "filed_on": "2026-07-21"}, on=on)
    for month in (8, 9):
        planned = {"kind": "regular", "month": f"2026-0{month}-01"}
        with as_if_today(date(2026, month, 1)):
            made = perform(
                Actor.system(), NewCase("meeting", unit_id=cell.pk), "plan", planned, on=date(2026, month, 1)
            )
        if month == 8:
            note = {"number": "1", "issuer": "ĐU", "date": "2026-09-02"}
            perform(
                world.actor("committee"), OnCase(made["id"]), "record_not_held", {"note": note, "reason": "Bão"},
                on=date(2026, 9, 2),
            )  # fmt: skip
    thematic = {"kind": "thematic", "month": "2026-10-01"}
    perform(Actor.system(), NewCase("meeting", unit_id=cell.pk), "plan", thematic, on=date(2026, 10, 1))
    assert run(date(2026, 11, 10)) == 3
    assert [key for key in months(cell) if not key.startswith("thematic")] == [
        "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11",
    ]  # fmt: skip


def test_a_closed_cell_is_asked_for_nothing(cell: Unit) -> None:
    tree.close_unit(WHO, cell.pk, on=date(2026, 9, 1))
    assert run(date(2026, 11, 10)) == 0
    assert months(cell) == []


def test_the_next_month_is_opened_when_its_first_reminder_can_be_due(cell: Unit) -> None:
    first = date(2027, 2, 1)
    assert CALENDAR.add_working_days(first, -5) == date(2027, 1, 25)
    run(date(2027, 1, 24))
    assert months(cell)[-1] == "2027-01"
    assert run(date(2027, 1, 25)) == 1
    assert months(cell)[-1] == "2027-02"
    assert run(date(2027, 2, 1)) == 0


def test_tet_brings_the_opening_forward(world: World) -> None:
    """The last week of January 2025 is Tết: the fifth working day before February is the 20th."""
    Unit.objects.filter(level="cell").update(closed_on=date(2025, 1, 1))
    cell = since(world, "87.107.000.000.003", date(2025, 1, 7))
    assert run(date(2025, 1, 19)) == 1
    assert CALENDAR.add_working_days(date(2025, 2, 1), -5) == date(2025, 1, 20)
    assert run(date(2025, 1, 20)) == 1
    assert months(cell) == ["2025-01", "2025-02"]


def test_day_by_day_the_secretary_is_reminded_and_then_each_level_above_hears_in_its_turn(
    world: World, cell: Unit
) -> None:
    """Lào Cai's pack: the 3rd; in October 2026 a Saturday, so Monday the 5th, and again before the week is over."""
    Unit.objects.filter(pk=world.province.pk).update(settings={"packs": [["lao_cai", "2026-01-01", None]]})
    person("above", Office.COMMITTEE_SECRETARY, world.province)
    run(date(2026, 9, 20))
    Deadline.objects.update(status="met")  # the months before are done
    day = date(2026, 9, 20)
    told: dict[int, tuple[date, int, str]] = {}
    while day <= date(2026, 11, 30):
        run(day)
        Deadline.objects.filter(due_on__gt=date(2026, 10, 31)).update(status="met")
        with as_role("chibo_jobs"):
            sweep(day)
        found = Notice.objects.filter(channel="inbox", outcome="sent").exclude(id__in=list(told))
        told |= {one.id: (day, one.levels_up, one.office) for one in found.order_by("levels_up", "office")}
        day += timedelta(days=1)
    assert list(told.values()) == [
        (date(2026, 9, 28), 0, "cell_secretary"),
        (date(2026, 10, 2), 0, "cell_secretary"),
        (date(2026, 10, 5), 0, "cell_secretary"),
        (date(2026, 10, 7), 0, "cell_secretary"),
        (date(2026, 10, 31), 0, "cell_secretary"),
        (date(2026, 11, 2), 0, "cell_secretary"),
        (date(2026, 11, 2), 1, "committee_secretary"),
        (date(2026, 11, 2), 1, "organisation_officer"),
        (date(2026, 11, 9), 2, "committee_secretary"),
        (date(2026, 11, 9), 2, "organisation_officer"),
    ]
    top = Notice.objects.filter(levels_up=3).values_list("outcome", "reason").distinct()
    assert list(top) == [("skipped", "no_level_above")]


def test_a_month_found_late_is_told_level_by_level_from_then_on(world: World, cell: Unit) -> None:
    run(date(2026, 11, 10))
    late = Deadline.objects.get(due_on=date(2026, 6, 30))
    Deadline.objects.exclude(pk=late.pk).update(status="met")
    heard = {}
    for days in range(15):
        day = date(2026, 11, 10) + timedelta(days=days)
        sweep(day)
        for level in set(Notice.objects.filter(outcome="sent").values_list("levels_up", flat=True)) - set(heard):
            heard[level] = day
    assert heard == {0: date(2026, 11, 10), 1: date(2026, 11, 11), 2: date(2026, 11, 18)}


def test_many_cells_are_looked_through_in_a_few_questions(
    world: World, cell: Unit, django_assert_max_num_queries: Any
) -> None:
    for number in range(10, 40):
        since(world, f"87.107.000.000.0{number}", date(2026, 9, 1))
    with django_assert_max_num_queries(40):
        assert run(date(2026, 11, 10)) == 96
    with django_assert_max_num_queries(10):
        assert run(date(2026, 11, 10)) == 0


def test_cell_closes_with_the_meetings_that_chibo_planned_there(cell: Unit, world: World) -> None:
    """They cannot be ended before their time, and once voided they were planned anew: no cell could close."""
    day = date(2026, 8, 25)
    assert run(day) == 4
    clock.move_to(day)
    with pytest.raises(Refused) as refused:
        tree.close_unit(WHO, cell.pk, on=date(2026, 8, 24))
    assert [(one.code, one.params["count"]) for one in refused.value.answers] == [("unit.has_cases", 2)]
    for month in ("2026-06", "2026-07"):
        case = Case.objects.get(exclusive_key=f"regular:{month}", unit=cell)
        note = {"note": paper(day), "reason": "Không họp"}
        perform(world.actor("committee"), OnCase(case.pk), "record_not_held", note, on=day)
    tree.close_unit(WHO, cell.pk, on=date(2026, 8, 24))
    left = Case.objects.filter(unit=cell).order_by("exclusive_key").values_list("state", "closed_on", "version")
    assert list(left) == [("not_held", day, 2), ("not_held", day, 2), ("", day, 2), ("", day, 2)]
    assert not Deadline.objects.filter(unit=cell, status="open").exists()
    voids = Event.objects.filter(code="meeting.voided", unit_id=cell.pk).values_list("office", flat=True)
    assert list(voids) == ["system", "system"]
    assert run(date(2026, 9, 30)) == 0


def test_meeting_that_somebody_planned_keeps_its_cell_open(cell: Unit, world: World) -> None:
    day = date(2026, 8, 25)
    clock.move_to(day)
    facts = {"kind": "regular", "month": "2026-08-01"}
    perform(world.actor("committee"), NewCase("meeting", unit_id=cell.pk), "plan", facts, on=day)
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        tree.close_unit(WHO, cell.pk, on=date(2026, 8, 24))
    assert [one.code for one in refused.value.answers] == ["unit.has_cases"]
    assert (Event.objects.count(), Case.objects.get(unit=cell).state) == (events, "planned")
