"""Cases of leaving in a small world: one of each page, opened as its office does it."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.cases.engine import NewCase, perform
from backend.members.models import Member
from tests.world import TODAY, World, paper

REPORT = {"report": paper(TODAY, "05-BC/CB")}
GROUND = {**REPORT, "ground": "dues_unpaid", "months": 3, "expulsion_due": False}
SIGN = {"criterion": "not_completed", "years": 2, "sign": paper(TODAY, "02-QĐ/ĐU")}
REQUEST = {"request": paper(TODAY), "cause": "other", "reason": "Hoàn cảnh", "no_violation": True}
LATE = {"appeal": paper(TODAY), "against": "removal", "received_on": "2020-03-03", "appeal_to": "province"}
DATA = {"request": paper(TODAY), "asked_for": "view", "received_on": TODAY.isoformat()}
AGAIN = {"application": paper(TODAY), "reason_left": "other"}


def opened(world: World, lifecycle: str, step: str, member: Member, facts: dict[str, Any], who: str = "secretary",
           on: date = TODAY) -> int:  # fmt: skip
    """The id of a case opened about a member."""
    return int(perform(world.actor(who), NewCase(lifecycle, member_id=member.pk), step, facts, on=on)["id"])


def one_of_each(world: World) -> dict[str, int]:
    """A screening, a removal, a discipline case, a withdrawal, a late appeal, an application to come back and a request
    about data."""
    people = world.members(4)
    left = [world.member(name, "import_removed", left_on="2020-03-02") for name in ("Bùi Văn Xa", "Bùi Thị Xưa")]
    return {
        "screening": opened(world, "screening", "open", people[0], SIGN),
        "removal": opened(world, "removal", "open", people[1], GROUND),
        "data_request": opened(world, "data_request", "receive", people[0], DATA),
        "discipline": opened(world, "discipline", "open", people[2], REPORT),
        "withdrawal": opened(world, "withdrawal", "request", people[3], REQUEST),
        "appeal": opened(world, "appeal", "lodge_late", left[0], LATE, "officer"),
        "readmission": opened(world, "readmission", "apply", left[1], AGAIN),
    }
