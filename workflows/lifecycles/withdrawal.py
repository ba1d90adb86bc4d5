"""Leaving on one's own request (A.7, V-01): cell, base committee, competent committee."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Flag, Paper
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.probation import member_has_left
from workflows.guards.removal import card_collected
from workflows.guards.withdrawal import no_violation
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import withdrawal as clocks
from workflows.page_facts import leaving as ask
from workflows.situation import Situation
from workflows.standings import MEMBERS
from workflows.vocabulary import NEW, Act, Lifecycle, step

LAW = ("01-HD/TW 28/09/2021 mục 11.2", "01-HD/TW 19/05/2026")
SMALL = (Level.CELL, Level.BASE)
MEMBER = member_is(*MEMBERS)
CAUSES = (("family_hardship", _("Exceptional hardship of the family")), ("other", _("Another reason")))
FREE_OF_VIOLATION = Flag("no_violation", _("No violation is pending or known"))
RESOLVED = ("propose",)
"""By which the cell resolves what a committee decides on here."""


class Withdrawal(Lifecycle):
    """Xin ra khỏi Đảng: by written request, only where there is no violation to be disciplined first."""

    key = "withdrawal"
    label = _("Withdrawal on request")
    read = Right.READ_RESTRICTED
    number_code = "XR"

    class State(TextChoices):
        REQUESTED = "requested", _("Requested in writing")
        PROPOSED = "proposed", _("Agreed by the cell")
        CONSIDERED = "considered", _("Considered by the base committee")
        WITHDRAWN = "withdrawn", _("Left on own request")
        STAYS = "stays", _("Stays a member")
        ENDED = "ended", _("Ended because the member left")

    S = State
    final = (S.WITHDRAWN.value, S.STAYS.value, S.ENDED.value)
    in_dossier = (S.WITHDRAWN.value,)
    RUNNING = (S.REQUESTED, S.PROPOSED, S.CONSIDERED)

    @step(NEW, S.REQUESTED, by=Right.PREPARE, at=SMALL, label=_("Record a request to leave"), event="requested",
          basis=LAW,
          facts=[Paper("request", _("Written request"), paper="withdrawal_request"),
                 Choice("cause", _("Reason given"), choices=CAUSES), ask.REASON, FREE_OF_VIOLATION],
          guards=[MEMBER, dated_by_then("request"), no_violation], opens=[clocks.CONSIDER])  # fmt: skip
    def request(self, situation: Situation) -> None:
        """V-01: in writing, with the reason; it decides later whether the gate of readmission can open."""

    @step(S.REQUESTED, S.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record the cell's resolution"),
          event="proposed", basis=LAW, facts=[ask.RESOLUTION, FREE_OF_VIOLATION],
          guards=[MEMBER, dated_on_the_day("resolution"), no_violation],
          closes=["TASK.CONSIDER_WITHDRAWAL"], opens=[clocks.DECIDE])  # fmt: skip
    def propose(self, situation: Situation) -> None:
        """The cell has looked for violations and agrees; no threshold was seen."""

    @step(S.PROPOSED, S.CONSIDERED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record the base committee's resolution"), event="considered", basis=LAW,
          facts=[ask.COMMITTEE_RESOLUTION],
          guards=[MEMBER, dated_on_the_day("committee_resolution"), no_violation], apart_from=RESOLVED)  # fmt: skip
    def consider(self, situation: Situation) -> None:
        """An authorised base committee issues the decision itself."""

    @step((S.PROPOSED, S.CONSIDERED), S.WITHDRAWN, by=Right.RECORD_DECISION, at=Act("let_leave"),
          label=_("Record the decision to let the member leave"), event="withdrawn", basis=LAW,
          facts=[Paper("decision", _("Decision to let the member leave"), paper="withdrawal_decision"),
                 Flag("card_collected", _("Party card (and badge) collected")),
                 Paper("party_age_certificate", _("Certificate of party age (if asked for)"), required=False,
                       paper="party_age_certificate")],
          guards=[MEMBER, dated_on_the_day("decision"),
                  no_violation, card_collected],
          closes=["TASK.COMMITTEE_DECIDE"], cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def decide(self, situation: Situation) -> None:
        """S-13: the competent committee decides and strikes the name off the list."""
        situation.member.withdraw(situation)

    @step(RUNNING, S.STAYS, by=Right.RECORD_RESOLUTION, at=SMALL, label=_("Record that the member stays"),
          event="stayed", basis=LAW, facts=[ask.NOTICE, ask.REASON_ONCE],
          guards=[dated_on_the_day("notice")], cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def stay(self, situation: Situation) -> None:
        """The request was taken back or not agreed, or discipline comes first."""

    @step(RUNNING, S.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL, label=_("End the case of a member who left"),
          event="ended", basis=(PRACTICE,), facts=[ask.PROOF],
          guards=[member_has_left, dated_by_then("proof")], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, or another way out."""
