"""Findings through the door, under the application's role; and that an auditor can do nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import Assignment, User
from backend.audit.models import Event
from backend.deadlines.models import Deadline
from tests.api.conftest import ON, traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import BEGUN, World, make_world, paper, person
from workflows.catalogue import LIFECYCLES
from workflows.offices import RIGHTS, VOIDED_BY, Office, Right, holds

READS = {Right.READ, Right.READ_RESTRICTED, Right.READ_EVENTS}


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    world = make_world()
    world.actors["second"] = person("second", Office.AUDITOR, world.commune)
    return world


def ask(who: str, address: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, Any]:
    client = APIClient()
    client.force_authenticate(User.objects.get(username=who))
    headers = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
    with as_role("chibo_app"):
        place = f"/api/v1/{address}"
        answer = client.get(place, headers=headers) if body is None else client.post(place, body, headers=headers)
    return answer.status_code, answer.json()


def raised(world: World, who: str = "auditor", **facts: Any) -> dict[str, Any]:
    told = {"matter": "late", "finding": "Ghi nhận muộn 40 ngày", **facts}
    body = {"lifecycle": "finding", "step": "raise_it", "unit": world.cell.pk, "on": ON.isoformat(), "facts": told}
    status, answer = ask(who, "cases/", body)
    assert status == 201, answer
    found: dict[str, Any] = answer
    return found


def step(who: str, case: dict[str, Any], name: str, version: int, **facts: Any) -> tuple[int, Any]:
    body = {"on": ON.isoformat(), "facts": facts}
    return ask(who, f"cases/{case['id']}/steps/{name}/", body, If_Match=f'"{version}"')


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer["unmet"]]


@pytest.mark.real
def test_a_finding_is_raised_answered_and_closed(world: World) -> None:
    entry = Event.objects.filter(unit_id=world.cell.pk).earliest("pk")
    case = raised(world, entries=[str(entry.uid)], minutes=paper(ON, "3-BB/UBKT"))
    assert Deadline.objects.get(subject_kind="case", subject_id=case["id"]).acting_unit_id == world.cell.pk
    answered = step(
        "secretary", case, "answer", 1, stance="mended", answer="Đã ghi bổ sung", proof=paper(ON, "9-CV/CB")
    )
    assert answered[0] == 200, answered
    assert step("second", case, "close", 2, conclusion="Đã khắc phục")[0] == 200
    status, told = ask("officer", f"cases/{case['id']}/")
    assert (status, told["state"], told["facts"]["entries"]) == (200, "closed", [str(entry.uid)])
    rows = ask("auditor", f"events/?case={case['id']}")[1]["results"]
    assert [(one["code"], one["office"]) for one in rows] == [
        ("finding.closed", "auditor"), ("finding.answered", "cell_secretary"), ("finding.raised", "auditor"),
    ]  # fmt: skip
    words = [ask("auditor", f"events/{one['uid']}/")[1]["written"] for one in rows]
    assert words == [
        {"conclusion": "Đã khắc phục"}, {"answer": "Đã ghi bổ sung"}, {"finding": "Ghi nhận muộn 40 ngày"},
    ]  # fmt: skip
    lines = b"".join(bytes(one.line) for one in Event.objects.filter(case_id=case["id"])).decode()
    assert not any(word in lines for word in ("khắc phục", "bổ sung", "40 ngày", "UBKT"))
    assert [one["state"] for one in ask("auditor", f"cases/{case['id']}/path/")[1]["stays"]] == [
        "open",
        "answered",
        "closed",
    ]


@pytest.mark.real
def test_who_reads_no_log_sees_no_finding(world: World) -> None:
    case = raised(world)
    person("chi_uy", Office.CELL_COMMITTEE, world.cell)
    assert ask("chi_uy", f"cases/{case['id']}/")[0] == 404
    assert ask("other_secretary", f"cases/{case['id']}/")[0] == 404
    assert [one["id"] for one in ask("secretary", "cases/?lifecycle=finding&open=true")[1]["results"]] == [case["id"]]


@pytest.mark.real
def test_nobody_answers_or_judges_for_oneself(world: World) -> None:
    """One person who is both the cell's deputy secretary and an auditor of the commune."""
    both = User.objects.get(username="second")
    held = {one.office: str(one.pk) for one in Assignment.objects.filter(user=both)}
    deputy = Assignment.objects.create(
        user=both, office=Office.CELL_DEPUTY, unit=world.cell, unit_path=world.cell.path, from_date=BEGUN
    )
    auditor = {"X_Chibo_Assignment": held[Office.AUDITOR]}
    body = {"lifecycle": "finding", "step": "raise_it", "unit": world.cell.pk, "on": ON.isoformat(),
            "facts": {"matter": "other", "finding": "Khác"}}  # fmt: skip
    case = ask("second", "cases/", body, **auditor)[1]
    place, facts = f"cases/{case['id']}/steps", {"stance": "disputed", "answer": "Không đúng"}
    mine = {"If_Match": '"1"', "X_Chibo_Assignment": str(deputy.pk)}
    before = traces()
    status, told = ask("second", f"{place}/answer/", {"on": ON.isoformat(), "facts": facts}, **mine)
    assert (status, codes(told)) == (422, ["finding.own_finding"])
    assert traces() == before
    other = raised(world, matter="paper")
    place = f"cases/{other['id']}/steps"
    assert ask("second", f"{place}/answer/", {"on": ON.isoformat(), "facts": facts}, **mine)[0] == 200
    again = traces()
    for name, said in (
        ("close", {"conclusion": "Xong"}),
        ("reopen", {"reason": "Chưa"}),
        ("withdraw", {"reason": "Thôi"}),
    ):
        body = {"on": ON.isoformat(), "facts": said}
        status, told = ask("second", f"{place}/{name}/", body, If_Match='"2"', **auditor)
        assert (status, codes(told)) == (422, ["finding.own_answer"]), name
    assert traces() == again


@pytest.mark.real
def test_what_an_auditor_recorded_is_voided_by_another_auditor_alone(world: World) -> None:
    case = raised(world)
    body = {"reason": "Nhầm chi bộ", "paper": paper(ON)}
    before = traces()
    for who in ("secretary", "officer", "committee", "province", "auditor"):
        assert ask(who, f"events/{case['event']}/void/", body, If_Match='"1"')[0] == 403, who
    assert traces() == before
    assert ask("second", f"events/{case['event']}/void/", body, If_Match='"1"')[0] == 200
    assert ask("auditor", f"cases/{case['id']}/")[0] == 404


def test_of_all_steps_an_auditor_takes_those_of_findings_alone() -> None:
    """Read-only by construction: no other right of the office is that of a step, of a void or of any door that writes."""
    steps = [one for page in LIFECYCLES.values() for one in page.steps().values()]
    mine = {f"{one.lifecycle}.{one.name}" for one in steps if holds(Office.AUDITOR, one.by)}
    assert mine == {"finding.raise_it", "finding.reopen", "finding.close", "finding.withdraw"}
    assert RIGHTS[Office.AUDITOR] - READS == {Right.AUDIT}
    assert VOIDED_BY == {Right.AUDIT: Right.AUDIT}
    assert [one for one in Office if holds(one, Right.AUDIT)] == [Office.AUDITOR]
