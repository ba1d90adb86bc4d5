"""Today's page: what waits for the office, why, and the button that does it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accesses.models import Access
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.core import clock
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.web import today
from backend.web.lines import days_left
from tests.roles import as_role
from tests.web.people import browser, text
from tests.world import BEGUN, TODAY, World, make_world, paper, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
QUERIES = 21
"""Whatever the number of rows: who, in which office, where; what waits, and whom that is about; the look is noted."""


@pytest.fixture
def world() -> World:
    return make_world()


def of(name: str, language: str = "vi") -> Client:
    client = browser(language)
    client.force_login(User.objects.get(username=name))
    return client


def planned(world: World, month: date = NOVEMBER) -> Case:
    facts = {"kind": "regular", "month": month.isoformat()}
    done = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=TODAY)
    return Case.objects.get(pk=done["id"])


def due_of(case: Case) -> Deadline:
    return Deadline.objects.get(subject_kind="case", subject_id=case.pk)


def due(case: Case, on: date) -> Deadline:
    """The meeting's own deadline, moved to a day."""
    Deadline.objects.filter(subject_kind="case", subject_id=case.pk).update(due_on=on)
    return due_of(case)


def test_a_line_says_what_when_and_why_with_the_button_that_does_it(world: World) -> None:
    meeting = planned(world)
    client = of("secretary")
    with as_role("chibo_app"):
        page = text(client.get("/"))
    assert "Sắp tới (1)" in page
    assert "tháng 11/2026" in page
    assert "hạn 30/11/2026" in page
    assert "còn 28 ngày" in page
    assert "Điều lệ Đảng" in page
    assert f'href="/deadlines/{due_of(meeting).pk}/"' in page
    assert "Không có việc quá hạn hay đến hạn trong tuần này." in page


def test_of_a_case_the_one_step_that_its_page_names_first_is_offered(world: World) -> None:
    """A vote that failed and a proposal to remove meet the same deadline: they stand behind “what can be done”."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-11-10")
    case = world.probation(new, date(2025, 11, 10))
    review = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    clock.move_to(date(2026, 11, 11))
    page = text(of("secretary").get("/"))
    steps = re.findall(rf'href="/cases/{case.pk}/steps/([a-z_]+)/"', page)
    assert (steps.count("propose"), {*steps} & {"propose_removal", "record_failed_vote"}) == (1, set())
    assert f'<a class="btn btn-outline-primary" href="/deadlines/{review.pk}/">Việc có thể làm</a>' in page


def test_before_its_first_day_a_step_is_no_button(world: World) -> None:
    """Twelve months to 10/11/2026: the resolution is dated after that day, as the guard says; a meeting in its month."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-11-10")
    case, meeting = world.probation(new, date(2025, 11, 10)), planned(world, date(2026, 12, 1))
    review = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    page, own = (text(of("secretary").get(at)) for at in ("/", f"/deadlines/{review.pk}/"))
    assert "Đề nghị công nhận: từ ngày 11/11/2026" in page
    assert "Ghi nhận sinh hoạt chi bộ tháng 12/2026: từ ngày 01/12/2026" in page
    assert "Ghi nhận được từ ngày 11/11/2026." in own
    for words in (f"/cases/{case.pk}/steps/propose/", f"/meetings/{meeting.pk}/"):
        assert words not in page + own, words
    clock.move_to(date(2026, 12, 1))
    page, own = (text(of("secretary").get(at)) for at in ("/", f"/deadlines/{review.pk}/"))
    assert f'<a class="btn btn-primary" href="/cases/{case.pk}/steps/propose/">Đề nghị công nhận</a>' in page
    assert "Ghi nhận được từ ngày" not in own
    assert f'<a class="btn btn-primary" href="/meetings/{meeting.pk}/">' in page
    assert own.index("Đề nghị công nhận") < own.index("Những việc khác có thể ghi nhận từ đây")


def test_an_absence_is_put_in_order_by_the_leave_never_first_by_dropping_somebody(world: World) -> None:
    member = world.member("Nguyễn Văn Xa", participation="away")
    task = Deadline.objects.get(subject_kind="member", subject_id=member.pk, rule_id="TASK.REGULARISE_AWAY")
    ask, lapse = f"/members/{member.pk}/open/away/ask/", f"/members/{member.pk}/steps/record_lapse/"
    page, own = (text(of("secretary").get(at)) for at in ("/", f"/deadlines/{task.pk}/"))
    assert f'<a class="btn btn-primary" href="{ask}">Nhận đơn của đảng viên</a>' in page
    assert lapse not in page
    assert f'<a class="btn btn-outline-primary" href="/deadlines/{task.pk}/">Việc có thể làm</a>' in page
    assert f'<a class="btn btn-primary" href="{ask}">Ghi bước này</a>' in own
    assert "bắt đầu việc cần làm" in own
    folded = own.index("Những việc khác có thể ghi nhận từ đây")
    assert own.index(ask) < folded < own.index(f'<a class="btn btn-outline-primary" href="{lapse}">')
    facts = {"request": paper(TODAY), "away_from": "2026-10-01", "asked_until": "2027-04-30", "place": "Bình Dương",
             "job": "Công nhân", "reach": "0900", "reason": "Việc làm", "organisation_there": False}  # fmt: skip
    begun = perform(world.actor("secretary"), NewCase("away", member_id=member.pk), "ask", facts, on=TODAY)
    case = Case.objects.get(pk=begun["id"])
    page, own = (text(of("secretary").get(at)) for at in ("/", f"/deadlines/{task.pk}/"))
    assert f'<a class="btn btn-primary" href="/cases/{case.pk}/">Đi làm ăn xa {case.number}</a>' in page
    assert ask not in page + own
    assert f'<a class="btn btn-primary" href="/cases/{case.pk}/">Ghi bước này</a>' in own


@pytest.mark.parametrize(
    ("on", "heading", "left"),
    [
        (TODAY - timedelta(3), "Quá hạn (1)", "quá hạn 3 ngày"),
        (TODAY - timedelta(1), "Quá hạn (1)", "quá hạn 1 ngày"),
        (TODAY, "Đến hạn trong tuần (1)", "hôm nay"),
        (TODAY + timedelta(6), "Đến hạn trong tuần (1)", "còn 6 ngày"),  # Sunday
        (TODAY + timedelta(7), "Sắp tới (1)", "còn 7 ngày"),
    ],
)
def test_the_parts_of_the_work(world: World, on: date, heading: str, left: str) -> None:
    due(planned(world), on)
    page = text(of("secretary").get("/"))
    assert heading in page
    assert f">{left}</strong>" in page


def test_days_left_are_said_in_words() -> None:
    assert [days_left(days) for days in (-2, -1, 0, 1, 2)] == [
        "quá hạn 2 ngày", "quá hạn 1 ngày", "hôm nay", "ngày mai", "còn 2 ngày",
    ]  # fmt: skip


def test_another_cell_and_an_office_above_have_work_of_their_own(world: World) -> None:
    planned(world)
    for name in ("other_secretary", "officer", "province"):
        page = text(of(name).get("/"))
        assert "Không có việc nào đang chờ" in page, name
        assert "tháng 11/2026" not in page


def test_an_office_above_is_led_on_and_not_told_of_the_cells_meetings(world: World) -> None:
    person("admin", Office.ADMINISTRATOR, world.commune)
    for name, to in {
        "officer": ["overview", "desk", "administration"], "auditor": ["overview", "desk"], "admin": ["administration"],
        "other_secretary": [],
    }.items():  # fmt: skip
        page = text(of(name).get("/"))
        empty = page[page.index('class="empty"') :].partition("</main>")[0]
        assert re.findall(r'href="/([a-z]+)/"', empty) == to, name
        assert ("được mở tự động" in empty) == (not to), name


def test_offices_that_read_nothing_open_the_page_all_the_same(world: World) -> None:
    person("admin", Office.ADMINISTRATOR, world.commune)
    member = world.member("Lê Thị Hoa")
    person("helper", Office.HELPER, world.cell, member.pk)
    for name in ("admin", "helper", "auditor"):
        client = of(name)
        with as_role("chibo_app"):
            assert client.get("/").status_code == 200, name


def test_a_task_about_a_person_names_them_and_the_look_is_noted(world: World) -> None:
    member = world.member("Trần Thị Mới", step="import_probationary", joined_on="2026-01-05")
    world.probation(member, date(2026, 1, 5))
    before = Access.objects.count()
    page = text(of("secretary").get("/"))
    assert "Trần Thị Mới" in page
    assert Access.objects.count() == before + 1
    look = Access.objects.latest("id")
    assert (look.door, look.count, look.member_id) == ("web/", page.count("<h3>"), None)


def test_what_a_flag_asks_can_be_answered_from_its_line(world: World) -> None:
    member = world.member("Lê Văn Vắng")
    place = {"member_id": member.pk, "unit_id": world.cell.pk, "unit_path": world.cell.path}
    raised = Flag.objects.create(
        number="C-1", cause="meetings", since=BEGUN, months=[BEGUN.isoformat()], raised_on=BEGUN, **place
    )
    like = due_of(planned(world))
    Deadline.objects.filter(pk=like.pk).update(subject_kind="flag", subject_id=raised.pk, rule_id="TASK.CONSIDER_LAPSE")
    page = text(of("secretary").get("/"))
    assert "Lê Văn Vắng" in page
    for address in (f"/members/{member.pk}/steps/consider/", f"/members/{member.pk}/open/removal/open/"):
        assert f'href="{address}"' in page
    Assignment.objects.filter(user__username="secretary").update(office=Office.CELL_COMMITTEE)
    page = text(of("secretary").get("/"))
    assert "Lê Văn Vắng" in page
    assert "/steps/consider/" not in page  # an office that may not record it


def test_what_climbed_stands_first_for_the_level_that_was_told(world: World) -> None:
    late = due(planned(world), TODAY - timedelta(9))
    assert "Đã báo lên cấp của đồng chí" not in text(of("officer").get("/"))
    ensure_month("alerts_notice", date(2026, 11, 1))
    at = {"unit_id": world.commune.pk, "unit_path": world.commune.path, "about_path": world.cell.path}
    Notice.objects.create(
        month=date(2026, 11, 1), id=1, deadline_id=late.pk, rung=3, rung_on=TODAY, kind="escalate", levels_up=1,
        office=Office.COMMITTEE_SECRETARY, channel="email", created_at=timezone.now(), **at,
    )  # fmt: skip
    page = text(of("officer").get("/"))
    assert page.index("Đã báo lên cấp của đồng chí") < page.index("Chi bộ ấp Một")
    assert "quá hạn 9 ngày" in page
    for name in ("province", "secretary"):
        assert "Đã báo lên cấp của đồng chí" not in text(of(name).get("/")), name
    Deadline.objects.filter(pk=late.pk).update(status="met", met_on=TODAY)
    assert "Đã báo lên cấp của đồng chí" not in text(of("officer").get("/"))


def test_so_many_queries_whatever_the_rows(world: World) -> None:
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    spent = []
    for many in (1, 2):
        for month in months[:many] if many == 1 else months[1:]:
            planned(world, month)
        client = of("secretary")
        client.get("/")
        with CaptureQueriesContext(connection) as caught:
            assert text(client.get("/")).count("<h3>") == (1 if many == 1 else 3)
        spent.append(len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert spent == [QUERIES, QUERIES]


def test_of_many_twenty_are_shown_and_all_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for year, month in ((2026, 11), (2026, 12), (2027, 1), (2027, 2)):
        due(planned(world, date(year, month, 1)), TODAY - timedelta(2) if month > 10 else TODAY + timedelta(40))
    few = text(of("secretary").get("/"))
    monkeypatch.setattr(today, "PAGE", 1)
    cut = text(of("secretary").get("/"))
    monkeypatch.setattr(today, "FEW", 3)
    many = text(of("secretary").get("/"))
    for page, lines in ((few, 4), (cut, 2), (many, 2)):
        assert "Quá hạn (2)" in page
        assert "Sắp tới (2)" in page
        assert page.count("<h3>") == lines
        assert ("/deadlines/?part=overdue" in page) is (lines == 2)


def test_the_first_day_goes_by_what_was_done_and_can_be_put_away(world: World) -> None:
    planned(world)
    client = of("secretary")
    page = text(client.get("/"))
    assert "Ngày đầu tiên của đồng chí" in page
    assert page.count('class="done"') == 1  # there is an address for letters
    token = client.cookies["csrftoken"].value
    assert client.post("/today/first-day/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert "Ngày đầu tiên của đồng chí" not in text(client.get("/"))
    assert User.objects.get(username="secretary").first_day_over is True
    assert User.objects.get(username="deputy").first_day_over is False


def test_the_first_day_ticks_itself_and_ends_when_all_is_done(world: World) -> None:
    case, client = planned(world), of("secretary")
    user = User.objects.get(username="secretary")
    page = text(client.get("/"))
    for address in ("/second-factor/", "/members/", f"/meetings/{case.pk}/"):
        assert f'<a href="{address}">' in page
    world.members(1)
    client.get("/members/")
    assert text(client.get("/")).count('class="done"') == 2
    facts = {"held_on": TODAY.isoformat(), "minutes_long": 90}
    perform(world.actor("deputy"), OnCase(case.pk), "hold", facts, on=TODAY)
    assert text(client.get("/")).count('class="done"') == 3
    Authenticator.objects.create(user=user, type="totp", data={})
    assert "Ngày đầu tiên của đồng chí" not in text(client.get("/"))
    assert User.objects.get(pk=user.pk).first_day_over is False


def test_the_first_day_is_for_the_cell(world: World) -> None:
    for name, shown in (("deputy", True), ("officer", False), ("auditor", False)):
        assert ("Ngày đầu tiên của đồng chí" in text(of(name).get("/"))) is shown, name
