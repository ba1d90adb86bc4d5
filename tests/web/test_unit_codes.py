"""Where a form asks for a unit by its code, the unit's name stands with the code as soon as the form is shown again."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from backend.accounts.administration import close_unit
from backend.accounts.policy import Actor
from backend.organizations.called import Called, called
from backend.organizations.models import Unit
from backend.web import offices
from backend.web.offices import units_in_reach
from tests.api.conftest import traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import send, text
from tests.web.stepping import do, of
from tests.world import World, make_world, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.real


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    return make_world()


def named(field: str, name: str) -> str:
    return f'<output class="d-block mt-1 fw-semibold" for="id_{field}">{name}</output>'


def test_a_code_has_a_name_wherever_the_unit_lies(world: World) -> None:
    old = unit("87.107.000.000.009", "Chi bộ ấp Chín", Level.CELL, world.commune)
    close_unit(Actor.operator("test"), old.pk, on=date(2026, 9, 1))
    with as_role("chibo_app"):
        assert called(world.other.code) == Called("Chi bộ ấp Hai", closed=False)
        assert called(old.code) == Called("Chi bộ ấp Chín", closed=True)
        assert [called(code) for code in ("", "87.999", "x" * 300, "87\x00", "%", "' OR 1=1")] == [None] * 6
        assert list(Unit.objects.all()) == [], "nothing else of it"


def test_in_a_step_also_of_a_cell_out_of_sight(world: World) -> None:
    member = world.members(1)[0]
    client, address = of("secretary"), f"/members/{member.pk}/open/transfer/ask/"
    before = traces()
    with as_role("chibo_app"):
        shown = text(client.get(address))
        assert "<output" not in shown
        assert f'<option value="{world.other.code}">Chi bộ ấp Hai</option>' in shown  # next door, to choose from
        assert world.province.code not in re.findall(r'<option value="([^"]*)"', shown)
        tried = text(do(client, address, {"on": "02/11/2026", "to_unit": world.other.code}, "preview"))
        assert named("to_unit", "Chi bộ ấp Hai") in tried
        assert f'value="{world.other.code}"' in tried
        wrong = text(do(client, address, {"on": "02/11/2026", "to_unit": "87.107.000.000.777"}, "preview"))
    assert "<output" not in wrong
    assert traces() == before


def asks(client: Client, address: str, **form: Any) -> str:
    with as_role("chibo_app"):
        return text(send(client, address, **form) if form else client.get(address))


def test_in_filters_and_in_forms_that_are_refused(world: World) -> None:
    person("admin", Office.ADMINISTRATOR, world.commune)
    code, before = world.cell.code, traces()
    auditor, officer, admin = of("auditor"), of("officer"), of("admin")
    assert named("unit", "Chi bộ ấp Một") in asks(auditor, f"/desk/events/?unit={code}")
    assert named("unit", "Chi bộ ấp Một") in asks(auditor, f"/desk/times/?lifecycle=recognition&unit={code}")
    assert "<output" not in asks(auditor, "/desk/events/?unit=87.1")
    invited = {"do": "new", "unit": code, "username": "", "since": "02/11/2026"}
    assert named("unit", "Chi bộ ấp Một") in asks(officer, "/invitations/", **invited)
    moved = {"do": "move", "move-parent": world.other.code, "move-on": "02/11/2026"}
    assert named("move-parent", "Chi bộ ấp Hai") in asks(admin, f"/administration/units/{world.cell.pk}/", **moved)
    hook = {"do": "register", "unit": code, "url": "http://192.0.2.1/"}
    assert named("unit", "Chi bộ ấp Một") in asks(admin, "/webhooks/", **hook)
    assert traces() == before


@pytest.mark.parametrize("address", ["/invitations/", "/webhooks/"])
def test_codes_are_offered_with_their_names_where_they_are_few(
    world: World, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    offer = f'<option value="{world.cell.code}">{world.cell.name}</option>'
    with as_role("chibo_app"):
        page = text(of("officer").get(address))
        assert 'list="id_unit-offered"' in page
        assert offer in page.split('<datalist id="id_unit-offered">', 1)[1].split("</datalist>", 1)[0]
        assert page.count('<option value="87.') == len(units_in_reach([world.actor("officer")]))
        monkeypatch.setattr(offices, "OFFERED", 1)
        page = text(of("officer").get(address))
        assert ("datalist" in page, offer in page) == (False, False)
