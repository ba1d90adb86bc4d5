"""What the pages of transfers ask for in common."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Flag, Paper, Text
from workflows.member_steps.moving import INTRODUCTION, REORGANISATION, TO
from workflows.units import UnitRef

TO_UNIT = UnitRef(TO, _("Cell or committee to go to, by its code (if it works with Chibo here)"), required=False)
WHERE = (TO_UNIT, Text("place", _("Place to go to (if not)"), required=False, max_length=200))
GROUND = (
    Choice("ground", _("Ground"), choices=(
        ("decision", _("Decision to move to another unit")), ("retired", _("Retirement or loss of capacity")),
        ("left_work", _("Left work or was demobilised")), ("residence", _("Long-term change of residence")))),
    Paper("ground_paper", _("Decision, or registration of residence"), paper="transfer_ground"),
    Day("effective_on", _("Day it took effect")),
)  # fmt: skip
UNTIL = Day("away_until", _("End of the temporary transfer"), ahead=True)
STAY_ASKED = (
    Paper("request", _("Request of the member"), paper="transfer_request"),
    Choice("purpose", _("Purpose"), choices=(
        ("work", _("Work or residence")), ("study", _("Concentrated study in the country")),
        ("retiring", _("Waiting for retirement")), ("special", _("Special case of the Secretariat")))),
    Day("from_on", _("First day of the stay"), ahead=True), UNTIL, *WHERE,
)  # fmt: skip
CELL = UnitRef(TO, _("Cell that takes the member in, by its code"))
ALONG = (CELL, REORGANISATION)
SETTLED = (
    Paper("self_review", _("Self-review with the remarks of the cell"), paper="self_review"),
    Flag("dues_settled", _("Dues paid to this month")),
)
LATE = Text("late_reason", _("Why it is late"), required=False)
PAPERS = (INTRODUCTION, Flag("papers_handed_over", _("Member's file, card and papers handed over")))
BACK = Paper("introduction_back", _("Introduction paper for the way back, with remarks"), paper="introduction_paper")
NOTICE = Paper("notice", _("Notice with the reason"), paper="notice")
REASON = Text("reason", _("Reason"))
PROOF = Paper("proof", _("Paper that settled it"), paper="proof_of_leaving")
DAYS = (
    Day("joined_on", _("Day of the admission ceremony, where the record does not say it"), required=False),
    Day("official_on", _("Day of becoming official, where that happened meanwhile"), required=False),
)
