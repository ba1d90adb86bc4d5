"""The pages of the law: what is in force and how surely, what differs, who decides; settled once, with its paper."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.audit.models import Event, EventDetail
from backend.deadlines.models import Competence
from tests.roles import as_role
from tests.web.people import send, text
from tests.web.test_administration import beside
from tests.web.test_today import of
from tests.world import World, make_world, person
from workflows import law
from workflows.law.words import open_questions
from workflows.offices import Office

pytestmark = pytest.mark.django_db
AT = "/law/competence/"


@pytest.fixture
def world() -> World:
    world = make_world()
    person("top", Office.ADMINISTRATOR, world.province)
    person("admin", Office.ADMINISTRATOR, world.commune)
    return world


def row(page: str, rule: str) -> str:
    """A parameter's own line."""
    return re.split(r' id="[A-Z]', page.split(f'id="{rule}">', 1)[1])[0]


def test_a_parameter_says_what_it_is_where_it_stands_and_how_surely_it_is_known(world: World) -> None:
    client = of("secretary")
    with as_role("chibo_app"):
        page = text(client.get("/law/", {"area": "ADM"}))
    said = row(page, "ADM.CEREMONY")
    assert "Tổ chức lễ kết nạp" in said
    assert "<strong>30 ngày làm việc</strong>" in said
    assert '<span class="badge text-bg-warning">? cần xác nhận' in said
    assert "208-QĐ/TW của Ban Chấp hành Trung ương, 26/07/2026" in said
    assert "26/07/2026 – …" in said
    assert '<a href="/help/admission/#hold_ceremony">' in said
    before = row(text(client.get("/law/", {"area": "ADM", "day": "07/04/2026"})), "ADM.CEREMONY")
    assert "25/07/2016 – 07/04/2026" in before
    assert '<span class="badge text-bg-success">✓ chắc chắn' in before
    english = text(of("secretary", "en").get("/law/", {"area": "MTG"}))
    assert "only where this pack is on: Rules of Lào Cai province" in row(english, "MTG.DAY")


def test_areas_are_counted_and_narrowed_by_how_surely_they_are_known(world: World) -> None:
    client = of("secretary")
    rows = law.rules(date(2026, 11, 2), law.packs())
    page = text(client.get("/law/"))
    assert f"Áp dụng vào ngày 02/11/2026: {len(rows)} quy định" in page
    asked = [one for one in rows if one.firmness == "unsettled"]
    page = text(client.get("/law/", {"sure": "unsettled"}))
    assert f"Áp dụng vào ngày 02/11/2026: {len(asked)} quy định" in page
    due = [one for one in asked if one.id.startswith("DUE.")]
    assert f'href="?area=DUE&sure=unsettled"><strong>Đảng phí</strong>: {len(due)}<br>' in page
    rows_page = text(client.get("/law/", {"sure": "unsettled", "area": "DUE"}))
    assert (rows_page.count('<li class="soon"'), rows_page.count("<strong>")) == (len(due), len(due))
    for wrong in ({"day": "31/2/2026"}, {"area": "XYZ"}, {"sure": "maybe"}):
        assert client.get("/law/", wrong).status_code == 400, wrong


def test_nothing_unconfirmed_is_shown_as_certain(world: World) -> None:
    """Each row on every page of areas carries its sign and its word."""
    client = of("secretary")
    for area in {one.id.partition(".")[0] for one in law.rules(packs=law.packs())}:
        page = text(client.get("/law/", {"area": area}))
        rows = [one for one in law.rules(date(2026, 11, 2), law.packs()) if one.id.partition(".")[0] == area]
        signs = [page.count(f'text-bg-success">{sign} ') + page.count(f'text-bg-warning">{sign} ') for sign in "✓?⚠"]
        kinds = ("firm", "to_confirm", "unsettled")
        assert signs == [sum(one.firmness == kind for one in rows) for kind in kinds], area
        assert page.count('text-bg-success">') == signs[0], area


def test_what_is_still_to_be_confirmed_is_all_there(world: World) -> None:
    page = text(of("auditor").get("/law/confirm/"))
    assert [question for question, _where in open_questions() if question not in page] == []
    assert page.count('<ol class="lines">') == 1
    held = [
        one for one in law.everything() if one.firmness != "firm" and (one.to is None or one.to >= date(2026, 11, 2))
    ]
    assert page.count('<li class="soon">') == len(held)
    assert "DIS.APPEAL" in page
    assert "(hoặc: 1 tháng, 30 ngày)" in page


def test_two_days_are_held_against_each_other(world: World) -> None:
    client = of("secretary")
    assert "/law/differences/" in text(client.get("/law/differences/"))
    page = text(client.get("/law/differences/", {"first": "25/07/2026", "second": "26/07/2026"}))
    pairs = law.differences(date(2026, 7, 25), date(2026, 7, 26))
    assert f"Từ 25/07/2026 đến 26/07/2026: {len(pairs)} nội dung thay đổi" in page
    transfer = page.split('<h3 class="mt-0">Thực hiện chuyển sinh hoạt chính thức</h3>', 1)[-1].split("</li>", 1)[0]
    assert "60 ngày làm việc (hoặc: 30)" in transfer
    assert "Không có gì khác" in text(client.get("/law/differences/", {"first": "2026-08-01", "second": "2026-08-02"}))
    wrong = client.get("/law/differences/", {"first": "2026-08-02", "second": "2026-08-01"})
    assert wrong.status_code == 400
    assert "Ngày thứ nhất không được sau ngày thứ hai." in beside(text(wrong), "second")


def asked(**more: str | list[str]) -> dict[str, str | list[str]]:
    return {
        "act": "recognise", "usual": "province", "others": ["base_committee"], "since": "1/11/2026", "until": "31/12/2026",
        "source": "1-QĐ/TU ngày 30/10/2026", "key": str(uuid4()),
    } | more  # fmt: skip


def post(client: Client, **form: str | list[str]) -> str:
    return text(send(client, AT, **form))  # type: ignore[arg-type]  # a list is several values


def written() -> tuple[int, int]:
    return Competence.objects.count(), Event.objects.count()


def test_who_decides_is_told_by_day_with_every_row_there_was(world: World) -> None:
    client = of("secretary")
    with as_role("chibo_app"):
        page = text(client.get(AT))
    said = page.split('id="recognise">', 1)[1].split("</details>", 1)[0]
    assert "<strong>Đảng ủy cơ sở</strong>" in said
    assert said.count('<li><p class="mb-1">') == 4
    assert "208-QĐ/TW" in said
    early = text(client.get(AT, {"day": "1/1/2020"})).split('id="recognise">', 1)[1].split("<details>", 1)[0]
    assert "<strong>Cấp ủy cấp trên cơ sở, Đảng ủy cơ sở</strong>" in early
    assert 'name="usual"' not in page


def test_it_is_looked_at_first_settled_once_and_taken_back(world: World) -> None:
    client, form, before = of("top"), asked(), written()
    page = post(client, do="preview", **form)
    seen = page.split('aria-labelledby="seen">', 1)[1].split("</section>", 1)[0]
    assert "<dt>hiện nay</dt><dd>Đảng ủy cơ sở</dd>" in seen
    assert '<dd class="mb-0">Cấp tỉnh, Đảng ủy cơ sở</dd>' in seen
    assert written() == before
    for _ in range(2):
        with as_role("chibo_app"):
            assert send(client, AT, do="set", **form).headers["Location"] == AT  # type: ignore[arg-type]
    row = Competence.objects.get()
    assert (row.act, row.levels, row.from_date, row.to_date) == (
        "recognise", ["province", "base_committee"], date(2026, 11, 1), date(2026, 12, 31),
    )  # fmt: skip
    event = Event.objects.get(code="competence.set")
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {"source": "1-QĐ/TU ngày 30/10/2026"}
    page = text(of("secretary").get(AT))
    assert "✓ ghi riêng tại đây" in page.split('id="recognise">', 1)[1].split("<details>", 1)[0]
    back = {"back-settled": "recognise 2026-11-01", "back-source": "2-QĐ/TU ngày 01/11/2026", "back-key": str(uuid4())}
    assert send(client, AT, do="withdraw", **back).headers["Location"] == AT
    row.refresh_from_db()
    assert (row.withdrawn, row.source) == (True, "2-QĐ/TU ngày 01/11/2026")
    assert "✕ ghi riêng tại đây, đã hủy" in text(client.get(AT))


def test_each_refusal_stands_beside_its_field_and_nothing_is_written(world: World) -> None:
    client, before = of("top"), written()
    for do in ("preview", "set"):
        assert "văn bản" in beside(post(client, do=do, **asked(source="nghe nói")), "source")
        assert beside(post(client, do=do, **asked(until="1/10/2026")), "until")
        assert beside(post(client, do=do, **asked(since="hôm qua")), "since")
        assert beside(post(client, do=do, **asked(act="crown")), "act")
    assert written() == before
    send(client, AT, do="set", **asked())  # type: ignore[arg-type]
    before = written()
    taken = beside(post(client, do="set", **asked(since="1/12/2026", until="31/1/2027")), "since")
    assert "01/11/2026" in taken
    assert written() == before


def test_nobody_below_the_top_settles_anything(world: World) -> None:
    before = written()
    page = post(of("admin"), do="set", **asked())
    assert "quản trị viên ở cấp cao nhất ghi" in page
    assert 'name="usual"' not in page
    for name in ("secretary", "officer", "auditor"):
        client = of(name)
        client.get(AT)
        token = client.cookies["csrftoken"].value
        assert client.post(AT, {**asked(), "do": "set", "csrfmiddlewaretoken": token}).status_code == 404
    assert written() == before


def test_a_row_more_costs_no_query_more(world: World) -> None:
    client = of("secretary")

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    pages = ("/law/", "/law/?area=TASK", "/law/confirm/", "/law/differences/?first=2020-01-01&second=2026-11-02", AT)
    few = [queries(one) for one in pages]
    for place in range(3):
        Competence.objects.create(
            act="admit",
            levels=["province"],
            from_date=date(2027 + place, 1, 1),
            to_date=date(2027 + place, 2, 1),
            source="1/1",
        )
    assert [queries(one) for one in pages] == few
