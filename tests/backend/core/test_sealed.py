"""What stands behind the lines of the log is kept sealed; only presence by member's id stands open for queries."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.built_on import facts_of
from backend.core.keyring import KeyMissing, resealed, seal
from backend.core.sealed import OPEN, closed, opened
from tests.backend.audit.events import rows
from tests.roles import as_role
from tests.world import make_world

WORDS = {"who": "Trần Thị Mới", "request": "tap-1", "facts": {"reason": "Nhập nhầm", "roll_call": {"7": "present"}}}


def test_all_is_sealed_but_presence() -> None:
    kept = closed(WORDS)
    assert (kept["facts"], set(kept)) == ({"roll_call": {"7": "present"}}, {"facts", "sealed"})
    assert not any(word in str(kept) for word in ("Trần", "tap-1", "nhầm"))
    assert opened(kept) == WORDS
    assert opened(closed({"facts": {"roll_call": {}}})) == {"facts": {"roll_call": {}}}
    assert closed({}) == {}


def test_what_stands_open_is_presence_alone() -> None:
    """Whoever declares a roll call by another name says so, or queries find nothing of it."""
    assert set(facts_of("roll_call")["names"]) == OPEN


@pytest.mark.django_db
def test_the_database_has_no_word_and_the_row_reads_as_it_was_written() -> None:
    world = make_world()
    meeting = world.meeting(world.members(2), date(2026, 11, 2))
    event = Event.objects.get(case_id=meeting.pk, code="meeting.held")
    ((kept,),) = rows("SELECT data::text FROM audit_eventdetail WHERE event_uid = %s", [event.uid])
    detail = EventDetail.objects.get(event_uid=event.uid)
    assert detail.data["who"] not in kept
    assert '"present"' in kept
    detail.save()
    assert EventDetail.objects.get(event_uid=event.uid).data == detail.data
    presence = EventDetail.objects.filter(event_uid=event.uid).values_list("data__facts__roll_call", flat=True)
    assert list(presence) == [detail.data["facts"]["roll_call"]]


@pytest.mark.django_db
def test_the_log_verifies_and_names_what_no_key_opens(settings: LazySettings) -> None:
    world = make_world()
    world.members(2)
    with as_role("chibo_jobs"):
        seal_all()
        assert verify_log().fault is None
        settings.CHIBO_FIELD_KEYS = Fernet.generate_key().decode()
        fault = verify_log().fault
    assert fault is not None
    assert "CHIBO_FIELD_KEYS" in fault.sentence
    with pytest.raises(KeyMissing):
        EventDetail.objects.first()


@pytest.mark.parametrize("keys", ["{new},{old}", " {new} , {old},", ",{new},,{old}"])
def test_what_the_newest_key_opens_is_not_sealed_anew_however_the_keys_are_parted(
    keys: str, settings: LazySettings
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CHIBO_FIELD_KEYS = old
    before = seal("Lan")
    assert before is not None
    settings.CHIBO_FIELD_KEYS = keys.format(new=new, old=old)
    after = resealed(before)
    assert after is not None
    assert Fernet(new).decrypt(after) == b"Lan"
    assert resealed(after) is None
