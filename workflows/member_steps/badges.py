"""What is recorded of a member's party age and badges: each on its paper, and nothing by itself."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Flag, Number, Paper
from workflows.guards import badges as guards
from workflows.guards.papers import dated_by_then
from workflows.member_steps.roster import COMMITTEES
from workflows.offices import Right
from workflows.situation import Situation
from workflows.standings import Standing
from workflows.vocabulary import STAY, step

BADGE = ("01-HD/TW 28/09/2021 mục 18", "01-HD/TW 19/05/2026")
AGE = ("Điều lệ Đảng Điều 5 khoản 4", "24-QĐ/TW 30/07/2021 điểm 4.5")


class Badges:
    """Tuổi đảng, Huy hiệu Đảng."""

    badge_years: int | None
    party_age_from: date | None

    @step((Standing.OFFICIAL, Standing.DECEASED), STAY, field="standing", by=Right.RECORD_DECISION, at=COMMITTEES,
          label=_("Record a party badge that was awarded"), event="badge_awarded", basis=BADGE,
          facts=[Paper("decision", _("Decision to award the badge"), paper="badge_decision"),
                 Number("badge_years", _("Years of party age of the badge"), minimum=1, maximum=150),
                 Day("ceremony_on", _("Day of the ceremony"), required=False, ahead=True),
                 Flag("early", _("Awarded early on request (the ground stays with the paper)"), required=False)],
          guards=[dated_by_then("decision"), guards.badge_of_the_law, guards.badge_not_recorded, guards.party_age_full,
                  guards.badge_deferred])  # fmt: skip
    def award_badge(self, situation: Situation) -> None:
        """The list of the next ceremony leaves this badge out; it may have been awarded long ago."""
        self.badge_years = situation.facts["badge_years"]

    @step(Standing.OFFICIAL, STAY, field="standing", by=Right.RECORD_COMMITTEE, at=COMMITTEES,
          label=_("Record from when the party age counts"), event="party_age_confirmed", basis=AGE,
          facts=[Paper("confirmation", _("Paper that confirms the party age"), paper="party_age_confirmation"),
                 Day("party_age_from", _("Day from which the party age counts"))],
          guards=[dated_by_then("confirmation"), guards.party_age_from_eighteen])  # fmt: skip
    def confirm_party_age(self, situation: Situation) -> None:
        """Time that does not count (out of contact, between two cells) is known from a paper only, as a readmission is."""
        self.party_age_from = situation.facts["party_age_from"]
