"""Nothing of a person's words is left: what was said of deadlines of their cases and flags, and of merged records, goes too."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from backend.audit.erasing import erase
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.answering import comment, snooze
from backend.cases.engine import OnMember, perform
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import NotFound
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.flags.selectors import told_of_members
from backend.members.models import Member
from tests.backend.cases.test_amending import correct, empty, says
from tests.backend.cases.test_merging import merge
from tests.backend.cases.test_own_files import CORRECTION
from tests.backend.flags.test_flags import catch_up
from tests.replaying import replayed
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
WORDS = "Đồng chí này bị bệnh"


@pytest.fixture
def world() -> World:
    return make_world()


def told() -> set[str]:
    """The codes of the entries behind which the words stand."""
    uids = [one.event_uid for one in EventDetail.objects.all() if WORDS in str(one.data)]
    return set(Event.objects.filter(uid__in=uids).values_list("code", flat=True))


def about(subject: str) -> Deadline:
    return Deadline.objects.filter(subject_kind=subject).latest("pk")


def test_what_was_said_of_deadlines_of_the_person_is_erased_with_the_rest(world: World) -> None:
    one, other = (world.member(name, "import_probationary", joined_on="2025-10-30") for name in ("Trần A", "Trần B"))
    mine, theirs = (world.probation(member, date(2025, 10, 30)) for member in (one, other))
    for case in (mine, theirs):
        deadline = Deadline.objects.filter(subject_kind="case", subject_id=case.pk).earliest("pk")
        comment(world.actor("secretary"), deadline.pk, comment=WORDS)
    answers = Event.objects.filter(code="deadline.commented").order_by("id")
    assert list(answers.values_list("member_id", "case_id")) == [(one.pk, mine.pk), (other.pk, theirs.pk)]
    erase(world.actor("secretary").who(), "asked for", member_id=one.pk)
    left = EventDetail.objects.filter(event_uid__in=answers.values("uid")).values_list("event_uid", flat=True)
    assert list(left) == [answers.last().uid]  # type: ignore[union-attr]
    seal_all()
    assert verify_log().fault is None


def test_of_flags_too(world: World) -> None:
    own, *others = world.members(4)
    for month in (3, 7, 10):
        world.meeting(others, date(2026, month, 3), absent=[own])
    catch_up()
    task = about("flag")
    snooze(world.actor("secretary"), task.pk, until=task.due_on, reason=WORDS)
    comment(world.actor("secretary"), task.pk, comment=WORDS)
    assert set(Event.objects.filter(subject_kind="deadline", code__in=told()).values_list("member_id")) == {(own.pk,)}
    erase(world.actor("secretary").who(), "asked for", member_id=own.pk)
    assert told() == set()


def test_answers_of_before_whose_lines_name_nobody_are_found_by_what_they_are_about(world: World) -> None:
    """Lines that were written before this stand as they are, and the filter finds them."""
    own, *others = world.members(4)
    for month in (3, 7, 10):
        world.meeting(others, date(2026, month, 3), absent=[own])
    catch_up()
    task = about("flag")
    comment(world.actor("secretary"), task.pk, comment=WORDS)
    entry = Event.objects.get(code="deadline.commented")
    found = Event.objects.filter(pk=entry.pk)
    assert Flag.objects.get(pk=task.subject_id).member_id == own.pk
    assert found.filter(told_of_members([own.pk])).exists()
    assert not found.filter(told_of_members([one.pk for one in others])).exists()


def merged(world: World) -> tuple[Member, Member, UUID]:
    keep, gone = world.member("Nguyễn Văn A"), world.member("Nguyễn Văn A", unit=world.other)
    perform(
        world.actor("other_secretary"), OnMember(gone.pk), "correct_record",
        {"request": CORRECTION["paper"], "reason": WORDS, "home_detail": "Ấp Bí Mật 7"}, on=clock.today(),
    )  # fmt: skip
    correct(world.actor("secretary"), keep, home_detail="Ấp Ba")
    return keep, gone, UUID(merge(world.actor("officer"), keep, gone)["event"])


def test_the_words_of_a_record_that_was_merged_go_with_the_kept_one_s(world: World) -> None:
    keep, gone, _ = merged(world)
    stranger = world.member("Lê Văn B")
    assert told() == {"membership.corrected"}
    erase(world.actor("officer").who(), "asked for", member_id=keep.pk)
    assert told() == set()
    about_them = Event.objects.filter(member_id__in=(keep.pk, gone.pk))
    assert not EventDetail.objects.filter(event_uid__in=about_them.values("uid")).exists()
    assert EventDetail.objects.filter(event_uid__in=Event.objects.filter(member_id=stranger.pk).values("uid")).exists()
    with pytest.raises(NotFound):
        erase(world.actor("officer").who(), "x", member_id=99_999)


def test_the_words_of_a_merge_that_was_voided_stay_with_their_own_record(world: World) -> None:
    keep, _gone, event = merged(world)
    void(world.actor("committee"), event, **CORRECTION)
    erase(world.actor("officer").who(), "asked for", member_id=keep.pk)
    assert told() == {"membership.corrected"}


def test_what_a_merged_record_says_is_emptied_by_itself(world: World) -> None:
    keep, gone, event = merged(world)
    assert (says(keep, "home_detail"), says(gone, "home_detail")) == (("Ấp Ba",), ("Ấp Bí Mật 7",))
    empty(world.actor("officer"), gone, "home_detail")
    assert (says(keep, "home_detail"), says(gone, "home_detail")) == (("Ấp Ba",), (None,))
    assert Member.objects.get(pk=gone.pk).standing == "merged"
    assert not Deadline.objects.filter(subject_kind="member", subject_id=gone.pk, status="open").exists()
    seal_all()
    assert verify_log().fault is None
    assert replayed() == []
    void(world.actor("committee"), event, **CORRECTION)  # a merge is not kept by what was emptied
    assert (says(gone, "home_detail"), Member.objects.get(pk=gone.pk).standing) == ((None,), "official")
