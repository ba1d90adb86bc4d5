"""Whoever sees a person by sending a form, without having opened its page, is noted as whoever opens it."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accesses.models import Access
from backend.cases.models import Case
from tests.api.conftest import own_language, proposal, world
from tests.web.people import text
from tests.web.stepping import csrf, of
from tests.web.test_case_page import propose
from tests.web.test_today import planned
from tests.world import World

__all__ = ["own_language", "proposal", "world"]
pytestmark = pytest.mark.django_db
Proposal = tuple[Case, dict[str, Any]]
Row = tuple[Any, ...]


def sent(name: str, address: str, status: int, named: str, **typed: str) -> list[Row]:
    """The rows that one form leaves which nobody opened before, and whose answer names somebody."""
    client = of(name)
    token, before = csrf(client), Access.objects.count()
    answer = client.post(address, {**typed, "csrfmiddlewaretoken": token})
    assert (answer.status_code, named in text(answer)) == (status, True)
    rows = list(Access.objects.order_by("pk").values_list("door", "member_id", "case_id", "count", "office"))
    return rows[before:]


@pytest.mark.parametrize(("act", "status"), [("", 200), ("preview", 422), ("do", 422)])
def test_a_step_sent_unseen(proposal: Proposal, act: str, status: int) -> None:
    case, _ = proposal
    address = f"/cases/{case.pk}/steps/propose/"
    named = str(case.member.full_name)
    assert sent("officer", address, status, named, do=act) == [
        ("web/cases/{case_id}/steps/{step}/", case.member_id, case.pk, None, "organisation_officer")
    ]


def test_a_list_of_people_to_choose_from_sent_unseen(world: World, proposal: Proposal) -> None:
    address = f"/units/{world.cell.pk}/enter/choose/"
    assert sent("officer", address, 200, "Nguyễn Văn A") == [  # seven were read, to offer six as helpers
        ("web/units/{unit_id}/enter/{step}/", None, None, 7, "organisation_officer")
    ]


def test_a_void_sent_unseen(world: World, proposal: Proposal) -> None:
    case, event = proposal[0], propose(world, proposal)
    assert sent("deputy", f"/events/{event.uid}/void/", 409, "Đề nghị công nhận") == [
        ("web/events/{uid}/void/", case.member_id, case.pk, None, "cell_deputy")
    ]


def test_a_meeting_sent_unseen(world: World) -> None:
    world.members(1)
    meeting = planned(world)
    assert sent("secretary", f"/meetings/{meeting.pk}/", 200, "Sinh hoạt chi bộ tháng 11/2026") == [
        ("web/meetings/{meeting_id}/", None, meeting.pk, 1, "cell_secretary")
    ]
