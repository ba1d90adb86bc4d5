"""What the engine writes must stand the whole examination of the log, and a row changed behind its back must not."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import OnCase, perform
from tests.backend.audit.events import rows
from tests.backend.cases.test_perform import ON, ballot
from tests.world import make_world, paper

pytestmark = pytest.mark.django_db
SUBJECTS = ("assignment", "calendar", "case", "dues", "flag", "law", "member", "unit")


def test_the_engines_log_is_whole_and_a_state_set_by_hand_is_named() -> None:
    world = make_world()
    people = world.members(3)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    opened = world.probation(new, date(2025, 10, 30))
    meeting = world.meeting(people, ON)
    facts = {"resolution": paper(ON), "ballot": ballot(meeting, 3)}
    perform(world.actor("secretary"), OnCase(opened.pk), "propose", facts, on=ON, expected_version=1, request_key=None)
    sealed = seal_all()
    report = verify_log()
    assert (report.fault, report.events, report.subjects) == (None, sealed, SUBJECTS)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows("ALTER TABLE cases_case DISABLE TRIGGER USER")
    rows("UPDATE cases_case SET state = 'forged' WHERE id = %s", [opened.pk])
    fault = verify_log().fault
    assert fault is not None
    assert fault.sentence.startswith(
        f"Dữ liệu và sự kiện không khớp: Hồ sơ {opened.pk}: state là “forged”, sự kiện cuối"
    )
