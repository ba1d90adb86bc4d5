"""What a page costs: every page that lists rows takes exactly so many queries, at one row and at three."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.doors import PAGES
from backend.accounts.models import Assignment, Token, User
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.answering import comment
from backend.cases.engine import NewCase, OnCase, perform
from backend.contacts.models import Device, Endpoint
from backend.core.partitions import ensure_month
from backend.deadlines.models import CalendarDay, Competence, Deadline
from backend.imports.models import ImportBatch, ImportTask
from backend.organizations.models import Unit
from backend.reports.models import PlanTarget
from backend.web.models import SavedView
from tests.api.test_flags import flag
from tests.web.overview_world import counted
from tests.web.people import sign_in, text, with_password
from tests.web.test_notices import said
from tests.world import TODAY, World, as_if_today, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
OPENS = "members/<id:member_id>/open/<slug:key>/<slug:step>/"
LISTS: dict[str, tuple[str, int]] = {
    "": ("secretary", 22),
    "administration/calendar/": ("top", 18),
    "administration/reorganisations/": ("committee", 16),
    "administration/units/": ("admin", 16),
    "administration/units/<id:unit_id>/": ("admin", 20),
    "administration/units/<id:unit_id>/divide/": ("committee", 19),
    "administration/units/<id:unit_id>/merge/": ("committee", 19),
    "administration/units/<id:unit_id>/offices/": ("admin", 19),
    "cases/": ("secretary", 19),
    "cases/<id:case_id>/": ("secretary", 20),
    "cases/<id:case_id>/steps/<slug:step>/": ("secretary", 16),
    "contacts/": ("secretary", 11),
    "deadlines/": ("secretary", 21),
    "deadlines/<id:deadline_id>/": ("secretary", 24),
    "deadlines/<id:deadline_id>/ledger/": ("secretary", 22),
    "desk/cases/<id:case_id>/": ("auditor", 17),
    "desk/events/": ("auditor", 18),
    "desk/times/": ("auditor", 14),
    "imports/": ("officer", 18),
    "invitations/": ("officer", 14),
    "law/competence/": ("top", 18),
    "ledger/": ("officer", 19),
    "ledger/csv/": ("officer", 13),
    "meetings/<id:meeting_id>/": ("secretary", 21),
    "members/": ("secretary", 16),
    "members/<id:member_id>/": ("secretary", 46),
    "members/<id:member_id>/looks/": ("auditor", 19),
    "members/bulk/": ("secretary", 16),
    "members/export/": ("secretary", 17),
    "notices/": ("secretary", 19),
    "office/": ("many", 10),
    "overview/": ("officer", 20),
    "overview/csv/": ("officer", 16),
    "overview/list/": ("officer", 16),
    "overview/plans/": ("officer", 20),
    "rehearsal/": ("officer", 24),
    "second-factor/": ("many", 8),
    "sessions/": ("secretary", 11),
    "substitutions/": ("officer", 17),
    "tokens/": ("secretary", 10),
    "units/<id:unit_id>/": ("officer", 24),
    "webhooks/": ("officer", 16),
}
"""Who looks at each list, and its queries: the session, the person, the office and the scope, and what the rows are made of."""
GROWS = {"sessions/": 3}
"""Queries for one row more: of the own sessions the library that keeps them asks each by itself whether it still stands."""
ASKED = {
    "administration/units/": "?q=chi", "desk/times/": "?lifecycle=recognition", "members/bulk/": "?step=away.ask",
    "members/export/": "?form=csv", "rehearsal/": "?day=20/11/2026",
}  # fmt: skip
"""What shows a list where the address alone does not."""
APART = {
    "administration/units/<id:unit_id>/ladder/": "test_ladders.test_a_choice_more_costs_no_query_more",
    "administration/units/<id:unit_id>/packs/": "test_packs.test_a_stretch_more_costs_no_query_more",
    "units/<id:unit_id>/ladders/": "test_ladders.test_a_choice_more_costs_no_query_more",
}
"""Lists whose rows are choices that a unit made one after the other: the test beside them measures them."""
FORM, OWN_WORD = "a form about one thing, with what the law offers", "said of the person who signed in, in sentences"
CODED, FILE, ONE = "rows of the code, no table is asked for them", "a file or a picture", "one thing, said whole"
NO_LISTS = {
    "administration/": CODED, "administration/ladders/": "leads to the office's own unit", "administration/system/": CODED,
    "administration/packs/": "leads to the office's own unit",
    "administration/units/<id:unit_id>/offices/<id:holding_id>/": FORM,
    "api/docs/": FILE, "api/schema/": FILE, "calendar/<slug:token>.ics": FILE,
    "cases/<id:case_id>/health/": ONE, "cases/<id:case_id>/scans/": "the papers that the lifecycle names, of one case",
    "desk/": "the ways in, and figures", "desk/events/<uuid:uid>/": ONE, "desk/events/<uuid:uid>/finding/": FORM,
    "desk/exports/": FORM, "desk/head/": ONE, "desk/head/slip/": FILE, "desk/samples/": FORM,
    "events/<uuid:uid>/scans/<slug:paper>/": FILE, "events/<uuid:uid>/void/": FORM,
    "healthz": FILE, "help/<slug:lifecycle>/": CODED, "imports/<id:import_id>/": "faults are one column of one row",
    "imports/<id:import_id>/sheet/": FILE, "imports/undo/<uuid:batch>/": ONE, "invitation/": FORM, "metrics": FILE,
    "law/": CODED, "law/confirm/": CODED, "law/differences/": CODED, OPENS: FORM,
    "members/<id:member_id>/dues/<slug:month>/": FORM,
    "members/<id:member_id>/steps/<slug:step>/": FORM, "more/": CODED, "notices/<id:notice_id>/": ONE, "password/": FORM,
    "preferences/": FORM, "readyz": FILE, "second-factor/app/": FORM, "second-factor/app/remove/": FORM,
    "second-factor/codes/": OWN_WORD, "second-factor/codes/new/": FORM, "second-factor/passkeys/": FORM,
    "second-factor/passkeys/<id:pk>/remove/": FORM, "service-worker.js": FILE,
    **{f"sign-in/{one}": FORM for one in ("", "confirm/", "passkey/", "second/")},
    "units/<id:unit_id>/enter/<slug:step>/": FORM, "units/<id:unit_id>/open/<slug:key>/<slug:step>/": FORM,
}  # fmt: skip
"""Every other page, and why it lists nothing that grows."""
ROW = re.compile(r"<(?:li|tr|option|fieldset|h3|dt|form|input|button|div|p)\b")


@dataclass
class Grown:
    """A commune with so many rows in every list, and what the addresses are about."""

    world: World
    names: dict[str, int | str]
    rows: int = 0


@pytest.fixture
def grown() -> Grown:
    world = make_world()
    world.actors |= {
        "admin": person("admin", Office.ADMINISTRATOR, world.commune),
        "top": person("top", Office.ADMINISTRATOR, world.province),
    }
    User.objects.create(username="many", full_name="Nguyễn Văn Nhiều")
    with_password("secretary")
    case = world.probation(
        world.member("Trần Thị Một", "import_probationary", joined_on="2025-10-30"), date(2025, 10, 30)
    )
    month = {"kind": "regular", "month": TODAY.replace(day=1).isoformat()}
    planned = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=TODAY)
    names = {
        "<id:unit_id>": world.cell.pk, "<id:member_id>": case.member_id or 0, "<id:case_id>": case.pk,
        "<id:deadline_id>": Deadline.objects.filter(subject_id=case.pk, subject_kind="case").earliest("pk").pk,
        "<id:meeting_id>": planned["id"], "<slug:step>": "name_helper",
    }  # fmt: skip
    ensure_month("alerts_notice", date(2026, 12, 1))  # as the morning's job does it
    _planned(
        world, world.other
    )  # the rehearsal makes sure of each month's table since the oldest rung: the same months for all
    counted()
    counted()  # before the second head there is none to compare with
    found = Grown(world, names)
    grow(found)
    return found


def grow(found: Grown) -> None:
    """One more row in every list."""
    found.rows += 1
    world, number, now = found.world, found.rows, timezone.now()
    cell = unit(f"87.107.000.000.01{number}", "Chi bộ mới", Level.CELL, world.commune)
    _cases(found, number)
    said(world, 1000 + number)
    _people(world, number, cell)
    CalendarDay.objects.create(day=date(2027, 1, number), off=True, name="Bão", basis="1-TB")
    Endpoint.objects.create(unit=cell, unit_path=cell.path, url="https://a", secret=b"", made_at=now)
    ImportTask.objects.create(
        key=uuid4(), kind="import", unit_path=world.commune.path, user_id=1, assignment_id=1, language="vi", as_of=TODAY,
        batch=uuid4(), report={"faults": []}, asked_at=now, changed_at=now,
    )  # fmt: skip
    ImportBatch.objects.create(
        uid=uuid4(), unit_path=world.commune.path, as_of=TODAY, files={}, counts={}, report={}, operator="test",
        started_at=now, finished_at=now,
    )  # fmt: skip
    year = 2026 + number
    Competence.objects.create(
        act="admit", levels=["province"], from_date=date(year, 1, 1), to_date=date(year, 2, 1), source="1/1"
    )
    PlanTarget.objects.create(
        unit=world.commune, unit_path=world.commune.path, year=2026, figure="admission.year", version=number, value=number,
        paper_number="1-KH", paper_date=TODAY, office="organisation_officer", office_unit_id=world.commune.pk,
        user_id=world.actor("officer").user_id or 0, event_uid=Event.objects.earliest("id").uid, entered_at=now,
    )  # fmt: skip
    counted()


def _cases(found: Grown, number: int) -> None:
    """A probation begun, another helper in the first one, a word about its deadline, and an older meeting one step further."""
    world, secretary = found.world, found.world.actor("secretary")
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    helper = world.member(f"Trần Văn Giúp {number}")
    perform(secretary, OnCase(int(found.names["<id:case_id>"])), "name_helper", {"helper": helper.pk}, on=TODAY)
    comment(secretary, int(found.names["<id:deadline_id>"]), comment=f"Đã nhắc {number}")
    flag(new, number)
    held = date(2026, 10, 5)
    if number == 1:
        found.names["met"] = _planned(world, world.cell)
    elif number == 2:
        facts = {"held_on": held.isoformat(), "roll_call": {helper.pk: "present"}, "minutes_long": 95}
        perform(secretary, OnCase(int(found.names["met"])), "hold", facts, on=held)
    else:
        perform(secretary, OnCase(int(found.names["met"])), "file_minutes", {"minutes": paper(held)}, on=TODAY)


def _planned(world: World, cell: Unit) -> int:
    """October's meeting of a cell, as it was planned then."""
    day, month = date(2026, 10, 5), {"kind": "regular", "month": "2026-10-01"}
    with as_if_today(day):
        return int(perform(Actor.system(), NewCase("meeting", unit_id=cell.pk), "plan", month, on=day)["id"])


def _people(world: World, number: int, cell: Unit) -> None:
    """One more in an office, one who is away from the office, an office more, and what a person signs in and is told with."""
    secretary, many, now = User.objects.get(username="secretary"), User.objects.get(username="many"), timezone.now()
    person(f"another{number}", Office.CELL_COMMITTEE, world.cell)
    away = person(f"away{number}", Office.CELL_SECRETARY, cell)
    Assignment.objects.filter(pk=away.assignment_id or 0).update(handed_from=TODAY, handed_until=TODAY)
    Assignment.objects.create(user=many, office=Office.CELL_DEPUTY, unit=cell, unit_path=cell.path, from_date=TODAY)
    Device.objects.create(user=secretary, digest=bytes([number]), subscription=b"", service="push", made_at=now)
    Token.objects.create(user=secretary, label=f"Máy {number}")
    SavedView.objects.create(user=secretary, page="members", name=f"Danh sách {number}")
    sign_in("secretary")
    Authenticator.objects.create(
        user=many, type=Authenticator.Type.WEBAUTHN, data={"name": f"Khóa {number}", "credential": {}}
    )


def look(found: Grown, route: str) -> tuple[int, int]:
    """The queries of a page, and the rows on it (the lines of a file); signed in anew, and looked at twice."""
    names, client = dict(found.names), Client()
    if route in {"units/<id:unit_id>/", "administration/units/<id:unit_id>/"}:
        names["<id:unit_id>"] = found.world.commune.pk
    if route.startswith("desk/"):
        names["<id:case_id>"] = names["met"]
    address = f"/{route}{ASKED.get(route, '')}"
    for name, value in names.items():
        address = address.replace(name, str(value))
    client.force_login(User.objects.get(username=LISTS[route][0]))
    if route == "members/bulk/":
        client.post("/members/bulk/", {"of": "all", "query": ""})
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address)
    assert answer.status_code == 200, address
    is_file = not answer.headers["Content-Type"].startswith("text/html")
    body = b"".join(answer).decode() if answer.streaming else text(answer)
    rows = body.count("\n") if is_file else len(ROW.findall(body))
    return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]), rows


def test_every_page_is_measured_or_said_to_list_nothing() -> None:
    told = [*LISTS, *APART, *NO_LISTS]
    assert sorted(told) == sorted(route for route, methods in PAGES.items() if "GET" in methods)
    for where in APART.values():
        module, _, name = where.partition(".")
        assert callable(getattr(importlib.import_module(f"tests.web.{module}"), name))


def test_pages_cost_the_same_queries_at_one_row_and_at_three(grown: Grown) -> None:
    few = {route: look(grown, route) for route in LISTS}
    grow(grown)
    grow(grown)
    many = {route: look(grown, route) for route in LISTS}
    costs = {route: (few[route][0], many[route][0]) for route in LISTS}
    assert costs == {route: (count, count + 2 * GROWS.get(route, 0)) for route, (_, count) in LISTS.items()}
    # The older meeting is held meanwhile, so that fewer reminders of it are rehearsed: there are dozens of lines in both.
    assert {
        route: (few[route][1], many[route][1])
        for route in LISTS
        if many[route][1] <= few[route][1] and route != "rehearsal/"
    } == {}
