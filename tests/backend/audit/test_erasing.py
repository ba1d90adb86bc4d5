"""Erasing a detail is itself an event, which keeps who did it and why."""

from __future__ import annotations

from datetime import date
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.accounts.policy import Actor
from backend.audit.erasing import erase
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.core.errors import Unchanged
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import make_world

pytestmark = pytest.mark.real
OPERATOR = Actor.operator("ann")
ON = date(2026, 11, 2)


def test_an_erasure_is_an_event_that_keeps_its_reason(committed_db: RealDatabase) -> None:
    world = make_world()
    meeting = world.meeting(world.members(3), ON)
    event = Event.objects.get(case_id=meeting.pk, code="meeting.held")
    with as_role("chibo_owner"):
        with pytest.raises(CommandError, match="--reason"):
            call_command("erase_details", "--event", str(event.uid), "--reason", " ")
        assert EventDetail.objects.filter(event_uid=event.uid).exists()
        call_command("erase_details", event=event.uid, reason="asked for", stdout=StringIO())
        with pytest.raises(CommandError) as refusal:
            call_command("erase_details", event=UUID(int=7), reason="x")
        call_command("erase_details", event=event.uid, reason="again", stdout=StringIO())  # nothing is left
        with override("en"), pytest.raises(CommandError, match=r"^The log knows no member with this number\.$"):
            call_command("erase_details", "--member", "99999", "--reason", "x")
    assert refusal.value.returncode == 2
    assert not EventDetail.objects.filter(event_uid=event.uid).exists()
    erased = Event.objects.get(code="detail.erased")
    assert (erased.subject_kind, erased.subject_id, erased.version) == ("detail", event.pk, 1)
    assert (erased.facts, erased.member_id, erased.case_id) == ({"event": str(event.uid)}, None, None)
    assert EventDetail.objects.get(event_uid=erased.uid).data["facts"] == {"reason": "asked for"}
    with as_role("chibo_jobs"):
        seal_all()
        assert verify_log().fault is None


def test_all_about_a_member_is_erased_and_nothing_of_others(committed_db: RealDatabase) -> None:
    world = make_world()
    one, other = world.members(2)
    about = Event.objects.filter(member_id=one.pk).count()
    with as_role("chibo_owner"):
        assert erase(OPERATOR.who(), "asked for", member_id=one.pk) == about
        with pytest.raises(Unchanged):
            erase(OPERATOR.who(), "again", member_id=one.pk)
    kept = EventDetail.objects.filter(event_uid__in=Event.objects.filter(member_id=other.pk).values("uid"))
    assert kept.count() == Event.objects.filter(member_id=other.pk).count() > 0
    assert Event.objects.filter(code="detail.erased").count() == about
