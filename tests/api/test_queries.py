"""What a list costs: exactly so many queries, at one row and at three."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from backend.accounts.models import Assignment, User
from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.contacts.models import Endpoint
from backend.deadlines.models import CalendarDay
from backend.members.models import Member
from tests.api.conftest import ON, Knock
from tests.api.test_flags import flag
from tests.api.test_lists import notice
from tests.world import World, paper, unit
from workflows.offices import Level, Office

LISTS = {
    "accesses/": 10,  # who looked, wherever they serve: names and units, with the scope widened and put back
    "alerts/ledger/": 7,  # what are they about?
    "badges/": 7,  # who is disciplined?
    "calendar/": 2,  # whatever the office
    "cases/": 7,  # what labels have the days given them?
    "deadlines/": 6,
    "events/": 6,
    "flags/": 7,  # by which deadlines is the cell asked?
    "substitutions/": 6,
    "members/": 6,
    "members/?q=tran": 6,
    "members/{member_id}/accesses/": 11,  # as accesses/; is the member there?
    "members/{member_id}/timeline/": 8,  # is the member there? what came in hand-over files?
    "notices/": 8,  # whose seat does the person sit in, and where below does nobody?
    "units/": 6,
    "units/?as_of=2026-11-01": 6,
    "webhooks/": 6,
    "units/{unit_id}/children/": 7,  # is the unit there?
}
"""Queries of each list: the business date, the person, the offices held, the scope, the level, and the rows."""
ME = 8


def queries(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_a_bulk_step_costs_the_same_statements_for_two_subjects_and_for_twenty(world: World, as_: Knock) -> None:
    """Also with a key: its row is one more statement, whatever the number."""
    people, facts = world.members(22), {"resolution": paper(ON), "ground": "meetings", "months": 3}
    spent = []
    for named in (people[:2], people[2:]):
        subjects = [{"member": one.pk, "version": 1, "facts": facts} for one in named]
        body = {"step": "record_lapse", "on": ON.isoformat(), "subjects": subjects}
        client = as_("secretary")
        with CaptureQueriesContext(connection) as caught:
            answer = client.post("/api/v1/bulk/steps/", body, headers={"Idempotency-Key": f"many-{len(named)}"})
        assert {one["status"] for one in answer.json()["results"]} == {200}
        spent.append(len(caught.captured_queries))
    assert spent[0] == spent[1]


def test_every_list_is_measured() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    pages = set()
    for path, methods in document["paths"].items():
        answer = (
            methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        )
        if answer.get("schema", {}).get("$ref", "").endswith("Page"):
            pages.add(path.removeprefix("/api/v1/"))
    assert pages == {place.partition("?")[0] for place in LISTS}


@pytest.mark.parametrize("place", LISTS)
def test_lists_cost_the_same_queries_at_one_row_and_at_three(world: World, as_: Knock, place: str) -> None:
    member, case = grow(world, 1)
    address = "/api/v1/" + place.format(member_id=member.pk, unit_id=world.commune.pk)
    seen = []
    for more in ((), (2, 3)):
        for number in more:
            grow(world, number)
            name_again(world, case, number)
        seen.append((queries(as_("officer"), address), len(as_("officer").get(address).json()["results"])))
    costs, rows = zip(*seen, strict=True)
    assert costs == (LISTS[place], LISTS[place])
    assert rows[1] >= rows[0] + 2


def grow(world: World, number: int) -> tuple[Member, Case]:
    """One more row in every list of the commune's officer."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    notice(world, number, world.commune, Office.ORGANISATION_OFFICER)
    flag(new, number)
    world.member("Lê Thị Lâu", joined_on="1996-10-05", official_on="1997-10-05")
    CalendarDay.objects.create(day=date(2027, 1, number), off=True, name="Bão", basis="1-TB")
    cell = unit(f"87.107.000.000.01{number}", "Chi bộ mới", Level.CELL, world.commune)
    Endpoint.objects.create(unit=cell, unit_path=cell.path, url="https://a", secret=b"", made_at=timezone.now())
    replaced = {"handed_from": ON, "handed_until": ON}
    Assignment.objects.create(
        user=User.objects.get(username="other_secretary"), office=Office.CELL_SECRETARY, unit=cell, unit_path=cell.path,
        from_date=ON, **replaced,
    )  # fmt: skip
    return new, world.probation(new, date(2025, 10, 30))


def name_again(world: World, case: Case, number: int) -> None:
    """One more event of the first member."""
    helper = world.member("Trần Văn Giúp")
    perform(world.actor("secretary"), OnCase(case.pk), "name_helper", {"helper": helper.pk}, on=ON)


def test_me_costs_the_same_with_one_office_and_with_three(world: World, as_: Knock) -> None:
    user, costs = User.objects.get(username="secretary"), []
    chosen = {"X-Chibo-Assignment": str(world.actor("secretary").assignment_id)}
    client = as_("secretary")
    client.credentials(**{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in chosen.items()})
    for offices in ((), (Office.CELL_DEPUTY, Office.CELL_COMMITTEE)):
        for office in offices:
            Assignment.objects.create(
                user=user, office=office, unit=world.cell, unit_path=world.cell.path, from_date=ON
            )
        costs.append((queries(client, "/api/v1/me/"), len(client.get("/api/v1/me/").json()["assignments"])))
    assert costs == [(ME, 1), (ME, 3)]


def test_every_list_refuses_a_filter_it_does_not_know(world: World, as_: Knock) -> None:
    """A slip in a filter's name must not give the whole list."""
    member = world.member("Lê Văn Ất")
    officer = as_("officer")
    for place in LISTS:
        address = "/api/v1/" + place.partition("?")[0].format(member_id=member.pk, unit_id=world.commune.pk)
        answer = officer.get(address, {"staus": "open", "limit": 5})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), place
        assert [one["field"] for one in answer.json()["errors"]] == ["staus"], place
    told = officer.get("/api/v1/deadlines/", {"staus": "open"}, headers={"Accept-Language": "en"}).json()["errors"]
    known = "“case”, “cursor”, “limit”, “member”, “overdue”, “rule”, “status”, “unit”"
    assert told == [{"field": "staus", "detail": f"There is no “staus” here; what can be asked for: {known}."}]
    drawing = officer.get("/api/v1/workflows/recognition/drawing/", {"langauge": "en"})
    assert [one["field"] for one in drawing.json()["errors"]] == ["langauge"]


def test_an_address_without_filters_refuses_any(world: World, as_: Knock) -> None:
    """One thing, and whatever writes: `?dry_run=1` would do what was only to be tried."""
    member = world.member("Lê Văn Ất")
    client, events = as_("secretary"), Event.objects.count()
    for place in (f"members/{member.pk}/", f"members/{member.pk}/steps/", "me/", "status/", "me/preferences/"):
        answer = client.get(f"/api/v1/{place}?dry_run=1", headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.json()["errors"]) == (
            400, [{"field": "dry_run", "detail": "There is no “dry_run” here; the address alone says everything."}]
        ), place  # fmt: skip
    body = {"on": ON.isoformat(), "facts": {"resolution": paper(ON), "ground": "meetings", "months": 3}}
    step = f"/api/v1/members/{member.pk}/steps/record_lapse/"
    answer = client.post(f"{step}?dry_run=1", body, headers={"If-Match": '"1"'})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, ["dry_run"])
    assert (Event.objects.count(), Member.objects.get(pk=member.pk).version) == (events, 1)
    assert client.post(step, body, headers={"If-Match": '"1"'}).status_code == 200


def test_a_state_that_no_case_has_is_refused(world: World, as_: Knock) -> None:
    told = as_("officer").get("/api/v1/cases/?state=proposd", headers={"Accept-Language": "en"})
    assert (told.status_code, [one["field"] for one in told.json()["errors"]]) == (400, ["state"])
    assert as_("officer").get("/api/v1/cases/?state=proposed").status_code == 200


def test_a_filter_that_stands_there_twice_is_refused_by_its_name(world: World, as_: Knock) -> None:
    """Its last value alone would be taken, in silence; lists, tables and pages of one value alike."""
    member = world.member("Lê Văn Ất")
    officer = as_("officer")
    for place in LISTS:
        address = "/api/v1/" + place.partition("?")[0].format(member_id=member.pk, unit_id=world.commune.pk)
        answer = officer.get(f"{address}?limit=5&limit=5")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), place
        assert [one["field"] for one in answer.json()["errors"]] == ["limit"], place
    told = officer.get("/api/v1/cases/?state=a&staus=b&state=c&unit=1&staus=d", headers={"Accept-Language": "en"})
    assert [one["field"] for one in told.json()["errors"]] == ["staus", "state"]
    assert told.json()["errors"][1]["detail"] == "“state” stands here several times; give it once."
    for place in ("workflows/recognition/drawing/?language=en&language=vi", "dues/rates/?month=2026-11&month=2026-10"):
        assert [one["field"] for one in officer.get(f"/api/v1/{place}").json()["errors"]] == [
            place.partition("?")[2].partition("=")[0]
        ], place
