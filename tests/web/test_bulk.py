"""One step for many: chosen on the list, its facts filled in once, each member answered alone, and done once."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accesses.models import Access
from backend.audit.models import Event
from backend.cases.models import Case
from backend.cases.orders import citation
from backend.members.models import Member
from backend.web import bulk
from tests.api.conftest import traces
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_member_list import of, world
from tests.world import World, person
from workflows.offices import Office

__all__ = ["world"]
pytestmark = pytest.mark.django_db
FACTS = {
    "on": "02/11/2026", "resolution.number": "12-NQ/CB", "resolution.issuer": "Chi bộ ấp Một", "resolution.date": "02/11/2026",
    "ground": "meetings", "months": "3",
}  # fmt: skip


def send(client: Client, **form: Any) -> Any:
    """What the list or the form sends; who was chosen is kept, and led to the page with the steps, or the form."""
    client.get("/office/")
    typed = {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    return client.post("/members/bulk/", typed, follow="do" not in form)


def ticked(*people: Member) -> list[str]:
    return [f"{one.pk}:{one.version}" for one in people]


def subjects(*people: Member) -> str:
    return " ".join(ticked(*people))


def key_of(page: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', text(page))
    assert found is not None
    return found[1]


def test_the_steps_that_suit_are_offered_with_how_many_they_suit(world: World) -> None:
    attending, lapsed = world.member("Nguyễn Văn An"), world.member("Lê Văn Ân")
    client = of("secretary")
    done = send(client, step="membership.record_lapse", subjects=subjects(lapsed), do="do", key="", **FACTS)
    assert done.status_code == 200
    lapsed = Member.objects.get(pk=lapsed.pk)
    page = text(send(client, of="ticked", subject=ticked(attending, lapsed), query="standing=official"))
    assert "Đã chọn: 2 người" in page
    lapse = page.index('href="?step=membership.record_lapse"')
    assert "phù hợp với 1 trong 2 người" in page[lapse : lapse + 300]
    assert 'href="?step=membership.resume"' in page
    assert 'href="?step=removal.open"' in page
    assert 'href="?step=membership.recognise"' not in page, "that happens only through a case"


def test_one_ticked_alone_is_a_look_at_that_record(world: World) -> None:
    first, second = world.member("Nguyễn Văn An"), world.member("Lê Văn Ân")
    client = of("secretary")
    send(client, of="ticked", subject=ticked(first))
    client.get("/members/bulk/?step=membership.record_lapse")
    send(client, of="ticked", subject=ticked(first, second))
    looks = Access.objects.order_by("id").values_list("door", "member_id", "count")
    door = "web/members/bulk/"
    assert list(looks) == [(door, first.pk, 1), (door, first.pk, 1), (door, None, 2)]


def test_it_is_done_or_refused_for_each_and_sent_twice_done_once(world: World) -> None:
    first, second = world.member("Nguyễn Văn An"), world.member("Lê Văn Ân")
    young = world.member("Phạm Thị Bé")
    client = of("secretary")
    form = send(client, step="membership.record_lapse", subjects=subjects(first, second, young))
    key = key_of(form)
    assert Event.objects.filter(code="membership.lapsed").count() == 0
    Member.objects.filter(pk=young.pk).update(version=young.version + 1)  # somebody was faster
    sent = {
        "step": "membership.record_lapse",
        "subjects": subjects(first, second, young),
        "do": "do",
        "key": key,
        **FACTS,
    }
    page = text(send(client, **sent))
    assert "Đã ghi: 2. Chưa ghi được: 1." in page
    refused, done = page.index("Chưa ghi được, và vì sao"), page.index("<h2>Đã ghi</h2>")
    assert refused < page.index("Phạm Thị Bé", refused) < done < page.index("Lê Văn Ân", done)
    what = "Đối chiếu giấy tờ với số liệu đã ghi; tháng chi bộ không họp và tháng được phép vắng không tính."
    assert page.count(what) == 2, "what to do about it, for each of the two"
    assert page.index(what) > done
    assert page.count(citation("LAP.MONTHS", date(2026, 11, 2))["vi"]) == 2
    assert set(Member.objects.filter(participation="lapsed").values_list("pk", flat=True)) == {first.pk, second.pk}
    before = traces()
    assert "Đã ghi: 2. Chưa ghi được: 1." in text(send(client, **sent))
    assert traces() == before
    again = send(client, **{**sent, "months": "4"})
    assert (again.status_code, traces() == before) == (302, True)


def test_where_nobody_could_be_done_the_form_stands_again_as_it_was_typed(world: World) -> None:
    people = world.members(2)
    before = traces()
    sent = {"step": "membership.record_lapse", "subjects": subjects(*people), "do": "do", "key": ""}
    page = send(of("secretary"), **sent, **{**FACTS, "months": "1"})
    assert page.status_code == 422
    assert "Chưa ghi gì cả" in text(page)
    assert 'value="12-NQ/CB"' in text(page)
    page = send(of("secretary"), **sent, **{**FACTS, "on": "31/02/2026"})
    assert (page.status_code, 'value="31/02/2026"' in text(page)) == (422, True)
    assert traces() == before


def test_who_was_overtaken_for_everybody_reads_what_was_typed(world: World) -> None:
    """Two record the same for the same people: the second had an error page, and nothing of what was typed."""
    people = world.members(2)
    sent = {"step": "membership.record_lapse", "subjects": subjects(*people), "do": "do", "key": "", **FACTS}
    assert send(of("secretary"), **sent).status_code == 200
    before = traces()
    for do in ("do", "preview"):
        answer = send(of("deputy"), **{**sent, "do": do})
        page = text(answer)
        assert (answer.status_code, traces()) == (422 if do == "do" else 200, before)
        assert "Nội dung đồng chí gửi CHƯA được ghi" in page
        assert ("<dt>Nghị quyết của chi bộ, Số văn bản</dt><dd>12-NQ/CB</dd>" in page) is True
        assert ('class="facts"' in page) is False
    assert send(of("secretary"), step="membership.record_lapse", subjects=subjects(*people)).status_code == 404


def test_who_was_overtaken_sends_the_same_again(world: World) -> None:
    """The form was refused for ever: it brought the versions that were looked at first."""
    (one,) = world.members(1)
    sent = {"step": "membership.record_lapse", "subjects": subjects(one), "do": "do", "key": "", **FACTS}
    Member.objects.filter(pk=one.pk).update(version=one.version + 1)  # somebody was faster
    answer = send(of("secretary"), **sent)
    assert (answer.status_code, 'value="12-NQ/CB"' in text(answer)) == (422, True)
    assert f'name="subjects" value="{one.pk}:{one.version + 1}"' in text(answer)
    assert send(of("secretary"), **{**sent, "subjects": f"{one.pk}:{one.version + 1}"}).status_code == 200


def test_what_nobody_chosen_can_take_is_folded_under_its_reason(world: World) -> None:
    """Every page of cases about a member begins with everybody; to admit, only candidates can be taken."""
    page = text(send(of("secretary"), of="ticked", subject=ticked(*world.members(2))))
    folded = page.index("Chưa làm được, và vì sao")
    assert 'href="?step=admission.open"' not in page
    assert page.index('href="?step=away.ask"') < folded < page.index("Kết nạp đảng viên: ")


def test_it_is_looked_at_first_for_each_and_nothing_is_left(world: World) -> None:
    first, second = world.member("Nguyễn Văn An"), world.member("Lê Văn Ân")
    Member.objects.filter(pk=second.pk).update(version=second.version + 1)  # somebody was faster
    client, before = of("secretary"), traces()
    sent = {"step": "membership.record_lapse", "subjects": subjects(first, second), **FACTS}
    page = send(client, **sent, do="preview", key=key_of(send(client, step=sent["step"], subjects=sent["subjects"])))
    told = text(page)
    assert (page.status_code, traces()) == (200, before)
    assert "Sẽ ghi được: 1. Không ghi được: 1." in told
    assert told.index("Không ghi được, và vì sao") < told.index("Lê Văn Ân", told.index("Không ghi được, và vì sao"))
    assert 'value="12-NQ/CB"' in told
    assert "Đã ghi: 1. Chưa ghi được: 1." in text(send(client, **sent, do="do", key=key_of(page)))


@pytest.mark.parametrize("do", ["preview", "do"])
def test_what_is_left_out_is_said_once_beside_its_field(world: World, do: str) -> None:
    people, before = world.members(3), traces()
    sent = {**FACTS, "resolution.number": "", "step": "membership.record_lapse", "subjects": subjects(*people)}
    page = send(of("secretary"), **sent, do=do, key="")
    told = text(page)
    assert (page.status_code, traces()) == (422, before)
    assert told.count("Mục này là bắt buộc.") == 1
    assert "Chưa ghi được: hãy xem lời nhắc cạnh những chỗ được đánh dấu." in told
    assert "Không ghi được, và vì sao" not in told


def test_one_can_go_back_to_whom_one_chose(world: World) -> None:
    client = of("secretary")
    assert client.get("/members/bulk/").headers["Location"] == "/members/", "nobody was chosen"
    send(client, of="ticked", subject=ticked(*world.members(2)), query="standing=official")
    send(client, step="away.ask", subjects=subjects(*Member.objects.all()), query="standing=official")
    for address in ("/members/bulk/?step=away.ask", "/members/bulk/"):
        page = text(client.get(address))
        assert "Đã chọn: 2 người" in page, address
        assert 'href="/members/?standing=official"' in page, address


def test_cases_are_opened_for_many(world: World) -> None:
    people = world.members(2)
    client = of("secretary")
    page = text(send(client, of="all", query="standing=official"))
    assert "Đã chọn: 2 người" in page
    form = send(client, step="away.ask", subjects=subjects(*people))
    assert form.status_code == 200
    assert Case.objects.count() == 0


def test_whom_the_office_does_not_see_is_not_there(world: World) -> None:
    mine, theirs = world.member("Nguyễn Văn An"), world.member("Phạm Văn Xa", unit=world.other)
    client, before = of("secretary"), traces()
    assert send(client, of="ticked", subject=ticked(theirs)).redirect_chain[-1] == ("/members/", 302)
    page = text(send(client, of="ticked", subject=ticked(mine, theirs)))
    assert "Đã chọn: 1 người" in page
    assert "Phạm Văn Xa" not in page
    sent = {"step": "membership.record_lapse", "subjects": subjects(mine, theirs), "do": "do", "key": "", **FACTS}
    page = text(send(client, **sent))
    assert "Phạm Văn Xa" not in page
    assert Member.objects.get(pk=theirs.pk).participation == "attending"
    assert Member.objects.get(pk=mine.pk).participation == "lapsed"
    assert traces() != before


@pytest.mark.parametrize(
    "form",
    [{"subject": ["x"]}, {"subject": ["0:1"]}, {"subject": [f"{2**63}:1"]}, {"of": "all", "query": "standng=x"}],
    ids=["word", "zero", "too-large", "no-filter"],
)
def test_what_no_form_of_ours_sends_is_not_there(world: World, form: dict[str, Any]) -> None:
    assert send(of("secretary"), **form).status_code == 404


def test_no_more_than_one_request_can_take(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = world.members(3)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    assert send(of("secretary"), subject=ticked(*people)).status_code == 404
    assert "Đã chọn: 2 người" in text(send(of("secretary"), of="all", query=""))


@pytest.mark.parametrize(
    "step", ["membership.recognise", "membership.merge", "removal.decide", "x", "membership.nothing"]
)
def test_a_step_that_is_not_offered_is_not_there(world: World, step: str) -> None:
    people = world.members(1)
    assert send(of("secretary"), step=step, subjects=subjects(*people)).status_code == 404


def test_who_takes_no_step_of_members_ticks_nobody(world: World) -> None:
    people = world.members(2)
    person("helps", Office.HELPER, world.cell, people[0].pk)
    assert 'name="subject"' in text(of("secretary").get("/members/"))
    for name in ("auditor", "helps"):
        client = of(name)
        assert 'name="subject"' not in text(client.get("/members/"))
        assert send(client, of="ticked", subject=ticked(*people)).status_code == 404


def test_many_cost_the_same_queries_as_one(world: World) -> None:
    people, client, costs = world.members(6), of("secretary"), []
    client.get("/office/")
    token = client.cookies["csrftoken"].value
    for some in (people[4:5], people[:1], people[1:4]):  # the first one reads the calendar, which is kept
        sent = {"step": "membership.record_lapse", "subjects": subjects(*some), "csrfmiddlewaretoken": token}
        for more in ({}, {"do": "do", "key": "", **FACTS}):
            with CaptureQueriesContext(connection) as caught:
                assert client.post("/members/bulk/", {**sent, **more}, follow=True).status_code == 200
            costs.append(len(caught.captured_queries))
    assert costs[2:4] == costs[4:]


def test_behind_the_walls_of_the_database_many_are_done_too(world: World) -> None:
    people, client = world.members(2), of("secretary")
    sent = {"step": "membership.record_lapse", "subjects": subjects(*people), "do": "do", "key": "", **FACTS}
    with as_role("chibo_app"):
        assert "Đã ghi: 2. Chưa ghi được: 0." in text(send(client, **sent))
