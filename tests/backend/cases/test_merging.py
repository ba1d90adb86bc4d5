"""One person with two records: merged by a committee with a paper, refused where they contradict, undone by a second person."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases import selectors
from backend.cases.engine import OnMember, Order, perform, perform_many
from backend.cases.rolls import roll_on
from backend.cases.voiding import void
from backend.core.db import WHOLE, scoped
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused
from backend.core.keyring import unseal
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.members.protected import sealed_columns
from backend.organizations.models import Unit
from backend.participation.models import Attendance, DuesEntry
from tests.backend.cases.test_perform import ON, traces
from tests.replaying import replayed
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ID = "087080000077"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
CORRECTION: dict[str, Any] = {"reason": "Hai người khác nhau", "paper": paper(ON, "3-BB/CB")}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def twice(world: World) -> tuple[Member, Member]:
    """The record that is kept, and another one of the same person in the other cell with what the first lacks."""
    keep, gone = world.member("Nguyễn Văn A"), world.member("Nguyễn Văn A", unit=world.other)
    Member.objects.filter(pk=keep.pk).update(**sealed_columns({"ethnicity": "Kinh", "card_number": "1"}))
    said = {"home_detail": "Ấp Hai", **sealed_columns({"ethnicity": "Khmer", "note": "", "personal_id": ID})}
    Member.objects.filter(pk=gone.pk).update(**said)
    for table in ("participation_attendance", "participation_duesentry"):
        for month in (OCTOBER, NOVEMBER):
            ensure_month(table, month)
    took_part(keep, world.cell, NOVEMBER)
    for month in (OCTOBER, NOVEMBER):
        took_part(gone, world.other, month)
    return keep, gone


def took_part(member: Member, unit: Unit, month: date) -> None:
    place = {"month": month, "member_id": member.pk, "unit_id": unit.pk, "unit_path": unit.path}
    Attendance.objects.create(**place, kind="regular", status="present")
    DuesEntry.objects.create(**place, paid_on=month)


def facts(keep: Member, **changed: Any) -> dict[str, Any]:
    return {"kept": keep.pk, "reason": "Nhập hai lần", "confirmation": paper(ON, "7-BB/ĐU"), **changed}


def merge(actor: Any, keep: Member, gone: Member, **changed: Any) -> dict[str, Any]:
    return perform(actor, OnMember(gone.pk), "merge", facts(keep, **changed), on=ON)


def rows(member: Member) -> list[tuple[str, date]]:
    found = [("attendance", one.month) for one in Attendance.objects.filter(member_id=member.pk).order_by("month")]
    return found + [("dues", one.month) for one in DuesEntry.objects.filter(member_id=member.pk).order_by("month")]


def standing(member: Member) -> tuple[str, str, int]:
    now = Member.objects.get(pk=member.pk)
    return now.standing, now.participation, now.version


def official_on(unit: Unit, day: date) -> int:
    with scoped(WHOLE):
        return roll_on(unit.pk, day).official


def refused(actor: Any, keep: Member, gone: Member, **changed: Any) -> list[str]:
    before = traces(), rows(keep), rows(gone)
    with pytest.raises(Refused) as caught:
        merge(actor, keep, gone, **changed)
    assert (traces(), rows(keep), rows(gone)) == before
    return [one.code for one in caught.value.answers]


def test_the_kept_record_takes_over_what_it_lacks(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    done = merge(world.actor("officer"), keep, gone)
    assert [(one["code"], one["en"]) for one in done["cautions"]] == [
        ("merge.profiles_differ", "The records say different things of: Ethnicity. What the kept one says stays."),
        ("merge.counted_twice", "Both records have attendance or dues of: 11/2026. Those of the kept one stay."),
    ]
    assert (standing(keep), standing(gone)) == (("official", "attending", 2), ("merged", "attending", 2))
    now = Member.objects.get(pk=keep.pk)
    assert (unseal(now.personal_id), unseal(now.ethnicity), now.home_detail, now.card) == (ID, "Kinh", "Ấp Hai", "1")
    assert rows(keep) == [("attendance", OCTOBER), ("attendance", NOVEMBER), ("dues", OCTOBER), ("dues", NOVEMBER)]
    assert rows(gone) == [("attendance", NOVEMBER), ("dues", NOVEMBER)]
    goes, took = Event.objects.order_by("pk").filter(on_date=ON)
    assert (goes.code, goes.subject_id, goes.facts) == (
        "membership.merged", gone.pk,
        {"kept": keep.pk, "confirmation": {"kind": "identity_confirmation", "date": ON.isoformat()}},
    )  # fmt: skip
    assert (took.code, took.subject_id, took.cause, took.unit_id) == (
        "member.took_over",
        keep.pk,
        goes.uid,
        world.cell.pk,
    )
    assert took.facts == {
        "record": gone.pk, "completed": ["home_detail", "personal_id"],
        "attendance": [["2026-10-01", "regular"]], "dues": [["2026-10-01", ""]],
    }  # fmt: skip
    assert EventDetail.objects.get(event_uid=goes.uid).data["facts"]["reason"] == "Nhập hai lần"
    assert not Deadline.objects.filter(subject_kind="member", subject_id=gone.pk, status="open").exists()


def test_the_merged_history_counts_nowhere_but_is_known_as_it_was(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    assert official_on(world.other, ON) == 1
    merge(world.actor("officer"), keep, gone)
    assert (official_on(world.other, ON), official_on(world.other, date(2026, 5, 1)), official_on(world.cell, ON)) == (
        0,
        0,
        1,
    )
    (spell,) = Spell.objects.filter(member=gone)
    merged = Event.objects.get(code="membership.merged")
    assert (spell.standing, spell.retracted_by, spell.retracted_at) == ("official", merged.uid, merged.recorded_at)
    officer = world.actor("officer")
    assert [one.pk for one in selectors.members(officer)] == [keep.pk]
    assert selectors.kept_record(officer, gone.pk) == keep
    assert selectors.kept_record(world.actor("other_secretary"), gone.pk) is None  # sees the one, not the kept one
    assert selectors.kept_record(officer, keep.pk) is None


def test_a_void_by_a_second_person_gives_everything_back(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    counted = rows(keep), rows(gone)
    done = merge(world.actor("officer"), keep, gone)
    with pytest.raises(NotPermitted):
        void(world.actor("officer"), UUID(done["event"]), **CORRECTION)
    assert len(void(world.actor("committee"), UUID(done["event"]), **CORRECTION)) == 2
    assert (standing(keep), standing(gone)) == (("official", "attending", 3), ("official", "attending", 3))
    assert (rows(keep), rows(gone)) == counted
    again = {one.pk: (unseal(one.personal_id), one.home_detail) for one in Member.objects.all()}
    assert again == {keep.pk: ("", ""), gone.pk: (ID, "Ấp Hai")}
    assert official_on(world.other, ON) == 1
    seal_all()
    assert verify_log().fault is None
    assert replayed() == []


def test_days_of_membership_that_the_other_record_alone_knows_go_over_and_back(world: World) -> None:
    both = {"joined_on": "1996-02-10", "official_on": "1997-02-10"}
    keep, gone = world.member("Lan", **both), world.member("Lan", admission_decided_on="1996-01-15", **both)

    def days() -> tuple[date | None, date | None]:
        now = Member.objects.get(pk=keep.pk)
        return now.admission_decided_on, now.joined_on

    assert days() == (None, date(1996, 2, 10))
    done = merge(world.actor("officer"), keep, gone)
    assert (days(), standing(keep)[2]) == ((date(1996, 1, 15), date(1996, 2, 10)), 2)
    took = Event.objects.get(code="member.took_over")
    assert (took.facts["set"], took.facts["was"]) == (
        {"admission_decided_on": "1996-01-15"}, {"admission_decided_on": None},
    )  # fmt: skip
    assert replayed() == []
    void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
    assert (days(), standing(keep)[2]) == ((None, date(1996, 2, 10)), 3)
    assert replayed() == []


LEFT_HERE = {"joined_on": "2014-01-05", "official_on": "2015-01-05", "left_on": "2020-01-06"}


@pytest.mark.parametrize(("kept", "goes", "knows", "took"), [
    ("import_official", "import_transferred_out", LEFT_HERE, {"joined_on": "2014-01-05", "official_on": "2015-01-05"}),
    ("import_transferred_out", "import_transferred_out", LEFT_HERE, LEFT_HERE),
    ("import_probationary", "import_transferred_out", {"joined_on": "2014-01-05", "left_on": "2014-06-05"},
     {"joined_on": "2014-01-05"}),
    ("import_official", "import_candidate", {"joined_on": "2014-01-05", "left_on": "2020-01-06"},
     {"joined_on": "2014-01-05", "left_on": "2020-01-06"}),
    ("import_probationary", "import_candidate", {"official_on": "2015-01-05"}, {}),
])  # fmt: skip
def test_a_record_takes_over_the_days_of_what_it_has_reached(
    world: World, kept: str, goes: str, knows: dict[str, str], took: dict[str, str]
) -> None:
    keep, gone = world.member("Lê Văn B", kept), world.member("Lê Văn B", goes, unit=world.other)
    for one, said in ((keep, {}), (gone, knows)):
        Member.objects.filter(pk=one.pk).update(**dict.fromkeys(LEFT_HERE) | said)
    done = merge(world.actor("officer"), keep, gone)
    assert Event.objects.get(code="member.took_over").facts.get("set", {}) == took
    said = Member.objects.values(*LEFT_HERE).get(pk=keep.pk)
    assert {name: day.isoformat() for name, day in said.items() if day} == took
    void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
    assert Member.objects.values(*LEFT_HERE).get(pk=keep.pk) == dict.fromkeys(LEFT_HERE)


def test_what_was_built_on_the_kept_record_hinders_the_void(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    done = merge(world.actor("officer"), keep, gone)
    lapse = {"resolution": paper(ON), "ground": "dues", "months": 3}
    later = perform(world.actor("secretary"), OnMember(keep.pk), "record_lapse", lapse, on=ON)
    with pytest.raises(CannotVoid) as caught:
        void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
    assert [str(uid) for uid in caught.value.blockers] == [later["event"]]
    assert standing(gone) == ("merged", "attending", 2)
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_every_contradiction_is_told_at_once(world: World) -> None:
    keep = world.member("Nguyễn Văn A")
    gone = world.member("Nguyễn Văn A", unit=world.other, joined_on="2015-01-06", official_on="2016-01-06")
    assert refused(world.actor("officer"), keep, gone) == ["merge.joined_on", "merge.official_on"]
    new = world.member("Nguyễn Văn A", "import_probationary", unit=world.other, joined_on="2025-11-20")
    case = world.probation(new, date(2025, 11, 20))
    with pytest.raises(Refused) as caught:
        merge(world.actor("officer"), keep, new)
    assert [(one.code, one.text("en")) for one in caught.value.answers] == [
        ("merge.open_cases", f"Cases about the record that goes are open: {case.number}."),
        ("merge.joined_on", "Day of the admission ceremony: 20/11/2025 in the record that goes, 05/01/2015 in the one kept."),
    ]  # fmt: skip


@pytest.mark.parametrize(("kept", "goes", "code"), [
    ("import_candidate", "import_official", "merge.further"), ("import_official", "import_removed", "merge.left_in_one"),
    ("import_removed", "import_official", "merge.left_in_one"), ("import_official", "import_deceased", "engine.wrong_state"),
    ("import_official", "import_candidate", None), ("import_official", "import_transferred_out", None),
    ("import_removed", "import_removed", None),
])  # fmt: skip
def test_which_standing_may_go_into_which(world: World, kept: str, goes: str, code: str | None) -> None:
    keep, gone = world.member("Lê Văn B", kept), world.member("Lê Văn B", goes, unit=world.other)
    if code is None:
        assert merge(world.actor("officer"), keep, gone)["state"] == "merged"
    else:
        assert code in refused(world.actor("officer"), keep, gone)


def test_a_guest_and_a_record_out_of_sight_are_refused(world: World) -> None:
    keep = world.member("Lê Văn B")
    guest = world.guest("Lê Văn B", world.other, world.cell)
    assert refused(world.actor("officer"), keep, guest) == ["merge.guest"]
    gone = world.member("Lê Văn B", unit=world.other)
    assert refused(world.actor("officer"), gone, gone) == ["merge.no_record"]
    assert refused(world.actor("officer"), keep, gone, kept=987_654_321) == ["merge.no_record"]
    assert refused(world.actor("officer"), keep, gone, reason=" ", confirmation=None) == [
        "fact.required",
        "fact.required",
    ]


def test_a_cell_merges_nobody(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    before = traces()
    for name, error in (("secretary", NotFound), ("other_secretary", NotPermitted), ("auditor", NotPermitted)):
        with pytest.raises(error):
            merge(world.actor(name), keep, gone)
    assert traces() == before


def test_a_merged_record_is_merged_once_and_points_on(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    last = world.member("Nguyễn Văn A")
    officer = world.actor("officer")
    merge(officer, keep, gone)
    assert refused(officer, keep, gone) == ["engine.wrong_state"]
    assert refused(officer, gone, keep) == ["merge.no_record"]
    merge(officer, last, keep)
    assert selectors.kept_record(officer, gone.pk) == last
    assert unseal(Member.objects.get(pk=last.pk).personal_id) == ID


def test_two_records_into_one_in_the_same_run(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    third = world.member("Nguyễn Văn A", unit=world.other)
    orders = [Order(OnMember(one.pk), "merge", ON, facts(keep)) for one in (gone, third)]
    results = perform_many(world.actor("officer"), orders)
    assert [one.error for one in results] == [None, None]
    assert (standing(keep)[2], standing(gone)[0], standing(third)[0]) == (3, "merged", "merged")
