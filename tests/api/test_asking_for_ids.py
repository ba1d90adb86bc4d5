"""Whether somebody with a personal id is on a list: whoever is told so is noted there, and asks so often and no more."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accesses.models import Access
from backend.accounts import attempts
from backend.members.models import Member
from backend.members.protected import sealed_columns
from tests.api.conftest import ON, Knock, traces
from tests.api.test_entering import PERSONAL_ID, PLACE, PROFILE, body
from tests.roles import as_role
from tests.web.stepping import do
from tests.web.test_member_list import of
from tests.world import World

OTHER_ID = "087080000078"


@pytest.fixture
def there(world: World) -> Member:
    """Somebody on the list of the other cell, with the personal id that is asked for."""
    member = world.member("Trần Văn B", unit=world.other)
    Member.objects.filter(pk=member.pk).update(**sealed_columns({"personal_id": PERSONAL_ID}))
    return member


def probe(client: Any, world: World, personal_id: str = PERSONAL_ID, **changes: Any) -> Any:
    """With facts by which nobody could be entered."""
    profile = {**PROFILE, "full_name": "Lê Thử", "personal_id": personal_id}
    with as_role("chibo_app"):
        return client.post(PLACE, body_of(world, {"profile": profile, "facts": {}, **changes}))


def body_of(world: World, changes: dict[str, Any]) -> dict[str, Any]:
    return {"unit": world.cell.pk, "step": "choose", "on": ON.isoformat(), **changes}


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json()["unmet"] if one["code"] != "fact.required"]


def noted() -> list[tuple[Any, ...]]:
    rows = Access.objects.filter(filters__has_key="personal_id").order_by("id")
    return list(rows.values_list("door", "member_id", "filters", "count", "unit_path", "office", "purpose"))


def test_whoever_is_told_of_somebody_elsewhere_is_noted_for_that_persons_unit_alone(
    world: World, as_: Knock, there: Member
) -> None:
    before = traces()
    answer = probe(as_("secretary"), world)
    assert (answer.status_code, codes(answer)) == (422, ["member.known_elsewhere"])
    look = ("members/", there.pk, {"personal_id": "…"}, None, world.other.path, "cell_secretary", "cell_work")
    assert noted() == [look]
    assert traces() == before
    theirs, mine = as_("other_secretary"), as_("secretary")
    with as_role("chibo_app"):
        seen = theirs.get(f"/api/v1/members/{there.pk}/accesses/").json()["results"]
        own = mine.get("/api/v1/accesses/").json()["results"]
    assert [(one["door"], one["member_id"], one["user_id"]) for one in seen if one["door"] == "members/"] == [
        ("members/", there.pk, world.actor("secretary").user_id)
    ]
    assert [one["member_id"] for one in own if one["member_id"] == there.pk] == []


def test_an_id_that_stands_nowhere_leaves_no_look(world: World, as_: Knock, there: Member) -> None:
    assert (codes(probe(as_("secretary"), world, OTHER_ID)), noted()) == ([], [])


def test_a_preview_and_a_correction_that_tell_of_somebody_are_noted_too(
    world: World, as_: Knock, there: Member
) -> None:
    known = world.member("Lê Văn C")
    Member.objects.filter(pk=known.pk).update(**sealed_columns({"personal_id": OTHER_ID}))
    page, address = of("secretary"), f"/units/{world.cell.pk}/enter/choose/"
    typed = {"profile.full_name": "Lê Thử", "profile.sex": "m", "profile.born_on": "01/01/1999", "on": "02/11/2026"}
    helper = str(world.member("Ngô Văn Tốt").pk)
    typed |= {
        "resolution.number": "1",
        "resolution.issuer": "Chi bộ",
        "resolution.date": "02/11/2026",
        "helper": helper,
    }
    before = traces()
    for personal_id in (PERSONAL_ID, OTHER_ID):
        assert do(page, address, {**typed, "profile.personal_id": personal_id}, act="preview").status_code == 422
    assert [(door, key) for door, key, *_ in noted()] == [
        ("web/units/{unit_id}/enter/{step}/", there.pk), ("web/units/{unit_id}/enter/{step}/", known.pk),
    ]  # fmt: skip
    assert traces() == before
    an = world.member("Nguyễn Văn An")
    facts = {"request": {"date": ON.isoformat()}, "reason": "Theo đơn", "personal_id": PERSONAL_ID}
    address, before = f"/api/v1/members/{an.pk}/steps/correct_record/", traces()
    told = as_("secretary").post(
        address, {"on": ON.isoformat(), "facts": facts}, headers={"If-Match": f'"{an.version}"'}
    )
    assert codes(told) == ["member.known_elsewhere"]
    assert [(door, key) for door, key, *_ in noted()][2:] == [("members/{member_id}/steps/{step}/", there.pk)]
    assert traces() == before


def test_nobody_asks_without_end(world: World, as_: Knock, there: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the id stands somewhere or nowhere, with facts that would do or not: then all are answered alike."""
    monkeypatch.setattr(attempts, "ASKED", 3)
    whole = body(world)
    for personal_id in (PERSONAL_ID, OTHER_ID, PERSONAL_ID):
        assert probe(as_("secretary"), world, personal_id).status_code == 422
    looks, before = noted(), traces()
    assert len(looks) == 2
    for personal_id in (PERSONAL_ID, OTHER_ID):
        profile = {**PROFILE, "personal_id": personal_id}
        for changes in ({}, {"profile": profile, "facts": whole["facts"]}):
            answer = probe(as_("secretary"), world, personal_id, **changes)
            assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
            assert 0 < int(answer.headers["Retry-After"]) <= attempts.ASKED_SECONDS
    assert do(of("secretary"), f"/units/{world.cell.pk}/enter/choose/", typed_by_hand()).status_code == 429
    assert (noted(), traces()) == (looks, before)
    assert codes(probe(as_("deputy"), world)) == ["member.known_elsewhere"]
    nameless = {name: value for name, value in PROFILE.items() if name != "personal_id"}
    assert probe(as_("secretary"), world, profile=nameless, facts=whole["facts"]).status_code == 201


def typed_by_hand() -> dict[str, str]:
    return {
        "profile.full_name": "Lê Thử", "profile.sex": "m", "profile.born_on": "01/01/1999", "on": "02/11/2026",
        "profile.personal_id": PERSONAL_ID, "resolution.number": "1", "resolution.issuer": "Chi bộ",
        "resolution.date": "02/11/2026",
    }  # fmt: skip


def test_who_is_entered_costs_no_try(world: World, as_: Knock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "ASKED", 1)
    whole = body(world)
    for at in range(3):
        profile = {**PROFILE, "personal_id": f"08708000008{at}"}
        assert as_("secretary").post(PLACE, {**whole, "profile": profile}).status_code == 201
