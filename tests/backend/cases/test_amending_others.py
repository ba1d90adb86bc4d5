"""What a corrected or emptied record does to other entries: their voids, and the terms counted from a day of birth."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import NewCase, OnMember, perform
from backend.cases.voiding import void
from backend.core.errors import CannotVoid
from backend.members.models import Member
from tests.backend.cases.stepping import deadlines
from tests.backend.cases.test_amending import CORRECTION, an, correct, empty, says, world
from tests.backend.cases.test_merging import ID, merge, twice
from tests.backend.cases.test_perform import ON, traces
from tests.replaying import replayed
from tests.world import World, paper

__all__ = ["an", "twice", "world"]
pytestmark = pytest.mark.django_db


def test_what_was_emptied_or_corrected_since_keeps_no_mistaken_death(world: World, an: Member) -> None:
    dead = {"certificate_of_death": paper(ON, "GCT-1"), "died_on": ON.isoformat()}
    died = perform(world.actor("secretary"), OnMember(an.pk), "record_death", dead, on=ON)
    correct(world.actor("officer"), an, full_name="Lê Thị Ánh")
    empty(world.actor("officer"), an, "phone")
    void(world.actor("deputy"), UUID(died["event"]), **CORRECTION)
    now = Member.objects.get(pk=an.pk)
    assert (now.standing, now.left_on, says(an, "full_name", "phone")) == ("official", None, ("Lê Thị Ánh", None))
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def test_a_correction_is_not_taken_back_under_what_was_said_or_emptied_later(world: World, an: Member) -> None:
    first = correct(world.actor("secretary"), an, phone="0987654321")
    empty(world.actor("officer"), an, "phone")
    before = traces()
    with pytest.raises(CannotVoid) as caught:
        void(world.actor("deputy"), UUID(first["event"]), **CORRECTION)
    emptied = Event.objects.get(code="membership.emptied")
    assert (caught.value.blockers, says(an, "phone"), traces()) == ([emptied.uid], (None,), before)


def test_the_term_of_age_follows_a_corrected_birth_and_its_void(world: World) -> None:
    candidate = world.member("Trần Bình", step="import_candidate", born_on=date(1967, 3, 10))
    opened = perform(world.actor("secretary"), NewCase("admission", member_id=candidate.pk), "open",
                     {"application": paper(ON)}, on=ON)  # fmt: skip
    assert deadlines(opened["id"])["ADM.AGE_MAX"] == ("open", date(2027, 3, 31))
    correct(world.actor("secretary"), candidate, phone="0987654321")  # no term is counted from a phone
    assert moves() == []
    done = correct(world.actor("secretary"), candidate, born_on="1977-03-10")
    assert deadlines(opened["id"])["ADM.AGE_MAX"] == ("open", date(2037, 3, 31))
    told = [(one.facts["why"], one.facts["due_was"], one.facts["due"], one.office) for one in moves()]
    assert told == [("record", "2027-03-31", "2037-03-31", "cell_secretary")]
    assert replayed() == []
    void(world.actor("deputy"), UUID(done["event"]), **CORRECTION)
    assert deadlines(opened["id"])["ADM.AGE_MAX"] == ("open", date(2027, 3, 31))
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])


def moves() -> list[Event]:
    return list(Event.objects.filter(code="deadline.moved").order_by("id"))


def test_a_correction_keeps_the_merge_that_wrote_the_record(world: World, twice: tuple[Member, Member]) -> None:
    keep, gone = twice
    merged = merge(world.actor("officer"), keep, gone)
    correct(world.actor("secretary"), keep, home_detail="Ấp Ba")
    before = traces()
    with pytest.raises(CannotVoid) as caught:
        void(world.actor("committee"), UUID(merged["event"]), **CORRECTION)
    corrected = Event.objects.get(code="membership.corrected")
    assert (caught.value.blockers, says(keep, "home_detail"), traces()) == ([corrected.uid], ("Ấp Ba",), before)


def test_what_is_emptied_is_emptied_in_the_records_that_were_merged_too(
    world: World, twice: tuple[Member, Member]
) -> None:
    keep, gone = twice
    merged = merge(world.actor("officer"), keep, gone)
    empty(world.actor("officer"), keep, "home_detail", "ethnicity")
    assert (says(gone, "home_detail", "ethnicity"), says(gone, "full_name")) == ((None, None), ("Nguyễn Văn A",))
    void(world.actor("committee"), UUID(merged["event"]), **CORRECTION)
    assert says(gone, "home_detail", "ethnicity", "personal_id") == (None, None, ID)
    assert says(keep, "home_detail", "ethnicity", "personal_id") == (None, None, None)
    seal_all()
    assert (verify_log().fault, replayed()) == (None, [])
