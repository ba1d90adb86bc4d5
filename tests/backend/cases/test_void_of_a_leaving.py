"""A leaving is voided only after what was ended because of it: else deadlines of cases that are over would run again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from backend.cases.engine import OnMember, perform
from backend.cases.voiding import void
from backend.core.errors import CannotVoid
from backend.members.models import Member
from tests.backend.cases.test_leaving import ON, deadlines, state, step
from tests.backend.cases.test_perform import traces
from tests.leaving import GROUND, opened
from tests.world import make_world, paper

pytestmark = pytest.mark.django_db


def test_a_death_is_not_voided_while_a_case_is_ended_by_it() -> None:
    """Found by the machine."""
    world = make_world()
    people = world.members(3)
    case = opened(world, "removal", "open", people[0], GROUND)
    died = perform(world.actor("secretary"), OnMember(people[0].pk), "record_death",
                   {"certificate_of_death": paper(ON), "died_on": "2026-11-01"}, on=date(2026, 11, 1))  # fmt: skip
    ended = step(world, "secretary", case, "end", proof=paper(ON))
    before = traces()
    with pytest.raises(CannotVoid) as caught:
        void(world.actor("deputy"), UUID(died["event"]), reason="Nhầm", paper=paper(ON))
    assert (caught.value.blockers, traces()) == ([UUID(ended["event"])], before)
    for one in (ended, died):  # the newest first
        void(world.actor("deputy"), UUID(one["event"]), reason="Nhầm", paper=paper(ON))
    running = {rule: status for rule, (status, _) in deadlines(case).items()}
    assert (state(case), running) == (("opened", None), {"TASK.CONSIDER_REMOVAL": "open", "TASK.END_CASE": "cancelled"})
    assert Member.objects.get(pk=people[0].pk).standing == "official"
