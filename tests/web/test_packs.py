"""A province's rules at a unit: looked at first, turned on once from a day, off again; whoever may not changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.audit.models import Event, EventDetail
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from backend.organizations.settings import Settings, Turned
from tests.roles import as_role
from tests.web.people import send, text
from tests.web.test_administration import beside
from tests.web.test_today import due_of, of, planned
from tests.world import World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
PAPER = "29-QĐ/TU của Tỉnh ủy, 26/01/2026"


@pytest.fixture
def world() -> World:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.commune)
    return world


def at(unit: Unit) -> str:
    return f"/administration/units/{unit.pk}/packs/"


def asked(**more: str) -> dict[str, str]:
    return {"pack": "lao_cai", "on": "on", "since": "1/11/2026", "source": PAPER, "key": str(uuid4())} | more


def written() -> list[Any]:
    settings = list(Unit.objects.order_by("pk").values_list("version", "settings"))
    return [Event.objects.count(), settings, list(Deadline.objects.order_by("pk").values())]


def test_what_would_move_is_shown_and_nothing_is_written(world: World) -> None:
    planned(world)
    before = written()
    with as_role("chibo_app"):
        page = text(send(of("admin"), at(world.commune), do="preview", **asked()))
    assert "Số thời hạn sẽ dời: 0" in page
    assert "Giữ nguyên ngày, chỉ thay đổi cách nhắc: 1" in page
    line = page.split('id="moves"', 1)[1].split("<li>", 1)[1].split("</li>", 1)[0]
    assert line == (
        '<h3 class="mt-0">Họp chi bộ thường kỳ trong tháng · SH-2026-0001, Chi bộ ấp Một</h3><dl class="facts-of mb-0">'
        "<div><dt>hiện nay</dt><dd>lần nhắc tới: 20/11/2026</dd></div>"
        "<div><dt>sau khi thay đổi</dt><dd>lần nhắc tới: 02/11/2026</dd></div></dl>"
    )
    assert written() == before


def test_it_is_turned_on_once_with_its_paper_and_off_again(world: World) -> None:
    meeting, client, form = planned(world), of("admin"), asked()
    assert due_of(meeting).early_on is None
    for _ in range(2):
        with as_role("chibo_app"):
            assert send(client, at(world.commune), do="set", **form).headers["Location"] == at(world.commune)
    world.commune.refresh_from_db()
    assert Settings.of(world.commune.settings).packs == (Turned("lao_cai", date(2026, 11, 1)),)
    event = Event.objects.get(code="unit.configured")
    assert (event.office, event.unit_id) == ("administrator", world.commune.pk)
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"]["source"] == PAPER
    assert due_of(meeting).early_on == date(2026, 11, 3)
    page = text(client.get(at(world.cell)))
    assert "✓ hôm nay đang áp dụng ở đây" in page
    assert f"01/11/2026 – … · bật cho {world.commune.name}" in page
    assert "Quy định riêng của tỉnh áp dụng ở đơn vị đồng chí vào ngày 02/11/2026: Quy định của tỉnh Lào Cai." in (
        text(of("secretary").get("/law/"))
    )
    before = written()
    again = client.get(send(client, at(world.commune), do="set", **asked()).headers["Location"])
    assert "Đã như vậy từ trước" in text(again)
    assert written() == before
    off = asked(on="off", since="2/11/2026")
    assert send(client, at(world.commune), do="set", **off).status_code == 302
    world.commune.refresh_from_db()
    assert Settings.of(world.commune.settings).packs == (Turned("lao_cai", date(2026, 11, 1), date(2026, 11, 1)),)
    assert "✕ hôm nay không áp dụng ở đây" in text(client.get(at(world.commune)))


def test_a_form_that_was_sent_before_with_other_words_is_told_of_and_changes_nothing(world: World) -> None:
    client, form = of("admin"), asked()
    send(client, at(world.commune), do="set", **form)
    before = written()
    page = client.get(send(client, at(world.commune), do="set", **{**form, "since": "5/11/2026"}).headers["Location"])
    assert "đã được gửi một lần" in text(page)
    assert written() == before


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"source": "nghe nói"}, "source"), ({"since": "31/2/2026"}, "since"), ({"pack": "none"}, "pack"), ({"on": "?"}, "on"),
        ({"source": ""}, "source"),
    ],
)  # fmt: skip
def test_each_refusal_stands_beside_its_field_and_nothing_is_written(
    world: World, form: dict[str, str], field: str
) -> None:
    before = written()
    for do in ("preview", "set"):
        assert beside(text(send(of("admin"), at(world.commune), do=do, **asked(**form))), field)
    assert written() == before


def test_who_does_not_administer_the_unit_finds_nothing(world: World) -> None:
    before = written()
    for name, unit in (("secretary", world.cell), ("officer", world.commune), ("admin", world.province)):
        client = of(name)
        assert client.get(at(unit)).status_code == 404
        client.get("/office/")
        token = client.cookies["csrftoken"].value
        answer = client.post(at(unit), {**asked(), "do": "set", "csrfmiddlewaretoken": token})
        assert answer.status_code == 404
    assert of("admin").get("/administration/packs/").headers["Location"] == at(world.commune)
    assert written() == before


def test_a_stretch_more_costs_no_query_more(world: World) -> None:
    client = of("admin")

    def queries() -> int:
        client.get(at(world.cell))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(at(world.cell)).status_code == 200
        return len(seen)

    turned = [
        asked(since="1/9/2026"), asked(on="off", since="1/10/2026"), asked(since="15/10/2026"),
        asked(on="off", since="1/11/2026"), asked(since="5/11/2026"),
    ]  # fmt: skip
    send(client, at(world.commune), do="set", **turned[0])
    few = queries()
    for form in turned[1:]:
        assert send(client, at(world.commune), do="set", **form).status_code == 302
    assert queries() == few
    assert text(client.get(at(world.cell))).count("· bật cho") == 3
