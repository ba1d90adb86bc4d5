"""The history of members by date follows from their events; a stretch that was tampered with, or is gone, is named."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from backend.audit.models import Event
from backend.cases.engine import OnMember, perform
from backend.cases.voiding import void
from backend.core import clock
from backend.members.models import Member, Spell
from tests.backend.cases.stepping import step
from tests.backend.cases.test_leaving import handed_over, only, removed
from tests.realdb import RealDatabase
from tests.replaying import replayed
from tests.world import World, make_world, paper

ON = date(2026, 11, 2)


def lapse(world: World, member: Member, on: date) -> Event:
    facts = {"resolution": paper(on), "ground": "meetings", "months": 3}
    done = perform(world.actor("secretary"), OnMember(member.pk), "record_lapse", facts, on=on)
    return Event.objects.get(uid=done["event"])


def history(member: Member) -> list[tuple[date, date | None, str, str]]:
    rows = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    return [(one.valid.lower, one.valid.upper, one.standing, one.participation) for one in rows]


@pytest.mark.django_db
def test_what_was_recorded_late_voided_and_restored_follows_from_the_log() -> None:
    """A lapse voided and recorded for an earlier day; a removal annulled on appeal after it."""
    world = make_world()
    people = world.members(6)
    wrong = lapse(world, people[0], ON)
    void(world.actor("deputy"), wrong.uid, reason="Nhầm ngày", paper=paper(ON))
    lapse(world, people[0], date(2026, 9, 30))
    case = removed(world, people[1], people)
    handed_over(world, case, date(2026, 12, 28))
    on = date(2027, 2, 16)
    clock.move_to(on)
    step(world.actor("officer"), case, "appeal", on, appeal=paper(on), appeal_to="province")
    step(world.actor("province"), only("appeal"), "annul", on, restoration=paper(on))
    assert history(people[0]) == [
        (date(2026, 1, 1), date(2026, 9, 30), "official", "attending"),
        (date(2026, 9, 30), None, "official", "lapsed"),
    ]
    assert [one[2] for one in history(people[1])] == ["official", "removed", "official"]
    assert replayed() == []


@pytest.mark.real
def test_a_stretch_that_was_tampered_with_or_is_gone_is_named(committed_db: RealDatabase) -> None:
    world = make_world()
    one, other = world.members(2)
    event = lapse(world, one, date(2026, 9, 30))
    entered = Event.objects.get(subject_kind="member", subject_id=other.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE members_spell SET valid = daterange('2026-10-01', NULL) WHERE event_uid = %s AND participation = %s",
            [event.uid, "lapsed"],
        )
        cursor.execute("DELETE FROM members_spell WHERE member_id = %s", [other.pk])
    place = f"in unit {world.cell.pk}"
    assert replayed() == [
        f"Member {one.pk}: the history has official, lapsed {place} from 2026-10-01 to … (by {event.uid}), "
        "its events do not",
        f"Member {one.pk}: the history has not official, lapsed {place} from 2026-09-30 to … (by {event.uid}), "
        "its events have",
        f"Member {other.pk}: the history has not official, attending {place} from 2026-01-01 to … (by {entered.uid}), "
        "its events have",
    ]
