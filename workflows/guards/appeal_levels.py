"""Guards of appeals: to which level they go, above all that have decided, and which one resolves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.offices import LADDER, Level
from workflows.situation import CaseView, Guard, Situation

DECIDED_BY = {
    "removal": ("removal", ("decide", "take_over")),
    "expulsion": ("discipline", ("expel", "expel_on_judgment")),
}
"""By what an appeal is against: the lifecycle that decides, and its steps that do."""
UPHELD = ("uphold",)


def above_who_decided(against: str = "") -> Guard:
    """An appeal goes to a level above the one that made the person leave, whatever has become of that case since.

    `against`: one of `DECIDED_BY`; else the step's fact of that name says it.
    """

    def guard(situation: Situation) -> Refusal | None:
        lifecycle, steps = DECIDED_BY.get(against or situation.facts.get("against") or "", ("", ()))
        cases = [one for one in reversed(situation.cases(lifecycle)) if _ended_since_leaving(situation, one)]
        levels = (situation.decided_at(one.id, steps) for one in cases)
        return _above(situation, next(filter(None, levels), None))

    return guard


def _ended_since_leaving(situation: Situation, case: CaseView) -> bool:
    """Whether it ended once the person had left, or has not ended: one from before a return ended before this leaving."""
    left = situation.member.left_on
    return case.closed_on is None or left is None or case.closed_on >= left


def higher_body(situation: Situation) -> Refusal | None:
    """The next appeal goes to a level above the one that has decided, up to the Secretariat: also where that was the one
    above the level addressed, of which there is none here."""
    upheld = [situation.decided_at(one.id, UPHELD) for one in situation.cases("appeal") if one.closed_on is None]
    return _above(situation, _highest(situation.past.get("appeal_to"), *upheld))


def _above(situation: Situation, before: str | None) -> Refusal | None:
    wanted = situation.facts.get("appeal_to")
    if not wanted or not before or LADDER.index(Level(wanted)) > LADDER.index(Level(before)):
        return None
    return Refusal(
        "appeal.same_body", gettext_noop("That level has decided already."), rule="REM.RESOLVE", fact="appeal_to",
        remedy=gettext_noop("Name a level above it; the Secretariat is the last."),
    )  # fmt: skip


def addressed_here(situation: Situation) -> Refusal | None:
    """What an appeal comes to is recorded by the level it is addressed to; what is above all levels here, by the highest."""
    level = situation.past.get("appeal_to")
    if not level or situation.acts_at(level):
        return None
    return Refusal(
        "appeal.other_level", gettext_noop("The appeal is addressed to: %(level)s."), {"level": Level(level).label},
        "REM.RESOLVE", gettext_noop("The office of that level records this; where there is none, the one next above it."),
    )  # fmt: skip


def not_decided_already(situation: Situation) -> Refusal | None:
    """What a level has decided is appealed against to the levels above it; the last one's decision stands (8.2)."""
    wanted = situation.facts.get("appeal_to")
    ended = [case for case in situation.cases("appeal") if _of_this_leaving(situation, case.facts)]
    further = _highest(
        *(one.facts["appeal_to"] for one in ended if one.state == "withdrawn" and "decision" in one.facts)
    )
    if wanted and further and LADDER.index(Level(wanted)) < LADDER.index(further):
        message = gettext_noop("An appeal had gone on to: %(level)s. It was withdrawn; what was decided below stands.")
        remedy = gettext_noop("Name that level, or one above it.")
        return Refusal("appeal.went_further", message, {"level": further.label}, "REM.RESOLVE", remedy, "appeal_to")
    closed = [one for one in ended if one.state == "closed"]
    last = _highest(
        *(level for one in closed for level in (one.facts["appeal_to"], situation.decided_at(one.id, UPHELD)))
    )
    if not wanted or last is None or LADDER.index(Level(wanted)) > LADDER.index(last):
        return None
    return Refusal(
        "appeal.decided_already", gettext_noop("This was decided already, by: %(level)s."), {"level": last.label},
        "REM.RESOLVE", gettext_noop("Name a level above it; what the Secretariat has decided is final."), "appeal_to",
    )  # fmt: skip


def _highest(*levels: str | None) -> Level | None:
    return max((Level(one) for one in levels if one), key=LADDER.index, default=None)


def _of_this_leaving(situation: Situation, facts: Mapping[str, Any]) -> bool:
    """Whether an earlier appeal was against the same decision, and not against one from before a readmission."""
    left = situation.member.left_on
    same = facts.get("against") == situation.facts.get("against")
    return same and (left is None or date.fromisoformat(facts["received_on"]) >= left)
