"""Back to what runs on: a suspension, a journey or a stay ends, and a leave or exemption granted before it is still in force.

A case carries its way of taking part from the paper that grants it to its last day, whatever overrides it meanwhile: the
paper that ends what overrode it does not take the leave away, and nobody asks for it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.facts import Paper, day_in
from workflows.law.citing import PRACTICE
from workflows.member_steps.placed import Placed
from workflows.offices import LADDER, Right
from workflows.situation import Situation
from workflows.standings import CARRIED, Participation
from workflows.vocabulary import step

P = Participation
INTRODUCTION = Paper("introduction", _("Introduction paper"), paper="introduction_paper")
OVERRIDDEN = (P.ELSEWHERE, P.SUSPENDED, P.IN_TRANSIT)
"""Ways of taking part during which another one may run on."""


def runs_on(situation: Situation) -> tuple[Participation, Mapping[str, Any]] | None:
    """The way of taking part that still holds on the day, and the facts that say from when to when.

    An open case of the member, other than the one at hand, carries it; of whom a roster called exempt, or on leave up to a
    day, there is no case: then the way from before.
    """
    own = getattr(situation.subject, "pk", None)
    for way, (lifecycle, states) in CARRIED.items():
        for case in situation.cases(lifecycle):
            last = day_in(case.facts, "away_until")
            if case.id != own and case.state in states and (last is None or situation.on <= last):
                return way, case.facts
    before = situation.took_part()
    for way in (P.EXEMPT, P.AWAY):
        held = way == P.EXEMPT or (before.until is not None and situation.on <= before.until)
        if before.way == way and held and not situation.cases(CARRIED[way][0]):
            return way, {"away_until": before.until.isoformat() if before.until else None}
    return None


class GoingOn(Placed):
    """One step for each way: its paper is the one that granted it."""

    participation: str
    away_until: date | None

    def had_lapsed(self, situation: Situation) -> bool:
        """Whether a suspension fell upon a member who had dropped party activity."""
        return self.participation == P.SUSPENDED and situation.took_part().way == P.LAPSED

    def go_on(self, situation: Situation, otherwise: Callable[[Situation], None]) -> None:
        """To the way of taking part that runs on; where none does, by the step `otherwise`.

        Who had lapsed stays so: a resolution of the cell alone takes a member back.
        """
        if self.had_lapsed(situation):
            self.go_on_lapsed(situation)
            return
        found = runs_on(situation)
        if found is None:
            otherwise(situation)
            return
        way, facts = found
        steps: Mapping[Participation, Callable[[Situation], None]] = {
            P.ELSEWHERE: self.go_on_elsewhere, P.ABROAD: self.go_on_abroad, P.AWAY: self.go_on_away,
            P.EXEMPT: self.go_on_exempt,
        }  # fmt: skip
        steps[way](situation)
        self.away_until = day_in(facts, "away_until")
        self._begins(situation, day_in(facts, "away_from") or day_in(facts, "from_on"), P.ATTENDING)
        there = facts.get("to_unit") if way == P.ELSEWHERE else None
        self._guest_of(situation.unit(there) if there else None)

    @step(OVERRIDDEN, P.AWAY, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Leave for work far away goes on"), event="away_again", basis=(PRACTICE,),
          facts=[Paper("approval", _("Approval of the base committee"), paper="away_approval")])  # fmt: skip
    def go_on_away(self, situation: Situation) -> None:
        """Up to the day that the base committee agreed to."""

    @step(P.SUSPENDED, P.ELSEWHERE, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Temporary transfer goes on after a suspension"), event="elsewhere_again", basis=(PRACTICE,),
          facts=[INTRODUCTION])  # fmt: skip
    def go_on_elsewhere(self, situation: Situation) -> None:
        """At the place named on the introduction paper, up to its last day."""

    @step(P.IN_TRANSIT, P.ABROAD, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Stay abroad goes on"), event="abroad_again", basis=(PRACTICE,),
          facts=[INTRODUCTION])  # fmt: skip
    def go_on_abroad(self, situation: Situation) -> None:
        """Until the return is recorded."""

    @step((P.SUSPENDED, P.IN_TRANSIT), P.EXEMPT, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Exemption goes on"), event="exempt_again", basis=(PRACTICE,),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")])  # fmt: skip
    def go_on_exempt(self, situation: Situation) -> None:
        """Until the member takes part again: an exemption goes along to another cell, as the member's file says it."""

    @step(P.SUSPENDED, P.LAPSED, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Still without party activity after a suspension"), event="lapsed_again", basis=(PRACTICE,),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")])  # fmt: skip
    def go_on_lapsed(self, situation: Situation) -> None:
        """Until the cell resolves otherwise: neither the end of a suspension nor a restoration takes a member back."""
        self.away_until = None
