"""The page on which an office below is handed over: what goes along, the successor, or the reminders for some days."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Assignment, User
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.core import clock
from tests.web.people import send, text
from tests.web.test_administration import beside, of
from tests.world import BEGUN, World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    world = make_world()
    world.actors["admin"] = person("admin", Office.ADMINISTRATOR, world.commune)
    User.objects.create(username="new", full_name="Người mới", email="new@example.org")
    return world


def at(world: World, who: str = "secretary") -> str:
    actor = world.actor(who)
    return f"/administration/units/{actor.unit_id}/offices/{actor.assignment_id}/"


def refused(world: World, who: str = "secretary", **form: str) -> str:
    before = Event.objects.count(), list(Assignment.objects.order_by("pk").values())
    answer = send(of("admin"), at(world, who), **form)
    assert (answer.status_code, (Event.objects.count(), list(Assignment.objects.order_by("pk").values()))) == (
        200,
        before,
    )
    return text(answer)


def test_an_office_is_handed_over_from_the_list(world: World) -> None:
    client = of("admin")
    offices = f"/administration/units/{world.cell.pk}/offices/"
    assert f'href="{at(world)}"' in text(client.get(offices))
    page = text(client.get(at(world)))
    assert "Bí thư chi bộ, Chi bộ ấp Một" in page
    answer = send(client, at(world), do="succeed", **{"next-username": "new", "next-on": "02/11/2026"})
    assert (answer.status_code, answer.headers["Location"]) == (302, offices)
    rows = Assignment.objects.filter(unit=world.cell, office="cell_secretary").order_by("from_date")
    assert [(one.user.username, one.to_date) for one in rows] == [("secretary", date(2026, 11, 1)), ("new", None)]
    page = text(client.get(offices))
    assert "Người mới" in page
    assert "Người secretary" not in page.split("Giao chức vụ", 1)[0]
    assert client.get(at(world)).status_code == 404, "held no more"


def test_what_goes_along_is_told_in_totals(world: World) -> None:
    member = world.member("Lê Thị Dự", "import_probationary", joined_on="2025-12-15")
    world.probation(member, date(2025, 12, 15))
    later = world.member("Lê Thị Sau", "import_probationary", joined_on="2026-01-01")
    world.probation(later, BEGUN)
    clock.move_to(date(2027, 2, 1))
    sweep(date(2027, 2, 1))
    page = text(of("admin").get(at(world)))
    assert "<dt>Thời hạn đang mở của tổ chức đảng</dt><dd>2 (quá hạn: 1)</dd>" in page
    assert "<dt>Việc chưa xong đã nhắc chức vụ này</dt><dd>2</dd>" in page
    assert "Lê Thị Dự" not in page


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"do": "succeed", "next-username": "nobody", "next-on": "02/11/2026"}, "next-username"),
        ({"do": "succeed", "next-username": "secretary", "next-on": "02/11/2026"}, "next-username"),
        ({"do": "succeed", "next-username": "new", "next-on": "01/01/2026"}, "next-on"),
        ({"do": "succeed", "next-username": "new", "next-on": "x"}, "next-on"),
        ({"do": "lend", "lend-to": "cell_deputy", "lend-until": "01/11/2026", "lend-cause": "asked"}, "lend-until"),
        ({"do": "lend", "lend-to": "cell_deputy", "lend-until": "12/11/2026", "lend-cause": "asked",
          "lend-said_on": "03/11/2026"}, "lend-said_on"),
        ({"do": "lend", "lend-to": "cell_committee", "lend-until": "12/11/2026", "lend-cause": "asked"}, "lend-until"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(world: World, form: dict[str, str], field: str) -> None:
    key = {"lend-key": "0e0f4f9e-6f4e-4d5e-9b8e-000000000001"} if form["do"] == "lend" else {}
    assert beside(refused(world, **form, **key), field)


def test_reminders_are_lent_for_some_days_and_given_back(world: World) -> None:
    client = of("admin")
    form = {
        "do": "lend", "lend-to": "cell_deputy", "lend-until": "12/11/2026", "lend-cause": "decided",
        "lend-key": "0e0f4f9e-6f4e-4d5e-9b8e-000000000001",
    }  # fmt: skip
    assert send(client, at(world), **form).headers["Location"] == at(world)
    held = Assignment.objects.get(pk=world.actor("secretary").assignment_id)
    assert (held.handed_from, held.handed_until, held.handed_to) == (ON, date(2026, 11, 12), "cell_deputy")
    assert "Từ 02/11/2026 đến 12/11/2026" in text(client.get(at(world)))
    before = Event.objects.count()
    assert send(client, at(world), **form).status_code == 302
    assert Event.objects.count() == before, "sent twice, done once"
    assert send(client, at(world), do="back").headers["Location"] == at(world)
    held.refresh_from_db()
    assert (held.handed_from, held.handed_until) == (None, None)
    before = Event.objects.count()
    send(client, at(world), do="back")
    assert Event.objects.count() == before


def test_one_s_own_unit_lends_nothing_from_here(world: World) -> None:
    page = text(of("admin").get(at(world, "committee")))
    assert "lend-until" not in page
    before = Event.objects.count()
    answer = send(of("admin"), at(world, "committee"), do="lend", **{
        "lend-to": "organisation_officer", "lend-until": "12/11/2026", "lend-cause": "asked",
        "lend-key": "0e0f4f9e-6f4e-4d5e-9b8e-000000000001",
    })  # fmt: skip
    assert (answer.status_code, Event.objects.count()) == (404, before)


def test_it_is_not_there_for_others_nor_for_what_is_not_held(world: World) -> None:
    for name in ("officer", "secretary"):
        assert of(name).get(at(world)).status_code == 404
    helped = world.member("Phạm Văn Cảnh", "import_candidate")
    world.actors["helper"] = person("helper", Office.HELPER, world.cell, helped.pk)
    admin = of("admin")
    assert admin.get(at(world, "helper")).status_code == 404
    assert admin.get(at(world, "province")).status_code == 404
    mixed = f"/administration/units/{world.other.pk}/offices/{world.actor('secretary').assignment_id}/"
    assert admin.get(mixed).status_code == 404


def test_more_open_work_costs_no_query_more(world: World) -> None:
    client = of("admin")
    client.get("/administration/")  # the first page also writes the session

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(at(world)).status_code == 200
        return len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]])

    few = asked()
    for number in range(2):
        member = world.member(f"Lê Văn {number}", "import_probationary", joined_on="2025-12-15")
        world.probation(member, date(2025, 12, 15))
    assert asked() == few == 20
