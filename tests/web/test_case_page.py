"""The page of a case, taking an entry back, and the help of a lifecycle."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from backend.accesses.models import Access
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from tests.api.conftest import ON, own_language, proposal, traces, world
from tests.web.people import text
from tests.web.stepping import fill, of, opened
from tests.world import World, paper
from workflows.catalogue import LIFECYCLES

__all__ = ["own_language", "proposal", "world"]
pytestmark = pytest.mark.django_db
Proposal = tuple[Case, dict[str, Any]]


def propose(world: World, proposal: Proposal, by: str = "secretary") -> Event:
    case, facts = proposal
    outcome = perform(world.actor(by), OnCase(case.pk), "propose", facts, on=ON)
    return Event.objects.get(uid=outcome["event"])


def test_it_says_where_the_case_stands_what_can_be_done_and_why_not(world: World, proposal: Proposal) -> None:
    case, _ = proposal
    page = text(of("secretary").get(f"/cases/{case.pk}/"))
    assert "<strong>Đang dự bị</strong> từ ngày 01/01/2026 · Hết 12 tháng, chờ chi bộ xét" in page
    assert f'href="/cases/{case.pk}/steps/propose/"' in page
    first = page[page.index("Việc làm được bây giờ") :]
    assert first.index("steps/propose/") < first.index("steps/file_cv/")  # it meets the deadline
    closed = page[page.index("Việc chưa thể làm và lý do") : page.index("Thời hạn</h2>")]
    assert "Tư cách của người này chưa chấm dứt." in closed
    assert "Chi bộ xét công nhận chính thức" in page
    assert "30 ngày làm việc kể từ 30/10/2026" in page
    look = Access.objects.latest("pk")
    assert (look.door, look.member_id, look.case_id) == ("web/cases/{case_id}/", case.member_id, case.pk)


def test_whose_turn_it_is_and_what_is_waited_for_stands_in_the_open(world: World, proposal: Proposal) -> None:
    """The cell has done its part: the committee's step with its offices, before what can be done besides."""
    propose(world, proposal)
    page = text(of("secretary").get(f"/cases/{proposal[0].pk}/"))
    assert f"<dt>Đang chờ</dt><dd>Đảng bộ xã ({world.commune.code})</dd>" in page
    waited = page[page.index("Đang chờ cơ quan, chức vụ khác làm") : page.index("Thời hạn</h2>")]
    assert "<strong>Ghi nhận quyết định công nhận</strong>" in waited
    assert "Bí thư cấp ủy, Cán bộ tổ chức" in waited
    assert waited.index("Ghi nhận quyết định công nhận") < waited.index("<details>")
    assert 'class="btn btn-primary" href="/cases/' not in page, "nothing here ends the deadline"
    theirs = text(of("officer").get(f"/cases/{proposal[0].pk}/"))
    assert f'<a class="btn btn-primary" href="/cases/{proposal[0].pk}/steps/recognise/">' in theirs


def test_the_way_taken_is_drawn(world: World, proposal: Proposal) -> None:
    propose(world, proposal)
    page = text(of("secretary").get(f"/cases/{proposal[0].pk}/"))
    drawing = page[page.index("<svg") : page.index("</svg>")]
    assert drawing.count('class="step walked"') == 2
    assert "● Chi bộ đã đề nghị" in drawing
    assert "style=" not in page.replace("font-style", "")


def test_since_is_the_day_of_the_step_that_led_there(world: World, proposal: Proposal) -> None:
    event = propose(world, proposal)
    page = f"/cases/{proposal[0].pk}/"
    assert "<strong>Chi bộ đã đề nghị</strong> từ ngày 02/11/2026" in text(of("secretary").get(page))
    client, address = of("deputy"), f"/events/{event.uid}/void/"
    client.post(address, {**opened(client, address), "reason": "Nhầm", **fill("paper")})
    assert "<strong>Đang dự bị</strong> từ ngày 01/01/2026" in text(client.get(page))


def test_what_tells_of_health_stands_on_a_page_of_its_own_and_each_reading_is_noted(world: World) -> None:
    member = world.members(1)[0]
    facts = {"request": paper(ON), "ground": "health", "own_will": True}
    case = perform(world.actor("secretary"), NewCase("exemption", member_id=member.pk), "ask", facts, on=ON)["id"]
    client = of("secretary")
    page = text(client.get(f"/cases/{case}/"))
    assert f'href="/cases/{case}/health/"' in page
    assert "Sức khỏe yếu" not in page
    assert "Sức khỏe yếu" in text(client.get(f"/cases/{case}/health/"))
    look = Access.objects.latest("pk")
    assert (look.door, look.member_id, look.case_id) == ("web/cases/{case_id}/health/", member.pk, case)
    assert "/health/" not in text(of("auditor").get(f"/cases/{case}/"))
    assert of("auditor").get(f"/cases/{case}/health/").status_code == 404


def test_a_closed_case_and_an_office_without_rights_have_nothing_to_do(world: World, proposal: Proposal) -> None:
    case, _ = proposal
    assert "Hiện chức vụ của đồng chí không có việc phải làm ở đây." in text(of("auditor").get(f"/cases/{case.pk}/"))
    assert of("other_secretary").get(f"/cases/{case.pk}/").status_code == 404
    assert of("secretary").get("/cases/999999/").status_code == 404


def test_it_costs_the_same_at_two_entries_and_at_four(world: World, proposal: Proposal) -> None:
    case, _ = proposal
    client, seen = of("auditor"), []
    client.get(f"/cases/{case.pk}/")
    for facts in (("cv",), ("class_certificate", "helper")):
        for name in facts:
            step = {"cv": "file_cv", "class_certificate": "file_class", "helper": "name_helper"}[name]
            told = world.members(1)[0].pk if name == "helper" else paper(ON)
            perform(world.actor("secretary"), OnCase(case.pk), step, {name: told}, on=ON)
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/cases/{case.pk}/")
        seen.append(len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert seen == [18, 19]  # whom does an entry name?


def void_of(world: World, proposal: Proposal) -> tuple[Any, Event, str]:
    event = propose(world, proposal)
    return of("deputy"), event, f"/events/{event.uid}/void/"


def test_a_second_person_voids_the_newest_entry(world: World, proposal: Proposal) -> None:
    client, event, address = void_of(world, proposal)
    case = proposal[0]
    assert address not in text(of("secretary").get(f"/cases/{case.pk}/"))  # the one who recorded it
    assert address in text(client.get(f"/cases/{case.pk}/"))
    typed = {**opened(client, address), "reason": "Ghi nhầm số phiếu", **fill("paper")}
    answer = client.post(address, typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{case.pk}/")
    page = text(client.get(f"/cases/{case.pk}/"))
    assert "Đã hủy bút toán; kết quả của nó đã được hoàn lại." in page
    assert re.search(r'<li class="voided"><p><strong>02/11/2026</strong> · Đề nghị công nhận', page)
    assert "<strong>Đang dự bị</strong>" in page
    left = traces()
    assert client.post(address, typed).status_code == 302  # the same key
    assert traces() == left
    assert Event.objects.filter(voids=event.uid).count() == 1


def test_a_void_without_reason_or_paper_says_so_and_voids_nothing(world: World, proposal: Proposal) -> None:
    client, _, address = void_of(world, proposal)
    before = traces()
    answer = client.post(address, {**opened(client, address), "reason": " ", "paper.number": "5"})
    page = text(answer)
    assert answer.status_code == 422
    assert 'id="id_reason_error"><p>Mục này là bắt buộc.' in page
    assert 'id="id_paper.date_error"><p>Mục này là bắt buộc.' in page
    assert 'name="paper.number" value="5"' in page
    keyless = client.post(address, {**opened(client, address), "key": "x", "reason": "Nhầm", **fill("paper")})
    assert (keyless.status_code, traces()) == (409, before)


def test_what_was_built_on_is_named_and_nothing_is_voided(world: World, proposal: Proposal) -> None:
    client, _event, address = void_of(world, proposal)
    typed = {**opened(client, address), "reason": "Nhầm", **fill("paper")}
    facts = {"committee_resolution": paper(ON), "committee_size": 15, "committee_yes": 12}
    perform(world.actor("committee"), OnCase(proposal[0].pk), "consider", facts, on=ON)
    before = traces()
    stale = client.post(address, typed)
    assert (stale.status_code, traces()) == (409, before)
    answer = client.post(address, {**typed, **opened(client, address)})
    page = text(answer)
    assert (answer.status_code, traces()) == (409, before)
    assert f"02/11/2026: {LIFECYCLES['recognition'].steps()['consider'].label}" in page


@pytest.mark.parametrize("name", ["secretary", "other_secretary"])
def test_one_does_not_void_ones_own_entry_or_what_one_does_not_see(world: World, proposal: Proposal, name: str) -> None:
    _, _, address = void_of(world, proposal)
    assert of(name).get(address).status_code == 404


@pytest.mark.parametrize("key", LIFECYCLES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_lifecycle_explains_itself(world: World, key: str, language: str) -> None:
    client = of("secretary", language)
    page = text(client.get(f"/help/{key}/"))
    with override(language):
        assert f"<h1>{LIFECYCLES[key].label}</h1>" in page
        for name, step in LIFECYCLES[key].steps().items():
            assert (f'id="{name}"><summary>{step.label}</summary>' in page) == (step.by != "through_case"), name
    assert "<svg" in page
    assert "%(" not in page


def test_there_is_no_help_for_what_is_no_lifecycle(world: World) -> None:
    assert of("secretary").get("/help/nothing/").status_code == 404


def test_a_voided_step_is_no_part_of_the_way_drawn(world: World, proposal: Proposal) -> None:
    event = propose(world, proposal)
    client = of("deputy")
    address = f"/events/{event.uid}/void/"
    client.post(address, {**opened(client, address), "reason": "Nhầm", **fill("paper")})
    page = text(client.get(f"/cases/{proposal[0].pk}/"))
    assert page.count('class="step walked"') == 1
