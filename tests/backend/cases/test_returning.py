"""Somebody who had been transferred out to where Chibo is not comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.roles import as_role
from tests.world import make_world, paper

pytestmark = pytest.mark.django_db
BROUGHT: dict[str, Any] = {"papers_handed_over": True, "notice_slip": paper(date(2026, 12, 1))}
"""What comes back with somebody on the first of December."""


def test_a_probationer_who_comes_back_is_reviewed_on_the_day_of_before() -> None:
    """R-10: a recognition of its own from the same ceremony; none for who became official elsewhere."""
    world = make_world()
    clock.move_to(date(2026, 12, 1))
    facts = {"joined_on": "2026-02-02", "left_on": "2026-06-01"}
    still, official = (world.member(name, "import_transferred_out", **facts) for name in ("Trần Thị Về", "Trần Văn Về"))
    on, officer = date(2026, 12, 1), world.actor("officer")
    with as_role("chibo_app"):
        for member, more in ((still, {}), (official, {"official_on": "2026-11-30"})):
            told = {**BROUGHT, "introduction": paper(on), **more}
            perform(officer, NewCase("transfer", member_id=member.pk), "receive_back", told, on=on)
    assert [Member.objects.get(pk=one.pk).standing for one in (still, official)] == ["probationary", "official"]
    assert Member.objects.get(pk=official.pk).official_on == date(2026, 11, 30)
    (review,) = Case.objects.filter(lifecycle="recognition")
    assert (review.member_id, review.state, review.facts["ceremony_on"]) == (still.pk, "probation", "2026-02-02")
    due = Deadline.objects.get(subject_kind="case", subject_id=review.pk)
    assert (due.rule_id, due.started_on) == ("PRO.CELL_REVIEW", date(2027, 2, 2))
