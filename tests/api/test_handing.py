"""A level above hands a cell's reminders over through the door."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.models import Assignment
from tests.api.conftest import Knock, traces
from tests.roles import as_role
from tests.world import World, person
from workflows.offices import Office

BODY = {"office": "cell_secretary", "until": "2026-11-20", "cause": "unreached"}


def place(world: World, action: str = "") -> str:
    return f"/api/v1/units/{world.cell.pk}/substitutions/{action}"


def everything() -> list[Any]:
    return [traces(), list(Assignment.objects.order_by("pk").values())]


@pytest.fixture
def keeper(world: World, as_: Knock) -> Any:
    """Whoever gives offices at the commune."""
    person("keeper", Office.ADMINISTRATOR, world.commune)
    return as_("keeper")


def test_it_is_handed_over_once_seen_by_the_holder_and_given_back(world: World, as_: Knock, keeper: Any) -> None:
    told = {
        "assignment_id": world.actor("secretary").assignment_id, "office": "cell_secretary", "unit_id": world.cell.pk,
        "to": "cell_deputy", "since": "2026-11-02", "until": "2026-11-20", "version": 2,
    }  # fmt: skip
    headers = {"Idempotency-Key": "ill-1"}
    with as_role("chibo_app"):
        done = keeper.post(place(world), BODY, headers=headers)
    assert (done.status_code, done.json()) == (200, {"results": [told]})
    before = everything()
    assert keeper.post(place(world), BODY, headers=headers).json() == {"results": [told]}
    assert keeper.post(place(world), {**BODY, "until": "2026-11-21"}, headers=headers).status_code == 422
    assert everything() == before
    assert as_("secretary").get("/api/v1/substitutions/").json()["results"] == [told]
    back = keeper.post(place(world, "end/"), {"office": "cell_secretary"})
    assert back.json() == {"results": [{**told, "since": None, "until": None, "version": 3}]}
    assert as_("secretary").get("/api/v1/substitutions/").json()["results"] == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 403), ("deputy", 403), ("officer", 403), ("auditor", 403), ("other_secretary", 403)],
)
def test_whoever_gives_no_offices_there_is_told_so_before_the_body_is_read(
    world: World, as_: Knock, who: str, status: int
) -> None:
    before = everything()
    for body in (BODY, {"office": 1}):
        assert as_(who).post(place(world), body).status_code == status
        assert as_(who).post(place(world, "end/"), body).status_code == status
    assert everything() == before


def test_what_is_wrong_is_said_and_nothing_is_written(world: World, keeper: Any) -> None:
    before = everything()
    for body in (
        {**BODY, "cause": "ill"}, {**BODY, "reason": "Ốm"}, {**BODY, "office": "auditor"}, {**BODY, "to": "helper"},
        {"office": "cell_secretary", "cause": "asked"},
    ):  # fmt: skip
        assert keeper.post(place(world), body).status_code == 400, body
    for body, code in (
        ({**BODY, "to": "cell_committee"}, "substitution.nobody"),
        ({**BODY, "until": "2026-11-01"}, "substitution.bad_days"),
        ({**BODY, "said_on": "2026-11-03"}, "substitution.said_ahead"),
        ({**BODY, "office": "committee_secretary"}, "substitution.not_held"),
    ):
        refused = keeper.post(place(world), body)
        assert (refused.status_code, [one["code"] for one in refused.json()["unmet"]]) == (422, [code])
    ended = keeper.post(place(world, "end/"), {"office": "cell_secretary"})
    assert [one["vi"] for one in ended.json()["unmet"]] == ["Việc nhắc không được chuyển cho ai."]
    assert everything() == before
