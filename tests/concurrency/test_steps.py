"""Steps at the same time, with real threads on a committed database, and a control that shows the race without the lock."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases import monthly
from backend.cases.engine import NewCase, OnCase, OnMember, Order, RequestKey, Result, perform, perform_bulk
from backend.cases.models import Case
from backend.cases.monthly import open_monthly_meetings
from backend.cases.reinforcing import strengths
from backend.cases.replay import replay
from backend.core.db import execute
from backend.core.errors import ChiboError, Refused
from backend.deadlines.models import Deadline
from backend.organizations import tree
from backend.organizations.models import Unit
from tests.backend.cases.test_perform import ON, ballot
from tests.realdb import RealDatabase, together
from tests.world import World, make_world, paper
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
MONTHS = 11
"""From the month in which the world's cells were opened to that of ON."""


@pytest.fixture
def case(committed_db: RealDatabase) -> tuple[World, Case, dict[str, Any]]:
    world = make_world()
    people = world.members(3)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    opened = world.probation(new, date(2025, 10, 30))
    meeting = world.meeting(people, ON)
    return world, opened, {"resolution": paper(ON), "ballot": ballot(meeting, 3)}


def attempt(world: World, actor: str, case: Case, facts: dict[str, Any], key: RequestKey | None = None) -> str:
    try:
        done = perform(
            world.actor(actor), OnCase(case.pk), "propose", facts, on=ON, expected_version=1, request_key=key
        )
    except ChiboError as error:
        return error.code
    return str(done["event"])


def test_two_people_at_once_do_it_once(case: tuple[World, Case, dict[str, Any]]) -> None:
    world, opened, facts = case
    results = together(
        lambda: attempt(world, "secretary", opened, facts), lambda: attempt(world, "deputy", opened, facts)
    )
    assert sorted(one == "stale" for one in results) == [False, True]
    assert Event.objects.filter(case_id=opened.pk, code="recognition.proposed").count() == 1
    assert Case.objects.get(pk=opened.pk).version == 2


def test_same_request_at_once_gives_one_outcome(case: tuple[World, Case, dict[str, Any]]) -> None:
    world, opened, facts = case
    key = RequestKey.of("tap", facts)
    calls = [lambda: attempt_key(world, opened, facts, key)] * 2
    results = together(*calls)
    assert results[0] == results[1]
    assert Event.objects.filter(case_id=opened.pk, code="recognition.proposed").count() == 1


def test_same_bulk_at_once_gives_one_answer(case: tuple[World, Case, dict[str, Any]]) -> None:
    world, opened, facts = case
    orders = [Order(OnCase(opened.pk), "propose", ON, facts, 1)]
    key = RequestKey.of("bulk", facts)

    def bulk() -> Any:
        return perform_bulk(world.actor("secretary"), orders, _states, request_key=key)

    assert together(bulk, bulk) == [{"states": ["proposed"]}] * 2
    assert Event.objects.filter(case_id=opened.pk, code="recognition.proposed").count() == 1


def _states(results: Sequence[Result]) -> dict[str, Any]:
    return {"states": [one.outcome.state if one.outcome else "refused" for one in results]}


def test_two_openers_of_the_months_meetings_open_each_once(committed_db: RealDatabase) -> None:
    make_world()
    counts = together(lambda: open_monthly_meetings(ON), lambda: open_monthly_meetings(ON))
    assert sum(counts) == 2 * MONTHS
    assert Case.objects.filter(lifecycle="meeting", exclusive_key="regular:2026-11").count() == 2


def test_two_openers_after_an_outage_share_the_months_and_a_secretary_may_be_at_it_too(
    committed_db: RealDatabase,
) -> None:
    """The secretary holds and files the October meeting in between: closed by then, it is not opened again."""
    world = make_world()
    known_since(world, date(2026, 6, 1), cells=30)
    cell = Unit.objects.filter(level="cell").latest("pk")

    def hold() -> int:
        actor = Actor(Office.CELL_SECRETARY, cell.path, Level.CELL, cell.pk)
        month = {"kind": "regular", "month": "2026-10-01"}
        made = perform(Actor.system(), NewCase("meeting", unit_id=cell.pk), "plan", month, on=date(2026, 10, 5))
        held = {"held_on": "2026-10-05", "minutes_long": 95}
        perform(actor, OnCase(made["id"]), "hold", held, on=date(2026, 10, 5))
        perform(actor, OnCase(made["id"]), "file_minutes", {"minutes": paper(date(2026, 10, 6))}, on=date(2026, 10, 6))
        return 1

    def hold_or_find_it_open() -> int:
        try:
            return hold()
        except Refused:  # an opener was faster
            return 0

    counts = together(lambda: open_monthly_meetings(ON), lambda: open_monthly_meetings(ON), hold_or_find_it_open)
    assert sum(counts) == 2 * MONTHS + 30 * 6
    meetings = Case.objects.filter(lifecycle="meeting").values("unit_id", "exclusive_key")
    assert set(meetings.annotate(n=Count("id")).values_list("n", flat=True)) == {1}
    assert open_monthly_meetings(ON) == 0


def test_control_without_looking_again_a_month_held_meanwhile_is_opened_twice(
    committed_db: RealDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the second look under the lock prevents: what was missing at the first look is opened though it was held since."""
    world = make_world()
    with transaction.atomic():
        before = monthly._missing(monthly._reach(ON))
    monkeypatch.setattr(monthly, "_missing", lambda reach, cells=None: before)
    world.meeting(world.members(1), ON)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET closed_on = %s", [ON])
    assert open_monthly_meetings(ON) == 2 * MONTHS
    assert Case.objects.filter(unit=world.cell, exclusive_key="regular:2026-11").count() == 2


def known_since(world: World, on: date, *, cells: int) -> None:
    who = Actor.operator("test").who()
    with transaction.atomic():
        for number in range(cells):
            code = f"87.107.000.000.{number + 100}"
            tree.open_unit(who, code=code, name="Chi bộ", level=Level.CELL, parent=world.commune, on=on)


def attempt_key(world: World, case: Case, facts: dict[str, Any], key: RequestKey) -> str:
    return str(perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, request_key=key)["event"])


def test_control_without_the_lock_both_read_the_same_version(case: tuple[World, Case, dict[str, Any]]) -> None:
    """What the lock prevents: two plain readers both see version 1 and would both write version 2."""
    _, opened, _ = case
    gate = threading.Barrier(2)

    def read() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT version FROM cases_case WHERE id = %s", [opened.pk])
            version: int = cursor.fetchone()[0]
            gate.wait(10)
            return version + 1

    assert together(read, read) == [2, 2]


def test_two_who_leave_a_cell_at_once_open_one_task(committed_db: RealDatabase) -> None:
    """Four, and two of them leave: whoever comes second sees what the first has done, under the cell's lock."""
    world = make_world()
    people = world.members(4)
    assert _tasks() == ["met"], "of the days when they were entered one by one"
    calls = [lambda key=one.pk: _die(world, key) for one in people[:2]]
    events = together(*calls)
    assert _tasks() == ["met", "open"]
    later = Event.objects.filter(code="membership.died").latest("pk")
    assert str(later.uid) in events
    assert Deadline.objects.get(status="open", subject_kind="unit").occurrence == later.uid


def test_one_leaves_while_another_arrives(committed_db: RealDatabase) -> None:
    """Three, one leaves and one comes: a task is open in between at most, and met."""
    world = make_world()
    people = world.members(3)
    together(lambda: _die(world, people[0].pk), lambda: str(world.member("Lê Văn Ba").pk))
    assert set(_tasks()) == {"met"}
    assert list(replay()) == []


def _die(world: World, member: int) -> str:
    facts = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
    return str(perform(world.actor("secretary"), OnMember(member), "record_death", facts, on=ON)["event"])


def _tasks() -> list[str]:
    rows = Deadline.objects.filter(rule_id="TASK.REINFORCE_CELL").order_by("pk")
    return list(rows.values_list("status", flat=True))


def test_control_without_the_cells_lock_neither_sees_that_it_became_too_small(committed_db: RealDatabase) -> None:
    """What the lock prevents: of two who leave a cell of four, each still counts the other."""
    world = make_world()
    people, gate = world.members(4), threading.Barrier(2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_member DISABLE TRIGGER USER")

    def leave(member: int) -> int:
        with transaction.atomic():
            execute("UPDATE members_member SET standing = 'deceased' WHERE id = %s", [member])
            gate.wait(10)
            (stand,) = strengths([world.cell.pk], ON)
            gate.wait(10)
        return stand.official

    assert together(lambda: leave(people[0].pk), lambda: leave(people[1].pk)) == [3, 3]
