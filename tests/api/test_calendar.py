"""The calendar feed: read back with icalendar, closed to whoever has no address, and an address that can be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from icalendar import Calendar, Event

from backend.accounts.models import User
from backend.alerts.sweep import sweep
from backend.alerts.wording import link_to
from backend.audit.models import Event as Entry
from backend.contacts.models import CalendarAddress
from backend.deadlines.models import Deadline
from backend.reports import calendar_feed
from tests.api.conftest import Knock, traces
from tests.backend.alerts.rows import deadline
from tests.roles import as_role
from tests.world import World
from workflows.offices import Office

PLACE = "/api/v1/me/calendar/"
DUE = date(2027, 3, 10)
TITLE = "Chi bộ xét công nhận chính thức"


def path_of(address: str) -> str:
    assert address.startswith("http://localhost:8000/calendar/")
    return address.removeprefix("http://localhost:8000")


def opened(who: Any) -> str:
    answer = who.post(PLACE)
    assert answer.status_code == 201
    return path_of(answer.json()["address"])


def read(path: str, **headers: str) -> Any:
    """As a request of its own: what the one before set for its transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chibo.path', '', true), set_config('chibo.user', '', true)")
    with as_role("chibo_app"):
        return Client().get(path, headers=headers)


def events(path: str) -> list[Event]:
    answer = read(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_deadline_is_a_whole_day_with_what_to_do_and_nobodys_name(world: World, as_: Knock) -> None:
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(member, date(2025, 10, 30))
    Deadline.objects.all().delete()
    one = deadline(world.cell, due=DUE, firmness="to_confirm", reference="CN-2026-0007", version=4)
    deadline(world.other, due=DUE)
    deadline(world.cell, due=DUE, status="met")
    deadline(world.cell, due=DUE, acting=world.commune)  # of the cell, but the committee must act
    with as_role("chibo_app"):
        path = opened(as_("secretary"))
    text = read(path).content.decode()
    (event,) = events(path)
    assert event["UID"] == f"deadline-{one.pk}@localhost"
    assert event["SEQUENCE"] == 4
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (DUE, DUE + timedelta(days=1))
    assert event.decoded("DTSTAMP") == one.opened_at.replace(microsecond=0)
    assert str(event["SUMMARY"]) == f"{TITLE} (CN-2026-0007)"
    assert str(event["URL"]) == link_to(one.pk)
    said = str(event["DESCRIPTION"]).splitlines()
    assert said == ["Chi bộ ấp Một (87.107.000.000.001)", "quy định cần xác nhận", link_to(one.pk)]
    assert "Mới" not in text
    assert "Người" not in text
    assert "\r\n" in text
    assert all(len(line) <= 75 for line in read(path).content.split(b"\r\n"))


def test_it_speaks_the_language_of_its_owner(world: World, as_: Knock) -> None:
    deadline(world.cell, due=DUE)
    User.objects.filter(username="secretary").update(language="en")
    (event,) = events(opened(as_("secretary")))
    assert str(event["SUMMARY"]).startswith("Consider the recognition in the cell (")


def test_each_office_sees_what_it_must_see_to(world: World, as_: Knock) -> None:
    own, above = deadline(world.cell, due=DUE), deadline(world.cell, due=DUE, acting=world.commune)
    shown = {
        name: {str(one["UID"]) for one in events(opened(as_(name)))}
        for name in ("secretary", "deputy", "officer", "province", "auditor")
    }
    mine, theirs = {f"deadline-{own.pk}@localhost"}, {f"deadline-{above.pk}@localhost"}
    assert shown == {"secretary": mine, "deputy": mine, "officer": theirs, "province": set(), "auditor": set()}


def test_several_offices_share_one_calendar_and_an_ended_one_leaves_it(world: World, as_: Knock) -> None:
    user = User.objects.get(username="secretary")
    held = user.assignments.create(
        office=Office.CELL_DEPUTY, unit=world.other, unit_path=world.other.path, from_date=date(2026, 1, 1)
    )
    first, second = deadline(world.other, due=DUE), deadline(world.cell, due=DUE + timedelta(days=1))
    path = opened(as_("secretary"))
    assert [str(one["UID"]) for one in events(path)] == [f"deadline-{one.pk}@localhost" for one in (first, second)]
    held.to_date = date(2026, 11, 1)
    held.save()
    assert [str(one["UID"]) for one in events(path)] == [f"deadline-{second.pk}@localhost"]


def test_whoever_has_these_bytes_is_not_sent_them_again(world: World, as_: Knock) -> None:
    one = deadline(world.cell, due=DUE)
    path = opened(as_("secretary"))
    first = read(path)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = read(path, If_None_Match=etag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Cache-Control"] == "private, no-cache"
    Deadline.objects.filter(pk=one.pk).update(due_on=DUE + timedelta(days=7), version=2)
    moved = read(path, If_None_Match=etag)
    assert moved.status_code == 200
    (event,) = Calendar.from_ical(moved.content).walk("VEVENT")
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (2, DUE + timedelta(days=7))
    one.refresh_from_db()
    assert one.revised_at is not None
    assert event.decoded("DTSTAMP") == one.revised_at.replace(microsecond=0)
    assert read(path).content == moved.content
    assert Client().head(path).status_code == 200
    assert Client().post(path).status_code == 405


def test_an_address_is_kept_as_a_hash_exchanged_and_closed(world: World, as_: Knock) -> None:
    secretary, user = as_("secretary"), User.objects.get(username="secretary")
    with as_role("chibo_app"):
        assert secretary.get(PLACE).json() == {"made_at": None}
        first = opened(secretary)
        assert secretary.get(PLACE).json()["made_at"] is not None
        assert as_("deputy").get(PLACE).json() == {"made_at": None}
        second = opened(secretary)
        assert (read(first).status_code, read(second).status_code) == (404, 200)
        assert as_("deputy").delete(PLACE).status_code == 204
        assert read(second).status_code == 200, "the deputy has none to close"
        assert secretary.delete(PLACE).status_code == 204
        assert read(second).status_code == 404
    before = traces()
    assert secretary.delete(PLACE).status_code == 204
    assert traces() == before
    told = Entry.objects.filter(subject_kind="user", subject_id=user.pk).order_by("id")
    assert [one.code for one in told] == ["user.calendar_opened", "user.calendar_exchanged", "user.calendar_closed"]
    token = second.removeprefix("/calendar/").removesuffix(".ics")
    assert not any(token.encode() in bytes(one.line) for one in told)


def test_the_address_itself_is_kept_nowhere(world: World, as_: Knock) -> None:
    token = opened(as_("secretary")).removeprefix("/calendar/").removesuffix(".ics")
    row = CalendarAddress.objects.get()
    assert len(token) >= 43
    assert len(bytes(row.digest)) == 32
    assert token.encode() not in bytes(row.digest)


@pytest.mark.parametrize("token", ["x", "0" * 43, "a" * 200])
def test_a_wrong_address_is_not_there(world: World, as_: Knock, token: str) -> None:
    opened(as_("secretary"))
    assert read(f"/calendar/{token}.ics").status_code == 404


@pytest.mark.parametrize("fields", [{"is_active": False}, {"password_must_change": True}])
def test_it_is_closed_with_the_account(world: World, as_: Knock, fields: dict[str, Any]) -> None:
    path = opened(as_("secretary"))
    User.objects.filter(username="secretary").update(**fields)
    assert read(path).status_code == 404


def test_it_is_shut_while_a_second_factor_is_missing(world: World, as_: Knock, settings: Any) -> None:
    paths = {name: opened(as_(name)) for name in ("officer", "secretary")}
    settings.CHIBO_REQUIRE_SECOND_FACTOR = True  # as it is in production: for offices above the cell
    assert {name: read(path).status_code for name, path in paths.items()} == {"officer": 404, "secretary": 200}


def test_a_calendar_has_a_largest_size_and_says_so(world: World, as_: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_feed, "LARGEST", 2)
    rows = [deadline(world.cell, due=DUE + timedelta(days=one)) for one in range(3)]
    path = opened(as_("secretary"))
    assert [str(one["UID"]) for one in events(path)] == [f"deadline-{one.pk}@localhost" for one in rows[:2]]
    assert str(Calendar.from_ical(read(path).content)["DESCRIPTION"]) == "2 thời hạn sắp tới; còn nhiều thời hạn nữa."
    Deadline.objects.filter(pk=rows[0].pk).delete()
    assert "DESCRIPTION" not in Calendar.from_ical(read(path).content)


def test_nobody_makes_one_without_signing_in_or_with_a_one_time_password(world: World, as_: Knock) -> None:
    assert Client().post(PLACE).status_code == 401
    User.objects.filter(username="secretary").update(password_must_change=True)
    assert as_("secretary").post(PLACE).status_code == 403
    assert CalendarAddress.objects.count() == 0


def test_the_stamp_rises_with_the_sequence_and_with_nothing_else(world: World, as_: Knock) -> None:
    """RFC 5545, 3.8.7.2: where there is no METHOD, DTSTAMP is the last revision."""
    one = deadline(
        world.cell, due=date(2026, 11, 3), opened_at=datetime(2026, 11, 2, 8, 30, tzinfo=UTC), revised_at=None
    )
    path, officer = opened(as_("secretary")), as_("officer")
    first = read(path).content
    assert b"METHOD" not in first
    sweep()  # what is said of it is no revision
    assert (read(path).content, Deadline.objects.get().revised_at) == (first, None)
    seen = []
    for version, status in ((1, 200), (2, 422)):  # once for each level: the second is refused, and revises nothing
        body = {"reason": "Đợi giấy của cấp ủy", "working_days": 2}
        headers = {"If-Match": f'"{version}"'}
        answer = officer.post(f"/api/v1/deadlines/{one.pk}/acknowledge/", body, headers=headers)
        assert answer.status_code == status, answer.json()
        (event,) = events(path)
        seen.append((event["SEQUENCE"], event.decoded("DTSTAMP")))
    entry = Entry.objects.get(code="deadline.acknowledged")
    ((sequence, stamp), again) = seen
    assert (sequence, again) == (2, (sequence, stamp))
    assert abs(stamp - entry.recorded_at) < timedelta(seconds=2)
    Deadline.objects.filter(pk=one.pk).update(reference="CN-2026-0008", version=3)
    (event,) = events(path)
    assert (event["SEQUENCE"], event.decoded("DTSTAMP") >= stamp) == (3, True)


def test_no_clock_sets_a_stamp_back(world: World) -> None:
    ahead = datetime(2990, 1, 1, tzinfo=UTC)
    one = deadline(world.cell, due=DUE, opened_at=ahead)
    Deadline.objects.filter(pk=one.pk).update(version=2)
    one.refresh_from_db()
    assert one.revised_at == ahead


def test_control_the_moment_of_asking_changes_nothing(world: World, as_: Knock) -> None:
    one = deadline(world.cell, due=DUE, opened_at=datetime(2026, 11, 2, 8, 30, tzinfo=UTC))
    path = opened(as_("secretary"))
    (event,) = events(path)
    assert event.decoded("DTSTAMP") == one.opened_at
