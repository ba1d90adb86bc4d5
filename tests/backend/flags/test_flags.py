"""Flags on PostgreSQL: raised by what is counted, with a task; changed, and gone with their cause."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.accounts.policy import Actor
from backend.audit.followers import follow_all
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.cases.engine import NewCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.core.partitions import ensure_month
from backend.deadlines.following import follow_calendar
from backend.deadlines.models import Deadline
from backend.deadlines.overrides import set_day
from backend.flags.models import Flag
from backend.flags.refreshing import refresh_all
from backend.imports.applying import bring_in
from backend.imports.reading import read_commune
from backend.members.models import Member
from backend.members.protected import blind_index
from backend.participation.models import DuesEntry
from tests.backend.cases.stepping import step
from tests.backend.imports.running import ANN
from tests.backend.imports.test_truth import FOLDER, TRUTH
from tests.roles import as_role
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return make_world()


def catch_up() -> None:
    seal_all()
    follow_all()


def standing() -> list[tuple[int, str, list[int]]]:
    """(member, cause, months) of the flags that stand on months and years."""
    found = Flag.objects.filter(cleared_on=None, ends_on=None).order_by("member_id", "cause")
    return [(one.member_id, one.cause, [month.month for month in one.months]) for one in found]


def task(flag: Flag) -> tuple[str, str, date]:
    found = Deadline.objects.get(subject_kind="flag", subject_id=flag.pk)
    return found.rule_id, found.status, found.due_on


def meet(world: World, present: list[Member], absent: list[Member], *months: int) -> None:
    for month in months:
        world.meeting(present, date(2026, month, 3), absent=absent)


def pay(people: list[Member], *months: int) -> None:
    """As an import brings it in: what is in the file is all of the month."""
    for month in months:
        first = date(2026, month, 1)
        ensure_month("participation_duesentry", first)
        for one in people:
            DuesEntry.objects.create(
                month=first,
                member_id=one.pk,
                paid_on=first,
                unit_id=one.unit_id,
                unit_path=one.unit_path,
                batch=uuid4(),
            )


def test_three_months_raise_a_flag_with_a_task_and_two_do_not(world: World) -> None:
    """B21: not in a row. The void of a meeting takes the month, and the flag and its task go with it."""
    present, gone, twice = world.members(3)
    meet(world, [present, twice], [gone], 3)
    meet(world, [present], [gone, twice], 7, 10)
    catch_up()
    (flag,) = Flag.objects.all()
    assert standing() == [(gone.pk, "meetings", [3, 7, 10])]
    assert (flag.number, flag.since, flag.raised_on) == ("CB-2026-0001", date(2026, 1, 1), TODAY)
    assert task(flag) == ("TASK.CONSIDER_LAPSE", "open", date(2026, 12, 15))
    raised = Event.objects.get(code="flag.raised")
    assert (raised.subject_id, raised.member_id, raised.facts["member"]) == (flag.pk, None, gone.pk)
    catch_up()
    with as_role("chibo_jobs"):
        assert refresh_all(TODAY) == 0, "a second run changes nothing"
    assert Member.objects.get(pk=gone.pk).participation == "attending", "nobody is moved by a flag"

    held = Event.objects.filter(code="meeting.held").latest("id").uid
    void(world.actor("officer"), held, reason="Nhầm cuộc họp", paper=paper(date(2026, 10, 3)))
    catch_up()
    flag.refresh_from_db()
    assert (standing(), flag.cleared_on, flag.version) == ([], TODAY, 2)
    assert task(flag)[1] == "cancelled"
    assert list(Event.objects.filter(subject_kind="flag").order_by("id").values_list("code", flat=True)) == [
        "flag.raised", "flag.cleared",
    ]  # fmt: skip


def test_a_clock_set_back_neither_clears_nor_raises_again(world: World) -> None:
    """In September the third month lay ahead; in 2028 the year is past. What was found stays until its day comes again."""
    present, gone = world.members(2)
    meet(world, [present], [gone], 3, 7, 10)
    catch_up()
    (flag,) = Flag.objects.all()
    early, later = date(2026, 9, 1), date(2028, 2, 1)
    with as_role("chibo_jobs"):
        assert (refresh_all(early), refresh_all(TODAY)) == (0, 0)
        assert task(flag) == ("TASK.CONSIDER_LAPSE", "open", date(2026, 12, 15))
        assert refresh_all(later) == 1, "the year of 2026 is over for good"
        assert (refresh_all(TODAY), refresh_all(later)) == (0, 0)
    flag.refresh_from_db()
    assert (Flag.objects.count(), flag.raised_on, flag.cleared_on) == (1, TODAY, later)


def test_a_fourth_month_changes_the_flag_and_opens_no_second_task(world: World) -> None:
    present, gone = world.members(2)
    meet(world, [present], [gone], 3, 7, 8)
    catch_up()
    meet(world, [present], [gone], 9)
    catch_up()
    assert standing() == [(gone.pk, "meetings", [3, 7, 8, 9])]
    assert Deadline.objects.filter(subject_kind="flag").count() == 1


def considered(world: World, member: Member, ground: str, on: date) -> UUID:
    facts = {"resolution": paper(on), "ground": ground}
    return UUID(perform(world.actor("secretary"), OnMember(member.pk), "consider", facts, on=on)["event"])


def test_the_task_is_met_when_the_cell_answers_and_open_again_when_that_is_voided(world: World) -> None:
    """What the cell considered must be what the flag asks; who stands and takes part how is untouched."""
    present, gone = world.members(2)
    meet(world, [present], [gone], 3, 7, 8)
    catch_up()
    (flag,) = Flag.objects.all()
    considered(world, gone, "dues", TODAY)
    considered(world, present, "meetings", TODAY)
    catch_up()
    assert task(flag)[1] == "open"
    answered = considered(world, gone, "meetings", TODAY)
    catch_up()
    met = Deadline.objects.get(subject_kind="flag")
    assert (met.status, met.met_on, met.closed_by) == ("met", TODAY, answered)
    assert standing() == [(gone.pk, "meetings", [3, 7, 8])], "the flag says what is counted"
    assert Member.objects.get(pk=gone.pk).participation == "attending"

    void(world.actor("officer"), answered, reason="Nhầm người", paper=paper(TODAY))
    catch_up()
    again = Deadline.objects.get(subject_kind="flag")
    assert (again.status, again.met_on, again.closed_by) == ("open", None, None)
    assert again.next_rung_on is not None

    at_once = considered(world, gone, "meetings", TODAY)
    void(world.actor("officer"), at_once, reason="Nhầm người", paper=paper(TODAY))
    catch_up()
    assert task(flag)[1] == "open", "both were read in one go"


def test_a_task_that_is_open_again_is_counted_as_the_calendar_stands_now(world: World) -> None:
    present, gone, _ = world.members(3)
    meet(world, [present], [gone], 3, 7, 8)
    catch_up()
    (flag,) = Flag.objects.all()
    answered = considered(world, gone, "meetings", TODAY)
    catch_up()
    assert task(flag) == ("TASK.CONSIDER_LAPSE", "met", date(2026, 12, 15))
    set_day(Actor.operator("root"), date(2026, 11, 10), off=True, name="Bão", basis="1-TB")
    assert follow_calendar() == []
    void(world.actor("officer"), answered, reason="Nhầm người", paper=paper(TODAY))
    with as_role("chibo_jobs"):
        catch_up()
    assert task(flag) == ("TASK.CONSIDER_LAPSE", "open", date(2026, 12, 16))
    moved = Event.objects.get(subject_kind="deadline")
    assert (moved.code, moved.office, moved.facts["due"], moved.facts["why"]) == (
        "deadline.moved", "system", "2026-12-16", "calendar",
    )  # fmt: skip


def test_the_cell_that_let_it_rest_is_asked_anew_after_another_month(world: World) -> None:
    """Not so after a resolution on dropping out: that has its own road."""
    present, rests, lapsed = world.members(3)
    meet(world, [present], [rests, lapsed], 3, 7, 8)
    catch_up()
    considered(world, rests, "meetings", date(2026, 8, 20))
    facts = {"resolution": paper(date(2026, 8, 20)), "ground": "meetings", "months": 3}
    perform(world.actor("secretary"), OnMember(lapsed.pk), "record_lapse", facts, on=date(2026, 8, 20))
    catch_up()
    assert sorted(Deadline.objects.filter(subject_kind="flag").values_list("status", flat=True)) == ["met", "met"]
    meet(world, [present], [rests, lapsed], 9)
    catch_up()
    assert standing() == [(rests.pk, "meetings", [3, 7, 8, 9]), (lapsed.pk, "meetings", [3, 7, 8, 9])]
    flags = {one.member_id: one.pk for one in Flag.objects.all()}
    tasks = Deadline.objects.filter(subject_kind="flag").order_by("pk")
    assert [one.status for one in tasks.filter(subject_id=flags[rests.pk])] == ["met", "open"]
    assert [one.status for one in tasks.filter(subject_id=flags[lapsed.pk])] == ["met"]


def test_months_under_an_approved_leave_count_for_nobody(world: World) -> None:
    """B25 and B26: to the last day of the leave; one that has no paper and no end covers nothing."""
    present = world.member("Nguyễn Văn Có")
    leave = world.member("Lê Văn Phép", participation="away", away_until="2026-08-31")
    no_paper = world.member("Đỗ Văn Tự", participation="away")
    for_good = world.member("Phạm Thị Già", participation="exempt")
    meet(world, [present], [leave, no_paper, for_good], 6, 7, 8, 9)
    catch_up()
    assert standing() == [(no_paper.pk, "meetings", [6, 7, 8, 9])]
    meet(world, [present], [leave], 10)
    catch_up()
    assert standing() == [(no_paper.pk, "meetings", [6, 7, 8, 9])], "September and October are two"


def test_dues_count_once_a_month_is_over_and_the_cell_has_collected(world: World) -> None:
    """B25: those away owe dues. August counts from its last day; a month in which nobody paid counts for nobody."""
    payer = world.member("Nguyễn Văn Đóng")
    away = world.member("Lê Văn Xa", participation="away", away_until="2026-10-31")
    young = world.member("Trần Mới", "import_probationary", joined_on="2026-07-20")
    pay([payer, away, young], 5)
    pay([payer], 6, 7, 8)
    for today, flagged in ((date(2026, 8, 30), []), (date(2026, 8, 31), [(away.pk, "dues", [6, 7, 8])])):
        clock.move_to(today)
        refresh_all(today)
        assert standing() == flagged
    clock.move_to(TODAY)
    pay([away], 7)
    refresh_all(TODAY)
    assert standing() == []


def test_meetings_and_dues_are_not_added_up(world: World) -> None:
    """B23: two and one are not three."""
    present, other = world.members(2)
    meet(world, [present], [other], 3, 4)
    pay([present, other], 1)
    pay([present], 5)
    catch_up()
    refresh_all(TODAY)
    assert standing() == []


def test_what_came_together_last_year_stands_through_this_one(world: World) -> None:
    present, gone = world.members(2)
    meet(world, [present], [gone], 3, 7, 10)
    catch_up()
    for today, left in ((date(2027, 1, 1), 1), (date(2027, 12, 31), 1), (date(2028, 1, 1), 0)):
        clock.move_to(today)
        refresh_all(today)
        assert Flag.objects.filter(cleared_on=None).count() == left


def rated(world: World, member: Member, meeting: Case, year: int, level: str, on: date) -> None:
    secretary, review = world.actor("secretary"), NewCase("classification", member_id=member.pk)
    case = perform(secretary, review, "open", {"year": year}, on=on)["id"]
    ballot = {"meeting": meeting.pk, "issued": 3, "collected": 3, "valid": 3, "yes": 3, "no": 0}
    facts: dict[str, Any] = {"score": 60, "level": level, "conditions_met": False, "ballot": ballot}
    step(secretary, case, "hand_in", on, self_review=paper(on))
    step(secretary, case, "file_opinions", on, opinions=paper(on))
    step(secretary, case, "propose", on, minutes=paper(on), **facts)
    step(world.actor("officer"), case, "decide", on, decision=paper(on), decided_level=level)


def test_two_years_not_completed_ask_the_cell_to_consider(world: World) -> None:
    """B41: after the second decision, and no case is opened."""
    people, on = world.members(3), date(2026, 10, 3)
    meeting = world.meeting(people, on)
    rated(world, people[0], meeting, 2025, "not_completed", on)
    rated(world, people[1], meeting, 2025, "completed", on)
    catch_up()
    assert standing() == []
    for one in people[:2]:
        rated(world, one, meeting, 2026, "not_completed", on)
    catch_up()
    (flag,) = Flag.objects.all()
    assert (flag.member_id, flag.cause, flag.months) == (
        people[0].pk, "classification", [date(2025, 1, 1), date(2026, 1, 1)],
    )  # fmt: skip
    assert task(flag)[:2] == ("TASK.CONSIDER_SCREENING", "open")
    assert set(Case.objects.values_list("lifecycle", flat=True)) == {"meeting", "classification"}


def test_the_sample_gives_the_ids_of_the_truth() -> None:
    clock.move_to(date(2026, 10, 31))
    bring_in(read_commune(FOLDER, date.fromisoformat(TRUTH["as_of"])), ANN)
    catch_up()
    with scoped(WHOLE):
        ids = dict(Member.objects.values_list("personal_id_index", "pk"))
        found = {
            cause: set(Flag.objects.filter(cause=cause, cleared_on=None).values_list("member_id", flat=True))
            for cause in ("meetings", "dues", "mixed", "classification")
        }
    known = {bytes(index): key for index, key in ids.items() if index}
    for cause, name in (("meetings", "unexcused"), ("dues", "unpaid")):
        wanted = TRUTH[f"three_{name}_months_in_as_of_year"]
        assert found[cause] == {known[blind_index("personal_id", one)] for one in wanted}, json.dumps(name)
    assert (found["mixed"], found["classification"]) == (set(), set())
