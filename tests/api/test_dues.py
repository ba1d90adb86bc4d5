"""Dues through the API, under the application's role: a cell's month, a member's year, what the rates give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backend.accesses.models import Access
from backend.accounts.models import User
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import RequestKey
from backend.dues.models import Sheet
from backend.members.models import Member, Spell
from backend.participation.models import DuesEntry
from tests.api.conftest import ON
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
Ask = Callable[..., Any]
OCTOBER = "2026-10-01"
PAID = {"status": "paid", "paid_on": "2026-10-06"}


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    world = make_world()
    world.actors |= {
        "chi_uy": person("chi_uy", Office.CELL_COMMITTEE, world.cell),
        "helper": person("helper", Office.HELPER, world.cell, world.member("Trần Thị Dự Bị").pk),
    }
    return world


@pytest.fixture
def ask(world: World) -> Ask:
    users = {user.username: user for user in User.objects.all()}

    def ask(name: str, address: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        client = APIClient()
        client.force_authenticate(users[name])
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        with as_role("chibo_app"):
            if body is None:
                return client.get(f"/api/v1/{address}", headers=sent)
            return client.post(f"/api/v1/{address}", body, headers=sent)

    return ask


def traces() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Event, Sheet, DuesEntry, RequestKey))


def relieved(world: World, member: Member, name: str, **facts: Any) -> None:
    asked = {"request": paper(ON), "asked_from": OCTOBER}
    case = perform(world.actor("secretary"), NewCase("dues_relief", member_id=member.pk), "ask", asked, on=ON)["id"]
    facts = {"resolution": paper(ON), "first_month": OCTOBER, **facts}
    perform(world.actor("secretary"), OnCase(case), name, facts, on=ON)


SAID = {
    "paid": {"vi": "Đã đóng đảng phí", "en": "Dues paid"},
    "unpaid": {"vi": "Chưa đóng đảng phí", "en": "Dues not paid"},
    "exempt": {"vi": "Được miễn đảng phí", "en": "Exempt from dues"},
}


def line(member: Member, status: str, **more: Any) -> dict[str, Any]:
    """A line of the cell's sheet of October: nothing recorded, but for what is said."""
    blank = {
        "month": OCTOBER, "percent_off": 0, "unit_id": member.unit_id, "paid_on": None, "late": False, "amount": None,
        "version": 0, "event": None,
    }  # fmt: skip
    own = {"member_id": member.pk, "full_name": member.full_name, "status": status, "status_label": SAID[status]}
    return {**blank, **own, **more}


@pytest.fixture
def people(world: World) -> list[Member]:
    """Four members: one whose sum is kept, one who pays half, one exempt, one of whom nobody says a word."""
    found = [world.member(name) for name in ("Lê Văn An", "Lê Thị Bình", "Lê Văn Cảnh", "Lê Thị Dung")]
    relieved(world, found[1], "reduce", percent=50, last_month="2027-03-01")
    relieved(world, found[2], "exempt", ground_listed=True)
    return found


def october(people: list[Member]) -> dict[str, Any]:
    whole, half, exempt, _ = people
    entries: list[dict[str, Any]] = [
        {"member": whole.pk, "version": 0, "status": "paid", "amount": 120_000},
        {"member": half.pk, "version": 0, "status": "paid", "paid_on": "2026-11-01", "amount": 30_000},
        {"member": exempt.pk, "version": 0, "status": "unpaid"},
    ]
    return {"month": "2026-10-15", "paid_on": "2026-10-06", "complete": True, "entries": entries}


def test_a_cell_records_its_month_with_an_answer_for_each(world: World, ask: Ask, people: list[Member]) -> None:
    address, body = f"units/{world.cell.pk}/dues/", october(people)
    answer = ask("secretary", address, body, Idempotency_Key="d1")
    told = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    *done, refused = told["results"]
    assert {**told, "results": done} == {
        "unit_id": world.cell.pk, "month": OCTOBER, "version": 1, "complete": True,
        "event": str(Event.objects.get(subject_kind="dues").uid),
        "results": [
            {"member": one.pk, "status": 200, "version": 1, "changed": True, "problem": None} for one in people[:2]
        ],
    }  # fmt: skip
    assert (refused["status"], [one["code"] for one in refused["problem"]["unmet"]]) == (422, ["dues.is_exempt"])
    assert refused["problem"]["unmet"][0]["legal_basis"]["vi"].startswith("01-QĐ/TW")
    before = traces()
    assert ask("secretary", address, body, Idempotency_Key="d1").json() == told
    assert ask("secretary", address, {**body, "complete": False}, Idempotency_Key="d1").status_code == 422
    assert traces() == before


def test_a_cells_sheet_shows_who_paid_who_is_exempt_and_who_did_not(
    world: World, ask: Ask, people: list[Member]
) -> None:
    address = f"units/{world.cell.pk}/dues/"
    event = ask("secretary", address, october(people)).json()["event"]
    answer = ask("secretary", f"{address}?month=2026-10-31")
    assert answer.headers["ETag"] == '"1"'
    read, (whole, half, exempt, silent) = answer.json(), people
    lines = [one for one in read.pop("lines") if one["full_name"] != "Trần Thị Dự Bị"]
    assert read == {
        "unit_id": world.cell.pk, "month": OCTOBER, "version": 1, "complete": True, "paid_sum": 150_000,
        "counts": {"paid": 2, "unpaid": 2, "open": 0, "exempt": 1, "outside": 0, "not_due": 0},
    }  # fmt: skip
    assert lines == [
        line(whole, "paid", paid_on="2026-10-06", amount=120_000, version=1, event=event),
        line(half, "paid", percent_off=50, paid_on="2026-11-01", late=True, amount=30_000, version=1, event=event),
        line(exempt, "exempt"),
        line(silent, "unpaid"),
    ]


def test_the_event_of_a_recording_is_read_in_the_log(world: World, ask: Ask) -> None:
    member = world.member("Lê Văn An")
    body = {"month": OCTOBER, "entries": [{"member": member.pk, "version": 0, **PAID, "amount": 120_000}]}
    uid = ask("secretary", f"units/{world.cell.pk}/dues/", body).json()["event"]
    event = ask("secretary", f"events/{uid}/").json()
    assert (event["code"], event["label"]["vi"]) == ("dues.recorded", "Ghi sổ đảng phí của tháng")
    assert event["facts"] == {"month": OCTOBER, "paid": 1, "corrected": 0}
    assert ask("other_secretary", f"events/{uid}/").status_code == 404


def test_one_member_is_recorded_with_the_version_that_was_looked_at(world: World, ask: Ask) -> None:
    member = world.member("Lê Văn An")
    address, october = f"members/{member.pk}/dues/", {"month": OCTOBER}
    assert ask("secretary", address, {**october, **PAID}).status_code == 428
    assert ask("secretary", address, {**october, **PAID}, If_Match='"3"').status_code == 412
    first = ask("secretary", address, {**october, **PAID}, If_Match='"0"')
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    stale = ask("deputy", address, {**october, "status": "unpaid", "reason": "Nhầm"}, If_Match='"0"')
    assert (stale.status_code, stale.json()["current_version"]) == (412, 1)
    before = traces()
    refused = ask("deputy", address, {**october, "status": "unpaid"}, If_Match='"1"')
    assert (refused.status_code, [one["code"] for one in refused.json()["unmet"]]) == (422, ["dues.no_reason"])
    assert traces() == before
    assert ask("deputy", address, {**october, "status": "unpaid", "reason": "Nhầm"}, If_Match='"1"').status_code == 200
    assert ask("officer", address, {**october, "status": "withdrawn", "reason": "x"}, If_Match='"2"').status_code == 200
    lines = ask("secretary", address).json()
    assert (lines["member_id"], lines["year"], len(lines["lines"])) == (member.pk, 2026, 12)
    october_line = lines["lines"][9]
    assert (october_line["month"], october_line["status"], october_line["version"]) == (OCTOBER, "open", 3)
    assert [one["month"] for one in ask("secretary", f"{address}?year=2025").json()["lines"]][::11] == [
        "2025-01-01", "2025-12-01",
    ]  # fmt: skip


SEES, SUMS = {"secretary", "deputy", "chi_uy", "officer", "province"}, {"committee", "auditor"}


@pytest.mark.parametrize("who", [*sorted(SEES | SUMS), "helper", "other_secretary"])
def test_who_reads_the_ledger_and_who_the_sums_of_each(world: World, ask: Ask, who: str) -> None:
    member = world.member("Lê Văn An")
    body = {"month": OCTOBER, "entries": [{"member": member.pk, "version": 0, **PAID, "amount": 120_000}]}
    assert ask("secretary", f"units/{world.cell.pk}/dues/", body).status_code == 200
    cell = ask(who, f"units/{world.cell.pk}/dues/?month={OCTOBER}")
    year = ask(who, f"members/{member.pk}/dues/")
    if who not in SEES | SUMS:
        refused = {"helper": (403, 403), "other_secretary": (404, 404)}
        assert (cell.status_code, year.status_code) == refused[who]
        return
    amount = 120_000 if who in SEES else None
    assert [one["amount"] for one in cell.json()["lines"] if one["member_id"] == member.pk] == [amount]
    assert (cell.json()["paid_sum"], year.json()["lines"][9]["amount"]) == (120_000, amount)


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("deputy", 200), ("chi_uy", 200), ("officer", 200), ("province", 200), ("committee", 403),
     ("auditor", 403), ("helper", 403), ("other_secretary", 404)],
)  # fmt: skip
def test_who_may_record_at_which_door(world: World, ask: Ask, who: str, status: int) -> None:
    member, before = world.member("Lê Văn An"), traces()
    body = {"month": OCTOBER, "entries": [{"member": member.pk, "version": 0, **PAID}]}
    assert ask(who, f"units/{world.cell.pk}/dues/", body).status_code == status
    one = {"month": "2026-09-01", **PAID}
    assert ask(who, f"members/{member.pk}/dues/", one, If_Match='"0"').status_code == status
    assert ask(who, f"units/{world.cell.pk}/dues/", {"mnth": 1}).status_code == (400 if status == 200 else status)
    made = tuple(now - was for now, was in zip(traces(), before, strict=True))
    assert made == ((2, 2, 2, 0) if status == 200 else (0, 0, 0, 0))


def test_a_guest_is_recorded_where_one_attends(world: World, ask: Ask) -> None:
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    world.other = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far)
    guest = world.guest("Phạm Thị Khách", world.other, world.cell)
    Spell.objects.filter(member=guest).update(participation="elsewhere")
    assert ask("secretary", f"members/{guest.pk}/dues/", {"month": OCTOBER, **PAID}, If_Match='"0"').status_code == 200
    october = ask("secretary", f"members/{guest.pk}/dues/").json()["lines"][9]
    assert (october["status"], october["unit_id"]) == ("paid", world.cell.pk)
    lines = ask("secretary", f"units/{world.cell.pk}/dues/?month={OCTOBER}").json()["lines"]
    assert ("Phạm Thị Khách", "paid") in [(one["full_name"], one["status"]) for one in lines]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"entries": [{"member": 1, "version": 0, "status": "paid"}]}, ["month"]),
        ({"month": OCTOBER}, ["entries"]),
        ({"month": OCTOBER, "entries": [{"member": 1, "status": "paid"}]}, ["entries.0.version"]),
        ({"month": OCTOBER, "entries": [{"member": 1, "version": 0, "status": "exempt"}]}, ["entries.0.status"]),
        ({"month": OCTOBER, "entries": [{"member": 1, "version": 0, "status": "paid", "income": 1}]}, ["entries.0.income"]),
        ({"month": OCTOBER, "entries": [{"member": 1, "version": 0, "status": "paid", "amount": -1}]},
         ["entries.0.amount"]),
        ({"month": OCTOBER, "entries": [{"member": 1, "version": 0, "status": "unpaid"}] * 2}, ["entries"]),
        ({"month": "10/2026", "complete": True}, ["month"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_by_its_field(world: World, ask: Ask, body: Any, fields: list[str]) -> None:
    before = traces()
    answer = ask("secretary", f"units/{world.cell.pk}/dues/", body)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, fields)
    assert traces() == before


def test_paid_without_a_day_is_refused_and_a_filter_that_nobody_knows_too(world: World, ask: Ask) -> None:
    member = world.member("Lê Văn An")
    body = {"month": OCTOBER, "entries": [{"member": member.pk, "version": 0, "status": "paid"}]}
    (one,) = ask("secretary", f"units/{world.cell.pk}/dues/", body).json()["results"]
    assert [unmet["code"] for unmet in one["problem"]["unmet"]] == ["dues.paid_ahead"]
    for address in (
        f"units/{world.cell.pk}/dues/?months=1",
        f"members/{member.pk}/dues/?yaer=2026",
        "dues/rates/?on=1",
    ):
        assert ask("secretary", address).status_code == 400, address
    assert ask("officer", f"units/{world.commune.pk}/dues/").status_code == 404, "a committee keeps no ledger"


def test_the_rates_known_for_a_month(world: World, ask: Ask) -> None:
    rates = ask("helper", "dues/rates/?month=2026-03-01").json()
    found = {one["income"]: (one["rate"]["vi"], one["version"], one["firmness"]) for one in rates["rates"]}
    assert found == {
        "salary": (
            "1 % tiền lương làm căn cứ đóng bảo hiểm xã hội bắt buộc của tháng 02/2026",
            "DUE.SI@2026-02-01",
            "firm",
        ),
        "allowance": ("1 % mức trợ cấp", "DUE.SI_ALLOWANCE@2026-02-01", "firm"),
        "pension": ("0,5 % mức lương hưu", "DUE.PENSION@2026-02-01", "firm"),
        "student": ("5.000 đ mỗi tháng", "DUE.STUDENT@2026-02-01", "firm"),
        "working_age": ("0,3 % mức lương tối thiểu vùng", "DUE.NON_SI_WORKING_AGE@2026-02-01", "to_confirm"),
        "retired_age": ("0,2 % mức lương tối thiểu vùng", "DUE.NON_SI_RETIRED_AGE@2026-02-01", "to_confirm"),
    }
    old = ask("secretary", "dues/rates/?month=2026-01-01").json()["rates"]
    assert [(one["income"], one["firmness"]) for one in old] == [("salary", "unsettled"), ("pension", "unsettled")]


def test_a_sum_is_reckoned_and_nothing_of_it_is_kept(world: World, ask: Ask) -> None:
    reduced, exempt = world.member("Lê Thị Bình"), world.member("Lê Văn Cảnh")
    relieved(world, reduced, "reduce", percent=70, last_month="2027-03-01")
    relieved(world, exempt, "exempt", ground_listed=True)
    before = traces()
    asked = {"month": "2026-10-20", "income": "salary", "base": 12_000_000}
    told = ask("secretary", "dues/reckoning/", asked).json()
    assert told.pop("legal_basis")["vi"].startswith("01-QĐ/TW của Bộ Chính trị")
    assert told == {
        "month": OCTOBER, "due": 120_000, "percent_off": 0, "rule": "DUE.SI", "version": "DUE.SI@2026-02-01",
        "told": {
            "vi": "1 % tiền lương làm căn cứ đóng bảo hiểm xã hội bắt buộc của tháng 09/2026 (12.000.000 đ): 120.000 đ",
            "en": "1 % of the salary for compulsory social insurance of 09/2026 (12,000,000 đ): 120,000 đ",
        },
    }  # fmt: skip
    assert not Access.objects.filter(door="dues/reckoning/").exists()
    less = ask("secretary", "dues/reckoning/", {**asked, "member": reduced.pk}).json()
    assert (less["due"], less["percent_off"]) == (36_000, 70)
    nothing = ask("secretary", "dues/reckoning/", {**asked, "member": exempt.pk}).json()
    assert (nothing["due"], nothing["told"]["vi"]) == (0, "Được miễn đảng phí")
    refused = ask("secretary", "dues/reckoning/", {"month": "2026-01-01", "income": "student"})
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (422, "dues.rate_unknown")
    assert ask("secretary", "dues/reckoning/", {"month": OCTOBER, "income": "pension"}).status_code == 422
    assert ask("other_secretary", "dues/reckoning/", {**asked, "member": reduced.pk}).status_code == 404
    assert ask("helper", "dues/reckoning/", {**asked, "member": reduced.pk}).status_code == 403
    assert ask("helper", "dues/reckoning/", asked).json()["due"] == 120_000
    looked = Access.objects.filter(door="dues/reckoning/").order_by("pk").values_list("member_id", "purpose")
    assert list(looked) == [(reduced.pk, "cell_work"), (exempt.pk, "cell_work")]
    assert traces() == before


def test_a_sheet_costs_the_same_queries_at_one_line_and_at_twenty(world: World, ask: Ask) -> None:
    costs = []
    for count in (0, 20):
        world.members(count)
        with CaptureQueriesContext(connection) as caught:
            lines = ask("secretary", f"units/{world.cell.pk}/dues/?month={OCTOBER}").json()["lines"]
        assert len(lines) == 1 + count
        costs.append(len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert costs[0] == costs[1]


def test_a_day_of_today_is_the_default_month(world: World, ask: Ask) -> None:
    assert ask("secretary", f"units/{world.cell.pk}/dues/").json()["month"] == date(2026, 11, 1).isoformat()
