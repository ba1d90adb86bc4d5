"""Answering a deadline on its page: seen, put off, a comment; once, with the version looked at; refused beside its field."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from backend.accesses.models import Access
from backend.accounts.assigning import give_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.alerts.sweep import sweep
from backend.audit.models import Event, EventDetail
from backend.cases.answering import comment
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.api.conftest import ON, traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_acting import of
from tests.world import BEGUN, World, about_to_climb, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.real


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def due(world: World) -> Deadline:
    """A review that is still to come; what is to be said to those above is to be said today."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    found = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    about_to_climb(found)
    return found


def shown(client: Client, due: Deadline) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    with as_role("chibo_app"):
        page = text(client.get(f"/deadlines/{due.pk}/"))
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))


def send(client: Client, due: Deadline, do: str, **typed: Any) -> Any:
    fields = {**shown(client, due), "csrfmiddlewaretoken": client.cookies["csrftoken"].value, "do": do}
    fields |= {name if name in fields else f"{do}-{name}": value for name, value in typed.items()}
    with as_role("chibo_app"):
        return client.post(f"/deadlines/{due.pk}/", fields)


def story(due: Deadline) -> list[tuple[str, str, dict[str, Any]]]:
    rows = Event.objects.filter(subject_kind="deadline", subject_id=due.pk).order_by("version")
    return [(one.code, one.office, EventDetail.objects.get(event_uid=one.uid).data["facts"]) for one in rows]


def test_it_is_put_off_commented_on_and_seen(world: World, due: Deadline) -> None:
    secretary, until = of("secretary"), due.due_on - timedelta(days=1)
    done = send(secretary, due, "snooze", until=f"{until:%d/%m/%Y}", reason="Chờ họp")
    assert (done.status_code, done.headers["Location"]) == (302, f"/deadlines/{due.pk}/")
    assert send(of("officer"), due, "comment", comment="Đã nhắc").status_code == 302
    assert send(of("officer"), due, "acknowledge", reason="Đã biết").status_code == 302
    assert story(due) == [
        ("deadline.snoozed", "cell_secretary", {"reason": "Chờ họp"}),
        ("deadline.commented", "organisation_officer", {"comment": "Đã nhắc"}),
        ("deadline.acknowledged", "organisation_officer", {"reason": "Đã biết"}),
    ]
    page = text(secretary.get(f"/deadlines/{due.pk}/"))
    assert f"đã hoãn nhắc đến {until:%d/%m/%Y}" in page
    assert "đã nắm: chưa báo lên cấp trên đến hết 09/11/2026" in page
    assert "Đã hoãn nhắc. Ngày đến hạn không thay đổi." in page


def test_seen_is_not_offered_before_its_day(world: World) -> None:
    """Nothing is to be said to those above before the review is due; five working days hold back what comes then."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    far = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    client, before = of("secretary"), traces()
    page = text(client.get(f"/deadlines/{far.pk}/"))
    told = re.search(r"Có thể báo “Đã nắm” từ ngày (\d\d/\d\d/\d{4})", page)
    assert told is not None
    assert "acknowledge-reason" not in page
    kept = shown(client, far)
    looked_at = {"version": kept["comment-version"], "key": kept["comment-key"]}
    answer = send(client, far, "acknowledge", reason="Đã biết", **looked_at)
    assert (answer.status_code, traces()) == (422, before)
    assert "Còn quá sớm" in text(answer)
    clock.move_to(date(*(int(part) for part in reversed(told[1].split("/")))))
    assert send(client, far, "acknowledge", reason="Đã biết").status_code == 302
    assert "acknowledge-reason" not in text(client.get(f"/deadlines/{far.pk}/"))  # once is enough


def test_sent_twice_it_is_done_once(world: World, due: Deadline) -> None:
    client = of("secretary")
    kept = shown(client, due)
    same = {name: kept[name] for name in ("comment-version", "comment-key")}
    for _ in range(2):
        assert send(client, due, "comment", comment="Sẽ họp", **same).status_code == 302
    assert len(story(due)) == 1
    before = traces()
    other = send(client, due, "comment", comment="Đã họp", **same)
    assert other.status_code == 422
    assert "đã được gửi một lần với nội dung khác" in text(other)
    assert traces() == before
    again = dict(re.findall(r'name="(comment-\w+)" value="([^"]*)"', text(other)))
    assert send(client, due, "comment", comment="Đã họp", **again).status_code == 302  # the page brought another key
    assert len(story(due)) == 2


def test_somebody_was_faster(world: World, due: Deadline) -> None:
    client = of("secretary")
    looked_at = {"comment-version": shown(client, due)["comment-version"]}
    comment(world.actor("officer"), due.pk, comment="Đồng chí họp chưa?")
    before = traces()
    told = send(client, due, "comment", comment="Sẽ họp tuần sau", **looked_at)
    assert (told.status_code, traces()) == (409, before)
    page = text(told)
    for words in ("Từ khi đồng chí mở trang này:", "“Đồng chí họp chưa?”", "Sẽ họp tuần sau</textarea>"):
        assert words in page, words
    again = dict(re.findall(r'name="(comment-\w+)" value="([^"]*)"', page))
    assert again["comment-version"] == "2"
    assert send(client, due, "comment", comment="Sẽ họp tuần sau", **again).status_code == 302


@pytest.mark.parametrize(
    ("do", "typed", "field"),
    [
        ("snooze", {"until": "02/11/2026", "reason": "Chờ"}, "until"),
        ("snooze", {"until": "01/01/2027", "reason": "Chờ"}, "until"),
        ("snooze", {"until": "31/02/2026", "reason": "Chờ"}, "until"),
        ("snooze", {"until": "03/11/2026", "reason": " "}, "reason"),
        ("acknowledge", {"working_days": 99, "reason": "Đã biết"}, "working_days"),
        ("acknowledge", {"working_days": 0, "reason": "Đã biết"}, "working_days"),
        ("acknowledge", {"reason": ""}, "reason"),
        ("comment", {"comment": ""}, "comment"),
        ("comment", {"comment": "x" * 2001}, "comment"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    world: World, due: Deadline, do: str, typed: dict[str, Any], field: str
) -> None:
    before, stands = traces(), Deadline.objects.values().get(pk=due.pk)
    answer = send(of("secretary"), due, do, **typed)
    page = text(answer)
    assert answer.status_code == 422
    assert f'id="id_{do}-{field}_error"' in page
    assert re.search(rf'<details open><summary>[^<]*</summary>\s*<form[^>]*>(?:(?!</form>).)*value="{do}"', page, re.S)
    assert (traces(), Deadline.objects.values().get(pk=due.pk)) == (before, stands)


def test_offices_outside_the_line_answer_nothing(world: World, due: Deadline) -> None:
    before = traces()
    for who in ("auditor", "other_secretary"):
        client = of(who)
        client.get("/more/")
        token = client.get("/office/") and client.cookies["csrftoken"].value
        sent = {"do": "comment", "comment-comment": "x", "comment-version": due.version, "csrfmiddlewaretoken": token}
        with as_role("chibo_app"):
            assert client.post(f"/deadlines/{due.pk}/", sent).status_code == 404, who
    assert "Trả lời thời hạn này" not in text(of("auditor").get(f"/deadlines/{due.pk}/"))
    assert "Hoãn nhắc" not in text(of("officer").get(f"/deadlines/{due.pk}/"))  # only who must act puts it off
    assert send(of("officer"), due, "snooze", until="03/11/2026", reason="x").status_code == 404
    assert send(of("secretary"), due, "nothing").status_code == 400
    assert traces() == before


def test_a_closed_deadline_takes_no_answer(world: World, due: Deadline) -> None:
    client = of("secretary")
    fields = {**shown(client, due), "do": "comment", "comment-comment": "x"}
    Deadline.objects.filter(pk=due.pk).update(status="cancelled")
    before = traces()
    with as_role("chibo_app"):
        answer = client.post(
            f"/deadlines/{due.pk}/", {**fields, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
        )
    assert (answer.status_code, traces()) == (302, before)
    assert 'role="status">Thời hạn này đã đóng.' in text(client.get(answer.headers["Location"]))


def test_who_holds_several_offices_answers_in_the_one_shown(world: World, due: Deadline) -> None:
    user = User.objects.get(username="other_secretary")
    give_office(Actor.operator("test"), user, Office.CELL_DEPUTY, world.cell.pk, since=BEGUN)
    assert send(of("other_secretary"), due, "comment", comment="Tôi sẽ báo").status_code == 302
    assert story(due) == [("deadline.commented", "cell_deputy", {"comment": "Tôi sẽ báo"})]


@pytest.fixture
def late(world: World) -> Deadline:
    """A review that was due some weeks ago."""
    new = world.member("Trần Văn Mới", "import_probationary", joined_on="2025-09-10")
    case = world.probation(new, date(2025, 9, 10))
    return Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")


def test_what_is_overdue_is_not_put_off(world: World, late: Deadline) -> None:
    """No day lies after today and not past the legal one; a form of a page of before is told so."""
    client, before = of("secretary"), traces()
    kept = shown(client, late)
    assert sorted(one for one in kept if one.endswith("-key")) == ["acknowledge-key", "comment-key"]
    looked_at = {"version": kept["comment-version"], "key": kept["comment-key"]}
    answer = send(client, late, "snooze", **looked_at, until="05/12/2026", reason="Chờ họp")
    assert (answer.status_code, traces()) == (422, before)
    assert f"không quá hạn theo quy định ({late.due_on:%d/%m/%Y})" in text(answer)
    clock.move_to(late.due_on)
    assert "snooze-key" not in shown(client, late)
    clock.move_to(late.due_on - timedelta(days=1))
    assert "snooze-key" in shown(client, late)


def test_the_ledger_tells_what_explain_tells(world: World, late: Deadline) -> None:
    with as_role("chibo_jobs"):
        sweep(ON)
    comment(world.actor("officer"), late.pk, comment="Đồng chí họp chưa?")
    Access.objects.all().delete()
    with as_role("chibo_app"):
        page = text(of("officer").get(f"/deadlines/{late.pk}/ledger/"))
    for words in ("Bí thư chi bộ, Chi bộ ấp Một", "trong phần mềm", "“Đồng chí họp chưa?”", "Việc nhắc theo lịch nhắc"):
        assert words in page, words
    assert Access.objects.get().door == "web/deadlines/{deadline_id}/ledger/"
    with as_role("chibo_app"):
        assert of("other_secretary").get(f"/deadlines/{late.pk}/ledger/").status_code == 404


def test_a_rehearsal_says_what_would_be_said_and_leaves_nothing(world: World, late: Deadline) -> None:
    before = traces()
    with as_role("chibo_app"):
        page = text(of("officer").get("/rehearsal/"))
        far = of("officer").get("/rehearsal/?day=01/01/2099")
        strange = of("officer").get("/rehearsal/?day=x")
    assert f"{late.reference}, Chi bộ ấp Một" in page, "each cell counts its own cases"
    assert "Sẽ không có gì được báo." not in page
    assert (far.status_code, strange.status_code, traces()) == (400, 400, before)
    assert 'class="wrong"' in text(far)
    person("chi_uy", Office.HELPER, world.cell, world.members(1)[0].pk)
    assert of("chi_uy").get("/rehearsal/").status_code == 404
