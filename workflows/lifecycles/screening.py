"""Screening (A.6): from a sign to help, and from help to progress recognised, or to a removal proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Flag, Number, Paper
from workflows.guards.days import ends_later
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import helper_fits, member_is
from workflows.guards.probation import member_has_left
from workflows.guards.screening import failed_long_enough, goes_on_in, help_was_given, none_open, secret_ballot
from workflows.guards.votes import carried, cell_can_act, not_carried
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import screening as clocks
from workflows.page_facts import leaving as ask
from workflows.page_facts.helping import HELPER
from workflows.situation import Situation
from workflows.standings import MEMBERS
from workflows.timed import Timed, day_after, months_on
from workflows.vocabulary import NEW, STAY, Lifecycle, Start, step
from workflows.voting import Ballot

LAW = ("28-CT/TW 21/01/2019", "02-HD/BTCTW 12/04/2021")
SMALL = (Level.CELL, Level.BASE)
SIGNS = (
    ("not_completed", _("Two consecutive years classified as not completed")),
    ("violated_again", _("Violated again while under discipline")),
    ("degenerated", _("Concluded to show political or moral degeneration")),
    ("exemplary_conduct", _("Violated rules on exemplary conduct or prohibited acts")),
    ("other", _("Another criterion of the guidance")),
)
SELF_REVIEW = Paper("self_review", _("Self-review of the member"), paper="self_review")
SECRET = Flag("secret", _("Secret ballot on this person alone"))
LISTING = Ballot("ballot", _("Ballot"), rule="SCR.VOTE")
PROGRESS = Ballot("ballot", _("Ballot on the progress"), rule="SCR.PROGRESS_VOTE")
MEMBER = member_is(*MEMBERS)
VOTED = (MEMBER, dated_on_the_day("resolution"), secret_ballot, cell_can_act)
LOOKED_BACK = (*VOTED, dated_by_then("self_review"), help_was_given)


def _ground(situation: Situation) -> Mapping[str, Any]:
    facts = {fact.name: situation.facts.get(fact.name) for fact in ask.GROUND}
    return {**{name: value for name, value in facts.items() if value is not None}, "report": situation.facts["report"]}


def _violation(situation: Situation) -> Mapping[str, Any]:
    return {"report": situation.facts["report"]}


class Screening(Lifecycle):
    """Rà soát, sàng lọc: help first; nobody's peers see it, and nothing follows from a sign by itself.

    The middle and the end of the help (K-06) are labels. Without progress the cell proposes removal in a case of its own.
    """

    key = "screening"
    label = _("Screening")
    read = Right.READ_RESTRICTED
    number_code = "SL"

    class State(TextChoices):
        NOTED = "noted", _("Sign noted")
        DRAFTED = "drafted", _("On the draft list, guidance asked for")
        GUIDED = "guided", _("Guidance given, for the cell to vote")
        HELPED = "helped", _("Educated and helped")
        PROGRESSED = "progressed", _("Progress recognised")
        TO_REMOVAL = "to_removal", _("No progress: removal proposed")
        TO_DISCIPLINE = "to_discipline", _("Handed to a discipline case")
        NOT_LISTED = "not_listed", _("Not put on the list")
        ENDED = "ended", _("Ended because the member left")

    S = State
    final = (S.PROGRESSED.value, S.TO_REMOVAL.value, S.TO_DISCIPLINE.value, S.NOT_LISTED.value, S.ENDED.value)
    in_dossier = ()
    RUNNING = (S.NOTED, S.DRAFTED, S.GUIDED, S.HELPED)
    timed = (
        Timed("help_half_over", _("Half of the help is over: a note may be made"), "SCR.MIDTERM", (S.HELPED,),
              months_on("resolution", "SCR.MIDTERM"), until=lambda days: day_after(days.due.get("SCR.HELP"))),
        Timed("help_over", _("Help is over: the cell looks back"), "SCR.HELP", (S.HELPED,),
              lambda days: day_after(days.due.get("SCR.HELP"))),
    )  # fmt: skip

    @step(NEW, S.NOTED, by=Right.OPEN, at=SMALL, label=_("Note a sign for screening"), event="noted", basis=LAW,
          facts=[Choice("criterion", _("Criterion"), choices=SIGNS),
                 Paper("sign", _("Paper that shows it"), paper="screening_sign"),
                 Number("years", _("Consecutive years not completed"), required=False, maximum=50)],
          guards=[MEMBER, dated_by_then("sign"), failed_long_enough], opens=[clocks.CONSIDER])  # fmt: skip
    def open(self, situation: Situation) -> None:
        """K-01: a task for the cell committee, no more."""

    @step(S.NOTED, S.DRAFTED, by=Right.PREPARE, at=SMALL, label=_("Put on the draft list and ask for guidance"),
          event="drafted", basis=("02-HD/BTCTW 12/04/2021 Bước 1",),
          facts=[Paper("minutes", _("Minutes of the cell committee"), paper="committee_minutes"),
                 Paper("opinions", _("Opinions of the front or workplace and mass organisations"), paper="opinions"),
                 Paper("request", _("Letter asking for guidance"), paper="guidance_request")],
          guards=[MEMBER, dated_by_then("minutes", "opinions"), dated_on_the_day("request")],
          closes=["TASK.SCREENING_LIST"], opens=[clocks.GUIDE])  # fmt: skip
    def draft_list(self, situation: Situation) -> None:
        """K-02: the cell committee, or the secretary where there is none."""

    @step(S.DRAFTED, S.GUIDED, by=Right.RECORD_COMMITTEE, at=(Level.BASE, Level.UPPER), label=_("Record the guidance"),
          event="guided", basis=("02-HD/BTCTW 12/04/2021 Bước 1",),
          facts=[Paper("guidance", _("Guidance of the committee directly above"), paper="guidance")],
          guards=[dated_on_the_day("guidance")], closes=["TASK.SCREENING_GUIDANCE"],
          opens=[clocks.VOTE])  # fmt: skip
    def give_guidance(self, situation: Situation) -> None:
        """K-03: then the official list goes to the cell."""

    @step(S.GUIDED, S.HELPED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Put on the list and begin to help"),
          event="listed", basis=LAW,
          facts=[ask.RECORD, LISTING, SECRET, HELPER,
                 Day("help_until", _("End of the help (else twelve months)"), required=False, ahead=True)],
          guards=[*VOTED, carried(LISTING), helper_fits, ends_later("help_until")], closes=["TASK.SCREENING_VOTE"],
          opens=[clocks.HELP, clocks.REPORT])  # fmt: skip
    def enlist(self, situation: Situation) -> None:
        """K-04: by secret ballot, two thirds of the official members who are not exempt."""

    @step(S.GUIDED, S.NOT_LISTED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record that it was not carried"),
          event="not_listed", basis=LAW, facts=[ask.RECORD, LISTING, SECRET],
          guards=[*VOTED, not_carried(LISTING)], closes=["TASK.SCREENING_VOTE"], cancels=clocks.ALL)  # fmt: skip
    def record_not_carried(self, situation: Situation) -> None:
        """K-05: below two thirds."""

    @step(S.HELPED, STAY, by=Right.PREPARE, at=SMALL, label=_("File the report to the committee above"),
          event="reported", basis=LAW,
          facts=[Paper("report_upward", _("Report of the vote"), paper="cell_report")],
          guards=[dated_by_then("report_upward")], closes=["TASK.SCREENING_REPORT"])  # fmt: skip
    def report_upward(self, situation: Situation) -> None:
        """K-04: reported upward after the vote."""

    @step(S.HELPED, STAY, by=Right.PREPARE, at=SMALL, label=_("Name the helper"), event="helper_named", basis=LAW,
          facts=[HELPER], guards=[helper_fits])  # fmt: skip
    def name_helper(self, situation: Situation) -> None:
        """Another official member takes over the help."""

    @step(S.HELPED, S.PROGRESSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Recognise the progress"),
          event="progress_recognised", basis=LAW, facts=[ask.RESOLUTION, PROGRESS, SECRET, SELF_REVIEW],
          guards=[*LOOKED_BACK, carried(PROGRESS)], closes=["SCR.HELP"], cancels=clocks.ALL)  # fmt: skip
    def recognise_progress(self, situation: Situation) -> None:
        """K-07: two thirds of the official members who are not exempt."""

    @step(S.HELPED, S.TO_REMOVAL, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record that no progress was recognised and open the removal"), event="removal_opened", basis=LAW,
          facts=[ask.RESOLUTION, PROGRESS, SECRET, SELF_REVIEW,
                 Paper("report", _("Report on the ground"), paper="removal_report"), *ask.GROUND],
          guards=[*LOOKED_BACK, not_carried(PROGRESS), dated_by_then("report"), goes_on_in("removal")], closes=["SCR.HELP"],
          cancels=clocks.ALL, starts=[Start("removal", "open", _ground, when=none_open("removal"))])  # fmt: skip
    def propose_removal(self, situation: Situation) -> None:
        """K-08: the removal is a case of its own, with its own vote."""

    @step(RUNNING, S.TO_DISCIPLINE, by=Right.RECORD_RESOLUTION, at=SMALL, label=_("Hand over to a discipline case"),
          event="discipline_opened", basis=LAW,
          facts=[Paper("report", _("Report on the violation"), paper="violation_report")],
          guards=[MEMBER, dated_by_then("report"), goes_on_in("discipline")], cancels=clocks.ALL,
          starts=[Start("discipline", "open", _violation, when=none_open("discipline"))])  # fmt: skip
    def hand_to_discipline(self, situation: Situation) -> None:
        """K-08, second half: a crime or a serious violation is disciplined instead."""

    @step(RUNNING, S.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL, label=_("End the case of a member who left"),
          event="ended", basis=(PRACTICE,), facts=[ask.PROOF],
          guards=[member_has_left, dated_by_then("proof")], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, or another way out."""
