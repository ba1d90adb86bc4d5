"""Flags of what is about to end: papers of a dossier and leaves, on the first day and one before it, each with a task."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.audit.models import Event
from backend.cases.engine import NewCase, NewMember, perform
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.flags.refreshing import refresh_all
from backend.members.models import Member
from tests.backend.cases.stepping import step
from tests.backend.cases.test_away import gone
from tests.backend.cases.test_transfer import staying
from tests.backend.cases.test_transfer import world as far
from tests.backend.flags.test_flags import catch_up
from tests.roles import as_role
from tests.world import World, enter, make_world, paper

__all__ = ["far"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def flags_on(day: date) -> list[tuple[int, str, date, date | None]]:
    """(member, cause, since, last day) of the flags that stand after the count of a day."""
    clock.move_to(day)
    with as_role("chibo_jobs"):
        refresh_all(day)
        assert refresh_all(day) == 0, "a second run changes nothing"
    found = Flag.objects.filter(cleared_on=None).order_by("member_id", "cause")
    return [(one.member_id, one.cause, one.since, one.ends_on) for one in found]


def own_tasks() -> list[tuple[str, str, date]]:
    found = Deadline.objects.filter(subject_kind="flag").order_by("pk")
    return [(one.rule_id, one.status, one.due_on) for one in found]


def dossier(world: World, on: date) -> tuple[Member, int]:
    """A candidate whose application, papers and certificate are in, the certificate from five years before the day."""
    profile = {"full_name": "Ngô Thị Ưu Tú", "sex": "f", "born_on": date(2000, 1, 1)}
    candidate = enter(NewMember(world.cell.pk, profile), "import_candidate", {"roster": paper(on, "Danh sách")}, on)
    introducers = [one.pk for one in world.members(2)]
    secretary = world.actor("secretary")
    opened = perform(secretary, NewCase("admission", member_id=candidate.pk), "open", {"application": paper(on)}, on=on)
    facts: dict[str, Any] = {
        "cv": paper(on), "certificate": paper(date(2022, 1, 20)), "introducers": introducers, "introducers_paper": paper(on),
        "months_together": 24, "schooling": True,
    }  # fmt: skip
    step(secretary, opened["id"], "complete_papers", on, **facts)
    return candidate, opened["id"]


def test_a_dossier_is_flagged_sixty_days_before_it_runs_out(world: World) -> None:
    """D-12: twelve months after the application; its term asks the cell already, so no second task is opened."""
    candidate, case = dossier(world, date(2026, 1, 12))
    assert flags_on(date(2026, 11, 12)) == []
    near = (candidate.pk, "dossier", date(2026, 11, 13), date(2027, 1, 12))
    assert flags_on(date(2026, 11, 13)) == [near]
    event = Event.objects.get(code="flag.raised")
    assert (event.facts["cause"], event.facts["ends"], event.facts["months"], event.rules) == (
        "dossier", "2027-01-12", [], {"ADM.DOSSIER_VALID": "ADM.DOSSIER_VALID@2016-09-20"},
    )  # fmt: skip
    assert own_tasks() == []
    certificate = (candidate.pk, "certificate", date(2026, 11, 21), date(2027, 1, 20))
    assert flags_on(date(2026, 11, 20)) == [near]
    assert flags_on(date(2026, 11, 21)) == [certificate, near]
    assert flags_on(date(2027, 2, 1)) == [certificate, near], "it has run out, and nobody has said what becomes of it"
    renewed = date(2027, 2, 1)
    introducers = list(Member.objects.filter(standing="official").values_list("pk", flat=True)[:2])
    step(world.actor("secretary"), case, "renew_papers", renewed, introducers=introducers,
         introducers_paper=paper(renewed), months_together=24)  # fmt: skip
    catch_up()
    assert flags_on(renewed) == [certificate]
    step(world.actor("secretary"), case, "renew_certificate", renewed, certificate=paper(renewed))
    catch_up()
    assert flags_on(renewed) == []
    assert [one.code for one in Event.objects.filter(subject_kind="flag").order_by("id")] == [
        "flag.raised", "flag.raised", "flag.cleared", "flag.cleared",
    ]  # fmt: skip


def test_a_leave_that_no_case_keeps_is_flagged_with_a_task_of_its_own(world: World) -> None:
    """A roster brought the member in as away until a day; W-04."""
    away = world.member("Lê Văn Xa", participation="away", away_until="2027-01-31")
    world.member("Đỗ Văn Tự", participation="away")  # without an end there is none to come near
    assert flags_on(date(2026, 12, 1)) == []
    near = (away.pk, "leave", date(2026, 12, 2), date(2027, 1, 31))
    assert flags_on(date(2026, 12, 2)) == [near]
    assert own_tasks() == [("TASK.AWAY_END", "open", date(2027, 1, 31))]
    assert flags_on(date(2027, 3, 1)) == [near], "over, and the member has not reported (WX)"
    assert Member.objects.get(pk=away.pk).participation == "away", "nobody is moved by a flag"


def test_a_leave_that_has_its_case_is_flagged_and_the_case_goes_on_asking(world: World) -> None:
    member = world.member("Nguyễn Văn Xa")
    case = gone(world, member)
    assert flags_on(date(2027, 2, 28)) == []
    assert flags_on(date(2027, 3, 1)) == [(member.pk, "leave", date(2027, 3, 1), date(2027, 4, 30))]
    assert own_tasks() == []
    clock.move_to(date(2027, 4, 25))
    step(world.actor("secretary"), case, "come_back", date(2027, 4, 25), remark=paper(date(2027, 4, 20)))
    catch_up()
    assert flags_on(date(2027, 4, 25)) == []


def test_a_temporary_stay_is_flagged_thirty_days_before_its_end(far: World) -> None:
    """T-10; an extension that the other commune records moves it at once."""
    member = far.member("Trần Văn Khách")
    case = staying(far, member)
    assert flags_on(date(2027, 2, 12)) == []
    assert flags_on(date(2027, 2, 13)) == [(member.pk, "stay", date(2027, 2, 13), date(2027, 3, 15))]
    assert own_tasks() == []
    on = date(2027, 2, 14)
    clock.move_to(on)
    longer = {"extension": paper(on), "away_until": "2027-09-15", "reported_home": True}
    step(far.actor("far_officer"), case, "extend", on, **longer)
    catch_up()
    assert Flag.objects.filter(cleared_on=None).count() == 0
    assert flags_on(date(2027, 8, 15)) == []
    assert flags_on(date(2027, 8, 16)) == [(member.pk, "stay", date(2027, 8, 16), date(2027, 9, 15))]
