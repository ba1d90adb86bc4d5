"""An announced day: shown first, then applied, each move with its event; and taken back again."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from backend.audit.models import Event, EventDetail
from backend.core import clock
from backend.core.errors import NotPermitted
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.overrides import set_day
from tests.backend.alerts.rows import chain, deadline
from tests.backend.deadlines.test_moving import drafted
from tests.backend.deadlines.test_reminding import made
from tests.roles import as_role
from tests.world import make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
STORM = ("--off", "--name", "Storm", "--basis", "1-TB")
CALENDAR = "lịch làm việc đã thay đổi"
CV = "CN-1 ({}) Hoàn chỉnh lý lịch đảng viên mới"


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_app"):  # in a container of the web the command runs behind the wall
        call_command("set_calendar_day", *words, stdout=out)
    return out.getvalue().splitlines()


def events() -> list[tuple[str, int, int]]:
    return list(Event.objects.order_by("id").values_list("code", "subject_id", "version"))


def test_a_dry_run_shows_and_changes_nothing() -> None:
    one = drafted("PRO.CV", "01/06/2026", reference="CN-1")
    said = run("2026-06-05", *STORM, "--dry-run")
    assert said == [
        f"{CV.format(one.unit.name)}: 13/07/2026 → 14/07/2026 ({CALENDAR})",
        "1 thời hạn sẽ chuyển ngày.",
    ]
    assert (CalendarDay.objects.count(), Event.objects.count()) == (0, 0)
    assert Deadline.objects.get(pk=one.pk).due_on == date(2026, 7, 13)


def test_a_day_off_moves_deadlines_each_with_its_event() -> None:
    one = drafted("PRO.CV", "01/06/2026", reference="CN-1")
    assert run("2026-06-05", *STORM) == [
        f"{CV.format(one.unit.name)}: 13/07/2026 → 14/07/2026 ({CALENDAR})", "1 thời hạn đã chuyển ngày.",
    ]  # fmt: skip
    row = CalendarDay.objects.get()
    assert events() == [("calendar.day_set", row.pk, 1), ("deadline.moved", one.pk, 2)]
    entered, moved = Event.objects.order_by("id")
    assert (entered.facts, moved.office) == ({"day": "2026-06-05", "off": True}, "operator")
    assert EventDetail.objects.get(event_uid=entered.uid).data["facts"] == {"name": "Storm", "basis": "1-TB"}
    assert (moved.facts["due_was"], moved.facts["due"], moved.facts["why"]) == ("2026-07-13", "2026-07-14", "calendar")
    run("2026-06-05", *STORM)
    assert len(events()) == 2
    assert run("2026-06-06", "--worked", "--name", "Make-up", "--basis", "2-TB")[-1] == "1 thời hạn đã chuyển ngày."
    assert Deadline.objects.get(pk=one.pk).due_on == date(2026, 7, 13)


def test_a_withdrawn_day_holds_no_longer_and_its_deadlines_move_back() -> None:
    one = drafted("PRO.CV", "01/06/2026", reference="CN-1")
    run("2026-06-05", *STORM)
    said = run("2026-06-05", "--withdraw", "--basis", "3-TB")
    assert said == [
        f"{CV.format(one.unit.name)}: 14/07/2026 → 13/07/2026 ({CALENDAR})",
        "1 thời hạn đã chuyển ngày.",
    ]
    row = CalendarDay.objects.get()
    assert (row.withdrawn, row.version, row.basis) == (True, 2, "3-TB")
    assert events()[2:] == [("calendar.day_withdrawn", row.pk, 2), ("deadline.moved", one.pk, 3)]
    run("2026-06-05", *STORM)
    assert Deadline.objects.get(pk=one.pk).due_on == date(2026, 7, 14)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("5/6/2026", *STORM), "“5/6/2026” không phải ngày; hãy ghi dạng YYYY-MM-DD"),
        (("2026-06-05", "--off", "--basis", "1-TB"), "cần có tên và văn bản thông báo"),
        (("2026-06-05", "--off", "--name", "Storm", "--basis", "1"), "cần có tên và văn bản thông báo"),
        (("2026-06-05", "--withdraw", "--basis", "1"), "cần có tên và văn bản thông báo"),
        (("2026-06-05", "--withdraw", "--basis", "1-TB"), "Chưa nhập ngày này"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*words)
    assert (CalendarDay.objects.count(), Event.objects.count()) == (0, 0)


def test_the_calendar_is_set_by_an_administrator_at_the_top_only() -> None:
    world = make_world()
    top, below = (person(f"admin{place.pk}", Office.ADMINISTRATOR, place) for place in (world.province, world.commune))
    before = Event.objects.count()
    for actor in (below, world.actor("secretary"), world.actor("officer")):
        with pytest.raises(NotPermitted):
            set_day(actor, date(2026, 6, 5), off=True, name="Storm", basis="1-TB")
    assert (CalendarDay.objects.count(), Event.objects.count()) == (0, before)
    set_day(top, date(2026, 6, 5), off=True, name="Storm", basis="1-TB")
    assert Event.objects.latest("id").unit_id == world.province.pk


def test_a_day_that_touches_reminders_only_moves_no_deadline() -> None:
    """The month's end is no sum of working days; the reminder five working days before it is."""
    clock.move_to(date(2026, 11, 2))
    one = deadline(chain()[2], **made("01/11/2026").__dict__, reference="HCB-1")
    assert one.rung_days[0] == date(2026, 11, 20)
    would = run("2026-11-25", *STORM, "--dry-run")
    stays = f"HCB-1 ({one.unit.name}) Họp chi bộ thường kỳ trong tháng: vẫn hạn 30/11/2026, lần nhắc tới: 19/11/2026"
    assert would[:2] == [f"{stays} ({CALENDAR})", "0 thời hạn sẽ chuyển ngày."]
    assert would[2] == "1 thời hạn sẽ giữ nguyên ngày, chỉ đổi lịch nhắc."
    assert run("2026-11-25", *STORM)[-1] == "1 thời hạn giữ nguyên ngày, chỉ đổi lịch nhắc."
    one.refresh_from_db()
    assert (one.due_on, one.rung_days[0]) == (date(2026, 11, 30), date(2026, 11, 19))
    assert [code for code, _, _ in events()] == ["calendar.day_set", "deadline.replanned"]
