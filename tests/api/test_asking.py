"""What the log is asked, filter by filter, against the same looked for by hand; and what an entry says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from backend.audit.models import Event, EventDetail
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from tests.api.conftest import ON, Knock
from tests.world import World, paper
from workflows import law

MORNING, NIGHT = "2026-11-02T02:00:00Z", "2026-11-02T18:30:00Z"
"""The second is half past one of the next day in Vietnam."""


@pytest.fixture(autouse=True)
def hour() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def lived(world: World, as_: Knock, hour: time_machine.Coordinates) -> dict[str, Any]:
    """A review proposed after its day and voided, one in time; a term recorded at night; events of two cells and above."""
    people = world.members(6)
    world.members(2, unit=world.other)
    meeting = world.meeting(people, ON)
    totals = {"meeting": meeting.pk, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    facts, cases = {"resolution": paper(ON), "ballot": totals}, []
    for name, ceremony in (("Trần Thị Mới", date(2025, 9, 10)), ("Trần Văn Mới", date(2025, 10, 30))):
        new = world.member(name, "import_probationary", joined_on=ceremony.isoformat())
        cases.append(world.probation(new, ceremony))
        answer = as_("secretary").post(
            f"/api/v1/cases/{cases[-1].pk}/steps/propose/", {"on": ON.isoformat(), "facts": facts},
            headers={"If-Match": '"1"', "Idempotency-Key": f"propose-{len(cases)}"},
        )  # fmt: skip
        assert answer.status_code == 200
    late = Event.objects.get(case_id=cases[0].pk, code="recognition.proposed")
    hour.move_to(NIGHT)
    secretary = world.actor("other_secretary")
    perform(secretary, NewCase("congress", unit_id=world.other.pk), "record_term", {"begun_on": "2024-05-10"}, on=ON)
    case = cases[1]
    proposed = Event.objects.get(case_id=case.pk, code="recognition.proposed")
    body = {"reason": "Nhập nhầm người", "paper": paper(ON, "3-BB/CB")}
    voided = as_("deputy").post(f"/api/v1/events/{proposed.uid}/void/", body, headers={"If-Match": '"2"'})
    assert voided.status_code == 200
    void = Event.objects.get(uid=voided.json()["events"][0])
    return {"member": new, "case": case, "late": late, "proposed": proposed, "void": void}


def found(as_: Knock, query: dict[str, Any], who: str = "auditor") -> set[int]:
    answer = as_(who).get("/api/v1/events/", {**query, "limit": 200})
    assert answer.status_code == 200, answer.json()
    return {row["id"] for row in answer.json()["results"]}


def local(event: Event) -> date:
    return timezone.localtime(event.recorded_at).date()


def corrected(event: Event) -> bool:
    return event.voids is not None or Event.objects.filter(voids=event.uid).exists()


def unconfirmed(event: Event) -> bool:
    return any("#" not in one and law.by_version(one).firmness != "firm" for one in event.rules.values())


def after_deadline(event: Event) -> bool:
    return Deadline.objects.filter(closed_by=event.uid, status__in=("met_late", "missed")).exists()


Keeps = Callable[[Event], bool]
FILTERS: list[tuple[str, Keeps]] = [
    ("office=cell_secretary", lambda one: one.office == "cell_secretary"),
    ("lifecycle=recognition", lambda one: one.lifecycle == "recognition"),
    ("step=propose", lambda one: one.step == "propose"),
    ("lifecycle=recognition&step=propose", lambda one: (one.lifecycle, one.step) == ("recognition", "propose")),
    ("code=unit.opened", lambda one: one.code == "unit.opened"),
    ("code=recognition.voided", lambda one: one.code == "recognition.voided"),
    ("since=2026-11-02", lambda one: one.on_date >= ON),
    ("until=2026-11-01", lambda one: one.on_date < ON),
    ("since=2026-01-01&until=2026-01-01", lambda one: one.on_date == date(2026, 1, 1)),
    ("recorded_since=2026-11-03", lambda one: local(one) >= date(2026, 11, 3)),
    ("recorded_until=2026-11-02", lambda one: local(one) <= ON),
    ("late=0", lambda one: local(one) > one.on_date),
    ("late=1", lambda one: local(one) - one.on_date > timedelta(days=1)),
    ("late=304", lambda one: local(one) - one.on_date > timedelta(days=304)),
    ("corrected=true", corrected),
    ("corrected=false", lambda one: not corrected(one)),
    ("unconfirmed=true", unconfirmed),
    ("unconfirmed=false", lambda one: not unconfirmed(one)),
    ("after_deadline=true", after_deadline),
    ("after_deadline=false", lambda one: not after_deadline(one)),
    ("corrected=true&late=0", lambda one: corrected(one) and one.days_late > 0),
]  # fmt: skip


@pytest.mark.parametrize(("query", "keeps"), FILTERS, ids=[query for query, _ in FILTERS])
def test_a_filter_finds_what_is_found_by_hand(
    as_: Knock, world: World, lived: dict[str, Any], query: str, keeps: Keeps
) -> None:
    mine = [one for one in Event.objects.all() if one.unit_path.startswith(world.commune.path)]
    wanted = {one.pk for one in mine if keeps(one)}
    assert 0 < len(wanted) < len(mine) < 200
    assert found(as_, dict(part.split("=") for part in query.split("&"))) == wanted


def test_filters_by_who_where_and_about_whom(as_: Knock, world: World, lived: dict[str, Any]) -> None:
    user = world.actor("secretary").user_id
    for query, columns in {
        ("user", user): {"user_id": user}, ("member", lived["member"].pk): {"member_id": lived["member"].pk},
        ("case", lived["case"].pk): {"subject_kind": "case", "subject_id": lived["case"].pk},
        ("unit", world.cell.pk): {"unit_id": world.cell.pk},
        ("under", world.cell.pk): {"unit_path__startswith": world.cell.path},
        ("under", world.commune.pk): {"unit_path__startswith": world.commune.path},
    }.items():  # fmt: skip
        wanted = set(Event.objects.filter(**columns).values_list("pk", flat=True))
        assert wanted, query
        assert found(as_, dict([query])) == wanted, query
    assert found(as_, {"unit": world.commune.pk}) < found(as_, {"under": world.commune.pk})


def test_who_may_ask_and_how_far(as_: Knock, world: World, lived: dict[str, Any]) -> None:
    assert found(as_, {"corrected": True}, "secretary") == {lived["proposed"].pk, lived["void"].pk}
    assert found(as_, {"corrected": True}, "other_secretary") == set()
    never, there = (
        as_("secretary").get("/api/v1/events/", {"under": one}, headers={"Accept-Language": "en"})
        for one in (987_654_321, world.other.pk)
    )
    assert never.status_code == 400
    assert never.json() == there.json()
    assert there.json()["errors"] == [{"field": "under", "detail": "You see no unit with this number."}]


@pytest.mark.parametrize(("query", "field", "says"), [
    ("step=propos", "step", "There is no step “propos” here."),
    ("lifecycle=admission&step=call_off", "step", "There is no step “call_off” here."),
    ("code=recognition.propose", "code", "There is no kind of entry “recognition.propose”."),
    ("since=2026-11-02&until=2026-11-01", "until", "The last day lies before the first."),
    ("recorded_since=2026-11-02&recorded_until=2026-11-01", "recorded_until", "The last day lies before the first."),
    ("office=boss", "office", "“boss” cannot be chosen here"),
    ("late=-1", "late", "greater than or equal to 0"),
    ("late=soon", "late", "integer"),
    ("corrected=perhaps", "corrected", "boolean"),
    ("lateness=3", "lateness", "There is no “lateness” here"),
])  # fmt: skip
def test_what_cannot_match_is_refused(as_: Knock, world: World, query: str, field: str, says: str) -> None:
    answer = as_("auditor").get(f"/api/v1/events/?{query}", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert says in error["detail"]


def test_an_entry_says_who_when_and_what_became_of_it(as_: Knock, world: World, lived: dict[str, Any]) -> None:
    told = as_("auditor").get(f"/api/v1/events/{lived['proposed'].uid}/").json()
    assert (told["who"], told["office"], told["office_unit_id"]) == ("Người secretary", "cell_secretary", world.cell.pk)
    assert (told["request"], told["days_late"], told["voids"]) == ("propose-2", 0, None)
    assert told["voided_by"] == str(lived["void"].uid)
    assert told["details"]["resolution"] == {"number": "12-NQ/CB", "issuer": "Chi bộ ấp Một"}
    assert told["facts"]["resolution"] == {"kind": "cell_resolution", "date": "2026-11-02"}
    assert told["facts"]["ballot"]["yes"] == 4
    assert set(told["unconfirmed"]) < set(told["rules"].values())
    void = as_("auditor").get(f"/api/v1/events/{lived['void'].uid}/").json()
    assert (void["voids"], void["voided_by"], void["days_late"]) == (str(lived["proposed"].uid), None, 1)
    assert void["written"]["reason"] == "Nhập nhầm người"
    rows = {row["uid"]: row for row in as_("auditor").get("/api/v1/events/?corrected=true").json()["results"]}
    assert rows[told["uid"]]["voided_by"] == told["voided_by"]
    assert "written" not in rows[told["uid"]]


def test_an_erased_entry_keeps_its_line_and_names_nobody(as_: Knock, world: World, lived: dict[str, Any]) -> None:
    EventDetail.objects.filter(event_uid=lived["late"].uid).delete()
    told = as_("auditor").get(f"/api/v1/events/{lived['late'].uid}/").json()
    assert (told["erased"], told["who"], told["request"], told["details"], told["written"]) == (True, "", "", {}, {})
    assert (told["office"], told["facts"]["ballot"]["yes"]) == ("cell_secretary", 4)


def test_a_step_recorded_after_the_day_is_told_with_its_days(as_: Knock, world: World, lived: dict[str, Any]) -> None:
    """The roster was brought in on 02/11 for the first of January."""
    (entered,) = Event.objects.filter(member_id=lived["member"].pk, subject_kind="member")
    assert as_("auditor").get(f"/api/v1/events/{entered.uid}/").json()["days_late"] == 305
    assert entered.pk in found(as_, {"late": 304})
    assert entered.pk not in found(as_, {"late": 305})
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('TimeZone')")
        assert cursor.fetchone()[0] == "UTC"  # so that the day is Vietnam's by our word, not by the session's


def test_the_first_review_was_late(as_: Knock, world: World, lived: dict[str, Any]) -> None:
    assert found(as_, {"after_deadline": True, "step": "propose"}) == {lived["late"].pk}
    case = Case.objects.get(pk=lived["late"].case_id)
    facts = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}
    perform(world.actor("officer"), OnCase(case.pk), "recognise", facts, on=ON)
    assert found(as_, {"after_deadline": True, "step": "propose"}) == {lived["late"].pk}
