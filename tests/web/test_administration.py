"""The administration: the tree of units and the offices held in it, changed on a day; every refusal beside its field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Assignment, User
from backend.alerts.backups import made
from backend.alerts.health import look
from backend.alerts.models import Pulse
from backend.audit.models import Event
from backend.core import clock
from backend.organizations.models import Unit
from tests.web.people import browser, send, text
from tests.world import World, make_world, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    world = make_world()
    world.actors["admin"] = person("admin", Office.ADMINISTRATOR, world.commune)
    return world


def of(name: str) -> Client:
    client = browser()
    client.force_login(User.objects.get(username=name))
    return client


def counts() -> tuple[int, int, int]:
    return Unit.objects.count(), Assignment.objects.count(), Event.objects.count()


def refused(client: Client, address: str, **form: str) -> str:
    """The page that says why not; nothing was written."""
    before = counts()
    answer = send(client, address, **form)
    assert (answer.status_code, counts()) == (200, before)
    return text(answer)


def beside(page: str, field: str) -> str:
    """What stands as wrong beside a field."""
    mark = f'id="id_{field}_error">'
    return page.split(mark, 1)[1].split("</div>", 1)[0] if mark in page else ""


def test_the_index_shows_what_the_office_may(world: World) -> None:
    page = text(of("admin").get("/administration/"))
    assert "/administration/units/" in page
    assert "/webhooks/" in page
    page = text(of("officer").get("/administration/"))
    assert "/administration/units/" not in page
    assert "/invitations/" in page
    assert of("secretary").get("/administration/").status_code == 404


def test_the_tree_is_walked_down_and_searched_without_diacritics(world: World) -> None:
    client = of("admin")
    assert client.get("/administration/units/").headers["Location"] == f"/administration/units/{world.commune.pk}/"
    page = text(client.get(f"/administration/units/{world.commune.pk}/"))
    assert f'<a href="/administration/units/{world.cell.pk}/">{world.cell.name}</a>' in page
    for asked in ("ap mot", "mot chi", world.cell.code):
        page = text(client.get("/administration/units/", {"q": asked}))
        assert f"/administration/units/{world.cell.pk}/" in page, asked
        assert f"/administration/units/{world.other.pk}/" not in page, asked
    assert "Tìm thấy: 0" in text(client.get("/administration/units/", {"q": "không đâu"}))
    assert client.get(f"/administration/units/{world.province.pk}/").status_code == 404


def test_a_unit_is_opened_once_moved_and_closed(world: World) -> None:
    client, at = of("admin"), f"/administration/units/{world.commune.pk}/"
    asked = {
        "do": "open",
        "open-code": "87.107.000.000.009",
        "open-name": "Chi bộ mới",
        "open-level": "cell",
        "open-on": "2026-11-02",
    }
    assert send(client, at, **asked).headers["Location"] == at
    new = Unit.objects.get(code="87.107.000.000.009")
    assert (new.name, new.parent_id, new.opened_on) == ("Chi bộ mới", world.commune.pk, ON)
    before = counts()
    assert send(client, at, **asked).status_code == 302
    assert counts() == before
    assert "Đã như vậy từ trước" in text(client.get(at))
    section = unit("87.107.000.001", "Đảng bộ bộ phận", Level.SECTION, world.commune)
    own = f"/administration/units/{new.pk}/"
    assert send(client, own, do="move", **{"move-parent": section.code, "move-on": "2026-11-02"}).status_code == 302
    new.refresh_from_db()
    assert new.parent_id == section.pk
    assert send(client, own, do="close", **{"close-on": "2/11/2026"}).status_code == 302
    new.refresh_from_db()
    assert new.closed_on == ON


def test_each_refusal_stands_beside_its_field_and_nothing_is_written(world: World) -> None:
    client, at = of("admin"), f"/administration/units/{world.commune.pk}/"
    page = refused(
        client,
        at,
        do="open",
        **{"open-code": "x", "open-name": "Chi bộ", "open-level": "cell", "open-on": "2026-12-24"},
    )
    assert "87.107.000.000.001" in beside(page, "open-code")
    assert beside(page, "open-on")
    page = refused(client, at, do="close", **{"close-on": "2026-11-02"})
    assert beside(page, "close-on")
    own = f"/administration/units/{world.cell.pk}/"
    page = refused(client, own, do="move", **{"move-parent": "1", "move-on": "2026-11-02"})
    assert "mã 1" in beside(page, "move-parent")
    page = refused(client, own, do="move", **{"move-parent": world.other.code, "move-on": "2026-11-02"})
    assert beside(page, "move-parent")


def test_an_office_is_given_and_ended(world: World) -> None:
    client, at = of("admin"), f"/administration/units/{world.other.pk}/offices/"
    given = {"do": "give", "give-username": "deputy", "give-office": "cell_committee", "give-since": "2026-11-02"}
    assert send(client, at, **given).headers["Location"] == at
    held = Assignment.objects.get(unit=world.other, office="cell_committee")
    assert (held.user.username, held.from_date, held.to_date) == ("deputy", ON, None)
    before = counts()
    assert send(client, at, **given).status_code == 302
    assert counts() == before
    page = text(client.get(at))
    assert "từ 02/11/2026" in page
    ended = {"do": "end", "end-username": "deputy", "end-office": "cell_committee", "end-last_day": "2026-11-20"}
    assert send(client, at, **ended).status_code == 302
    held.refresh_from_db()
    assert held.to_date == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"give-username": "nobody"}, "give-username"),
        ({"give-office": "cell_secretary"}, "give-since"),
        ({"give-until": "2026-10-01"}, "give-until"),
        ({"give-office": "helper"}, "give-member"),
        ({"give-office": "auditor"}, "give-office"),
    ],
)
def test_what_cannot_be_given_is_said_beside_its_field(world: World, form: dict[str, str], field: str) -> None:
    at = f"/administration/units/{world.cell.pk}/offices/"
    asked = {
        "do": "give",
        "give-username": "deputy",
        "give-office": "cell_committee",
        "give-since": "2026-11-02",
    } | form
    assert beside(refused(of("admin"), at, **asked), field)


def test_how_chibo_is_stands_there_as_its_command_says_it(world: World) -> None:
    page = text(of("admin").get("/administration/system/"))
    health = look()
    assert health.line() in page
    assert [part.name for part in health.parts if f">{part.name}</h3>" not in page] == []
    assert page.count('<li class="late">') == sum(part.stuck for part in health.parts)
    assert of("secretary").get("/administration/system/").status_code == 404


def test_the_last_backup_is_told_by_its_age_and_never_made_up(world: World) -> None:
    page = text(of("admin").get("/administration/system/"))
    assert "Chưa ai ghi nhận bản sao lưu nào: không rõ có bản sao lưu hay không." in page
    made(clock.now() - timedelta(hours=3))
    page = text(of("admin").get("/administration/system/"))
    assert "cách đây 3 giờ." in page
    assert "Đã quá 26 giờ" not in page
    Pulse.objects.filter(job="backup").update(ended_at=clock.now() - timedelta(days=2))
    page = text(of("admin").get("/administration/system/"))
    assert "cách đây 2 ngày." in page
    assert "Đã quá 26 giờ: hãy yêu cầu thực hiện sao lưu." in page


def test_who_does_not_administer_finds_nothing_there(world: World) -> None:
    before = counts()
    for name in ("officer", "secretary"):
        for address in (f"/administration/units/{world.cell.pk}/", f"/administration/units/{world.cell.pk}/offices/"):
            client = of(name)
            assert client.get(address).status_code == 404
            client.get("/office/")
            token = client.cookies["csrftoken"].value
            answer = client.post(address, {"do": "close", "close-on": "2026-11-02", "csrfmiddlewaretoken": token})
            assert answer.status_code == 404
    assert counts() == before


def test_a_line_more_costs_no_query_more(world: World) -> None:
    client = of("admin")

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    at, held = f"/administration/units/{world.commune.pk}/", f"/administration/units/{world.other.pk}/offices/"
    few = asked(at), asked(held)
    for place in range(2):
        unit(f"87.107.000.000.01{place}", f"Chi bộ {place}", Level.CELL, world.commune)
        person(f"another{place}", Office.CELL_COMMITTEE, world.other)
    assert (asked(at), asked(held)) == few == (28, 27)
