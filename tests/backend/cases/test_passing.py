"""Who decides changes while cases are open: what has not been decided passes on, from the day of the new row."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases import passing
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import NotPermitted
from backend.jobs import tasks
from backend.organizations.models import Unit
from tests.backend.cases.test_competence import settle
from tests.backend.cases.test_replay import worked
from tests.backend.deadlines.test_recompute import run
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, paper

pytestmark = pytest.mark.django_db
ON, NEXT = date(2026, 11, 2), date(2026, 11, 3)
NOTHING, DRY = "0 thời hạn đã chuyển ngày.", "0 thời hạn sẽ chuyển ngày."
FROM_NEXT = ("province", "--from", "2026-11-03", "--source", "1-QĐ/TU")
DECISION = {"decision": paper(NEXT), "body": "standing", "committee_size": 9, "committee_yes": 9}


@pytest.fixture
def world() -> World:
    """Two recognitions that the base committee has considered, and that wait for whoever decides; the first is `case`."""
    world, _ = worked()
    facts = {"committee_resolution": paper(ON), "committee_size": 9, "committee_yes": 9}
    for key in Case.objects.filter(lifecycle="recognition").values_list("pk", flat=True):
        perform(world.actor("officer"), OnCase(key), "consider", facts, on=ON)
    return world


@pytest.fixture
def case(world: World) -> Case:
    return Case.objects.filter(lifecycle="recognition").order_by("pk")[0]


def turns() -> list[tuple[str, Unit]]:
    """(state, unit whose turn it is) of the recognitions."""
    return [(one.state, one.acting_unit) for one in Case.objects.filter(lifecycle="recognition").order_by("pk")]


def passed() -> list[Event]:
    return list(Event.objects.filter(code="turn.passed").order_by("pk"))


def line(case: Case, was: Unit, now: Unit) -> str:
    return f"{case.number}: chuyển từ {was.name} sang {now.name} xử lý (thẩm quyền quyết định đã thay đổi)"


def test_what_waits_for_a_decision_passes_on_from_the_day_of_the_new_row(world: World, case: Case) -> None:
    settle(*FROM_NEXT)
    assert run() == [NOTHING]
    assert turns() == [("considered", world.commune)] * 2
    clock.move_to(NEXT)
    other = Case.objects.get(pk=case.pk + 1)
    said = [line(one, world.commune, world.province) for one in (case, other)]
    before = Event.objects.count()
    assert run("--dry-run") == [DRY, *said, "2 hồ sơ sẽ chuyển nơi xử lý."]
    assert (turns(), Event.objects.count()) == ([("considered", world.commune)] * 2, before)
    assert run() == [NOTHING, *said, "2 hồ sơ đã chuyển nơi xử lý."]
    assert turns() == [("considered", world.province)] * 2
    event, _ = passed()
    assert (event.subject_kind, event.subject_id, event.version, event.case_id) == ("turn", case.pk, 1, case.pk)
    assert event.facts == {"from": world.commune.pk, "to": world.province.pk, "why": "competence"}
    assert (event.office, event.on_date) == ("operator", NEXT)
    assert event.rules["recognise"].startswith("recognise@2026-11-03#")
    assert run() == [NOTHING]
    with as_role("chibo_jobs"):
        assert replayed() == []


def test_whoever_has_the_turn_decides_and_what_was_decided_stays(world: World, case: Case) -> None:
    settle(*FROM_NEXT)
    clock.move_to(NEXT)
    run()
    with pytest.raises(NotPermitted), as_role("chibo_app"):
        perform(world.actor("committee"), OnCase(case.pk), "recognise", DECISION, on=NEXT)
    with as_role("chibo_app"):
        perform(world.actor("province"), OnCase(case.pk), "recognise", DECISION, on=NEXT)
    settle("--withdraw", "--from", "2026-11-03", "--source", "2-QĐ/TU")
    assert len(run()) == 3
    assert turns() == [("recognised", world.cell), ("considered", world.commune)]
    assert [(one.subject_id, one.version) for one in passed()] == [(case.pk, 1), (case.pk + 1, 1), (case.pk + 1, 2)]


def test_the_passing_of_a_turn_stands_in_no_voids_way(world: World, case: Case) -> None:
    """It is an event beside the case: the considered one is taken back, and the turn is where the state before has it."""
    settle(*FROM_NEXT)
    clock.move_to(NEXT)
    run()
    considered = Event.objects.get(case_id=case.pk, code="recognition.considered")
    void(world.actor("committee"), considered.uid, reason="Ghi nhầm", paper=paper(NEXT, "2-BB"))
    assert turns()[0] == ("proposed", world.commune)
    assert replayed() == []


def test_the_worker_passes_on_what_nobody_has_run_a_command_for(world: World, case: Case) -> None:
    settle(*FROM_NEXT)
    clock.move_to(NEXT)
    with as_role("chibo_jobs"):
        tasks.follow_calendar.run()
    assert turns() == [("considered", world.province)] * 2
    assert {one.office for one in passed()} == {"system"}


def test_a_row_of_another_act_or_the_same_level_passes_nothing(world: World, case: Case) -> None:
    call_command("competence", "remove", *FROM_NEXT, stdout=StringIO())
    settle("base_committee", "province", "--from", "2026-11-03", "--source", "1-QĐ/TU")
    clock.move_to(NEXT)
    assert run() == [NOTHING]
    assert (turns(), passed()) == ([("considered", world.commune)] * 2, [])


def test_a_case_above_which_no_unit_of_the_level_stands_stays_with_the_nearest_above(world: World, case: Case) -> None:
    settle("upper_committee", "--from", "2026-11-03", "--source", "1-QĐ/TU")
    clock.move_to(NEXT)
    assert len(run()) == 4
    assert turns() == [("considered", world.province)] * 2
    assert run() == [NOTHING]


def test_batches_pass_on_all_of_them_once(world: World, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "BATCH", 1)
    settle(*FROM_NEXT)
    clock.move_to(NEXT)
    assert len(passing.follow_competence(Actor.operator("an"), dry_run=False)) == 3
    assert [one.subject_id for one in passed()] == [case.pk, case.pk + 1]
