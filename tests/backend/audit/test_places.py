"""What stands beside a line and decides who sees it: the path of the unit, which no seal covers."""

from __future__ import annotations

import pytest

from backend.audit.models import EventDetail
from backend.audit.sealing import seal
from backend.audit.verify import verify_log
from tests.backend.audit.events import rows
from tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", ["audit_event", "audit_eventdetail"])
def test_an_entry_hidden_under_another_unit(table: str) -> None:
    """No seal covers the path, which goes along when a unit moves: it is compared with the unit's own."""
    world = make_world()
    world.member("Nguyễn Văn An")
    seal()
    assert verify_log().fault is None
    rows(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    column = "event_uid" if table == "audit_eventdetail" else "uid"
    uid = EventDetail.objects.latest("pk").event_uid
    rows(f"UPDATE {table} SET unit_path = '/hidden/' WHERE {column} = %s", [uid])
    fault = verify_log().fault
    assert fault is not None
    assert (fault.code, str(uid) in fault.sentence) == ("misplaced", True)
