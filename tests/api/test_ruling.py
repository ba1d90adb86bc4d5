"""Days of the calendar and who decides, through the API: read by all, entered at the top, each with its event and source."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.audit.models import Event, EventDetail
from backend.deadlines.following import follow_calendar
from backend.deadlines.models import CalendarDay, Competence, Deadline
from tests.api.conftest import Knock, traces
from tests.roles import as_role
from tests.world import World, person
from workflows import law
from workflows.offices import Office

STORM = {"day": "2026-11-20", "off": True, "name": "Nghỉ bão", "basis": "12-TB/TU 18/11/2026"}
HERE = {
    "act": "recognise",
    "levels": ["province", "base_committee"],
    "since": "2026-11-01",
    "until": "2026-12-31",
    "source": "1-QĐ/TU",
}
POSTS = {
    "calendar/": STORM,
    "calendar/preview/": STORM,
    "calendar/withdraw/": {"day": "2026-11-20", "basis": "13-TB/TU"},
    "competence/": HERE,
    "competence/withdraw/": {"act": "recognise", "since": "2026-11-01", "source": "2-QĐ/TU"},
}


@pytest.fixture
def top(world: World, as_: Knock) -> APIClient:
    person("admin", Office.ADMINISTRATOR, world.province)
    return as_("admin")


def post(client: APIClient, address: str, body: dict[str, Any], **headers: str) -> Any:
    with as_role("chibo_app"):
        return client.post(f"/api/v1/{address}", body, format="json", headers=headers)


def get(client: APIClient, address: str) -> Any:
    with as_role("chibo_app"):
        return client.get(f"/api/v1/{address}")


def unmet(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [one["code"] for one in answer.json()["unmet"]]


@pytest.mark.parametrize("address", ["calendar/", "competence/"])
def test_everybody_who_signs_in_reads_them_whatever_the_office(world: World, address: str) -> None:
    nobody = User.objects.create(username="no_office", full_name="Người mới", email="moi@example.org")
    client = APIClient()
    assert client.get(f"/api/v1/{address}").status_code == 401
    client.force_authenticate(nobody)
    assert get(client, address).status_code == 200
    told = get(client, f"{address}?unit=1")
    assert (told.status_code, [one["field"] for one in told.json()["errors"]]) == (400, ["unit"])


@pytest.mark.parametrize("address", list(POSTS))
def test_nobody_below_the_top_enters_anything(world: World, as_: Knock, address: str) -> None:
    """Nor does anybody without the right at the top; a body that cannot be read is no way around."""
    person("below", Office.ADMINISTRATOR, world.commune)
    before = traces()
    for name in ("secretary", "officer", "province", "auditor", "below"):
        for body in (POSTS[address], {"nothing": 1}):
            assert post(as_(name), address, body).status_code == 403, name
    assert (CalendarDay.objects.count(), Competence.objects.count(), traces()) == (0, 0, before)


def test_a_day_is_entered_once_with_its_event_and_its_source(world: World, top: APIClient) -> None:
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(member, date(2025, 10, 30))
    review = Deadline.objects.get(subject_kind="case", subject_id=case.pk)
    assert review.due_on == date(2026, 12, 14)
    told = post(top, "calendar/", STORM, **{"Idempotency-Key": "storm-1"})
    kept = {**STORM, "withdrawn": False, "followed": False, "version": 1}
    assert (told.status_code, told.json()) == (200, {**kept, "changed": True})
    again = post(top, "calendar/", STORM, **{"Idempotency-Key": "storm-1"})
    assert again.json() == told.json(), "the same request gives the same answer"
    assert post(top, "calendar/", STORM).json() == {**kept, "changed": False}
    event = Event.objects.get(code="calendar.day_set")
    assert (event.facts, event.office, event.unit_id) == (
        {"day": "2026-11-20", "off": True}, "administrator", world.province.pk,
    )  # fmt: skip
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {
        "name": "Nghỉ bão", "basis": "12-TB/TU 18/11/2026",
    }  # fmt: skip
    review.refresh_from_db()
    assert review.due_on == date(2026, 12, 14), "it moves in the background"
    with as_role("chibo_jobs"):
        follow_calendar()
    review.refresh_from_db()
    assert review.due_on == date(2026, 12, 15)
    moved = Event.objects.get(code="deadline.moved")
    assert (moved.office, moved.subject_id, moved.facts["why"]) == ("system", review.pk, "calendar")
    assert get(top, "calendar/").json() == {"results": [{**kept, "followed": True}], "next": None}


def test_a_preview_says_what_would_move_and_changes_nothing(world: World, top: APIClient) -> None:
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(member, date(2025, 10, 30))
    before = traces()
    told = post(top, "calendar/preview/", STORM).json()
    assert told == {
        "count": 1,
        "moves": [{
            "reference": case.number, "rule": "PRO.CELL_REVIEW", "unit_id": world.cell.pk, "due_before": "2026-12-14",
            "due_after": "2026-12-15",
        }],
    }  # fmt: skip
    assert (CalendarDay.objects.count(), traces()) == (0, before)
    assert Deadline.objects.get(subject_kind="case", subject_id=case.pk).due_on == date(2026, 12, 14)


def test_a_day_is_withdrawn_and_what_was_never_entered_is_not(world: World, top: APIClient) -> None:
    withdrawal = POSTS["calendar/withdraw/"]
    assert unmet(post(top, "calendar/withdraw/", withdrawal)) == ["calendar.not_entered"]
    post(top, "calendar/", STORM)
    told = post(top, "calendar/withdraw/", withdrawal).json()
    assert (told["withdrawn"], told["followed"], told["basis"], told["changed"]) == (True, False, "13-TB/TU", True)
    assert list(Event.objects.filter(subject_kind="calendar").order_by("id").values_list("code", "version")) == [
        ("calendar.day_set", 1), ("calendar.day_withdrawn", 2),
    ]  # fmt: skip
    post(top, "calendar/", {**STORM, "day": "2027-01-04"})
    days = {query: [row["day"] for row in get(top, f"calendar/{query}").json()["results"]] for query in
            ("", "?last=2026-12-31", "?withdrawn=false", "?withdrawn=true&first=2026-11-21", "?limit=1")}  # fmt: skip
    assert days == {
        "": ["2026-11-20", "2027-01-04"], "?last=2026-12-31": ["2026-11-20"], "?withdrawn=false": ["2027-01-04"],
        "?withdrawn=true&first=2026-11-21": [], "?limit=1": ["2026-11-20"],
    }  # fmt: skip
    following = get(top, "calendar/?limit=1").json()["next"].partition("/api/v1/")[2]
    assert [row["day"] for row in get(top, following).json()["results"]] == ["2027-01-04"]


def test_who_decides_is_settled_from_a_day_to_a_day_and_withdrawn(world: World, top: APIClient, as_: Knock) -> None:
    told = post(top, "competence/", HERE).json()
    assert told == {**HERE, "withdrawn": False, "version": 1, "changed": True}
    assert post(top, "competence/", HERE).json()["changed"] is False
    own = Competence.objects.get()

    def holds(on: str) -> tuple[list[str], bool, str]:
        (row,) = get(as_("secretary"), f"competence/?act=recognise&on={on}").json()["results"]
        return [one["level"] for one in row["levels"]], row["own"], row["version"]

    delivered = (["base_committee"], False, "recognise@2026-07-26")
    assert [holds(day) for day in ("2026-10-31", "2026-11-01", "2026-12-31", "2027-01-01")] == [
        delivered, (["province", "base_committee"], True, f"recognise@2026-11-01#{own.pk}"),
        (["province", "base_committee"], True, f"recognise@2026-11-01#{own.pk}"), delivered,
    ]  # fmt: skip
    assert post(top, "competence/withdraw/", POSTS["competence/withdraw/"]).json()["withdrawn"] is True
    assert holds("2026-11-01") == delivered
    history = get(as_("secretary"), "competence/?act=recognise").json()["results"]
    assert [(row["since"], row["until"], row["own"], row["withdrawn"]) for row in history] == [
        ("2016-07-25", "2025-06-30", False, False), ("2025-07-01", "2026-04-07", False, False),
            ("2026-04-08", "2026-07-25", False, False),
        ("2026-07-26", None, False, False), ("2026-11-01", "2026-12-31", True, True),
    ]  # fmt: skip
    assert (history[-1]["source"], history[2]["firmness"]) == ({"vi": "2-QĐ/TU", "en": "2-QĐ/TU"}, "to_confirm")
    assert history[-1]["levels"][0] == {"level": "province", "label": {"vi": "Cấp tỉnh", "en": "Province"}}
    every = get(top, "competence/?on=2026-11-02").json()["results"]
    assert [row["act"] for row in every] == list(law.acts())
    assert [(one.code, one.facts["act"]) for one in Event.objects.filter(subject_kind="law").order_by("id")] == [
        ("competence.set", "recognise"), ("competence.withdrawn", "recognise"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"act": "recognize"}, ["competence.unknown_act"]),
        ({"levels": []}, ["competence.bad_levels"]),
        ({"levels": ["nowhere"], "act": "x"}, ["competence.unknown_act", "competence.bad_levels"]),
        ({"until": "2026-10-31"}, ["competence.days"]),
    ],
)
def test_what_cannot_be_settled_is_told_at_once(
    world: World, top: APIClient, change: dict[str, Any], codes: list[str]
) -> None:
    before = traces()
    assert unmet(post(top, "competence/", {**HERE, **change})) == codes
    assert (Competence.objects.count(), traces()) == (0, before)


def test_days_that_are_taken_and_acts_that_were_not_settled_are_refused(world: World, top: APIClient) -> None:
    assert unmet(post(top, "competence/withdraw/", POSTS["competence/withdraw/"])) == ["competence.not_settled"]
    post(top, "competence/", HERE)
    assert unmet(post(top, "competence/", {**HERE, "since": "2026-12-31"})) == ["competence.taken"]
    assert Competence.objects.count() == 1
