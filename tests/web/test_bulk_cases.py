"""One step of many open cases, chosen by their members: each is done or refused alone, on the case that was looked at."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.audit.models import Event
from backend.cases import loading
from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.core import clock
from backend.core.db import execute
from backend.members.models import Member
from tests.api.conftest import traces
from tests.backend.cases.stepping import step
from tests.backend.cases.test_away import ASKED
from tests.backend.cases.test_classification import OPENED, proposed
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_bulk import send, subjects, ticked
from tests.web.test_member_list import of, world
from tests.world import World, paper

__all__ = ["world"]
pytestmark = pytest.mark.django_db
PROPOSED = date(2026, 9, 10)
FACTS = {
    "on": "10/09/2026", "resolution.number": "12-NQ/CB", "resolution.issuer": "Chi bộ ấp Một", "resolution.date": "10/09/2026",
}  # fmt: skip


def asked(world: World, *people: Member) -> list[int]:
    """For each the case of a leave that was asked for on 1 September 2026."""
    opened = [NewCase("away", member_id=one.pk) for one in people]
    return [perform(world.actor("secretary"), one, "ask", ASKED, on=date(2026, 9, 1))["id"] for one in opened]


def propose(world: World, case: int) -> None:
    step(world.actor("secretary"), case, "propose", PROPOSED, resolution=paper(PROPOSED))


def hidden(page: str, name: str) -> str:
    (found,) = re.findall(rf'name="{name}" value="([^"]*)"', page)
    return str(found)


def filled(page: Any) -> dict[str, str]:
    """What the form sends besides its facts, as it was shown."""
    return {name: hidden(text(page), name) for name in ("subjects", "cases", "step", "key")}


def states(*cases: int) -> list[str]:
    kept = dict(Case.objects.values_list("pk", "state"))
    return [kept[one] for one in cases]


def cells(world: World) -> tuple[list[Member], list[int]]:
    """Two whose leave is to be considered, one whose leave was proposed already, and one who asked for none."""
    people = world.members(4)
    cases = asked(world, *people[:3])
    propose(world, cases[2])
    return people, cases


@pytest.mark.parametrize(
    ("language", "suits", "label"),
    [("vi", "phù hợp với 2 trong 4 người", "Đi làm ăn xa"), ("en", "suits 2 of 4", "Working far away")],
)
def test_steps_of_the_open_cases_are_offered_with_how_many_they_suit(
    world: World, language: str, suits: str, label: str
) -> None:
    people, _ = cells(world)
    page = text(send(of("secretary", language), of="ticked", subject=ticked(*people)))
    offered = re.search(r'href="\?step=away\.propose">([^<]*)</a>(.*?)</li>', page)
    assert offered is not None
    assert (offered[1].startswith(f"{label}: "), suits in offered[2]) == (True, True)
    assert page.index("?step=away.propose") < page.index("?step=abroad.ask"), (
        "what is open stands before what may be opened"
    )
    assert 'href="?step=away.grant"' not in page, "the base committee grants it"
    assert 'href="?step=away.ask_again"' not in page, "nobody chosen is away"


@pytest.mark.parametrize(
    ("language", "counts", "elsewhere", "none"),
    [
        (
            "vi", "Đã ghi: 2. Chưa ghi được: 2.", "Bước này không bắt đầu từ trạng thái hiện tại mà từ: Đã xin.",
            "Khi mở biểu mẫu này, đảng viên không có hồ sơ loại này đang mở.",
        ),
        (
            "en", "Recorded: 2. Not recorded: 2.", "This step does not start from here; it starts from: Asked for.",
            "No such case of this member was open when the form was shown.",
        ),
    ],
)  # fmt: skip
def test_each_case_is_done_or_refused_with_its_reason_and_sent_twice_done_once(
    world: World, language: str, counts: str, elsewhere: str, none: str
) -> None:
    people, cases = cells(world)
    client = of("secretary", language)
    form = filled(send(client, step="away.propose", subjects=subjects(*people)))
    assert form["cases"] == f"{cases[0]}:1 {cases[1]}:1 {cases[2]}:2"
    before = traces()
    looked = text(send(client, **form, **FACTS, do="preview"))
    assert (traces(), hidden(looked, "cases")) == (before, form["cases"])
    page = text(send(client, **form, **FACTS, do="do"))
    assert counts in page
    refused = dict(
        re.findall(r'<li><a href="/members/(\d+)/">[^<]*</a>(.*?)</li></ul>', page[: page.rindex("<h2>")], re.DOTALL)
    )
    assert states(*cases) == ["proposed"] * 3
    assert list(Case.objects.filter(pk__in=cases).order_by("pk").values_list("version", flat=True)) == [2, 2, 2]
    assert Event.objects.filter(code="away.proposed").count() == 3
    for one, why in ((people[2], elsewhere), (people[3], none)):
        assert why in refused[str(one.pk)]
    for one in people[:2]:
        assert f'<li><a href="/members/{one.pk}/">{one.full_name}</a>' in page[page.rindex("<h2>") :]
    before = traces()
    assert counts in text(send(client, **form, **FACTS, do="do"))
    assert traces() == before


def test_who_was_overtaken_is_refused_and_the_others_are_done(world: World) -> None:
    people = world.members(2)
    cases = asked(world, *people)
    client = of("secretary")
    form = filled(send(client, step="away.propose", subjects=subjects(*people)))
    propose(world, cases[1])
    page = text(send(client, **form, **FACTS, do="do"))
    assert "Đã ghi: 1. Chưa ghi được: 1." in page
    assert f">{people[1].full_name}</a>: Bản hiện tại là số 2" in page
    assert states(*cases) == ["proposed", "proposed"]
    assert Event.objects.filter(code="away.proposed").count() == 2


def test_who_was_overtaken_for_everybody_reads_what_was_typed(world: World) -> None:
    people = world.members(2)
    cases = asked(world, *people)
    form = filled(send(of("secretary"), step="away.propose", subjects=subjects(*people)))
    for one in cases:
        propose(world, one)
    before = traces()
    for do in ("do", "preview"):
        answer = send(of("deputy"), **{**form, "do": do}, **FACTS)
        page = text(answer)
        assert (answer.status_code, traces()) == (422 if do == "do" else 200, before)
        assert "Nội dung đồng chí gửi CHƯA được ghi" in page
        assert "<dt>Nghị quyết của chi bộ, Số văn bản</dt><dd>12-NQ/CB</dd>" in page
        assert 'class="facts"' not in page


def test_who_was_overtaken_by_a_step_after_which_it_still_suits_sends_the_same_again(world: World) -> None:
    """The case was looked at in its first version; the form comes back with the one that stands now."""
    one = world.member("Lê Thị Mới", step="import_probationary", joined_on="2026-03-10")
    case = world.probation(one, date(2026, 3, 10)).pk
    client = of("secretary")
    form = filled(send(client, step="recognition.file_cv", subjects=subjects(one)))
    facts = {"on": "02/11/2026", "cv.number": "1", "cv.issuer": "Lê Thị Mới", "cv.date": "02/11/2026"}
    step(world.actor("deputy"), case, "file_class", date(2026, 11, 2), class_certificate=paper(date(2026, 11, 2)))
    again = send(client, **form, **facts, do="do")
    assert (again.status_code, Event.objects.filter(code="recognition.cv_filed").count()) == (422, 0)
    assert (form["cases"], hidden(text(again), "cases")) == (f"{case}:1", f"{case}:2")
    page = text(send(client, **filled(again), **facts, do="do"))
    assert "Đã ghi: 1. Chưa ghi được: 0." in page
    assert Event.objects.filter(subject_id=case, subject_kind="case", version=3, step="file_cv").count() == 1


def test_of_two_cases_that_it_suits_it_is_neither(world: World) -> None:
    people = world.members(2)
    clock.move_to(date(2027, 1, 20))
    of_each: dict[int, list[int]] = {}
    for one, year in ((people[0], 2026), (people[1], 2026), (people[1], 2025)):
        review = NewCase("classification", member_id=one.pk)
        made = perform(world.actor("officer"), review, "open", {"year": year}, on=OPENED)
        of_each.setdefault(one.pk, []).append(int(made["id"]))
    client = of("secretary")
    form = filled(send(client, step="classification.hand_in", subjects=subjects(*people)))
    assert form["cases"] == f"{of_each[people[0].pk][0]}:1"
    facts = {
        "on": "01/12/2026", "self_review.number": "1", "self_review.issuer": "Nguyễn Văn A", "self_review.date": "01/12/2026",
    }  # fmt: skip
    page = text(send(client, **form, **facts, do="do"))
    assert "Đã ghi: 1. Chưa ghi được: 1." in page
    assert "Đảng viên có nhiều hồ sơ loại này đang mở" in page
    assert states(*of_each[people[0].pk]) == ["reviewed"]
    assert states(*of_each[people[1].pk]) == ["opened", "opened"]


def test_a_commune_decides_the_classifications_of_a_cell(world: World) -> None:
    people = world.members(3)
    clock.move_to(date(2027, 1, 20))
    cases = proposed(world, people[:2])
    client = of("officer")
    page = text(send(client, of="ticked", subject=ticked(*people)))
    assert 'href="?step=classification.decide"' in page
    assert 'href="?step=classification.propose"' not in page, "a vote is held about each"
    form = filled(send(client, step="classification.decide", subjects=subjects(*people)))
    facts = {
        "on": "21/12/2026", "decision.number": "7-QĐ/ĐU", "decision.issuer": "Đảng ủy xã", "decision.date": "21/12/2026",
        "decided_level": "good",
    }  # fmt: skip
    with as_role("chibo_app"):
        page = text(send(client, **form, **facts, do="do"))
    assert "Đã ghi: 2. Chưa ghi được: 1." in page
    assert states(*cases) == ["decided", "decided"]


def test_what_no_form_of_ours_sends_is_not_there(world: World) -> None:
    people, cases = cells(world)
    (foreign,) = world.members(1, unit=world.other)
    review = NewCase("away", member_id=foreign.pk)
    theirs = perform(world.actor("other_secretary"), review, "ask", ASKED, on=date(2026, 9, 1))["id"]
    client, before = of("secretary"), traces()
    sent = {"step": "away.propose", "subjects": subjects(*people, foreign), "do": "do", "key": "", **FACTS}
    for named in ({}, {"cases": ""}, {"cases": "x"}, {"cases": f"{theirs}:1"}, {"cases": f"{2**63}:1"}):
        assert send(client, **sent, **named).status_code == 404, named
    assert send(client, **{**sent, "step": "away.grant"}, cases=f"{cases[2]}:2").status_code == 404
    assert traces() == before
    page = send(client, **{**sent, "do": "sum"}, cases=f"{cases[0]}:1")
    assert (page.status_code, traces()) == (200, before)


def test_many_cases_cost_the_same_queries_as_one(world: World) -> None:
    people, client, costs = world.members(6), of("secretary"), []
    cases = dict(zip([one.pk for one in people], asked(world, *people), strict=True))
    client.get("/office/")
    token = client.cookies["csrftoken"].value
    for some in (people[4:5], people[:1], people[1:4]):  # the first one reads the calendar, which is kept
        sent = {"step": "away.propose", "subjects": subjects(*some), "csrfmiddlewaretoken": token}
        looked_at = " ".join(f"{cases[one.pk]}:1" for one in some)
        for more in ({}, {"do": "do", "key": "", "cases": looked_at, **FACTS}):
            with CaptureQueriesContext(connection) as caught:
                assert client.post("/members/bulk/", {**sent, **more}, follow=True).status_code == 200
            costs.append(len(caught.captured_queries))
    assert costs[2:4] == costs[4:]


def test_the_page_of_steps_reads_the_cases_of_all_members_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    people, client, costs = world.members(7), of("secretary"), []
    asked(world, *people)
    reads: list[str] = []

    def noted(statement: str, *told: Any, **options: Any) -> Any:
        reads.append(statement)
        return execute(statement, *told, **options)

    monkeypatch.setattr(loading, "execute", noted)
    for some in (people[6:], people[:1], people[1:6]):
        send(client, of="ticked", subject=ticked(*some))
        reads.clear()
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/members/bulk/").status_code == 200
        costs.append((len(caught.captured_queries), ["cases_case" in one for one in reads]))
    assert costs[1] == costs[2]
    assert costs[2][1] == [True, False], "the open cases of all, then the members"
