"""What a record says of a person is put right, or emptied, by an entry of the log that names fields and no values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from backend.audit.erasing import erase
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases import selectors
from backend.cases.engine import OnMember, perform
from backend.cases.options import member_options
from backend.cases.voiding import void
from backend.core.db import scoped
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.amending import said_of
from backend.members.models import Member, NameWord
from backend.members.names import sort_key
from backend.members.protected import blind_index, sealed_columns
from tests.backend.cases.test_perform import ON, traces
from tests.replaying import replayed
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ID, OTHER_ID = "087080000077", "087080000088"
CORRECTION: dict[str, Any] = {"reason": "Ghi nhầm người", "paper": paper(ON, "3-BB/CB")}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def an(world: World) -> Member:
    """Official, with a phone, a note, a religion and a home."""
    member = world.member("Nguyễn Văn An")
    said = {"home_detail": "Ấp Hai", **sealed_columns({"phone": "0912345678", "note": "Hay vắng", "religion": "Không"})}
    Member.objects.filter(pk=member.pk).update(**said)
    return Member.objects.get(pk=member.pk)


def asked(**facts: Any) -> dict[str, Any]:
    return {"request": {"date": ON.isoformat()}, "reason": "Theo giấy khai sinh", **facts}


def correct(actor: Any, member: Member, **facts: Any) -> dict[str, Any]:
    return perform(actor, OnMember(member.pk), "correct_record", asked(**facts), on=ON)


def empty(actor: Any, member: Member, *names: str) -> dict[str, Any]:
    return perform(actor, OnMember(member.pk), "empty_fields", asked(**dict.fromkeys(names, True)), on=ON)


def says(member: Member, *names: str) -> tuple[Any, ...]:
    said = said_of(Member.objects.get(pk=member.pk))
    return tuple(said[name] for name in names)


def words_of(member: Member) -> list[str]:
    return sorted(NameWord.objects.filter(member=member).values_list("word", flat=True))


def refused(actor: Any, member: Member, **facts: Any) -> list[tuple[str, str]]:
    before = traces()
    with pytest.raises(Refused) as caught:
        correct(actor, member, **facts)
    assert traces() == before
    return [(one.code, one.fact) for one in caught.value.answers]


def test_a_correction_changes_the_fields_and_the_line_names_them_alone(world: World, an: Member) -> None:
    done = correct(world.actor("secretary"), an, full_name="lê thị ánh", sex="f", phone="0987654321", home_detail="Ấp Hai",
                   born_on="1981-06-02", personal_id="087181000077")  # fmt: skip
    assert done["cautions"] == []
    assert says(an, "full_name", "sex", "phone", "home_detail", "born_on", "personal_id", "note") == (
        "Lê Thị Ánh", "f", "0987654321", "Ấp Hai", date(1981, 6, 2), "087181000077", "Hay vắng",
    )  # fmt: skip
    now = Member.objects.get(pk=an.pk)
    assert (now.sort_key, bytes(now.phone_index or b""), bytes(now.personal_id_index or b"")) == (
        sort_key("Lê Thị Ánh"), blind_index("phone", "0987654321"), blind_index("personal_id", "087181000077"),
    )  # fmt: skip
    assert words_of(an) == ["anh", "le", "thi"]
    assert (now.standing, now.participation, now.unit_id, now.joined_on, now.official_on, now.version) == (
        "official", "attending", world.cell.pk, an.joined_on, an.official_on, an.version + 1,
    )  # fmt: skip
    event = Event.objects.get(uid=done["event"])
    assert (event.code, event.changes) == ("membership.corrected", {"standing": ["official", "official"]})
    assert event.facts == {
        "request": {"kind": "correction_request", "date": ON.isoformat()},
        "corrected": ["born_on", "full_name", "personal_id", "phone", "sex"],
    }
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {
        "reason": "Theo giấy khai sinh", "full_name": "lê thị ánh", "sex": "f", "phone": "0987654321", "request": {},
        "born_on": "1981-06-02", "personal_id": "087181000077", "home_detail": "Ấp Hai",
        "said_before": {"full_name": "Nguyễn Văn An", "sex": "m", "phone": "0912345678", "born_on": "1980-05-01"},
    }  # fmt: skip
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_what_people_wrote_stands_open_nowhere(world: World, an: Member) -> None:
    correct(world.actor("secretary"), an, phone="0987654321", note="Mới dọn nhà")
    for value in ("0912345678", "0987654321", "Hay vắng", "Mới dọn nhà"):
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE strpos(t::text, %s) > 0)", [value])
                assert cursor.fetchone() == (False,), table


def test_the_completed_record_is_no_task_any_more(world: World, an: Member) -> None:
    empty_of_it = correct(world.actor("secretary"), an, personal_id=ID)
    assert says(an, "personal_id") == (ID,)
    emptied = empty(world.actor("secretary"), an, "personal_id")
    assert emptied["deadlines"][0]["rule"] == "TASK.COMPLETE_RECORD"
    assert Deadline.objects.get(rule_id="TASK.COMPLETE_RECORD").status == "open"
    correct(world.actor("secretary"), an, personal_id=OTHER_ID)
    assert Deadline.objects.get(rule_id="TASK.COMPLETE_RECORD").status == "met"
    assert empty_of_it["deadlines"] == []
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_fields_are_emptied_and_what_they_said_is_kept_nowhere(world: World, an: Member) -> None:
    done = empty(world.actor("officer"), an, "phone", "note", "religion", "home_detail")
    assert says(an, "phone", "note", "religion", "home_detail") == (None, None, None, None)
    now = Member.objects.get(pk=an.pk)
    assert (now.phone, now.phone_index, now.note, now.religion, now.home_detail) == (None, None, None, None, "")
    event = Event.objects.get(uid=done["event"])
    assert (event.code, sorted(event.facts)) == (
        "membership.emptied",
        ["home_detail", "note", "phone", "religion", "request"],
    )
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {
        "reason": "Theo giấy khai sinh",
        "request": {},
    }
    with pytest.raises(CannotVoid) as caught:
        void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
    assert str(caught.value) == "What was emptied is kept nowhere; let the right values be recorded as a correction."
    with pytest.raises(Refused) as again:
        empty(world.actor("officer"), an, "phone", "card_number", "note")
    assert [(one.code, one.text("en"), one.fact) for one in again.value.answers] == [
        ("record.empty_already", "The record says nothing of: Phone, Number of the Party card, Note.", "phone"),
    ]
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_a_void_says_again_what_the_record_said(world: World, an: Member) -> None:
    before = said_of(an)
    done = correct(world.actor("secretary"), an, full_name="Lê Thị Ánh", phone="0987654321", personal_id=ID,
                   born_on="1981-01-01", born_year_only=True)  # fmt: skip
    assert says(an, "born_year_only") == (True,)
    with pytest.raises(NotPermitted):
        void(world.actor("secretary"), UUID(done["event"]), **CORRECTION)
    void(world.actor("deputy"), UUID(done["event"]), **CORRECTION)
    now = Member.objects.get(pk=an.pk)
    assert said_of(now) == before
    assert (now.sort_key, now.personal_id_index, words_of(an)) == (an.sort_key, None, ["an", "nguyen", "van"])
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_an_erased_correction_is_not_voided(world: World, an: Member) -> None:
    done = correct(world.actor("secretary"), an, phone="0987654321")
    erase(world.actor("officer").who(), "Theo yêu cầu", event=UUID(done["event"]))
    with pytest.raises(CannotVoid):
        void(world.actor("deputy"), UUID(done["event"]), **CORRECTION)
    assert says(an, "phone") == ("0987654321",)


def test_what_is_refused_of_a_correction(world: World, an: Member) -> None:
    secretary = world.actor("secretary")
    assert refused(secretary, an) == [("record.nothing_corrected", "full_name")]
    assert refused(secretary, an, full_name="NGUYỄN VĂN AN") == [
        ("record.nothing_corrected", "full_name"),
    ]
    assert refused(secretary, an, phone="1", personal_id="2") == [
        ("fact.bad_personal_id", "personal_id"),
        ("fact.bad_phone", "phone"),
    ]
    assert refused(secretary, an, standing="removed", official_on="2010-01-01", unit_id=1) == [
        ("fact.unknown", "standing"), ("fact.unknown", "official_on"), ("fact.unknown", "unit_id"),
        ("record.nothing_corrected", "full_name"),
    ]  # fmt: skip
    assert refused(secretary, an, phone="0987654321", request=paper(date(2026, 12, 30)))[0][0] == "day.fact_ahead"


def test_whether_a_masked_number_is_the_one_that_stands_is_no_answer(world: World, an: Member) -> None:
    """Guessing: the right number and a wrong one are refused alike while nothing is recorded, and recorded alike."""
    secretary = world.actor("secretary")
    for name, right, wrong in (("personal_id", ID, OTHER_ID), ("phone", "0987654321", "0987654322")):
        correct(secretary, an, **{name: right})
        tries = []
        for guess in (right, wrong):
            before = traces()
            with pytest.raises(Refused) as caught:
                perform(secretary, OnMember(an.pk), "correct_record", {name: guess}, on=ON)
            tries.append([(one.code, one.fact) for one in caught.value.answers])
            assert traces() == before
        assert tries[0] == tries[1] == [("fact.required", "request"), ("fact.required", "reason")]
        done = correct(secretary, an, **{name: right})
        entry = Event.objects.get(uid=done["event"])
        assert (entry.code, entry.facts["corrected"], says(an, name)) == ("membership.corrected", [], (right,))
        void(world.actor("deputy"), entry.uid, **CORRECTION)
        assert says(an, name) == (right,)
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_an_id_of_somebody_else_is_refused_here_and_elsewhere(world: World, an: Member) -> None:
    there, here = world.member("Trần Văn B", unit=world.other), world.member("Lê Văn C")
    for member, value in ((there, ID), (here, OTHER_ID)):
        Member.objects.filter(pk=member.pk).update(**sealed_columns({"personal_id": value}))
    assert refused(world.actor("secretary"), an, personal_id=ID) == [("member.known_elsewhere", "personal_id")]
    assert refused(world.actor("secretary"), an, personal_id=OTHER_ID) == [("member.known_here", "personal_id")]
    assert refused(world.actor("officer"), an, personal_id=ID) == [("member.known_here", "personal_id")]


def test_a_birth_that_the_recorded_steps_contradict_is_a_caution(world: World, an: Member) -> None:
    done = correct(world.actor("secretary"), an, born_on="1998-02-01", personal_id=ID)
    assert [(one["code"], one["fact"]) for one in done["cautions"]] == [
        ("person.id_of_another_birth", "personal_id"), ("record.too_young_then", "born_on"),
    ]  # fmt: skip
    assert done["cautions"][1]["en"] == (
        "Born then, the person was 203 months old by month on 05/01/2015, when admission was considered; 216 were needed."
    )


def test_who_corrects(world: World, an: Member) -> None:
    for name, error in (("other_secretary", NotFound), ("auditor", NotPermitted)):
        with pytest.raises(error):
            correct(world.actor(name), an, phone="0987654321")
    correct(world.actor("officer"), an, phone="0987654321")
    assert Event.objects.get(code="membership.corrected").behalf_unit_id is None


def test_nobody_corrects_the_own_record(world: World, an: Member) -> None:
    own = replace(world.actor("secretary"), own_id=an.pk)
    assert [code for code, _ in refused(own, an, phone="0987654321")] == ["person.own_file"]


def test_it_is_among_what_can_be_done(world: World, an: Member) -> None:
    with scoped(world.cell.path):
        _, options = member_options(world.actor("secretary"), an.pk, ON)
    mine = {one.step.name: one for one in options if one.step.name in ("correct_record", "empty_fields")}
    assert {name: (one.allowed, [wait.code for wait in one.expects]) for name, one in mine.items()} == {
        "correct_record": (True, ["record.nothing_corrected"]), "empty_fields": (True, ["record.nothing_emptied"]),
    }  # fmt: skip


def test_the_corrected_name_is_found(world: World, an: Member) -> None:
    correct(world.actor("secretary"), an, full_name="Lê Thị Ánh")
    with scoped(world.cell.path):
        assert [one.full_name for one in selectors.members(world.actor("secretary"))] == ["Lê Thị Ánh"]
