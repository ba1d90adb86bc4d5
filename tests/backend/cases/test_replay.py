"""What is stored follows from the log: after work, after voids, after an import; and a row that was tampered with is named."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.translation import override

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.deadlines.models import Deadline
from tests.backend.cases.test_perform import ballot
from tests.realdb import RealDatabase
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper
from workflows.uses import rules_of

ON = date(2026, 11, 2)


def worked() -> tuple[World, Case]:
    """A cell that proposed one probationer and voided another proposal."""
    world = make_world()
    people = world.members(6)
    meeting = world.meeting(people, ON)
    facts: dict[str, Any] = {"resolution": paper(ON), "ballot": ballot(meeting, 6)}
    cases = []
    for name in ("Trần Thị Mới", "Lê Thị Hai"):
        new = world.member(name, "import_probationary", joined_on="2025-10-30")
        case = world.probation(new, date(2025, 10, 30))
        perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
        cases.append(case)
    wrong = Event.objects.get(case_id=cases[1].pk, code="recognition.proposed")
    void(Actor.operator("second"), wrong.uid, reason="Ghi nhầm", paper=paper(ON))
    perform(world.actor("secretary"), OnCase(cases[1].pk), "propose", facts, on=ON)
    return world, Case.objects.get(pk=cases[0].pk)


@pytest.mark.django_db
def test_what_was_worked_and_voided_follows_from_the_log() -> None:
    worked()
    heard: list[tuple[str, int]] = []
    with as_role("chibo_jobs"):
        assert list(replay(lambda kind, count: heard.append((kind, count)))) == []
    assert heard == [("case", 3), ("member", 8)]
    for event in Event.objects.exclude(step="").filter(voids=None):
        assert set(event.rules) <= rules_of(event.lifecycle, event.step) or event.cause is not None, event.code


@pytest.mark.django_db
def test_reminders_that_were_planned_anew_follow_too() -> None:
    world = make_world()
    month = {"kind": "regular", "month": "2026-11-01"}
    perform(world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=ON)
    with as_role("chibo_jobs"):
        call_command("configure_unit", world.commune.code, "--reminder-day", "5", stdout=StringIO())
        assert Event.objects.get(subject_kind="deadline").code == "deadline.replanned"
        assert replayed() == []


@pytest.mark.django_db
def test_a_deadline_on_another_ladder_than_the_one_that_holds_is_named_and_mended() -> None:
    """Whoever goes past the engine puts it on one that nobody chose; a closed one keeps the ladder it was reminded by."""
    _, case = worked()
    decide = Deadline.objects.get(subject_id=case.pk, rule_id="PRO.DECIDE")
    assert (decide.ladder, replayed()) == ("thirty_working_days", [])
    Deadline.objects.filter(subject_id=case.pk).update(ladder="task")
    assert Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW").status == "met"
    wrong = "stands on the ladder “task”, today it is “thirty_working_days”; manage.py law recompute mends it"
    assert replayed() == [f"Case {case.pk}, deadline {decide.pk} (PRO.DECIDE): {wrong}"]
    call_command("law", "recompute", stdout=StringIO())
    assert replayed() == []


@pytest.mark.django_db
def test_a_person_whose_entry_was_voided_follows_from_the_log() -> None:
    """The row stays in the cell, and stands for nobody."""
    world = make_world()
    member = world.member("Nguyễn Văn Nhầm")
    entered = Event.objects.get(member_id=member.pk)
    void(Actor.operator("second"), entered.uid, reason="Ghi nhầm", paper=paper(ON))
    assert list(replay()) == []


@pytest.mark.real
def test_a_row_that_was_tampered_with_is_named(committed_db: RealDatabase) -> None:
    _, case = worked()
    member, decide = case.member_id, Deadline.objects.get(subject_id=case.pk, rule_id="PRO.DECIDE")
    review = Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    with connection.cursor() as cursor:
        for table in ("cases_case", "members_member"):  # as somebody who goes past the triggers
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_case SET state = 'recognised', closed_on = '2026-11-03' WHERE id = %s", [case.pk])
        cursor.execute("UPDATE members_member SET joined_on = '2025-01-01' WHERE id = %s", [member])
        cursor.execute("UPDATE deadlines_deadline SET due_on = due_on + 30 WHERE id = %s", [decide.pk])
        cursor.execute("UPDATE deadlines_deadline SET status = 'cancelled' WHERE id = %s", [review.pk])
    out = StringIO()
    with as_role("chibo_jobs"), override("en"), pytest.raises(SystemExit) as ended:
        call_command("replay", "--quiet", stdout=out)
    assert ended.value.code == 1
    said = out.getvalue().splitlines()
    assert said[:2] == [
        f"Case {case.pk}: state is recognised, its events say proposed",
        f"Case {case.pk}: closed_on is 2026-11-03, its events say nothing",
    ]
    assert (
        f"Case {case.pk}, deadline {review.pk} (PRO.CELL_REVIEW): is cancelled, recognition.proposed says met" in said
    )
    assert any(one.startswith(f"Case {case.pk}, deadline {decide.pk} (PRO.DECIDE): is due on") for one in said)
    assert f"Member {member}: joined_on is 2025-01-01, its events say 2025-10-30" in said


@pytest.mark.real
def test_a_row_and_a_deadline_that_are_gone_are_named(committed_db: RealDatabase) -> None:
    _, case = worked()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM deadlines_deadline WHERE subject_id = %s AND rule_id = 'PRO.DECIDE'", [case.pk])
    with as_role("chibo_jobs"):
        assert replayed() == [f"Case {case.pk}: version 2 (recognition.proposed) opened PRO.DECIDE, which is not there"]


@pytest.mark.real
def test_the_sample_follows_from_its_events(committed_db: RealDatabase) -> None:
    with as_role("chibo_app"):
        call_command("load_sample", stdout=StringIO())
    out = StringIO()
    with as_role("chibo_jobs"):
        call_command("replay", "--quiet", stdout=out)
    assert out.getvalue().startswith("Không có gì khác:")
