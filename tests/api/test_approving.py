"""Who decides needs no right to edit: an office that can do nothing but decide decides, and changes nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from tests.api.conftest import ON, traces
from tests.backend.cases.test_perform import proposal
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import make_world, paper
from workflows.catalogue import LIFECYCLES
from workflows.offices import RIGHTS, Office, Right

DECIDES = frozenset({Right.READ, Right.READ_RESTRICTED, Right.RECORD_DECISION})
PAGE = LIFECYCLES["recognition"].steps()
DECISIONS = {name for name, one in PAGE.items() if one.by == Right.RECORD_DECISION}
NO_EDITS = [name for name in PAGE if name not in DECISIONS]


@pytest.mark.real
def test_an_approver_needs_no_right_to_edit(committed_db: RealDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    world = make_world()
    case, meeting, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    monkeypatch.setitem(RIGHTS, Office.COMMITTEE_SECRETARY, DECIDES)
    client = APIClient()
    client.force_authenticate(User.objects.get(username="committee"))

    def post(address: str, version: int | None = None, **body: Any) -> int:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        with as_role("chibo_app"):
            return int(client.post(f"/api/v1/{address}", {"on": ON.isoformat(), **body}, headers=headers).status_code)

    with as_role("chibo_app"):
        shown = client.get(f"/api/v1/cases/{case.pk}/steps/").json()["results"]
    mine = {one["step"] for one in shown if not {"engine.not_permitted", "engine.through_case"} & said(one)}
    assert mine == DECISIONS == {"recognise", "send_back", "remove", "annul"}
    before = traces()
    assert {name: post(f"cases/{case.pk}/steps/{name}/", 2, facts={}) for name in NO_EDITS} == dict.fromkeys(
        NO_EDITS, 403
    )
    opening = {"lifecycle": "screening", "step": "open", "member": case.member_id, "facts": {}}
    assert post("cases/", **opening) == 403
    assert post(f"cases/{meeting.pk}/steps/hold/", Case.objects.get(pk=meeting.pk).version, facts={}) == 403
    assert post(f"members/{case.member_id}/steps/record_lapse/", 1, facts={}) == 403
    assert post(f"events/{done['event']}/void/", 2, reason="Nhầm", paper=paper(ON)) == 403
    assert traces() == before
    decision = {"decision": paper(ON), "body": "standing", "committee_size": 9, "committee_yes": 8}
    assert post(f"cases/{case.pk}/steps/recognise/", 2, facts=decision) == 200
    assert Case.objects.get(pk=case.pk).state == "recognised"
    event = Event.objects.get(case_id=case.pk, subject_kind="case", step="recognise")
    assert (event.office, event.user_id) == ("committee_secretary", world.actor("committee").user_id)


def said(option: dict[str, Any]) -> set[str]:
    return {one["code"] for one in option["refusals"]}
