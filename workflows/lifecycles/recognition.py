"""Recognition (A.3): from the admission ceremony to the decision that makes an official member."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Paper, Text
from workflows.guards.days import not_before, not_given_before
from workflows.guards.papers import dated_by_then, dated_on_the_day, dated_since
from workflows.guards.people import helper_fits, member_is, rightly_admitted
from workflows.guards.probation import (
    IN_ORDER,
    after_the_twelve_months,
    attempt_in_order,
    ceremony_known,
    member_has_left,
    probation_over,
)  # fmt: skip
from workflows.guards.terms import extended_in_time
from workflows.guards.votes import (
    BODY_RULES,
    REMOVAL_RULES,
    carried,
    cell_can_act,
    committee_carried,
    not_carried,
    not_carried_against,
)  # fmt: skip
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import recognition as clocks
from workflows.page_facts import recognition as ask
from workflows.page_facts.admission import ANNULMENT
from workflows.page_facts.helping import HELPER, HELPER_IF_ANY
from workflows.page_facts.leaving import PROOF, RECORD, REMOVED_BY, RESOLUTION
from workflows.situation import Situation
from workflows.standings import Standing
from workflows.timed import Timed, months_on
from workflows.vocabulary import NEW, Act, Lifecycle, Start, step
from workflows.voting import BODY, SIZE, YES, Ballot

CLASS = ("01-HD/TW 28/09/2021 mục 4",)
LAW = ("29-QĐ/TW 25/07/2016 mục 4.2", "208-QĐ/TW 26/07/2026")
BALLOT = Ballot("ballot", _("Ballot"), rule="PRO.VOTE")
REMOVAL = Ballot("ballot", _("Ballot"), rule="PRO.REMOVAL_VOTE")
VOTED = (dated_on_the_day("resolution"), cell_can_act)
NEITHER = (*VOTED, after_the_twelve_months, not_carried(BALLOT), not_carried_against(BALLOT, "PRO.REMOVAL_VOTE"))
TWELVE_MONTHS = months_on("ceremony_on", "PRO.LENGTH")
PROBATIONER = member_is(Standing.PROBATIONARY)
KNOWN, SMALL = (PROBATIONER, ceremony_known), (Level.CELL, Level.BASE)
TO_REMOVAL = Start("removal", "take_over", lambda s: {"decision": s.facts["decision"], "ground": "probationer_unfit"})
RESOLVED = ("propose", "propose_removal", "record_removal_failed", "record_neither", "report_upward")
"""By which the cell resolves what a committee decides on here."""


class Recognition(Lifecycle):
    """Công nhận đảng viên chính thức. No step extends probation: none exists in the law.

    Month eleven (R-02) and the end of the twelve months (R-03) are labels drawn from the ceremony's day, never states.
    """

    key = "recognition"
    label = _("Recognition")
    number_code = "CN"

    class State(TextChoices):
        PROBATION = "probation", _("Probation")
        PROPOSED = "proposed", _("Proposed by the cell")
        CONSIDERED = "considered", _("Considered by the base committee")
        EXTENDED = "extended", _("Term to decide extended")
        REPORTED = "reported", _("Reported upward after failed ballots")
        REMOVAL_PROPOSED = "removal_proposed", _("Removal proposed by the cell")
        RECOGNISED = "recognised", _("Recognised, to be announced")
        ANNOUNCED = "announced", _("Announced in the cell")
        REMOVED = "removed", _("Name removed")
        ANNULLED = "annulled", _("Admission annulled")
        ENDED = "ended", _("Ended because the member left")

    final = (State.ANNOUNCED.value, State.REMOVED.value, State.ANNULLED.value, State.ENDED.value)
    timed = (
        Timed("month_eleven", _("Month eleven: ask for the papers of recognition"), "PRO.PREPARE", (State.PROBATION,),
              months_on("ceremony_on", "PRO.PREPARE"), until=TWELVE_MONTHS),
        Timed("twelve_months_over", _("Twelve months over, waiting for the cell"), "PRO.CELL_REVIEW",
              (State.PROBATION,), TWELVE_MONTHS),
    )  # fmt: skip
    IN_PROBATION = (State.PROBATION, State.PROPOSED, State.CONSIDERED, State.EXTENDED, State.REPORTED,
                    State.REMOVAL_PROPOSED)  # fmt: skip

    @step(NEW, State.PROBATION, by=Right.OPEN, at=SMALL, label=_("Open at the ceremony"),
          event="begun", basis=("Điều lệ Đảng Điều 5",),
          facts=[ask.CEREMONY, ask.CONSIDERED, HELPER_IF_ANY],
          guards=[PROBATIONER, ceremony_known, helper_fits], opens=[clocks.REVIEW, clocks.CV, clocks.CLASS])  # fmt: skip
    def begin(self, situation: Situation) -> None:
        """R-01: opened by the ceremony's own step."""

    @step(NEW, State.PROBATION, by=Right.IMPORT, at=(Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL),
          label=_("Take over from a roster"), event="taken_over", basis=("Điều lệ Đảng Điều 5",),
          facts=[ask.CEREMONY, ask.CONSIDERED], guards=KNOWN, opens=[clocks.REVIEW])  # fmt: skip
    def take_over(self, situation: Situation) -> None:
        """A probationer of a roster: what happened before the roster is not asked for again."""

    @step(NEW, State.PROBATION, by=Right.OPEN, at=SMALL, label=_("Go on after a restoration"), event="resumed",
          basis=("Điều lệ Đảng Điều 39",), facts=[ask.CEREMONY], guards=KNOWN, opens=[clocks.REVIEW])  # fmt: skip
    def resume(self, situation: Situation) -> None:
        """S-12: restored on probation by an appeal; the twelve months run from the same ceremony as before."""

    @step(NEW, State.PROBATION, by=Right.THROUGH_CASE, at=Level.BASE, label=_("Go on after a transfer from outside"),
          event="arrived", basis=LAW, facts=[ask.CEREMONY], guards=KNOWN, opens=[clocks.REVIEW])  # fmt: skip
    def go_on(self, situation: Situation) -> None:
        """R-10: what the cell of before had done stands in the dossier; the day of the review stays the same."""

    @step(State.PROBATION, State.PROBATION, by=Right.PREPARE, at=SMALL,
          label=_("File the member's background statement"), event="cv_filed", basis=("12-HD/BTCTW 18/01/2022",),
          facts=[Paper("cv", _("Background statement of the member"), paper="member_cv")],
          guards=[not_given_before("cv"), not_before("ceremony_on"), dated_by_then("cv")], closes=["PRO.CV"])  # fmt: skip
    def file_cv(self, situation: Situation) -> None:
        """Form 1-HSĐV."""

    @step(State.PROBATION, State.PROBATION, by=Right.PREPARE, at=SMALL,
          label=_("File the certificate of the new members' class"), event="class_finished", basis=CLASS,
          facts=[Paper("class_certificate", _("Certificate of the new members' class"), paper="new_member_class")],
          guards=[not_given_before("class_certificate"), not_before("ceremony_on"), dated_by_then("class_certificate")],
          closes=["TASK.NEW_MEMBER_CLASS"])  # fmt: skip
    def file_class(self, situation: Situation) -> None:
        """Item 1 of the recognition dossier; no term was seen."""

    @step(State.PROBATION, State.PROBATION, by=Right.PREPARE, at=SMALL, label=_("Name the helper"),
          event="helper_named", basis=("Điều lệ Đảng Điều 5",), facts=[HELPER],
          guards=[not_before("ceremony_on"), helper_fits])  # fmt: skip
    def name_helper(self, situation: Situation) -> None:
        """An official member helps throughout the probation."""

    @step(State.PROBATION, State.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Propose recognition"), event="proposed", basis=("Điều lệ Đảng Điều 5 khoản 2", *LAW),
          facts=[RESOLUTION, BALLOT],
          guards=[PROBATIONER, *VOTED, after_the_twelve_months, rightly_admitted, *IN_ORDER, carried(BALLOT)],
          closes=["PRO.CELL_REVIEW", "TASK.RECONSIDER"], opens=[clocks.DECIDE], first_on=probation_over)  # fmt: skip
    def propose(self, situation: Situation) -> None:
        """R-04: the cell's resolution, dated after the twelve months, by two thirds of its official members."""

    @step(State.PROBATION, State.REMOVAL_PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Propose removal of the probationer"), event="removal_proposed", basis=LAW,
          facts=[RESOLUTION, REMOVAL, Text("reason", _("Reason"))],
          guards=[PROBATIONER, *VOTED, not_before("ceremony_on"), carried(REMOVAL)],
          closes=["PRO.CELL_REVIEW", "TASK.RECONSIDER"], opens=[clocks.DECIDE_REMOVAL])  # fmt: skip
    def propose_removal(self, situation: Situation) -> None:
        """R-05: the probationer does not qualify; a removal, not a discipline. No term to decide was seen: a task."""

    @step(State.PROBATION, State.PROBATION, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record that removal of the probationer was not carried"), event="removal_not_carried", basis=LAW,
          facts=[RECORD, REMOVAL], guards=[PROBATIONER, *VOTED, not_before("ceremony_on"), not_carried(REMOVAL)])  # fmt: skip
    def record_removal_failed(self, situation: Situation) -> None:
        """R-05 below two thirds: no vote on recognition, so it counts as none of those; the probation goes on."""

    @step(State.PROBATION, State.PROBATION, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record a ballot that reached neither side"), event="ballot_failed", basis=LAW,
          facts=[RECORD, BALLOT, ask.ATTEMPT], guards=[PROBATIONER, *NEITHER, attempt_in_order(last=False)],
          first_on=probation_over)  # fmt: skip
    def record_neither(self, situation: Situation) -> None:
        """R-06: the clock goes on; the cell votes again."""

    @step(State.PROBATION, State.REPORTED, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record the last failed ballot and report upward"), event="reported_upward", basis=LAW,
          facts=[RECORD, BALLOT, ask.ATTEMPT], guards=[PROBATIONER, *NEITHER, attempt_in_order(last=True)],
          closes=["PRO.CELL_REVIEW", "TASK.RECONSIDER"], opens=[clocks.REPORT], first_on=probation_over)  # fmt: skip
    def report_upward(self, situation: Situation) -> None:
        """R-07: after the third failed ballot the levels above decide."""

    @step(State.REPORTED, State.REPORTED, by=Right.RECORD_COMMITTEE, at=(Level.BASE, Level.UPPER),
          label=_("Take up the cell's report"), event="report_taken_up", basis=LAW,
          facts=[Paper("report", _("Report of the cell"), paper="cell_report")],
          guards=[dated_by_then("report"), dated_since("report", "resolution")], closes=["TASK.REPORT_THREE_BALLOTS"],
          opens=[clocks.DECIDE_REPORT])  # fmt: skip
    def take_up_report(self, situation: Situation) -> None:
        """The level directly above has the report and puts it to the competent committee."""

    @step(State.PROPOSED, State.CONSIDERED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record the base committee's resolution"), event="considered",
          basis=("29-QĐ/TW 25/07/2016 mục 4.3.1",),
          facts=[Paper("committee_resolution", _("Resolution of the base committee"), paper="committee_resolution"),
                 SIZE, YES],
          guards=[dated_on_the_day("committee_resolution"), committee_carried({"": "COM.PROPOSE_VOTE"})],
          apart_from=RESOLVED)  # fmt: skip
    def consider(self, situation: Situation) -> None:
        """R-08, first half: form 15-KNĐ; the clock to decide goes on."""

    @step((State.PROPOSED, State.CONSIDERED, State.EXTENDED, State.REPORTED), State.RECOGNISED,
          by=Right.RECORD_DECISION, at=Act("recognise"), label=_("Record the recognition decision"),
          event="recognised", basis=LAW, facts=[ask.DECISION, BODY, SIZE, YES],
          guards=[PROBATIONER, dated_on_the_day("decision"), rightly_admitted, committee_carried(BODY_RULES)],
          closes=clocks.TO_DECIDE, cancels=["TASK.NEW_MEMBER_CLASS"], opens=[clocks.ANNOUNCE],
          apart_from=RESOLVED)  # fmt: skip
    def recognise(self, situation: Situation) -> None:
        """R-08: official from the end of the twelve months, whatever the delay."""
        situation.member.recognise(situation)

    @step((State.PROPOSED, State.CONSIDERED), State.EXTENDED, by=Right.RECORD_COMMITTEE,
          at=(Level.BASE, Level.UPPER), label=_("Extend the term to decide, once"), event="extended",
          basis=("29-QĐ/TW 25/07/2016 mục 4.3.1",),
          facts=[Paper("extension", _("Letter with the special reason"), paper="extension_letter"),
                 Text("reason", _("Reason"))],
          guards=[dated_on_the_day("extension"), extended_in_time("PRO.DECIDE", "resolution")],
          cancels=["PRO.DECIDE"], opens=[clocks.EXTENDED])  # fmt: skip
    def extend(self, situation: Situation) -> None:
        """R-09: the committee's term, never the probation; there is no second one."""

    @step((State.PROPOSED, State.CONSIDERED, State.EXTENDED, State.REMOVAL_PROPOSED), State.PROBATION,
          by=Right.RECORD_DECISION, at=Act("recognise"), label=_("Return the proposal to the cell"), event="returned",
          basis=("29-QĐ/TW 25/07/2016 mục 4.3.1",),
          facts=[Paper("notice", _("Notice to the cell"), paper="notice"), Text("reason", _("Reason"))],
          guards=[dated_on_the_day("notice")],
          closes=clocks.TO_DECIDE, opens=[clocks.REVIEW_AGAIN, clocks.RECONSIDER], apart_from=RESOLVED)  # fmt: skip
    def send_back(self, situation: Situation) -> None:
        """Not agreed: the committee must tell the cell, which considers again.

        Where the twelve months are still to end, the law's term runs from their end as before; later, no term was seen.
        """

    @step(State.RECOGNISED, State.ANNOUNCED, by=Right.RECORD_MEETING, at=Level.CELL,
          label=_("Announce in the cell"), event="announced", basis=("01-HD/TW 19/05/2026 tiết b điểm 4.5",),
          facts=[ask.MINUTES], guards=[dated_by_then("minutes"), dated_since("minutes", "decision")],
          closes=["PRO.ANNOUNCE"], cancels=clocks.ALL)  # fmt: skip
    def announce(self, situation: Situation) -> None:
        """The decision is announced at the next meeting of the cell."""

    @step((State.REMOVAL_PROPOSED, State.REPORTED), State.REMOVED, by=Right.RECORD_DECISION, at=Act("remove"),
          label=_("Record the removal decision"), event="removed", basis=LAW,
          facts=[REMOVED_BY, BODY, SIZE, YES],
          guards=[PROBATIONER, dated_on_the_day("decision"), committee_carried(REMOVAL_RULES)],
          closes=clocks.TO_DECIDE, cancels=clocks.ALL, starts=[TO_REMOVAL], apart_from=RESOLVED)  # fmt: skip
    def remove(self, situation: Situation) -> None:
        """S-10: decided by the committee competent to admit; handed over and appealed against in the removal's case."""
        situation.member.remove(situation)

    @step(IN_PROBATION, State.ANNULLED, by=Right.RECORD_DECISION, at=Act("admit"),
          label=_("Record that the admission is annulled"), event="annulled", basis=("1361-CV/BTCTW 30/06/2026 (11-13)",),
          facts=[ANNULMENT], guards=[PROBATIONER, dated_on_the_day("annulment"), not_before("ceremony_on")],
          cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def annul(self, situation: Situation) -> None:
        """Scenario B55: wrongful admission found later; not a removal."""
        situation.member.annul(situation)

    @step((*IN_PROBATION, State.RECOGNISED), State.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL,
          label=_("End the case of a member who left"), event="ended", basis=(PRACTICE,), facts=[PROOF],
          guards=[member_has_left], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death or another way out: nothing is left to recognise."""
