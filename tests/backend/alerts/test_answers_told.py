"""What people answered and what moved a deadline is explained in whole sentences, in either language."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.translation import override

from backend.audit.models import Event, EventDetail
from backend.cases.acknowledging import acknowledge
from backend.cases.answering import comment, snooze
from backend.cases.engine import NewCase, perform
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.moving import recorder
from backend.deadlines.recompute import recompute
from tests.roles import as_role
from tests.world import World, about_to_climb, make_world

pytestmark = pytest.mark.django_db
RAW = re.compile(r"[a-z]+_[a-z]+|\bNone\b|\{|\}|\.(?:md|py|yaml)\b|(?<=: )\d{4}-\d\d-\d\d|\+\d")
"""What only a program says: a name of ours, no value, a mapping, a file, a day as machines write it."""


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def deadline(world: World) -> Deadline:
    """Due on 14/12/2026."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    return Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")


def told(one: Deadline, language: str) -> list[str]:
    """The lines about what was answered, and that no line of the story has a raw word."""
    out = StringIO()
    with override(language), as_role("chibo_jobs"):
        call_command("explain", str(one.pk), stdout=out)
    lines = out.getvalue().splitlines()
    head = [line.partition(" [")[0] for line in lines if not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", line)]
    assert [(line, RAW.findall(line)) for line in head if RAW.search(line)] == []
    return [line for line in lines if re.match(r"\d\d/\d\d/\d{4} ", line)]


def test_answers_are_told_with_the_office_what_follows_and_the_words(world: World, deadline: Deadline) -> None:
    about_to_climb(deadline)
    snooze(world.actor("secretary"), deadline.pk, until=deadline.due_on - timedelta(days=2), reason="Chờ họp")
    comment(world.actor("officer"), deadline.pk, comment="Đã gọi điện")
    acknowledge(world.actor("officer"), deadline.pk, working_days=3, reason="Chi bộ họp tuần tới")
    assert told(deadline, "en") == [
        "02/11/2026 Reminders put off (Secretary of the cell, Chi bộ ấp Một): "
        "the office that must act is not reminded before 12/12/2026; “Chờ họp”",
        "02/11/2026 Comment on a deadline (Organisation officer, Đảng bộ xã): “Đã gọi điện”",
        "02/11/2026 Deadline acknowledged (Organisation officer, Đảng bộ xã): "
        "nobody above is told up to and with 05/11/2026 (3 working days); “Chi bộ họp tuần tới”",
    ]
    assert told(deadline, "vi")[2].endswith(
        "không báo lên cấp trên đến hết ngày 05/11/2026 (3 ngày làm việc); “Chi bộ họp tuần tới”"
    )
    EventDetail.objects.filter(event_uid=Event.objects.get(code="deadline.commented").uid).delete()
    assert told(deadline, "en")[1].endswith("): what was written has been erased")


def test_what_moved_it_is_told_with_both_days_and_why(world: World, deadline: Deadline) -> None:
    who = world.actor("province").who()
    CalendarDay.objects.create(day=date(2026, 11, 20), off=True, name="Storm", basis="1-TB")
    recompute(record=recorder(who))
    (moved,) = told(deadline, "en")
    assert moved.startswith("02/11/2026 Deadline moved (")
    assert "due on 15/12/2026 instead of 14/12/2026; the calendar has changed; next reminder on " in moved
    assert "thời hạn là 15/12/2026, thay cho 14/12/2026; lịch làm việc đã thay đổi" in told(deadline, "vi")[0]


def test_a_change_of_reminders_is_told_as_that(world: World) -> None:
    month = {"kind": "regular", "month": "2026-11-01"}
    case = perform(
        world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=date(2026, 11, 2)
    )
    with as_role("chibo_jobs"):
        call_command("configure_unit", world.cell.code, "--reminder-day", "20", stdout=StringIO())
    one = Deadline.objects.get(subject_id=case["id"], rule_id="MTG.REGULAR")
    assert told(one, "en") == [
        "02/11/2026 Reminders of a deadline changed, not its day (Operator at the server): due on 30/11/2026 as before; "
        "the reminder day has changed; reminder day 20/11/2026; next reminder on 13/11/2026"
    ]
    assert (
        told(one, "vi")[0]
        .partition(": ")[2]
        .startswith("thời hạn vẫn là 30/11/2026; ngày nhắc đã thay đổi; ngày nhắc 20/11/2026")
    )
