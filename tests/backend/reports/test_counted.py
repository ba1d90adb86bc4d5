"""What counts for a figure, as the engine writes it: congresses, meetings that were not held, deadlines, imports."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from backend.accounts.administration import close_unit
from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, NewMember, OnCase, perform
from backend.core.db import WHOLE, scoped
from backend.deadlines.models import Deadline
from backend.imports.undoing import undo
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from backend.reports.behind import behind
from backend.reports.models import DailyCount
from tests.backend.cases.stepping import step
from tests.backend.cases.test_congress import APPROVED, HELD, ballot, held, summon, term
from tests.backend.cases.test_whole_road import admit
from tests.backend.imports.books import GOOD, PROBATIONER, TABLES, write_folder
from tests.backend.imports.running import BEN, load
from tests.backend.reports.test_following_counts import at, follow
from tests.world import TODAY, World, as_if_today, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def on_days(world: World, figure: str, *days: date) -> list[int]:
    """A figure of the commune, which is that of the province too."""
    found = [at(world.commune, day).get(figure, 0) for day in days]
    assert found == [at(world.province, day).get(figure, 0) for day in days]
    return found


def test_a_congress_counts_from_its_day_unless_the_election_goes_back(world: World) -> None:
    people = world.members(9)
    case = term(world)
    summon(world, case, 9)
    facts = held(
        people,
        secretary_election=ballot(9, (people[0], 9)),
        committee_election=ballot(9, (people[0], 9), (people[1], 8)),
    )
    step(world.actor("secretary"), case, "hold", HELD, **facts)
    follow()
    days = (HELD - timedelta(days=1), HELD, TODAY, date(2026, 12, 31), date(2027, 1, 1))
    assert on_days(world, "congress.year", *days) == [0, 1, 1, 1, 0]
    with scoped(WHOLE):
        (one,) = behind(world.commune, "congress.year", TODAY)
    assert (one.kind, one.subject, one.unit_id, one.since) == ("case", case, world.cell.pk, HELD)
    step(world.actor("committee"), case, "send_back", APPROVED, notice=paper(APPROVED), reason="Thiếu biên bản")
    follow()
    assert on_days(world, "congress.year", *days) == [0] * 5


def test_a_meeting_is_overdue_until_the_committee_says_that_there_was_none(world: World) -> None:
    world.members(3)
    facts = {"kind": "regular", "month": "2026-10-01"}
    with as_if_today(date(2026, 10, 1)):
        planned = perform(
            Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=date(2026, 10, 1)
        )
    follow()
    end, after = date(2026, 10, 31), date(2026, 11, 1)
    assert on_days(world, "meeting.due", end, after) == [1, 0]
    assert on_days(world, "meeting.overdue", end, after, TODAY, date(2027, 6, 1)) == [0, 1, 1, 1]
    assert on_days(world, "deadline.overdue", end, after) == [0, 1]
    perform(
        world.actor("committee"),
        OnCase(planned["id"]),
        "record_not_held",
        {"note": paper(TODAY), "reason": "Bão"},
        on=TODAY,
    )
    follow()
    assert on_days(world, "meeting.overdue", after, TODAY, date(2027, 6, 1)) == [1, 0, 0]
    assert on_days(world, "meeting.held", end) == [0]


def test_open_deadlines_are_those_that_are_listed(world: World) -> None:
    world.probation(world.member("Lê Thị Mới", "import_probationary", joined_on="2025-09-10"), date(2025, 9, 10))
    follow()
    open_ = Deadline.objects.filter(status="open")
    assert on_days(world, "deadline.open", TODAY) == [open_.count()]
    assert on_days(world, "deadline.overdue", TODAY) == [open_.filter(due_on__lt=TODAY).count()]
    with scoped(WHOLE):
        assert {one.subject for one in behind(world.province, "deadline.open", TODAY)} == set(
            open_.values_list("pk", flat=True)
        )


def test_what_a_closed_cell_did_in_the_year_stays_with_the_units_above(world: World) -> None:
    third = unit("87.107.000.000.003", "Chi bộ ấp Ba", Level.CELL, world.commune)
    one = world.member("Lê Thị Mới", "import_probationary", joined_on="2026-03-10", unit=third)
    Member.objects.filter(pk=one.pk).update(unit=world.cell, unit_path=world.cell.path)
    spell = Spell.objects.get(member=one)
    Spell.objects.filter(pk=spell.pk).update(valid=DateRange(spell.valid.lower, date(2026, 6, 1)))
    spell.pk, spell.unit, spell.unit_path, spell.valid = (
        None,
        world.cell,
        world.cell.path,
        DateRange(date(2026, 6, 1), None),
    )
    spell.save()
    close_unit(person("admin", Office.ADMINISTRATOR, world.province), third.pk, on=TODAY)
    follow()
    before = TODAY - timedelta(days=1)
    assert on_days(world, "cell", before, TODAY) == [3, 2]
    assert on_days(world, "admission.year", date(2026, 3, 10), before, TODAY) == [1, 1, 1]
    assert [at(place, TODAY).get("admission.year", 0) for place in (third, world.cell)] == [1, 0]
    assert [at(world.cell, day).get("member", 0) for day in (date(2026, 5, 31), date(2026, 6, 1))] == [0, 1]


def test_a_roster_is_counted_and_counted_no_more_when_it_is_taken_back(tmp_path: Path) -> None:
    report = load(write_folder(tmp_path, [GOOD, PROBATIONER], tables=TABLES))
    follow()
    cell = Unit.objects.get(level="cell")
    assert (at(cell, TODAY)["member"], at(cell.parent, TODAY)["member"]) == (2, 2)  # type: ignore[arg-type]
    undo(BEN, UUID(report["batch"]), reason="the wrong commune")
    follow()
    assert not DailyCount.objects.exists()


@pytest.mark.parametrize("held_on", [date(2025, 11, 20), date(2026, 1, 5)])
def test_an_admission_counts_from_its_ceremony_also_where_that_was_on_the_day_of_the_decision(
    world: World, held_on: date
) -> None:
    people = world.members(6, on=date(2025, 1, 2))
    chosen = perform(
        world.actor("secretary"),
        NewMember(world.cell.pk, {"full_name": "Lê Thị Mai", "sex": "f", "born_on": date(2000, 2, 3)}),
        "choose", {"resolution": paper(date(2025, 5, 5)), "helper": people[0].pk}, on=date(2025, 5, 5),
    )  # fmt: skip
    admit(world, people, Member.objects.get(pk=chosen["id"]), received=min(held_on, date(2025, 12, 1)), held=held_on)
    follow()
    ends = date(held_on.year, 12, 31)
    days = (held_on - timedelta(days=1), held_on, ends, ends + timedelta(days=1))
    assert on_days(world, "admission.year", *days) == [0, 1, 1, 0]
