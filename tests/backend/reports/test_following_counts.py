"""Counts follow what happens through the engine: steps, backdated entries, voids, moves; a run twice changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.administration import move_unit
from backend.audit.followers import follow_all
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.cases.engine import OnMember, perform
from backend.cases.voiding import void
from backend.core.db import WHOLE, scoped
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.reports.counting import rebuild
from backend.reports.figures import FIGURES
from backend.reports.models import DailyCount
from backend.reports.reading import first_day, values
from tests.roles import as_role
from tests.world import TODAY, World, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def follow() -> None:
    """As the worker does, under its role; everything counted anew finds nothing to put right afterwards."""
    seal_all()
    with as_role("chibo_jobs"):
        follow_all()
        assert rebuild() == 0


def at(place: Unit, day: date) -> dict[str, int]:
    with scoped(WHOLE):
        found = values([Unit.objects.get(pk=place.pk).path], [*FIGURES], [day])
    return {figure: value for (_, figure, _), value in found.items()}


def test_what_the_engine_does_is_counted_where_it_happened_and_above(world: World) -> None:
    people = world.members(3)
    world.member("Lê Thị Mới", "import_probationary", joined_on="2026-03-10")
    world.members(2, unit=world.other)
    world.meeting(people, date(2026, 10, 5))
    follow()
    members = {"member": 4, "standing.official": 3, "standing.probationary": 1, "participation.attending": 4}
    cell = at(world.cell, TODAY)
    assert {key: cell[key] for key in members} == members
    assert at(world.commune, TODAY)["member"] == at(world.province, TODAY)["member"] == 6
    assert [
        at(world.commune, day).get("admission.year", 0)
        for day in (date(2026, 3, 9), date(2026, 3, 10), TODAY, date(2027, 1, 1))
    ] == [0, 1, 1, 0]
    october = at(world.commune, date(2026, 10, 31))
    assert (october["meeting.due"], october["meeting.held"]) == (1, 1)
    assert at(world.commune, date(2026, 10, 4)).get("meeting.held", 0) == 0
    assert "meeting.overdue" not in at(world.commune, TODAY)


def test_what_is_entered_late_and_voided_changes_the_days_it_is_about(world: World) -> None:
    people = world.members(4)
    follow()
    lapsed, on = "participation.lapsed", date(2026, 10, 20)
    facts = {"resolution": paper(on), "ground": "meetings", "months": 3}
    done = perform(world.actor("secretary"), OnMember(people[0].pk), "record_lapse", facts, on=on)
    assert lapsed not in at(world.commune, TODAY)
    follow()
    assert [at(world.commune, day).get(lapsed, 0) for day in (date(2026, 10, 19), on, TODAY)] == [0, 1, 1]
    event = Event.objects.get(uid=done["event"])
    void(world.actor("deputy"), event.uid, reason="Ghi nhầm người", paper=paper(TODAY), expected_version=event.version)
    follow()
    assert [at(world.commune, day).get(lapsed, 0) for day in (on, TODAY)] == [0, 0]


def test_a_cell_that_moves_is_counted_there_from_that_day(world: World) -> None:
    second = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    world.members(3)
    follow()
    admin = person("admin", Office.ADMINISTRATOR, world.province)
    move_unit(admin, world.cell.pk, second.pk, on=TODAY)
    follow()
    before = date(2026, 11, 1)
    assert [at(place, before).get("member", 0) for place in (world.commune, second, world.province)] == [3, 0, 3]
    assert [at(place, TODAY).get("member", 0) for place in (world.commune, second, world.province)] == [0, 3, 3]
    assert at(second, TODAY)["cell"] == 1
    cell = Unit.objects.get(pk=world.cell.pk)
    assert DailyCount.objects.filter(unit_path=cell.path, figure="member").exists()
    assert not DailyCount.objects.filter(unit_path=world.cell.path).exists()


def test_the_first_day_is_that_of_the_first_member(world: World) -> None:
    with scoped(WHOLE):
        assert first_day(world.commune.path) is None
    world.members(1, on=date(2026, 5, 4))
    follow()
    with scoped(WHOLE):
        assert (first_day(world.commune.path), first_day(world.other.path)) == (date(2026, 5, 4), None)
    assert Member.objects.count() == 1


def test_an_office_reads_the_counts_of_its_own_place_and_below(world: World) -> None:
    world.members(2)
    follow()
    paths = [world.province.path, world.commune.path, world.cell.path, world.other.path]
    with as_role("chibo_app"):
        for path, seen in ((world.commune.path, 2), (world.cell.path, 1), (world.other.path, 0)):
            with scoped(path):
                found = {one for one, _, _ in values(paths, ["member"], [TODAY])}
                assert (len(found), all(one.startswith(path) for one in found)) == (seen, True)
