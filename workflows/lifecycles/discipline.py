"""Discipline as far as standing needs it (A.7, E-01 and E-02): suspension, and expulsion by vote or on a judgment."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Paper
from workflows.guards.appeal_levels import above_who_decided
from workflows.guards.appeals import one_reading_over, term_over
from workflows.guards.days import ends_later, not_before
from workflows.guards.discipline import (
    at_the_temporary_cell,
    form_for_a_probationer,
    form_of_a_temporary_cell,
    form_of_the_cell,
    judgment_in_force,
    not_suspended,
    stay_has_begun,
)  # fmt: skip
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.probation import member_has_left
from workflows.guards.removal import card_collected
from workflows.guards.taking_part import takes_part
from workflows.guards.votes import carried, cell_can_act, committee_carried, not_carried
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import discipline as clocks
from workflows.page_facts import appeal as appeals
from workflows.page_facts import leaving as ask
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation, Standing
from workflows.timed import Timed, day_after
from workflows.units import UnitRef
from workflows.vocabulary import NEW, STAY, Act, Lifecycle, step
from workflows.voting import SIZE, YES, Ballot

P = Participation
THERE = "at_unit"
"""The fact that names the temporary cell which decided."""
LAW = ("Điều lệ Đảng Điều 35, 38", "21-QĐ/TW 11/04/2026")
SMALL = (Level.CELL, Level.BASE)
ABOVE = (Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL)
BALLOT = Ballot("ballot", _("Ballot on expulsion"), rule="DIS.EXPEL_CELL_VOTE")
DECISION = Paper("decision", _("Expulsion decision"), paper="discipline_decision")
FORM = Choice("form", _("Form"), choices=(
    ("reprimand", _("Reprimand")), ("warning", _("Warning")), ("dismissal", _("Dismissal from post"))))  # fmt: skip
CRIME = Choice("crime", _("Crime in the judgment"), choices=(
    ("less_serious", _("Less serious crime")), ("serious", _("Serious crime or worse")),
    ("corruption", _("Corruption, waste or negative conduct"))))  # fmt: skip
MEMBER, OFFICIAL, GONE = member_is(*MEMBERS), member_is(Standing.OFFICIAL), member_is(Standing.EXPELLED)
VOTED = (OFFICIAL, dated_on_the_day("resolution"), cell_can_act)
RESOLVED = ("propose_expulsion", "record_failed")
"""By which the cell resolves what a committee decides on here."""


class Discipline(Lifecycle):
    """Thi hành kỷ luật. One case for one violation; a suspension runs inside it and is ended by a paper.

    Forms other than expulsion change nobody's standing: only that they were decided is kept.
    """

    key = "discipline"
    label = _("Discipline")
    read = Right.READ_RESTRICTED
    number_code = "KL"
    there = THERE

    class State(TextChoices):
        OPENED = "opened", _("Opened on a violation")
        NOTIFIED = "notified", _("Decided at the temporary cell, to be noted")
        PROPOSED = "proposed", _("Expulsion proposed by the cell")
        CONSIDERED = "considered", _("Considered by the base committee")
        EXPELLED = "expelled", _("Expelled, decision to be handed over")
        HANDED_OVER = "handed_over", _("Handed over, term to appeal")
        APPEALED = "appealed", _("Appealed against")
        CLOSED = "closed", _("Closed, the file is frozen")
        OTHER_FORM = "other_form", _("Another form decided")
        CLEARED = "cleared", _("No discipline")
        ENDED = "ended", _("Ended because the member left")

    S = State
    final = tuple(one.value for one in (S.APPEALED, S.CLOSED, S.OTHER_FORM, S.CLEARED, S.ENDED))
    in_dossier = (S.APPEALED.value, S.CLOSED.value, S.OTHER_FORM.value)
    RUNNING = (S.OPENED, S.PROPOSED, S.CONSIDERED)
    timed = (
        Timed("suspension_over", _("Last day of the suspension over: to be ended by a paper"), "TASK.END_SUSPENSION",
              RUNNING, lambda days: day_after(days.due.get("TASK.END_SUSPENSION"))),
        Timed("appeal_term_over", _("Term to appeal over: the file can be closed"), "DIS.APPEAL", (S.HANDED_OVER,),
              lambda days: day_after(days.due.get("DIS.APPEAL"))),
    )  # fmt: skip

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """What a temporary cell decided stands beside the case of the official one."""
        return THERE if situation.facts.get(THERE) else ""

    @step(NEW, S.OPENED, by=Right.PREPARE, at=(Level.CELL, *ABOVE), label=_("Open a discipline case"), event="opened",
          basis=LAW,
          facts=[Paper("report", _("Report on the violation"), paper="violation_report"), ask.REASON_ONCE],
          guards=[MEMBER, dated_by_then("report")], opens=[clocks.CONSIDER])  # fmt: skip
    def open(self, situation: Situation) -> None:
        """E-01: a violation to be considered; removal and withdrawal wait for it."""

    @step(NEW, S.NOTIFIED, by=Right.RECORD_RESOLUTION, at=Level.CELL, there=True,
          label=_("Record a discipline decided at the temporary cell"), event="decided_there", basis=LAW,
          facts=[Paper("decision", _("Discipline decision"), paper="discipline_decision"), FORM,
                 UnitRef(THERE, _("Temporary cell, by its code"))],
          guards=[MEMBER, takes_part(P.ELSEWHERE), dated_on_the_day("decision"), at_the_temporary_cell,
                  stay_has_begun, form_of_a_temporary_cell], opens=[clocks.NOTE])  # fmt: skip
    def decide_there(self, situation: Situation) -> None:
        """By the cell where the member stays for a time, up to a warning; the case stands at the official cell at once."""

    @step(S.NOTIFIED, S.OTHER_FORM, by=Right.PREPARE, at=SMALL, label=_("Take note of it"), event="noted", basis=LAW,
          facts=[Paper("notice", _("Notice of the temporary cell"), paper="notice")],
          guards=[dated_by_then("notice")], closes=["TASK.NOTE_DISCIPLINE"],
          cancels=clocks.ALL)  # fmt: skip
    def note(self, situation: Situation) -> None:
        """The official cell keeps the notice; the standing stays."""

    @step(RUNNING, STAY, by=Right.RECORD_DECISION, at=Act("suspend"), label=_("Suspend from party activity"),
          event="suspended", basis=LAW,
          facts=[Paper("suspension", _("Decision to suspend"), paper="suspension_decision"),
                 Day("away_until", _("Last day of the suspension"), ahead=True), ask.REASON],
          guards=[MEMBER, dated_on_the_day("suspension"), not_before("suspension_end"), ends_later("away_until"),
                  takes_part(P.ATTENDING, P.AWAY, P.ELSEWHERE, P.EXEMPT, P.LAPSED)],
          cancels=["TASK.END_SUSPENSION"], opens=[clocks.SUSPENDED], apart_from=RESOLVED)  # fmt: skip
    def suspend(self, situation: Situation) -> None:
        """P0 to P4: by the competent body, up to a day."""
        situation.member.suspend(situation)

    @step(RUNNING, STAY, by=Right.RECORD_DECISION, at=Act("suspend"), label=_("Extend the suspension"),
          event="suspension_extended", basis=LAW,
          facts=[Paper("suspension", _("Decision to extend the suspension"), paper="suspension_decision"),
                 Day("away_until", _("Last day of the suspension"), ahead=True), ask.REASON],
          guards=[MEMBER, dated_on_the_day("suspension"), not_before("suspension"), ends_later("away_until"),
                  takes_part(P.SUSPENDED)],
          cancels=["TASK.END_SUSPENSION"], opens=[clocks.SUSPENDED], apart_from=RESOLVED)  # fmt: skip
    def extend_suspension(self, situation: Situation) -> None:
        """A new last day, by a decision of its own."""
        situation.member.extend_suspension(situation)

    @step(RUNNING, STAY, by=Right.RECORD_DECISION, at=Act("suspend"), label=_("End the suspension"),
          event="suspension_ended", basis=LAW,
          facts=[Paper("suspension_end", _("Decision to end the suspension"), paper="suspension_end")],
          guards=[dated_on_the_day("suspension_end"), not_before("suspension"), takes_part(P.SUSPENDED)],
          closes=["TASK.END_SUSPENSION"], apart_from=RESOLVED)  # fmt: skip
    def end_suspension(self, situation: Situation) -> None:
        """P4 to P0, or to what goes on: a leave that still runs, a lapse. By a paper, never by the passing of the day."""
        situation.member.go_on(situation, situation.member.end_suspension)

    @step(S.OPENED, S.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Propose expulsion"),
          event="expulsion_proposed", basis=LAW, facts=[ask.RESOLUTION, BALLOT],
          guards=[*VOTED, carried(BALLOT)], closes=["TASK.CONSIDER_VIOLATION"], opens=[clocks.DECIDE])  # fmt: skip
    def propose_expulsion(self, situation: Situation) -> None:
        """E-01: two thirds of the official members (recalled, so a smaller vote is said and not refused)."""

    @step(S.OPENED, STAY, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record a ballot that was not carried"),
          event="ballot_failed", basis=LAW, facts=[ask.RECORD, BALLOT], guards=[*VOTED, not_carried(BALLOT)])  # fmt: skip
    def record_failed(self, situation: Situation) -> None:
        """The cell does not propose expulsion by this vote."""

    @step(S.PROPOSED, S.CONSIDERED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record the base committee's resolution"), event="considered", basis=LAW,
          facts=[ask.COMMITTEE_RESOLUTION, SIZE, YES],
          guards=[dated_on_the_day("committee_resolution"),
                  committee_carried({"": "COM.PROPOSE_VOTE"})], apart_from=RESOLVED)  # fmt: skip
    def consider(self, situation: Situation) -> None:
        """The committee proposes to the level that decides."""

    @step((S.PROPOSED, S.CONSIDERED), S.EXPELLED, by=Right.RECORD_DECISION, at=Act("expel"),
          label=_("Record the expulsion decision"), event="expelled", basis=LAW,
          facts=[DECISION, SIZE, YES, ask.REASON],
          guards=[OFFICIAL, dated_on_the_day("decision"),
                  committee_carried({"": "DIS.EXPEL_COMMITTEE_VOTE"})],
          closes=clocks.TO_DECIDE, cancels=["TASK.END_SUSPENSION"], opens=[clocks.HAND_OVER],
          apart_from=RESOLVED)  # fmt: skip
    def expel(self, situation: Situation) -> None:
        """E-01: in force at once; the appeal suspends nothing."""
        situation.member.expel(situation)

    @step(RUNNING, S.EXPELLED, by=Right.RECORD_DECISION, at=Act("expel"),
          label=_("Record the expulsion on a judgment"), event="expelled_on_judgment", basis=LAW,
          facts=[DECISION, Paper("judgment", _("Judgment of the court"), paper="judgment"),
                 Day("in_force_on", _("Day from which the judgment is in force")), CRIME],
          guards=[OFFICIAL, dated_on_the_day("decision"), dated_by_then("judgment"),
                  judgment_in_force],
          closes=clocks.TO_DECIDE, cancels=["TASK.END_SUSPENSION"], opens=[clocks.HAND_OVER],
          apart_from=RESOLVED)  # fmt: skip
    def expel_on_judgment(self, situation: Situation) -> None:
        """E-02: a prison sentence in force needs no vote and no inspection."""
        situation.member.expel(situation)

    @step(S.EXPELLED, S.HANDED_OVER, by=Right.PREPARE, at=SMALL, label=_("Hand the decision over to the person"),
          event="handed_over", basis=("Điều lệ Đảng Điều 39",), facts=ask.HAND_OVER,
          guards=[dated_on_the_day("hand_over"), card_collected], after_leaving=True,
          closes=["TASK.HAND_OVER"], opens=[clocks.APPEAL])  # fmt: skip
    def hand_over(self, situation: Situation) -> None:
        """The term to appeal runs from the receipt; sources disagree how long, and all readings are shown."""

    @step(S.HANDED_OVER, S.APPEALED, by=Right.RECORD_COMMITTEE, at=ABOVE, label=_("Record an appeal"),
          event="appealed", basis=("Điều lệ Đảng Điều 39",), facts=[ask.LODGED, appeals.TO],
          guards=[GONE, dated_on_the_day("appeal"), one_reading_over("DIS.APPEAL"),
                above_who_decided("expulsion")],
          closes=["DIS.APPEAL"], cancels=clocks.ALL, starts=appeals.started("expulsion", "DIS.APPEAL"))  # fmt: skip
    def appeal(self, situation: Situation) -> None:
        """In time or late, the appeal's own case says so; nothing is rejected here."""

    @step(S.HANDED_OVER, S.CLOSED, by=Right.RECORD_COMMITTEE, at=ABOVE, label=_("Close the file"), event="closed",
          basis=("Điều lệ Đảng Điều 39",), facts=[ask.CLOSING],
          guards=[dated_on_the_day("note"), term_over("DIS.APPEAL")], after_leaving=True, cancels=clocks.ALL)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """No appeal came, on the longest reading of the term."""

    @step(RUNNING, S.OTHER_FORM, by=Right.RECORD_RESOLUTION, at=(Level.CELL, *ABOVE),
          label=_("Record another form of discipline"), event="other_form_decided", basis=LAW,
          facts=[Paper("decision", _("Discipline decision"), paper="discipline_decision"), FORM],
          guards=[MEMBER, dated_on_the_day("decision"), not_suspended, form_of_the_cell, form_for_a_probationer],
          cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def decide_other_form(self, situation: Situation) -> None:
        """Reprimand, warning or dismissal: the standing stays."""

    @step(RUNNING, S.CLEARED, by=Right.RECORD_RESOLUTION, at=(Level.CELL, *ABOVE),
          label=_("Record that there is no discipline"), event="cleared", basis=LAW,
          facts=[Paper("conclusion", _("Conclusion"), paper="discipline_conclusion"), ask.REASON_ONCE],
          guards=[dated_on_the_day("conclusion"), not_suspended], cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def clear(self, situation: Situation) -> None:
        """No violation was found, or none that is disciplined."""

    @step((*RUNNING, S.NOTIFIED), S.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL, label=_("End the case of a member who left"),
          event="ended", basis=(PRACTICE,), facts=[ask.PROOF],
          guards=[member_has_left, dated_by_then("proof")], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, or another way out."""
