"""Merging and dividing on pages: first looked at, then done, each answer by name; nothing is written by a look or a refusal."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from backend.accesses.models import Access
from backend.accounts.models import Assignment
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from tests.web.people import text
from tests.web.test_administration import beside
from tests.web.test_member_list import of, queries, world
from tests.world import World, paper, unit
from workflows.offices import Level

__all__ = ["world"]
pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
DECISION = {
    "reorganisation.number": "15-QĐ/ĐU",
    "reorganisation.issuer": "Đảng ủy xã",
    "reorganisation.date": "26/10/2026",
}


def counts() -> tuple[int, ...]:
    return tuple(one.objects.count() for one in (Event, Case, Spell, Assignment, Unit))


def asked(client: Client, address: str, **form: Any) -> Any:
    """With the key and the token that the page brought."""
    page = text(client.get(address))
    key = re.findall(r'name="key" value="([^"]+)"', page)[0]
    return client.post(address, {"key": key, **form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def merger(world: World, do: str, **form: str) -> dict[str, str]:
    return {"do": do, "on": "02/11/2026", "to_unit": world.other.code, **DECISION, **form}


def at(cell: Unit, act: str = "merge") -> str:
    return f"/administration/units/{cell.pk}/{act}/"


def test_the_list_leads_to_what_the_office_may_merge(world: World) -> None:
    page = text(of("officer").get("/administration/reorganisations/"))
    assert f'href="{at(world.cell)}"' in page
    assert f'href="{at(world.cell, "divide")}"' in page
    page = text(of("province").get("/administration/reorganisations/"))
    assert f'href="{at(world.commune)}"' in page
    assert at(world.commune, "divide") not in page
    page = text(of("province").get("/administration/reorganisations/", {"q": "ap mot"}))
    assert "Thuộc thẩm quyền của cấp ủy khác" in page
    assert at(world.cell) not in page
    assert "/administration/reorganisations/" in text(of("officer").get("/administration/"))
    assert f'href="{at(world.cell)}"' in text(of("officer").get(f"/units/{world.cell.pk}/"))
    assert at(world.cell) not in text(of("secretary").get(f"/units/{world.cell.pk}/"))


def test_a_look_names_everybody_and_writes_nothing(world: World) -> None:
    member, stays = world.member("Nguyễn Văn An"), world.member("Lê Thị Bình")
    facts = {"ground": "residence", "ground_paper": paper(ON), "effective_on": ON.isoformat(), "place": "Tỉnh khác"}
    perform(world.actor("secretary"), NewCase("transfer", member_id=stays.pk), "ask", facts, on=ON)
    before, looks = counts(), Access.objects.count()
    page = text(asked(of("officer"), at(world.cell), **merger(world, "preview")))
    assert (counts(), Access.objects.count()) == (before, looks + 1)
    goes = page.split("Sẽ chuyển theo (1)", 1)[1]
    assert f'<a href="/members/{member.pk}/">Nguyễn Văn An</a>' in goes
    stay = page.split("Hiện chưa chuyển được, và lý do (1)", 1)[1].split("Sẽ chuyển theo", 1)[0]
    assert f'<a href="/members/{stays.pk}/">Lê Thị Bình</a>' in stay
    assert "Người này đang trong quá trình chuyển sinh hoạt đảng chính thức." in stay
    assert "1 người đứng trong danh sách" in page or "Những gì còn vướng" in page
    assert '<button class="btn btn-outline-primary" name="do" value="merge">Bắt đầu sáp nhập' in page, (
        "with those who can go"
    )


def test_a_look_lists_what_goes_along_and_offers_no_merger_that_cannot_be(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-11-10")
    case = world.probation(new, date(2025, 11, 10))
    review = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    page = text(asked(of("officer"), at(world.cell), **merger(world, "preview")))
    along = page.split("Hồ sơ và thời hạn chuyển theo", 1)[1].partition("</ul>")[0]
    assert f'<a href="/cases/{case.pk}/">Công nhận đảng viên chính thức {case.number}</a> · Trần Thị Mới' in along
    assert f'<a href="/deadlines/{review.pk}/">Chi bộ xét công nhận chính thức</a> · {case.number} · hạn' in along
    assert '<button class="btn btn-primary" name="do" value="merge">' in page
    Assignment.objects.filter(unit=world.cell).update(from_date=ON)  # an office that begins on the very day
    page = text(asked(of("officer"), at(world.cell), **merger(world, "preview")))
    assert "Sẽ chuyển theo (1)" in page
    assert 'value="merge"' not in page


def test_what_keeps_an_empty_cell_open_is_called_by_its_name(world: World) -> None:
    facts = {"kind": "regular", "month": "2026-11-01"}
    meeting = Case.objects.get(
        pk=perform(world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=ON)["id"]
    )
    Assignment.objects.filter(unit=world.cell).update(from_date=ON)  # an office that begins on the very day
    before = counts()
    for do in ("preview", "merge"):
        answer = asked(of("officer"), at(world.cell), **merger(world, do))
        page = text(answer)
        assert (answer.status_code, counts()) == (200, before)
        assert "Việc của chính đơn vị còn mở, phải giải quyết xong trước:" in page
        assert f'<a href="/cases/{meeting.pk}/">Sinh hoạt chi bộ {meeting.number}</a>' in page


def test_it_is_merged_and_says_what_became_of_everybody(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    client = of("officer")
    page = text(asked(client, at(world.cell), **merger(world, "preview")))
    assert "Chi bộ ấp Một sáp nhập vào Chi bộ ấp Hai ngày 02/11/2026" in page
    assert "Chức vụ kết thúc hết ngày 01/11/2026 (2)" in page
    assert "Bí thư chi bộ: Người secretary" in page
    answer = asked(client, at(world.cell), **merger(world, "merge"))
    page = text(answer)
    assert answer.status_code == 200
    assert f'Đã chuyển theo (1)</h3>\n<ul><li><a href="/members/{member.pk}/">' in page
    world.cell.refresh_from_db()
    assert (world.cell.closed_on, world.cell.merges_into_id) == (ON, world.other.pk)
    assert Member.objects.get(pk=member.pk).unit_id == world.other.pk
    assert f'→ <a href="/units/{world.other.pk}/">Chi bộ ấp Hai</a>' in text(client.get(f"/units/{world.cell.pk}/"))
    page = text(client.get(at(world.cell)))
    assert "đã giải thể ngày 02/11/2026" in page
    assert 'value="preview"' not in page


def test_a_form_sent_twice_gives_the_answer_of_the_first(world: World) -> None:
    world.member("Nguyễn Văn An")
    client = of("officer")
    key = re.findall(r'name="key" value="([^"]+)"', text(client.get(at(world.cell))))[0]
    form = {**merger(world, "merge"), "key": key, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    client.post(at(world.cell), form)
    before = counts()
    assert "Đã chuyển theo (1)" in text(client.post(at(world.cell), form))
    answer = client.post(at(world.cell), {**form, "on": "01/11/2026"})
    assert (answer.status_code, answer.headers["Location"]) == (302, at(world.cell))
    assert counts() == before


def test_what_was_begun_is_shown_and_taken_up_with_what_was_said(world: World) -> None:
    stays, _ = world.member("Nguyễn Văn An"), world.member("Lê Thị Bình")
    facts = {"ground": "residence", "ground_paper": paper(ON), "effective_on": ON.isoformat(), "place": "Tỉnh khác"}
    case = perform(world.actor("secretary"), NewCase("transfer", member_id=stays.pk), "ask", facts, on=ON)["id"]
    client = of("officer")
    page = text(asked(client, at(world.cell), **merger(world, "merge")))
    assert "Chi bộ ấp Một chưa giải thể được" in page
    assert "Đã chuyển theo (1)" in page
    page = text(client.get(at(world.cell)))
    assert "Việc sáp nhập vào Chi bộ ấp Hai đã bắt đầu nhưng chưa xong." in page
    for typed in ("02/11/2026", world.other.code, "15-QĐ/ĐU", "Đảng ủy xã", "26/10/2026"):
        assert f'value="{typed}"' in page, typed
    assert "Chi bộ ấp Một</a> → Chi bộ ấp Hai" in text(client.get("/administration/reorganisations/"))
    assert "chưa xong" in text(of("officer").get(f"/units/{world.cell.pk}/"))
    assert "sáp nhập" not in text(of("secretary").get("/units/1/")).lower()
    perform(world.actor("secretary"), OnCase(case), "call_off", {"reason": "Không đi nữa"}, on=ON)
    assert "Đã chuyển theo (1)" in text(asked(client, at(world.cell), **merger(world, "merge")))
    world.cell.refresh_from_db()
    assert world.cell.closed_on == ON


def test_it_is_given_up(world: World) -> None:
    world.guest("Trần Văn Khách", world.other, world.cell)
    went = world.member("Nguyễn Văn An")
    client = of("officer")
    page = text(asked(client, at(world.cell), **merger(world, "merge")))
    assert "Trần Văn Khách" in page.split("sinh hoạt tạm thời tại chi bộ, cần", 1)[1]
    asked(client, at(world.cell), do="give_up")
    world.cell.refresh_from_db()
    assert (world.cell.closed_on, world.cell.merges_into_id) == (None, None)
    assert Member.objects.get(pk=went.pk).unit_id == world.other.pk
    before = counts()
    asked(client, at(world.cell), do="give_up")
    assert counts() == before
    assert "Đã như vậy từ trước" in text(client.get(at(world.cell)))


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"to_unit": "x"}, "to_unit"), ({"to_unit": "87.999"}, "to_unit"), ({"on": "31/11/2026"}, "on"),
        ({"on": "03/11/2026"}, "on"), ({"reorganisation.number": ""}, "reorganisation.number"),
        ({"reorganisation.date": "hôm qua"}, "reorganisation.date"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(world: World, form: dict[str, str], field: str) -> None:
    world.member("Nguyễn Văn An")
    before = counts()
    for do in ("preview", "merge"):
        answer = asked(of("officer"), at(world.cell), **merger(world, do, **form))
        assert (answer.status_code, counts()) == (422, before)
        page = text(answer)
        assert beside(page, field), do
        assert page.count("_error") >= 1


def test_a_cell_is_divided(world: World) -> None:
    goes, stays = world.member("Nguyễn Văn Đi"), world.member("Lê Thị Ở")
    client, form = (
        of("officer"),
        {"on": "02/11/2026", "code": "87.107.000.000.009", "name": "Chi bộ ấp Chín", **DECISION},
    )
    before = counts()
    page = text(asked(client, at(world.cell, "divide"), do="preview", members=[str(goes.pk)], **form))
    assert counts() == before
    assert "Đảng viên chính thức sau khi chia tách: ở đây 1, ở chi bộ mới 1." in page
    assert "dưới 3 đảng viên chính thức" in page
    assert re.search(rf'value="{goes.pk}" id="member-{goes.pk}" checked', page)
    assert not re.search(rf'value="{stays.pk}" id="member-{stays.pk}" checked', page)
    page = text(asked(client, at(world.cell, "divide"), do="divide", members=[str(goes.pk)], **form))
    new = Unit.objects.get(code="87.107.000.000.009")
    assert f'<a href="/units/{new.pk}/">Chi bộ ấp Chín</a>' in page
    assert [Member.objects.get(pk=one.pk).unit_id for one in (goes, stays)] == [new.pk, world.cell.pk]


def test_a_division_without_people_is_refused(world: World) -> None:
    world.member("Nguyễn Văn Đi")
    form = {"on": "02/11/2026", "code": world.other.code, "name": "Chi bộ ấp Chín", **DECISION}
    before = counts()
    answer = asked(of("officer"), at(world.cell, "divide"), do="divide", **form)
    assert (answer.status_code, counts()) == (422, before)
    assert "Chọn những người chuyển sang chi bộ mới." in text(answer)


def test_a_committee_is_merged_by_the_one_above_and_not_divided_here(world: World) -> None:
    other = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    client = of("province")
    page = text(asked(client, at(world.commune), **merger(world, "preview", to_unit=other.code)))
    assert "Tổ chức đảng chuyển theo (2)" in page
    asked(client, at(world.commune), **merger(world, "merge", to_unit=other.code))
    assert Unit.objects.filter(parent=other).count() == 2
    assert "Ở đây chỉ chia tách chi bộ" in text(client.get(at(other, "divide")))


def test_nobody_else_finds_the_pages(world: World) -> None:
    before = counts()
    for name in ("secretary", "auditor", "other_secretary", "province"):
        for act in ("merge", "divide"):
            client = of(name)
            assert client.get(at(world.cell, act)).status_code == 404, (name, act)
            client.get("/office/")
            token = client.cookies["csrftoken"].value
            answer = client.post(at(world.cell, act), {**merger(world, act), "csrfmiddlewaretoken": token})
            assert answer.status_code == 404
    assert counts() == before


def test_a_line_more_costs_no_query_more(world: World) -> None:
    client = of("officer")
    world.member("Nguyễn Văn An")
    pages = ("/administration/reorganisations/", at(world.cell), at(world.cell, "divide"))
    Unit.objects.filter(pk=world.other.pk).update(merges_into=world.cell)
    client.get("/administration/")  # the first page also writes the session
    few = [queries(client, one) for one in pages]
    for number in (3, 4):
        cell = unit(f"87.107.000.000.00{number}", "Chi bộ mới", Level.CELL, world.commune)
        Unit.objects.filter(pk=cell.pk).update(merges_into=world.other)
        world.member(f"Lê Văn {number}")
    assert [queries(client, one) for one in pages] == few == [16, 19, 19]
