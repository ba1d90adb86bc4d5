"""Whose absences count: members' of the day, at the meetings to which they were to come on that day."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases.engine import NewCase, NewMember, OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import Refused
from backend.core.partitions import ensure_month
from backend.flags.models import Flag
from backend.flags.refreshing import refresh_all
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.participation.models import Attendance
from tests.backend.cases import test_transfer
from tests.backend.cases.test_transfer import FAR, staying, step
from tests.backend.flags.test_claims import said
from tests.backend.flags.test_flags import catch_up, standing
from tests.roles import as_role
from tests.world import World, enter, paper
from workflows.workdays import month_start

pytestmark = pytest.mark.django_db
world = test_transfer.world
"""It is 20 December 2026; `staying` sends somebody to the far cell from 15 September on, to 15 March 2027."""
ROSTER = date(2026, 10, 31)
BROUGHT = {"introduction": paper(ROSTER), "notice_slip": paper(ROSTER), "papers_handed_over": True}


def far_cell() -> Unit:
    return Unit.objects.get(code=FAR)


def held(world: World, who: str, unit: Unit, day: date, roll: dict[int, str]) -> Case:
    """The meeting of a month that is over (or runs), with the roll call; recorded under the application's role."""
    month = {"kind": "regular", "month": month_start(day).isoformat()}
    opening = "make_good" if month_start(day) < month_start(clock.today()) else "plan"
    facts = {"held_on": day.isoformat(), "roll_call": roll, "minutes_long": 95}
    with as_role("chibo_app"):
        case = perform(world.actor(who), NewCase("meeting", unit_id=unit.pk), opening, month, on=clock.today())["id"]
        perform(world.actor(who), OnCase(case), "hold", facts, on=day)
    return Case.objects.get(pk=case)


def strangers(world: World, who: str, unit: Unit, day: date, roll: dict[int, str]) -> list[str]:
    with pytest.raises(Refused) as refused:
        held(world, who, unit, day, roll)
    return [one.text("en") for one in refused.value.answers]


def months_of_a_guest(world: World, guest: Member, local: Member, words: dict[int, tuple[str, str]]) -> None:
    """By month what the own cell's roll call and the temporary cell's say of a guest; the own cell's comes first."""
    other = Member.objects.filter(unit=world.cell).exclude(pk=guest.pk).first()
    assert other is not None
    for month, (home, there) in words.items():
        held(world, "secretary", world.cell, date(2026, month, 16), {other.pk: "present", guest.pk: home})
        held(world, "far_secretary", far_cell(), date(2026, month, 17), {local.pk: "present", guest.pk: there})
    catch_up()


@pytest.fixture
def guest(world: World) -> Member:
    world.member("Nguyễn Văn Nhà")
    member = world.member("Lê Văn Khách")
    staying(world, member)
    return member


@pytest.fixture
def local(world: World) -> Member:
    return world.member("Trần Văn Xa", unit=far_cell())


def test_a_guest_is_missed_at_the_temporary_cell_and_not_at_the_own_one(
    world: World, guest: Member, local: Member
) -> None:
    """The own cell's word, written first, hides nothing. The flag is the own cell's; a void there clears it at once."""
    months_of_a_guest(
        world, guest, local, {9: ("unexcused", "unexcused"), 10: ("away", "unexcused"), 11: ("unexcused", "excused")}
    )
    assert Attendance.objects.filter(member_id=guest.pk).count() == 6
    assert standing() == []
    months_of_a_guest(world, guest, local, {12: ("away", "unexcused")})
    assert standing() == [(guest.pk, "meetings", [9, 10, 12])]
    assert Flag.objects.get().unit_id == world.cell.pk

    last = Event.objects.filter(code="meeting.held", unit_id=far_cell().pk).latest("id").uid
    void(world.actor("far_officer"), last, reason="Nhầm cuộc họp", paper=paper(date(2026, 12, 17)))
    catch_up()
    assert standing() == []


def test_who_came_to_either_meeting_of_the_month_has_not_missed_it(world: World, guest: Member, local: Member) -> None:
    absent = dict.fromkeys((9, 10, 12), ("away", "unexcused"))
    months_of_a_guest(world, guest, local, {**absent, 11: ("present", "unexcused")})
    assert standing() == [(guest.pk, "meetings", [9, 10, 12])]


def test_before_the_first_day_of_the_stay_the_own_cell_s_roll_counts(world: World, local: Member) -> None:
    """From 15 September on: the day before is the own cell's, that day the temporary one's."""
    home, guest = world.member("Nguyễn Văn Nhà"), world.member("Lê Văn Khách")
    staying(world, guest)
    held(world, "secretary", world.cell, date(2026, 9, 14), {home.pk: "present", guest.pk: "unexcused"})
    held(world, "secretary", world.cell, date(2026, 10, 5), {home.pk: "present", guest.pk: "unexcused"})
    for month in (11, 12):
        held(world, "far_secretary", far_cell(), date(2026, month, 15), {local.pk: "present", guest.pk: "unexcused"})
    catch_up()
    assert standing() == [(guest.pk, "meetings", [9, 11, 12])]


def test_what_is_claimed_is_compared_with_the_temporary_cell_too(world: World, guest: Member, local: Member) -> None:
    months_of_a_guest(world, guest, local, dict.fromkeys((9, 10, 11), ("away", "unexcused")))
    report = {"report": paper(date(2026, 12, 20)), "ground": "activity_dropped", "expulsion_due": False}
    with as_role("chibo_app"):
        done = perform(
            world.actor("secretary"), NewCase("removal", member_id=guest.pk), "open", {**report, "months": 4},
            on=date(2026, 12, 20),
        )  # fmt: skip
    assert said(done["cautions"]) == [("lapse.fewer_on_record", [4, 3])]


def test_a_past_roll_call_names_the_guests_of_that_day(world: World, guest: Member, local: Member) -> None:
    """Back since 10 December, the guest of November stands on November's roll call, and on no later one."""
    case = Case.objects.get(lifecycle="temporary_transfer")
    back = {"introduction_back": paper(date(2026, 12, 10))}
    step(world.actor("far_officer"), case.pk, "introduce_back", date(2026, 12, 10), **back)
    step(world.actor("secretary"), case.pk, "come_back", date(2026, 12, 10), **back)
    roll = {local.pk: "present", guest.pk: "unexcused"}
    kept = held(world, "far_secretary", far_cell(), date(2026, 11, 17), roll)
    sentence = "1 on the roll call were neither on this cell's lists on that day nor its guests."
    assert strangers(world, "far_secretary", far_cell(), date(2026, 12, 10), roll) == [sentence]
    assert Case.objects.get(pk=kept.pk).state == "held"


def test_somebody_received_from_outside_is_on_no_roll_call_before(world: World) -> None:
    """Of whom a roster brought in it is not known since when: the first stretch stands in for the days before it."""
    days = {"joined_on": "2015-01-05", "official_on": "2016-01-05"}
    listed = {"roster": paper(ROSTER), "participation": "attending", **days}
    brought = enter(NewMember(world.cell.pk, {"full_name": "Lê Có Sẵn", "sex": "f", "born_on": date(1980, 5, 1)}),
                    "import_official", listed, ROSTER)  # fmt: skip
    arrived = enter(NewMember(world.cell.pk, {"full_name": "Lê Mới Đến", "sex": "f", "born_on": date(1980, 5, 1)}),
                    "receive_new_official", {**BROUGHT, **days}, ROSTER)  # fmt: skip
    before, then = date(2026, 9, 3), date(2026, 10, 31)
    assert len(strangers(world, "secretary", world.cell, before, {brought.pk: "present", arrived.pk: "present"})) == 1
    (planned,) = Case.objects.filter(lifecycle="meeting")
    with as_role("chibo_app"):
        facts = {"held_on": before.isoformat(), "roll_call": {brought.pk: "unexcused"}, "minutes_long": 95}
        perform(world.actor("secretary"), OnCase(planned.pk), "hold", facts, on=before)
    held(world, "secretary", world.cell, then, {brought.pk: "unexcused", arrived.pk: "unexcused"})
    held(world, "secretary", world.cell, date(2026, 11, 3), {brought.pk: "unexcused", arrived.pk: "unexcused"})
    catch_up()
    assert standing() == [(brought.pk, "meetings", [9, 10, 11])]


def test_a_table_counts_for_the_days_before_the_list_from_the_ceremony_on(world: World) -> None:
    """In the table at another cell, too: where somebody was before the list is what the office says. Not before joining."""
    facts = {"roster": paper(ROSTER), "joined_on": "2026-08-01", "participation": "attending"}
    young = enter(NewMember(world.cell.pk, {"full_name": "Lê Trẻ", "sex": "f", "born_on": date(2000, 5, 1)}),
                  "import_probationary", facts, ROSTER)  # fmt: skip
    for month in (6, 7, 8, 9, 10):
        first = date(2026, month, 1)
        ensure_month("participation_attendance", first)
        Attendance.objects.create(
            month=first, member_id=young.pk, kind="regular", status="unexcused", unit_id=world.other.pk,
            unit_path=world.other.path, batch="00000000-0000-0000-0000-000000000001",
        )  # fmt: skip
    refresh_all(clock.today())
    assert standing() == [(young.pk, "meetings", [8, 9, 10])]
