"""How somebody comes from outside who was never on a list here: from nothing, on the papers brought along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Number, Paper
from workflows.guards.badges import party_age_from_eighteen
from workflows.guards.membership import days_in_order, old_enough_then
from workflows.guards.moving import late_with_a_reason, papers_complete
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.places import of_a_cell
from workflows.guards.returning import official_by_the_law
from workflows.member_steps.moving import REFERRED
from workflows.member_steps.roster import DECIDED, JOINED, OFFICIAL
from workflows.offices import Level, Right
from workflows.page_facts.admission import DECISION, REFERRAL
from workflows.page_facts.moving import LATE, PAPERS
from workflows.situation import Situation
from workflows.standings import Standing
from workflows.vocabulary import NEW, Start, step

BASIS = ("294-QĐ/TW 26/05/2025 điểm 6.3.1", "38-HD/BTCTW 29/09/2025")
SLIP = Paper("notice_slip", _("Notice slip sent back"), paper="transfer_notice")
AGE_FROM = Day(
    "party_age_from", _("Day from which the party age counts, where a paper confirms another"), required=False
)
BADGE = Number("badge_years", _("Years of party age of the last badge awarded"), required=False, minimum=1, maximum=150)
GUARDS = (of_a_cell, days_in_order, old_enough_then, official_by_the_law, dated_by_then("introduction"),
          dated_on_the_day("notice_slip"), papers_complete, late_with_a_reason, party_age_from_eighteen)  # fmt: skip
TO_CEREMONY = Start("admission", "receive_referral", lambda s: {one: s.facts[one] for one in ("referral", "decision")})
TO_RECOGNITION = Start("recognition", "go_on", lambda situation: {"ceremony_on": situation.facts["joined_on"]})


class Arriving:
    """Tiếp nhận đảng viên từ nơi khác đến: T-05 and T-09 in one, since the other side is not seen here.

    Who was here before is received back by the transfer's own page (`transfer.receive_back`).
    """

    admission_decided_on: date | None
    joined_on: date | None
    official_on: date | None
    party_age_from: date | None
    badge_years: int | None

    @step(NEW, Standing.OFFICIAL, field="standing", by=Right.HAND_OVER, at=Level.BASE, event="received_new_official",
          label=_("Receive an official member from outside"), basis=BASIS,
          facts=[*PAPERS, SLIP, JOINED, OFFICIAL, DECIDED, AGE_FROM, BADGE, LATE], guards=GUARDS)  # fmt: skip
    def receive_new_official(self, situation: Situation) -> None:
        """Counted here from the notice slip that goes back on this day."""
        self._arrive(situation)
        self.official_on = situation.facts["official_on"]

    @step(NEW, Standing.PROBATIONARY, field="standing", by=Right.HAND_OVER, at=Level.BASE,
          event="received_new_probationary", label=_("Receive a probationary member from outside"), basis=BASIS,
          facts=[*PAPERS, SLIP, JOINED, DECIDED, AGE_FROM, BADGE, LATE], guards=GUARDS, starts=[TO_RECOGNITION])  # fmt: skip
    def receive_new_probationary(self, situation: Situation) -> None:
        """R-10: the twelve months go on from the same ceremony; the cell here reviews at their end."""
        self._arrive(situation)

    @step(NEW, Standing.APPROVED, field="standing", by=Right.HAND_OVER, at=Level.BASE, event="received_new_approved",
          label=_("Receive a person already decided on from outside"), basis=REFERRED, facts=[REFERRAL, DECISION],
          guards=[of_a_cell, dated_on_the_day("referral"), dated_by_then("decision")], starts=[TO_CEREMONY])  # fmt: skip
    def receive_new_approved(self, situation: Situation) -> None:
        """D-13, where the old place is not seen here: the ceremony is held by the cell that receives the person."""
        self.admission_decided_on = situation.facts["decision"].date

    def _arrive(self, situation: Situation) -> None:
        self.joined_on = situation.facts["joined_on"]
        self.admission_decided_on = situation.facts.get("admission_decided_on")
        self.party_age_from = situation.facts.get("party_age_from")
        self.badge_years = situation.facts.get("badge_years")
        self.begin_attending(situation)  # type: ignore[attr-defined]  # of the page (`Participating`)


RECEIVES: Mapping[str, str] = {
    Standing.OFFICIAL.value: "receive_new_official", Standing.PROBATIONARY.value: "receive_new_probationary",
}  # fmt: skip
"""The step that receives somebody with a standing."""
