"""Cautions about a person who is put on a list: entered all the same, told in the answer and noted with the event."""

from __future__ import annotations

from typing import Any

import pytest

from backend.audit.models import Event, EventDetail
from backend.cases.models import RequestKey
from backend.members.models import Member
from tests.api.conftest import ON, Knock, traces
from tests.api.test_entering import PLACE, PROFILE, body
from tests.world import World, paper

FITTING = "087301000077"
"""A woman born in 2001."""


def entered(as_: Knock, asked: dict[str, Any], who: str = "secretary", **headers: str) -> list[dict[str, Any]]:
    """The cautions of the answer, which are those of the event."""
    answer = as_(who).post(PLACE, asked, headers=headers)
    assert answer.status_code == 201, answer.content
    told: list[dict[str, Any]] = answer.json()["cautions"]
    event = Event.objects.get(uid=answer.json()["event"])
    assert event.cautions == [one["code"] for one in told]
    assert all(
        one["vi"] != one["en"] and one["advice"]["vi"] != one["advice"]["en"] for one in told if one["advice"]["en"]
    )
    return told


def codes(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["code"], one["fact"]) for one in told]


def test_nothing_is_said_where_nothing_is_doubtful(world: World, as_: Knock) -> None:
    assert entered(as_, body(world, profile={**PROFILE, "personal_id": FITTING})) == []
    without = {name: value for name, value in PROFILE.items() if name != "personal_id"}
    assert entered(as_, body(world, profile={**without, "full_name": "Trần Thị Khác"})) == []


@pytest.mark.parametrize(
    ("personal_id", "changes", "said"),
    [
        ("087302000077", {}, ["birth"]),
        ("087101000077", {}, ["birth"]),  # 1901
        ("087501000077", {}, ["birth"]),  # 2101
        ("087201000077", {}, ["sex"]),
        ("087201000077", {"sex": "m"}, []),
        ("087301000077", {"sex": "m"}, ["sex"]),
        ("087301000077", {"born_on": "2001-01-01", "born_year_only": True}, []),
        ("087 180 000 077", {"born_on": "1980-12-31"}, []),
        ("087080000077", {}, ["birth", "sex"]),
    ],
)  # fmt: skip
def test_a_personal_id_of_somebody_else(
    world: World, as_: Knock, personal_id: str, changes: dict[str, Any], said: list[str]
) -> None:
    told = entered(as_, body(world, profile={**PROFILE, "personal_id": personal_id, **changes}))
    assert codes(told) == [(f"person.id_of_another_{one}", "profile.personal_id") for one in said]
    for one in told:  # what the id says is kept sealed; no answer that is kept may tell it
        assert not [sign for sign in one["en"] + one["vi"] if sign.isdigit()]
    if said == ["birth"]:
        assert told[0]["vi"] == "Năm sinh theo số định danh cá nhân khác với năm của ngày sinh đã khai."


def test_somebody_of_the_same_name_and_day_in_the_cell(world: World, as_: Knock) -> None:
    profile = {"full_name": "TRẦN THỊ  MỚI", "sex": "f", "born_on": "2001-05-04"}
    there = {"unit": world.other.pk, "facts": {"resolution": paper(ON)}}
    assert codes(entered(as_, body(world, profile=profile, **there), "other_secretary")) == [("helper.none", "helper")]
    assert entered(as_, body(world, profile=profile)) == []  # the other one stands in another cell
    first = Member.objects.get(unit=world.cell, full_name="Trần Thị Mới").pk
    assert entered(as_, body(world, profile={**profile, "born_on": "2001-05-05"})) == []
    assert entered(as_, body(world, profile={**profile, "full_name": "Trần Thị Mới Em"})) == []
    headers = {"Idempotency-Key": "again-1"}
    asked = body(world, profile={**profile, "full_name": "tran thi moi"})
    (told,) = entered(as_, asked, **headers)
    assert (told["code"], told["fact"]) == ("person.met_before", "profile.full_name")
    assert told["en"] == f"This cell has a record of somebody of this name and day of birth already, as number {first}."
    assert told["vi"] == f"Chi bộ này đã có hồ sơ của người trùng họ tên và ngày sinh, số {first}."
    second = Member.objects.get(full_name="Tran Thi Moi").pk
    before = traces()
    assert entered(as_, asked, **headers) == [told]  # the same request, the same answer
    assert traces() == before
    (both,) = entered(as_, body(world, profile=profile))
    assert both["en"].endswith(f"as number {first}, {second}.")
    kept = str(
        list(RequestKey.objects.values_list("outcome", flat=True)) + list(EventDetail.objects.values_list("data"))
    )
    assert "Moi" not in kept


def test_a_record_that_was_voided_is_nobodys(world: World, as_: Knock) -> None:
    profile = {"full_name": "Trần Thị Mới", "sex": "f", "born_on": "2001-05-04"}
    answer = as_("secretary").post(PLACE, body(world, profile=profile))
    correction = {"reason": "Nhập nhầm", "paper": paper(ON)}
    void = f"/api/v1/events/{answer.json()['event']}/void/"
    assert as_("deputy").post(void, correction, headers={"If-Match": '"1"'}).status_code == 200
    assert entered(as_, body(world, profile=profile)) == []


@pytest.mark.parametrize(("born_on", "month"), [("2008-11-30", None), ("2008-12-01", "01/12/2026")])
def test_a_candidate_before_eighteen_by_month(world: World, as_: Knock, born_on: str, month: str | None) -> None:
    told = entered(as_, body(world, profile={"full_name": "Lê Thị Trẻ", "sex": "f", "born_on": born_on}))
    assert [one["code"] for one in told] == (["age.not_yet"] if month else [])
    for one in told:
        assert (one["rule"], month in one["vi"], month in one["en"]) == ("ADM.AGE_MIN", True, True)
        assert one["legal_basis"]["vi"]


def test_what_is_refused_tells_no_doubts(world: World, as_: Knock) -> None:
    """A refusal lists what to mend; what is doubtful is said of what stands."""
    asked = body(world, facts={})
    before = traces()
    answer = as_("secretary").post(PLACE, asked)
    assert [one["code"] for one in answer.json()["unmet"]] == ["fact.required"]
    assert traces() == before
