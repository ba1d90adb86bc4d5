"""The table of doors is what happens: each URL is knocked at with each method, as everybody, under the application's role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts import door_table, doors
from backend.accounts.door_kinds import ANYBODY, ONE_TIME, Door
from backend.accounts.door_table import document
from backend.accounts.doors import DOORS
from backend.accounts.models import Token, User
from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.api.checks import every_route_has_a_door
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnMember, perform
from backend.deadlines.models import Deadline
from backend.imports.models import ImportBatch, ImportTask
from tests.api.conftest import ON
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world, paper, person
from workflows.catalogue import LIFECYCLES
from workflows.offices import CELL_OFFICES, GIVEN_OFFICES, Office, Right
from workflows.vocabulary import NEW

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ROUTES = sorted(DOORS)
NOBODY, ONE_TIME_ONLY, NO_OFFICE = "nobody", "one_time", "no_office"
NOT_THERE = {
    "administration/units/<id:unit_id>/divide/": "the committee right above a cell divides it",
    "administration/units/<id:unit_id>/merge/": "or merges it",
    "imports/<id:import_id>/sheet/": "it was not tried yet",
    "api/v1/cases/<id:case_id>/scans/": "no scans are kept here", "api/v1/events/<uuid:uid>/scans/<slug:paper>/": "nor here",
    "cases/<id:case_id>/scans/": "nor on a page", "events/<uuid:uid>/scans/<slug:paper>/": "nor here",
    "api/v1/notices/<id:notice_id>/": "the notice is for one office", "notices/<id:notice_id>/": "as above",
    "api/v1/slip/": "where nothing must be done", "api/v1/log/head/": "before the first head",
    "api/v1/log/head/slip/": "as above",
    "calendar/<slug:token>.ics": "no such address", "metrics": "no token was set",
    "second-factor/app/remove/": "there is no app", "second-factor/passkeys/<id:pk>/remove/": "nor a passkey",
    "second-factor/codes/": "nor codes", "second-factor/codes/new/": "nor a factor that they would stand in for",
    "members/export/": "as what it goes out was not said",
    "sign-in/second/": "nobody is half signed in", "sessions/": "no session was named to be ended",
}  # fmt: skip
"""What a GET may answer with 404 though the door is open."""
ASKED = {"api/v1/times/": "?lifecycle=recognition"}
"""What a GET cannot do without."""


@dataclass(frozen=True)
class Place:
    """Users by who they are (each office by its name), what the addresses are about, and what else they can be about."""

    users: dict[str, User]
    known: dict[str, str]
    finding: dict[str, str]
    committee: dict[str, str]

    def address(self, route: str, other: Mapping[str, str]) -> str:
        for name, value in {**self.known, "<slug:step>": "propose", **other}.items():
            route = route.replace(name, value)
        return f"/{route}"


@pytest.fixture
def place(committed_db: RealDatabase) -> Place:
    """Every office at work: those of cells in the cell, those of committees at the top; the helper helps the one member."""
    cache.clear()
    world = make_world()
    people = world.members(4)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    case = world.probation(new, date(2025, 9, 10))
    lapse = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    entry = perform(world.actor("deputy"), OnMember(people[0].pk), "record_lapse", lapse, on=ON)
    late = {"matter": "late", "finding": "Ghi nhận muộn"}
    found = perform(world.actor("auditor"), NewCase("finding", unit_id=world.cell.pk), "raise_it", late, on=ON)
    month = {"kind": "regular", "month": ON.replace(day=1).isoformat()}
    meeting = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=ON)
    sweep(ON)
    users = _seated(world, new.pk)
    task, batch = _sent_a_roster(world)
    known = {
        "<id:import_id>": task.pk, "<uuid:batch>": batch.uid,
        "<id:holding_id>": world.actor("secretary").assignment_id,
        "<id:unit_id>": world.cell.pk, "<id:member_id>": new.pk, "<id:case_id>": case.pk, "<uuid:uid>": entry["event"],
        "<id:deadline_id>": Deadline.objects.filter(subject_kind="case", subject_id=case.pk).earliest("pk").pk,
        "<id:notice_id>": Notice.objects.filter(unit_id=world.cell.pk).earliest("id").id,
        "<id:meeting_id>": meeting["id"],
        "<id:device_id>": 1, "<id:pk>": 1, "<slug:key>": "recognition", "<slug:lifecycle>": "recognition",
        "<slug:token>": "none", "<slug:paper>": "resolution", "<slug:page>": "members", "<slug:month>": "2026-10",
    }  # fmt: skip
    finding = {"<id:case_id>": str(found["id"]), "<uuid:uid>": str(found["event"])}
    committee = {"<id:unit_id>": str(world.commune.pk)}
    return Place(users, {name: str(value) for name, value in known.items()}, finding, committee)


def _sent_a_roster(world: World) -> tuple[ImportTask, ImportBatch]:
    """A roster that was sent and waits, and one that was brought in."""
    now, top = timezone.now(), world.commune.path
    task = ImportTask.objects.create(
        key=uuid4(), kind="import", unit_path=top, user_id=1, assignment_id=1, language="vi", as_of=ON, batch=uuid4(),
        report={"faults": []}, asked_at=now, changed_at=now,
    )  # fmt: skip
    return task, ImportBatch.objects.create(
        uid=uuid4(), unit_path=top, as_of=ON, files={}, counts={}, report={}, operator="test", started_at=now,
        finished_at=now,
    )  # fmt: skip


def _seated(world: World, helped: int) -> dict[str, User]:
    names: dict[str, str] = {Office.CELL_SECRETARY: "secretary"}
    for office in GIVEN_OFFICES:
        if office not in names:
            at, member = world.cell if office in CELL_OFFICES else world.province, helped
            person(f"as_{office}", office, at, member if office == Office.HELPER else None)
            names[office] = f"as_{office}"
    for who in (ONE_TIME_ONLY, NO_OFFICE):
        User.objects.create(username=who, full_name=who, password_must_change=who == ONE_TIME_ONLY)
        names[who] = who
    return {who: User.objects.get(username=name) for who, name in names.items()}


def knock(place: Place, who: str, route: str, method: str, other: Mapping[str, str] | None = None) -> Any:
    """The answer to an empty request, from a session for pages and as signed in at the API."""
    is_page = route in doors.PAGES
    client: Any = Client() if is_page else APIClient()
    if who != NOBODY and "revoke" in route:
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=place.users[who])[1]}")
    elif who != NOBODY:
        (client.force_login if is_page else client.force_authenticate)(place.users[who])
    with as_role("chibo_app"):
        body = {} if method in {"GET", "HEAD"} or is_page else {"data": {}}
        answer = getattr(client, method.lower())(place.address(route, other or {}), **body)
        if answer.streaming:
            b"".join(answer)
    return answer


def ways(place: Place, route: str) -> Iterator[Mapping[str, str]]:
    """What one address can be about: each step of a page, a case of the cell's or an auditor's finding, an entry of either."""
    if "/open/" in route or "/enter/" in route:
        yield from _beginnings(route)
        return
    if route.startswith("administration/") and route.endswith(("/merge/", "/divide/")):
        yield place.committee  # the committees' offices sit right above it
        return
    page = "membership" if "member_id" in route else "recognition"
    taken = LIFECYCLES[page].steps() if "<slug:step>" in route else ["propose"]
    yield from ({"<slug:step>": step} for step in taken)
    if "<slug:step>" in route and "case_id" in route:
        yield from ({**place.finding, "<slug:step>": step} for step in LIFECYCLES["finding"].steps())
    elif "<uuid:uid>" in route:
        yield place.finding


def _beginnings(route: str) -> Iterator[Mapping[str, str]]:
    """The steps that open a case about a member or a unit, or put a person on a list."""
    about = "member" if "member_id" in route else "unit"
    for key, page in LIFECYCLES.items():
        begun = page.subject == "member" if "/enter/" in route else page.subject == "case" and page.about == about
        for name, step in page.steps().items() if begun else ():
            if NEW in step.sources and step.by != Right.THROUGH_CASE:
                yield {"<slug:key>": key, "<slug:step>": name}


def opened(place: Place, who: str, route: str, method: str) -> bool:
    """Whether somebody gets through one of the ways that an address has."""
    answers = (knock(place, who, route, method, other) for other in ways(place, route))
    return any(not turned_away(one, route) for one in answers)


def turned_away(answer: Any, route: str) -> bool:
    """By the API with 401 or 403; by a page, which sends on to signing in or to choosing a password, is not there, or says
    that it takes an office (403)."""
    assert answer.status_code not in {405, 500}, (route, answer)
    if route.startswith("api/"):
        return answer.status_code in {401, 403}
    sent = answer.headers.get("Location", "")
    gone = answer.status_code == 404 and route not in NOT_THERE
    return gone or answer.status_code == 403 or sent.startswith(("/sign-in/?", "/password/"))


def entries() -> Iterator[tuple[str, str, Door]]:
    for route in ROUTES:
        for method, door in DOORS[route].items():
            yield route, method, door


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.real
def test_each_office_gets_through_the_doors_that_the_table_opens_to_it(place: Place) -> None:
    wrong = [
        (route, method, office.value)
        for route, method, door in entries()
        for office in GIVEN_OFFICES
        if opened(place, office, route, method) != door.lets(office)
        and (route.startswith("api/") or route not in NOT_THERE)  # a page says 404 to both; their own tests know more
    ]
    assert wrong == []


@pytest.mark.real
def test_nobody_gets_further_than_signing_in(place: Place) -> None:
    wrong = [
        (route, method)
        for route, method, door in entries()
        if opened(place, NOBODY, route, method) != (door is ANYBODY)
    ]  # fmt: skip
    assert wrong == []
    api = [route for route in ROUTES if route.startswith("api/v1/") and "GET" in DOORS[route]]
    assert {knock(place, NOBODY, route, "GET").status_code for route in api} == {401}


@pytest.mark.real
def test_a_one_time_password_and_no_office_open_what_the_table_says(place: Place) -> None:
    """With a one-time password the first page leads to the page where it is exchanged."""
    first = [(route, method) for route, method, door in entries()
             if opened(place, ONE_TIME_ONLY, route, method) != (door in (ANYBODY, ONE_TIME))]  # fmt: skip
    assert first == [("", "GET")]
    none = [(route, method) for route, method, door in entries()
            if opened(place, NO_OFFICE, route, method) == door.office]  # fmt: skip
    assert none == []


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.real
def test_a_door_that_is_open_shows_what_is_behind_it(place: Place) -> None:
    """Not let in and then told that there is nothing: a GET gives it, a HEAD says the same."""
    for route, method, door in entries():
        for office in GIVEN_OFFICES if method == "GET" and route.startswith("api/") else ():
            if door.lets(office) and route not in NOT_THERE:
                asked = f"{route}{ASKED.get(route, '')}"
                seen = knock(place, office, asked, "GET").status_code
                assert seen == 200, (asked, office.value, seen)
                assert knock(place, office, asked, "HEAD").status_code == 200, (asked, office.value)


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.real
def test_no_other_method_is_taken(place: Place) -> None:
    for route in (one for one in ROUTES if one.startswith("api/v1/")):
        taken = {*DOORS[route], *({"HEAD"} if "GET" in DOORS[route] else ())}
        for method in sorted({*METHODS} - taken):
            for who in (Office.CELL_SECRETARY, Office.ADMINISTRATOR):
                answer = knock(place, who, route, method)
                assert answer.status_code == 405, (route, method, who)
    assert Event.objects.filter(code__startswith="user.").count() == 0


def test_a_route_or_method_without_an_entry_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_route_has_a_door() == []
    real = dict(door_table.routes())
    monkeypatch.setattr(door_table, "routes", lambda: [*real.items(), ("new/", lambda request: None)])
    monkeypatch.delitem(doors.DOORS["api/v1/members/"], "POST")
    monkeypatch.setitem(doors.DOORS["api/v1/units/"], "DELETE", ANYBODY)
    monkeypatch.setitem(doors.DOORS, "gone/", {})
    assert [one.msg for one in every_route_has_a_door()] == [
        "api/v1/members/: POST has no entry.",
        "api/v1/units/: DELETE is none of its methods.",
        "gone/: backend/accounts/doors.py has an entry for what is no route.",
        "new/: no entry in backend/accounts/doors.py says who gets through.",
    ]


def test_the_table_is_written_out() -> None:
    path = Path(__file__).resolve().parents[2] / "docs/doors.md"
    assert path.read_text(encoding="utf-8") == document(), "run: make docs"
