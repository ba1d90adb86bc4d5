"""A new candidate through the door: entered once, found by name and id, and every fault said at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from backend.audit.models import Event, EventDetail
from backend.core.db import execute
from backend.core.keyring import unseal
from backend.members.models import Member, NameWord, Spell
from backend.members.protected import blind_index
from tests.api.conftest import ON, Knock, traces
from tests.roles import as_role
from tests.world import World, paper, person, unit
from workflows.offices import Level, Office

PLACE = "/api/v1/members/"
PERSONAL_ID = "087080000077"
PROFILE = {
    "full_name": "TRẦN THỊ  MỚI", "sex": "f", "born_on": "2001-05-04", "personal_id": "087 080 000 077",
    "phone": "0912.345.678", "home_commune": "Xã Tân Phú",
}  # fmt: skip


def body(world: World, **changes: Any) -> dict[str, Any]:
    helper = world.member("Ngô Văn Tốt")
    whole = {
        "unit": world.cell.pk, "step": "choose", "on": ON.isoformat(), "profile": dict(PROFILE),
        "facts": {"resolution": paper(ON), "helper": helper.pk},
    }  # fmt: skip
    return {**whole, **changes}


def test_a_candidate_is_entered_with_what_the_roster_would_say(world: World, as_: Knock) -> None:
    asked = body(world)
    answer = as_("secretary").post(PLACE, asked)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["kind"], told["state"], told["version"], answer.headers["ETag"]) == ("member", "candidate", 1, '"1"')
    assert answer.headers["Location"].endswith(f"/api/v1/members/{told['id']}/")
    member = Member.objects.get(pk=told["id"])
    assert (member.full_name, member.sex, member.born_on.isoformat(), member.home_commune, member.unit_id) == (
        "Trần Thị Mới", "f", "2001-05-04", "Xã Tân Phú", world.cell.pk,
    )  # fmt: skip
    assert (unseal(member.personal_id), unseal(member.phone)) == (PERSONAL_ID, "0912345678")
    assert bytes(member.personal_id_index or b"") == blind_index("personal_id", PERSONAL_ID)
    assert sorted(NameWord.objects.filter(member=member).values_list("word", flat=True)) == ["moi", "thi", "tran"]
    assert Spell.objects.get(member=member).standing == "candidate"
    found = as_("secretary").get(PLACE, {"q": PERSONAL_ID}).json()["results"]
    assert [one["id"] for one in found] == [told["id"]]
    nothing_of_the_person_is_in_the_log(told["event"])


def nothing_of_the_person_is_in_the_log(uid: str) -> None:
    event = Event.objects.get(uid=uid)
    assert (event.code, event.office, event.changes) == (
        "membership.chosen", "cell_secretary", {"standing": ["", "candidate"]},
    )  # fmt: skip
    written = bytes(event.line).decode() + str(EventDetail.objects.get(event_uid=uid).data)
    assert not [word for word in ("Mới", "087080", "0912", "Tân Phú") if word in written]


def test_who_may_enter_whom(world: World, as_: Knock) -> None:
    asked = body(world)
    person("helper", Office.HELPER, world.cell, asked["facts"]["helper"])
    person("administrator", Office.ADMINISTRATOR, world.commune)
    before = traces()
    for name, status in (
        ("other_secretary", 404), ("helper", 403), ("administrator", 403), ("auditor", 403), ("committee", 403),
    ):  # fmt: skip
        assert as_(name).post(PLACE, asked).status_code == status, name
        assert as_(name).post(PLACE, {**asked, "profile": {}, "facts": {}}).status_code == status, name
    assert traces() == before
    behalf = as_("officer").post(PLACE, asked)
    event = Event.objects.get(uid=behalf.json()["event"])
    assert (event.office, event.behalf_unit_id) == ("organisation_officer", world.cell.pk)


def test_every_fault_of_profile_and_facts_is_said_at_once_in_both_languages(world: World, as_: Knock) -> None:
    asked = body(world)
    profile = {
        "full_name": " ", "sex": "x", "born_on": "2026-11-03", "personal_id": "12", "phone": "abc", "born_year_only": 1,
        "standing": "official",
    }  # fmt: skip
    before = traces()
    answer = as_("secretary").post(PLACE, {**asked, "profile": profile, "facts": {"helper": "x"}})
    assert answer.status_code == 422
    unmet = answer.json()["unmet"]
    assert [(one["code"], one["fact"]) for one in unmet] == [
        ("fact.unknown", "profile.standing"), ("fact.required", "profile.full_name"),
        ("fact.bad_choice", "profile.sex"), ("fact.bad_flag", "profile.born_year_only"),
        ("fact.bad_personal_id", "profile.personal_id"), ("fact.bad_phone", "profile.phone"),
        ("day.fact_ahead", "profile.born_on"), ("fact.required", "resolution"), ("fact.bad_member", "helper"),
    ]  # fmt: skip
    assert all(one["vi"] and one["en"] and one["vi"] != one["en"] for one in unmet)
    assert (unmet[2]["en"], unmet[2]["vi"]) == (
        "Choose one of: “m” (Male), “f” (Female).", "Chọn một trong các giá trị sau: “m” (Nam), “f” (Nữ).",
    )  # fmt: skip
    assert traces() == before


@pytest.mark.parametrize(
    "name", ["12345 !!", "Lan <b>", "<script>alert(1)</script>", "=Lan", "lan@example.org", "Lan & Hoa"]
)
def test_signs_that_no_name_has_are_refused_in_one_sentence(world: World, as_: Knock, name: str) -> None:
    asked = body(world)
    before = traces()
    answer = as_("secretary").post(PLACE, {**asked, "profile": {**PROFILE, "full_name": name}})
    assert (answer.status_code, [(one["code"], one["fact"], one["en"]) for one in answer.json()["unmet"]]) == (
        422, [("fact.bad_name", "profile.full_name", "Write a name.")],
    )  # fmt: skip
    assert traces() == before


@pytest.mark.parametrize("name", ["H'Hen Niê", "Đặng Thị Bé Ba (Tư)", "Y-Bhăm", "Ksor H’Lan", "Nguyễn Văn A2"])
def test_names_as_people_have_them_are_taken(world: World, as_: Knock, name: str) -> None:
    answer = as_("secretary").post(PLACE, body(world, profile={**PROFILE, "full_name": name}))
    assert answer.status_code == 201
    assert Member.objects.get(pk=answer.json()["id"]).full_name == name


def test_a_committee_has_no_list_of_candidates(world: World, as_: Knock) -> None:
    asked = body(world, unit=world.commune.pk)
    before = traces()
    answer = as_("officer").post(PLACE, asked)
    assert (answer.status_code, [one["code"] for one in answer.json()["unmet"]]) == (422, ["unit.not_a_cell"])
    assert as_("secretary").post(PLACE, {**asked, "unit": world.cell.pk, "step": "drop"}).status_code == 422
    assert as_("secretary").post(PLACE, {**asked, "unit": world.cell.pk, "step": "no"}).status_code == 404
    assert traces() == before


def test_somebody_known_elsewhere_is_refused_without_a_word_about_them(world: World, as_: Knock) -> None:
    asked = body(world)
    there = as_("other_secretary").post(PLACE, {**asked, "unit": world.other.pk, "facts": {"resolution": paper(ON)}})
    assert there.status_code == 201
    before = traces()
    answer = as_("secretary").post(PLACE, {**asked, "profile": {**PROFILE, "full_name": "Trần Thị Khác"}})
    assert answer.status_code == 422
    (unmet,) = answer.json()["unmet"]
    assert (unmet["code"], unmet["fact"]) == ("member.known_elsewhere", "profile.personal_id")
    assert unmet["vi"] == "Người này đang trong danh sách của một đơn vị khác; hãy hỏi: Đảng bộ xã."
    assert unmet["en"] == "This person is on the lists of another unit; ask: Đảng bộ xã."
    assert unmet["advice"]["en"] == "It sees both units and can look the person up."
    for word in ("Mới", str(there.json()["id"]), world.other.name, world.other.code, PERSONAL_ID):
        assert f'"{word}"' not in answer.content.decode()
        assert word not in unmet["vi"] + unmet["en"]
    assert traces() == before
    above = as_("officer").post(PLACE, asked).json()["unmet"]
    assert [one["code"] for one in above] == ["member.known_here"]
    assert above[0]["en"] == f"This person is on your lists already, as number {there.json()['id']}."
    assert traces() == before


def test_whom_to_ask_is_the_nearest_unit_above_both_places(world: World, as_: Knock) -> None:
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    cell = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far)
    person("far_secretary", Office.CELL_SECRETARY, cell)
    asked = body(world, facts={"resolution": paper(ON)})
    assert as_("secretary").post(PLACE, asked).status_code == 201
    before = traces()
    told = {name: as_(name).post(PLACE, {**asked, "unit": place.pk}).json()["unmet"][0]["en"] for name, place in (
        ("other_secretary", world.other), ("far_secretary", cell), ("officer", world.other),
    )}  # fmt: skip
    known = Member.objects.latest("pk").pk
    assert told == {
        "other_secretary": "This person is on the lists of another unit; ask: Đảng bộ xã.",
        "far_secretary": "This person is on the lists of another unit; ask: Đảng bộ tỉnh.",
        "officer": f"This person is on your lists already, as number {known}.",
    }
    assert traces() == before


@pytest.mark.parametrize(("scope_of", "here", "answer"), [
    ("other", "other", "commune"), ("other", "cell", None), ("other", "commune", None), ("commune", "other", "commune"),
    ("commune", "commune", "commune"), ("commune", "province", None), ("", "other", None),
])  # fmt: skip
def test_the_database_tells_of_a_personal_id_only_from_a_place_in_scope(
    world: World, as_: Knock, scope_of: str, here: str, answer: str | None
) -> None:
    asked = body(world, facts={"resolution": paper(ON)})
    assert as_("secretary").post(PLACE, asked).status_code == 201
    path, place = getattr(world, scope_of).path if scope_of else "", getattr(world, here).path
    with as_role("chibo_app"), transaction.atomic():
        execute("SELECT set_config('chibo.path', %s, true)", [path])
        (row,) = execute("SELECT chibo_personal_id_met(%s, %s)", [blind_index("personal_id", PERSONAL_ID), place])
        assert row == (getattr(world, answer).pk if answer else None,)
        (row,) = execute("SELECT chibo_personal_id_met(%s, %s)", [blind_index("personal_id", "087080000078"), place])
        assert row == (None,)


def test_a_member_from_outside_is_received_by_the_committee_on_the_papers(world: World, as_: Knock) -> None:
    facts = {
        "introduction": paper(date(2026, 10, 20), "15-GGT"), "papers_handed_over": True, "notice_slip": paper(ON, "7-PB"),
        "joined_on": "2015-01-05", "official_on": "2016-01-05",
    }  # fmt: skip
    card = {
        "card_number": "123456789012",
        "card_place": "Tỉnh A",
        "card_issued_on": "2026-12-01",
        "old_personal_id": "361",
    }
    asked = body(world, step="receive_new_official", facts=facts, profile={**PROFILE, **card})
    before = traces()
    for name in ("secretary", "auditor", "other_secretary"):
        assert as_(name).post(PLACE, asked).status_code in (403, 404)
    late = {**asked, "facts": {**facts, "introduction": paper(date(2026, 11, 3))}}
    assert [one["code"] for one in as_("officer").post(PLACE, late).json()["unmet"]] == [
        "day.fact_ahead", "paper.dated_later",
    ]  # fmt: skip
    assert traces() == before
    answer = as_("officer").post(PLACE, asked)
    assert (answer.status_code, answer.json()["state"]) == (201, "official")
    member = Member.objects.get(pk=answer.json()["id"])
    assert (member.participation, member.joined_on, member.official_on) == (
        "attending", date(2015, 1, 5), date(2016, 1, 5),
    )  # fmt: skip
    assert (member.card, member.card_issued_on, unseal(member.old_personal_id)) == (
        "123456789012", date(2026, 12, 1), "361",
    )  # fmt: skip


@pytest.mark.parametrize("place", ["cell", "other"])
def test_a_known_personal_id_is_told_with_every_other_fault(world: World, as_: Knock, place: str) -> None:
    there = {"cell": "secretary", "other": "other_secretary"}[place]
    entered = as_(there).post(PLACE, body(world, unit=getattr(world, place).pk, facts={"resolution": paper(ON)}))
    assert entered.status_code == 201
    known = "member.known_here" if place == "cell" else "member.known_elsewhere"
    asked = body(world, profile={**PROFILE, "sex": "x"}, facts={"resolution": {"date": ON.isoformat()}})
    before = traces()
    answer = as_("secretary").post(PLACE, asked)
    assert [(one["code"], one["fact"]) for one in answer.json()["unmet"]] == [
        ("fact.bad_choice", "profile.sex"), ("fact.required", "resolution.number"), ("fact.required", "resolution.issuer"),
        (known, "profile.personal_id"),
    ]  # fmt: skip
    assert as_("auditor").post(PLACE, asked).status_code == 403
    assert traces() == before


def test_the_same_key_enters_one_person(world: World, as_: Knock) -> None:
    asked, headers = body(world), {"Idempotency-Key": "new-1"}
    first = as_("secretary").post(PLACE, asked, headers=headers)
    before = traces()
    assert as_("secretary").post(PLACE, asked, headers=headers).json() == first.json()
    other = as_("secretary").post(PLACE, {**asked, "profile": {**PROFILE, "sex": "m"}}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "request_key_reused")
    twice = as_("secretary").post(PLACE, asked)
    assert [one["code"] for one in twice.json()["unmet"]] == ["member.known_here"]
    assert traces() == before


def test_people_without_a_personal_id_are_entered_one_by_one(world: World, as_: Knock) -> None:
    asked = body(world)
    asked["profile"].pop("personal_id")
    ids = {as_("secretary").post(PLACE, asked).json()["id"] for _ in range(2)}
    assert set(Member.objects.filter(pk__in=ids).values_list("personal_id", "personal_id_index")) == {(None, None)}
    assert len(ids) == 2


def test_the_unit_says_who_can_be_entered_there(world: World, as_: Knock) -> None:
    def options(name: str, unit: int) -> dict[str, Any]:
        found = as_(name).get(f"/api/v1/units/{unit}/steps/").json()["results"]
        return {one["step"]: one for one in found if one["lifecycle"] == "membership"}

    mine = options("secretary", world.cell.pk)["choose"]
    assert (mine["allowed"], mine["opens"], [fact["name"] for fact in mine["facts"]]) == (
        True, True, ["resolution", "helper"],
    )  # fmt: skip
    assert options("auditor", world.cell.pk)["choose"]["refusals"][0]["code"] == "engine.not_permitted"
    above = options("officer", world.commune.pk)["choose"]
    assert [one["code"] for one in above["refusals"]] == ["unit.not_a_cell"]


@pytest.mark.parametrize(
    "changed", [{"unit": None}, {"unit": "x"}, {"profile": []}, {"facts": 1}, {"on": "x"}, {"step": ""}]
)
def test_a_body_of_another_form_is_400(world: World, as_: Knock, changed: dict[str, Any]) -> None:
    asked = body(world)
    before = traces()
    answer = as_("secretary").post(PLACE, {**asked, **changed})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert traces() == before
