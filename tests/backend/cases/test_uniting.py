"""Mergers of units: who goes along, what keeps a unit open, taken up again where it stopped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, RequestKey, perform
from backend.cases.models import Case
from backend.cases.uniting import give_up, merge, rehearse_merger
from backend.cases.voiding import void
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused, Unchanged
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from tests.backend.cases.test_away import gone
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
ON, EVE = date(2026, 11, 2), date(2026, 11, 1)
DECISION = paper(date(2026, 10, 26), "15-QĐ/ĐU")


@pytest.fixture
def world() -> World:
    return make_world()


def merged(world: World, who: str = "officer", into: str = "", on: date = ON, **options: Any) -> dict[str, Any]:
    with as_role("chibo_app"):
        return merge(world.actor(who), world.cell.pk, into or world.other.code, paper=DECISION, on=on, **options)


def counts() -> tuple[int, ...]:
    return tuple(one.objects.count() for one in (Event, Case, Spell, Assignment, Unit, Deadline))


def refused(world: World, **options: Any) -> list[tuple[str, str]]:
    """Codes and facts; nothing was written."""
    before = counts(), list(Unit.objects.order_by("pk").values_list("version", "closed_on", "merges_into"))
    with pytest.raises(Refused) as caught:
        merged(world, **options)
    assert (counts(), list(Unit.objects.order_by("pk").values_list("version", "closed_on", "merges_into"))) == before
    return [(one.code, one.fact) for one in caught.value.answers]


def stands(cell: Unit) -> tuple[Any, ...]:
    cell.refresh_from_db()
    return cell.closed_on, cell.merges_into_id


def test_everybody_goes_along_by_an_entry_of_their_own_and_the_cell_closes(world: World) -> None:
    people = [
        world.member("Nguyễn Văn An"), world.member("Lê Thị Bình", participation="away", away_until="2026-12-31"),
        world.member("Phạm Văn Cảnh", "import_candidate"),
    ]  # fmt: skip
    answer = merged(world)
    assert answer["closed"]
    assert [(one["id"], one["done"], one["said"]) for one in answer["people"]] == [(one.pk, True, []) for one in people]
    assert stands(world.cell) == (ON, world.other.pk)
    for one, way in zip(people, ("attending", "away", ""), strict=True):
        now = Member.objects.get(pk=one.pk)
        assert (now.unit_id, now.unit_path, now.standing, now.participation) == (
            world.other.pk, world.other.path, one.standing, way,
        )  # fmt: skip
        held = Spell.objects.filter(member=one, retracted_at=None).order_by("valid")
        assert [(row.unit_id, row.participation, row.valid.lower, row.valid.upper) for row in held] == [
            (world.cell.pk, way, date(2026, 1, 1), ON), (world.other.pk, way, ON, None),
        ]  # fmt: skip
        case = Case.objects.get(member_id=one.pk, lifecycle="transfer")
        assert (case.state, case.opened_on, case.closed_on) == ("completed", ON, ON)
        first, then = with_details(Event.objects.filter(member_id=one.pk, code__endswith="went_along")).order_by("id")
        assert (first.code, then.code, then.cause) == ("transfer.went_along", "membership.went_along", first.uid)
        assert (first.office, first.office_unit_id, first.on_date) == (
            "organisation_officer", world.commune.pk, ON,
        )  # fmt: skip
        assert first.facts["reorganisation"] == {"kind": "reorganisation_decision", "date": "2026-10-26"}
    closed = with_details(Event.objects.filter(code="unit.closed")).get()
    assert closed.facts == {
        "into": world.other.pk, "reorganisation": {"kind": "reorganisation_decision", "date": "2026-10-26"},
    }  # fmt: skip
    assert replayed() == []


def test_offices_of_the_cell_end_the_day_before(world: World) -> None:
    helped = world.member("Phạm Văn Cảnh", "import_candidate")
    person("helper", Office.HELPER, world.cell, helped.pk)
    kept = Assignment.objects.exclude(unit=world.cell).count()
    answer = merged(world)
    ended = Assignment.objects.filter(unit=world.cell)
    assert [(one.office, one.to_date) for one in ended.order_by("office")] == [
        ("cell_deputy", EVE), ("cell_secretary", EVE), ("helper", EVE),
    ]  # fmt: skip
    assert sorted(answer["offices"]) == sorted(ended.values_list("pk", flat=True))
    told = Event.objects.filter(code="assignment.ended").order_by("id")
    assert [(one.subject_id, one.on_date, one.office) for one in told] == [
        (key, EVE, "organisation_officer") for key in answer["offices"]
    ]  # fmt: skip
    assert Assignment.objects.filter(to_date=None).count() == kept


def test_open_cases_go_along_with_their_clocks(world: World) -> None:
    member = world.member("Lê Thị Dự", "import_probationary", joined_on="2025-12-15")
    case = world.probation(member, date(2025, 12, 15))
    due = {one.rule_id: one.due_on for one in Deadline.objects.filter(subject_kind="case", subject_id=case.pk)}
    merged(world)
    now = Case.objects.get(pk=case.pk)
    assert (now.unit_id, now.acting_unit_id, now.closed_on, now.number) == (
        world.other.pk, world.other.pk, None, "CN-2026-0001",
    )  # fmt: skip
    rows = Deadline.objects.filter(subject_kind="case", subject_id=case.pk)
    assert {one.rule_id: one.due_on for one in rows} == due
    assert {one.unit_id for one in rows} == {world.other.pk}
    assert replayed() == []


def test_whoever_is_on_the_way_stays_and_the_merger_is_taken_up_again(world: World) -> None:
    """Nothing half done is left unsaid: the unit says into what it merges, and goes on where it stopped."""
    stays, goes = world.member("Nguyễn Văn An"), world.member("Lê Thị Bình")
    facts = {"ground": "residence", "ground_paper": paper(ON), "effective_on": ON.isoformat(), "place": "Tỉnh khác"}
    asked = perform(world.actor("secretary"), NewCase("transfer", member_id=stays.pk), "ask", facts, on=ON)
    before = counts()
    assert [one["done"] for one in rehearsed(world)["people"]] == [False, True]
    assert counts() == before
    answer = merged(world)
    told = {one["id"]: [said["code"] for said in one["said"]] for one in answer["people"]}
    assert (told, answer["closed"]) == (
        {stays.pk: ["transfer.on_the_way", "engine.already_open"], goes.pk: []}, False,
    )  # fmt: skip
    assert [one["code"] for one in answer["left"]] == ["unit.has_people", "unit.has_cases"]
    assert stands(world.cell) == (None, world.other.pk)
    assert Assignment.objects.filter(unit=world.cell, to_date=None).count() == 2, (
        "offices go on as long as the cell does"
    )
    begun = Event.objects.get(code="unit.merging")
    assert (begun.facts["into"], begun.on_date, begun.subject_id) == (world.other.pk, ON, world.cell.pk)
    before = counts()
    assert [one["id"] for one in merged(world)["people"]] == [stays.pk], "nobody goes twice"
    assert counts() == before, "where nobody could go along nothing is written"
    perform(world.actor("secretary"), OnCase(asked["id"]), "call_off", {"reason": "Không đi nữa"}, on=ON)
    answer = merged(world)
    assert (answer["closed"], [one["done"] for one in answer["people"]]) == (True, [True])
    assert stands(world.cell) == (ON, world.other.pk)
    assert replayed() == []


def rehearsed(world: World) -> dict[str, Any]:
    with as_role("chibo_app"):
        return rehearse_merger(world.actor("officer"), world.cell.pk, world.other.code, paper=DECISION, on=ON)


def test_a_rehearsal_says_the_same_and_leaves_nothing(world: World) -> None:
    world.members(2)
    before = counts()
    said = rehearsed(world)
    assert (counts(), stands(world.cell)) == (before, (None, None))
    answer = merged(world)
    assert answer == said


def test_a_form_sent_twice_is_done_once(world: World) -> None:
    world.members(1)
    key = RequestKey.of("0e0f4f9e-6f4e-4d5e-9b8e-000000000001", {"x": 1})
    answer = merged(world, request_key=key)
    before = counts()
    assert (merged(world, request_key=key), counts()) == (answer, before)
    assert refused(world) == [("unit.closed", "unit")]


def test_a_guest_and_an_open_meeting_keep_the_cell_open(world: World) -> None:
    world.guest("Trần Văn Khách", world.other, world.cell)
    goes = world.member("Nguyễn Văn An")
    facts = {"kind": "regular", "month": "2026-11-01"}
    perform(world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=ON)
    answer = merged(world)
    assert ([one["id"] for one in answer["people"]], answer["closed"]) == ([goes.pk], False)
    assert [(one["code"], one["en"][:2]) for one in answer["left"]] == [
        ("unit.has_people", "1 "),
        ("unit.has_cases", "1 "),
    ]


def test_a_stay_at_the_other_cell_is_ended_first(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    facts = {"request": paper(ON), "purpose": "work", "from_on": ON.isoformat(), "away_until": "2027-05-01",
             "to_unit": world.other.code}  # fmt: skip
    perform(world.actor("secretary"), NewCase("temporary_transfer", member_id=member.pk), "ask", facts, on=ON)
    before = counts()
    answer = merged(world)
    assert [said["code"] for said in answer["people"][0]["said"]] == ["transfer.guest_there"]
    assert (counts(), stands(world.cell)) == (before, (None, None))


def test_nobody_lets_oneself_go_along(world: World) -> None:
    own = world.member("Nguyễn Văn An")
    other = world.member("Lê Thị Bình")
    officer = world.actor("officer")
    world.actors["officer"] = Actor(**{**vars(officer), "own_id": own.pk})
    answer = merged(world)
    assert {one["id"]: [said["code"] for said in one["said"]] for one in answer["people"]} == {
        own.pk: ["person.own_file"], other.pk: [],
    }  # fmt: skip
    assert merged(world, who="committee")["closed"], "another office of the committee takes it up"


@pytest.mark.parametrize(
    ("who", "error"),
    [("secretary", NotPermitted), ("other_secretary", NotFound), ("province", NotPermitted), ("auditor", NotPermitted)],
)
def test_only_the_base_committee_merges_cells(world: World, who: str, error: type[Exception]) -> None:
    world.members(1)
    before = counts()
    with pytest.raises(error):
        merged(world, who=who)
    assert counts() == before


def test_all_that_speaks_against_the_whole_is_said_at_once(world: World) -> None:
    world.members(1)
    assert refused(world, into=world.cell.code) == [("merger.itself", "to_unit")]
    assert refused(world, into=world.commune.code, on=date(2026, 11, 3)) == [
        ("day.ahead", "on"), ("merger.other_level", "to_unit"),
    ]  # fmt: skip
    assert refused(world, on=date(2025, 12, 31)) == [
        ("paper.dated_later", "reorganisation"), ("unit.before_last_change", "on"),
    ]  # fmt: skip
    assert refused(world, into="87.999") == [("unit.unknown", "to_unit")]


def test_a_cell_below_another_base_committee_is_moved_there_first(world: World) -> None:
    commune = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    far = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, commune)
    officer = world.actor("officer")
    world.actors["officer"] = Actor(**{**vars(officer), "path": world.province.path})
    assert refused(world, into=far.code) == [("merger.other_base", "to_unit")]


def test_an_office_that_begins_on_the_day_keeps_the_cell_open(world: World) -> None:
    person("new", Office.CELL_COMMITTEE, world.cell, since=ON)
    world.members(1)
    answer = merged(world)
    assert [(one["code"], one["en"]) for one in answer["left"]] == [
        ("office.begin_later", "1 offices there begin only after 01/11/2026.")
    ]
    assert stands(world.cell) == (None, world.other.pk)


def test_a_merger_is_given_up_and_who_went_stays_there(world: World) -> None:
    world.guest("Trần Văn Khách", world.other, world.cell)
    went = world.member("Nguyễn Văn An")
    with pytest.raises(Unchanged):
        give_up(world.actor("officer"), world.cell.pk)
    merged(world)
    with as_role("chibo_app"):
        give_up(world.actor("officer"), world.cell.pk)
    assert stands(world.cell) == (None, None)
    assert Member.objects.get(pk=went.pk).unit_id == world.other.pk
    assert Event.objects.get(code="unit.merging_dropped").facts == {"into": world.other.pk}


def test_an_entry_is_voided_while_the_cell_stands_and_no_longer_once_it_is_closed(world: World) -> None:
    guest, went = world.guest("Trần Văn Khách", world.other, world.cell), world.member("Nguyễn Văn An")
    merged(world)
    first = Event.objects.get(code="transfer.went_along")
    words = {"reason": "Ghi nhầm người", "paper": paper(ON)}
    with as_role("chibo_app"):
        void(world.actor("committee"), first.uid, **words)
    assert Member.objects.get(pk=went.pk).unit_id == world.cell.pk
    Member.objects.filter(pk=guest.pk).update(guest_unit=None, guest_path=None)
    assert merged(world)["closed"]
    again = Event.objects.filter(code="transfer.went_along").latest("id")
    before = counts()
    with as_role("chibo_app"), pytest.raises(CannotVoid) as caught:
        void(world.actor("committee"), again.uid, **words)
    assert "Chi bộ ấp Một" in caught.value.said()
    assert counts() == before


def test_it_is_entered_late_though_somebody_took_part_otherwise_since(world: World) -> None:
    """What changed after the day stays changed; only the cell is another one from the day on."""
    member, day = world.member("Nguyễn Văn Xa"), date(2026, 9, 20)
    case = gone(world, member)
    with as_role("chibo_app"):
        answer = merge(world.actor("officer"), world.cell.pk, world.other.code, paper=paper(day), on=day)
    assert answer["closed"]
    held = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    assert [(row.unit_id, row.participation, row.valid.lower, row.valid.upper) for row in held] == [
        (world.cell.pk, "attending", date(2026, 1, 1), day),
        (world.other.pk, "attending", day, date(2026, 10, 1)),
        (world.other.pk, "away", date(2026, 10, 1), None),
    ]  # fmt: skip
    now = Member.objects.get(pk=member.pk)
    assert (now.participation, now.away_until) == ("away", date(2027, 4, 30))
    assert Case.objects.get(pk=case).unit_id == world.other.pk
    assert replayed() == []


def test_a_committee_is_merged_as_a_whole(world: World) -> None:
    other = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    member = world.member("Nguyễn Văn An")
    cells = [world.cell.pk, world.other.pk]
    with as_role("chibo_app"):
        answer = merge(world.actor("province"), world.commune.pk, other.code, paper=DECISION, on=ON)
    assert (answer["units"], answer["closed"], answer["people"]) == (cells, True, [])
    assert list(Unit.objects.filter(parent=other).order_by("pk").values_list("pk", flat=True)) == cells
    assert Member.objects.get(pk=member.pk).unit_path == f"{other.path}{world.cell.pk}/"
    assert stands(world.commune) == (ON, other.pk)
    assert set(Assignment.objects.filter(unit=world.commune).values_list("to_date", flat=True)) == {EVE}
    assert Assignment.objects.filter(unit=world.cell, to_date=None).count() == 2, "those of the cells go on"
    moved = Event.objects.filter(code="unit.moved").order_by("id")
    assert [(one.subject_id, one.facts["from"], one.facts["to"]) for one in moved] == [
        (key, world.commune.pk, other.pk) for key in cells
    ]  # fmt: skip
    assert {one.facts["reorganisation"]["date"] for one in moved} == {"2026-10-26"}
    assert replayed() == []


def test_a_cell_without_members_that_something_keeps_open_answers_like_any_other(world: World) -> None:
    """Nobody goes along and nothing is written: the answer still says which unit, into which, and from when."""
    late = person("late", Office.CELL_DEPUTY, world.cell, since=ON)
    before = counts()
    for answer in (merged(world), rehearsed(world)):
        assert {key: answer[key] for key in ("unit", "into", "on", "people", "closed")} == {
            "unit": world.cell.pk, "into": world.other.pk, "on": "2026-11-02", "people": [], "closed": False,
        }  # fmt: skip
        assert [one["code"] for one in answer["left"]] == ["office.begin_later"]
    assert (counts(), stands(world.cell)) == (before, (None, None))
    assert Assignment.objects.get(pk=late.assignment_id).to_date is None


def test_a_committee_with_open_work_of_its_own_is_not_touched(world: World) -> None:
    other = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    person("late", Office.COMMITTEE_SECRETARY, unit("87.109", "x", Level.BASE, world.province), since=ON)
    Assignment.objects.filter(unit=world.commune, office="auditor").update(from_date=ON)
    before = counts()
    with as_role("chibo_app"), pytest.raises(Refused) as caught:
        merge(world.actor("province"), world.commune.pk, other.code, paper=DECISION, on=ON)
    assert [one.code for one in caught.value.answers] == ["office.begin_later"]
    assert (counts(), stands(world.commune)) == (before, (None, None))
    world.cell.refresh_from_db()
    assert world.cell.parent_id == world.commune.pk
    with pytest.raises(NotPermitted):
        merge(world.actor("officer"), world.commune.pk, other.code, paper=DECISION, on=ON)
