"""Removal of a name (A.7, L-01 to L-07): from the report on a ground to the end of the term to appeal."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Number, Paper
from workflows.guards.appeal_levels import above_who_decided
from workflows.guards.appeals import one_reading_over, term_over
from workflows.guards.papers import dated_by_then, dated_on_the_day, dated_since
from workflows.guards.people import member_is
from workflows.guards.probation import attempt_in_order, member_has_left
from workflows.guards.removal import (
    GROUND_STANDS,
    asked_again_later,
    card_collected,
    expulsion_not_due,
    received_after_sent,
    request_in_order,
    reviewed_or_asked,
)  # fmt: skip
from workflows.guards.votes import REMOVAL_RULES, carried, cell_can_act, committee_carried, not_carried
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import removal as clocks
from workflows.page_facts import appeal as appeals
from workflows.page_facts import leaving as ask
from workflows.situation import Situation
from workflows.standings import MEMBERS, Standing
from workflows.timed import Timed, day_after
from workflows.vocabulary import NEW, STAY, Act, Lifecycle, step
from workflows.voting import BODY, SIZE, YES, Ballot

LAW = ("Điều lệ Đảng Điều 8", "208-QĐ/TW 26/07/2026 mục 8.1")
STEPS = ("01-HD/TW 28/09/2021 mục 11.1", "01-HD/TW 19/05/2026")
SMALL = (Level.CELL, Level.BASE)
ABOVE = (Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL)
BALLOT = Ballot("ballot", _("Ballot"), rule="REM.CELL_VOTE")
ATTEMPT = Number("attempt", _("Which ballot"), minimum=1)
MEMBER, GONE = member_is(*MEMBERS), member_is(Standing.REMOVED)
VOTED = (MEMBER, dated_on_the_day("resolution"), cell_can_act, reviewed_or_asked)
RESOLVED = ("propose", "record_failed", "report_upward")
"""By which the cell resolves what a committee decides on here."""


class Removal(Lifecycle):
    """Xóa tên trong danh sách đảng viên: no disciplinary form, and no term for cell or committee was seen.

    The end of the term to appeal (L-07) is a label; somebody closes the file, which nobody changes from then on.
    """

    key = "removal"
    label = _("Removal of a name")
    read = Right.READ_RESTRICTED
    number_code = "XT"

    class State(TextChoices):
        OPENED = "opened", _("Opened on a ground")
        ASKED = "asked", _("Self-review asked for")
        REVIEWED = "reviewed", _("Self-review filed")
        PROPOSED = "proposed", _("Proposed by the cell")
        CONSIDERED = "considered", _("Considered by the base committee")
        REPORTED = "reported", _("Reported upward after failed ballots")
        DECIDED = "decided", _("Decided, to be handed over")
        HANDED_OVER = "handed_over", _("Handed over, term to appeal")
        APPEALED = "appealed", _("Appealed against")
        CLOSED = "closed", _("Closed, the file is frozen")
        KEPT = "kept", _("Not removed")
        ELSEWHERE = "elsewhere", _("Decided in another case")
        ENDED = "ended", _("Ended because the member left")

    S = State
    final = (S.APPEALED.value, S.CLOSED.value, S.KEPT.value, S.ELSEWHERE.value, S.ENDED.value)
    in_dossier = (S.APPEALED.value, S.CLOSED.value)
    IN_CELL = (S.OPENED, S.ASKED, S.REVIEWED)
    WITH_COMMITTEE = (S.PROPOSED, S.CONSIDERED, S.REPORTED)
    timed = (
        Timed("appeal_term_over", _("Term to appeal over: the file can be closed"), "REM.APPEAL", (S.HANDED_OVER,),
              lambda days: day_after(days.due.get("REM.APPEAL"))),
    )  # fmt: skip

    @step(NEW, S.OPENED, by=Right.PREPARE, at=SMALL, label=_("Open a removal on a ground"), event="opened", basis=LAW,
          facts=[Paper("report", _("Report on the ground"), paper="removal_report"), *ask.GROUND, ask.REASON_ONCE],
          guards=[MEMBER, dated_by_then("report"), *GROUND_STANDS, expulsion_not_due],
          opens=[clocks.CONSIDER])  # fmt: skip
    def open(self, situation: Situation) -> None:
        """L-01: on one of the grounds of the closed list; by the cell, or by a screening without progress."""

    @step((S.OPENED, S.ASKED), S.ASKED, by=Right.PREPARE, at=SMALL, label=_("Ask for the self-review in writing"),
          event="self_review_asked", basis=STEPS,
          facts=[Paper("request", _("Written request"), paper="self_review_request"),
                 Paper("receipt", _("Receipt (or record that it was not taken)"), paper="receipt"),
                 Number("request_number", _("Which request"), minimum=1)],
          guards=[MEMBER, dated_on_the_day("request"), received_after_sent, request_in_order, asked_again_later],
          cancels=["TASK.SELF_REVIEW"], opens=[clocks.ANSWER])  # fmt: skip
    def ask_self_review(self, situation: Situation) -> None:
        """L-02: up to three times; after the last the cell may go on without it."""

    @step((S.OPENED, S.ASKED), S.REVIEWED, by=Right.PREPARE, at=SMALL, label=_("File the self-review"),
          event="self_review_filed", basis=STEPS,
          facts=[Paper("self_review", _("Self-review of the member"), paper="self_review")],
          guards=[MEMBER, dated_by_then("self_review")], closes=["TASK.SELF_REVIEW"])  # fmt: skip
    def file_self_review(self, situation: Situation) -> None:
        """L-02: the member wrote it and is heard by the cell."""

    @step((S.ASKED, S.REVIEWED), S.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Propose removal"),
          event="proposed", basis=(*LAW, *STEPS), facts=[ask.RESOLUTION, BALLOT],
          guards=[*VOTED, carried(BALLOT)], closes=clocks.IN_CELL, opens=[clocks.DECIDE])  # fmt: skip
    def propose(self, situation: Situation) -> None:
        """L-03: two thirds of the official members, on the self-review or after three requests for it."""

    @step((S.ASKED, S.REVIEWED), STAY, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record a ballot that was not carried"), event="ballot_failed", basis=LAW,
          facts=[ask.RECORD, BALLOT, ATTEMPT],
          guards=[*VOTED, not_carried(BALLOT), attempt_in_order(last=False, rule="REM.MAX_FAILED_VOTES")])  # fmt: skip
    def record_failed(self, situation: Situation) -> None:
        """The cell may vote again, or keep the member."""

    @step((S.ASKED, S.REVIEWED), S.REPORTED, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record the last failed ballot and report upward"), event="reported_upward", basis=LAW,
          facts=[ask.RECORD, BALLOT, ATTEMPT],
          guards=[*VOTED, not_carried(BALLOT), attempt_in_order(last=True, rule="REM.MAX_FAILED_VOTES")],
          closes=clocks.IN_CELL, opens=[clocks.REPORT])  # fmt: skip
    def report_upward(self, situation: Situation) -> None:
        """L-05: after the third failed ballot the level above decides."""

    @step(S.REPORTED, S.REPORTED, by=Right.RECORD_COMMITTEE, at=(Level.BASE, Level.UPPER),
          label=_("Take up the cell's report"), event="report_taken_up", basis=LAW,
          facts=[Paper("cell_report", _("Report of the cell"), paper="cell_report")],
          guards=[dated_by_then("cell_report"), dated_since("cell_report", "resolution")],
          closes=["TASK.REPORT_THREE_BALLOTS"], opens=[clocks.DECIDE_REPORT])  # fmt: skip
    def take_up_report(self, situation: Situation) -> None:
        """The level directly above has the report and puts it to the competent committee."""

    @step(IN_CELL, S.KEPT, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record that the cell keeps the member"),
          event="kept_by_the_cell", basis=LAW, facts=[ask.RESOLUTION, ask.REASON_ONCE],
          guards=[dated_on_the_day("resolution")], cancels=clocks.ALL)  # fmt: skip
    def keep(self, situation: Situation) -> None:
        """The cell considered the case and does not propose removal."""

    @step(S.PROPOSED, S.CONSIDERED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record the base committee's resolution"), event="considered", basis=STEPS,
          facts=[ask.COMMITTEE_RESOLUTION, SIZE, YES],
          guards=[dated_on_the_day("committee_resolution"),
                  committee_carried({"": "REM.PROPOSE_VOTE"})], apart_from=RESOLVED)  # fmt: skip
    def consider(self, situation: Situation) -> None:
        """L-04, first half: two thirds of the base committee propose."""

    @step(WITH_COMMITTEE, S.DECIDED, by=Right.RECORD_DECISION, at=Act("remove"),
          label=_("Record the removal decision"), event="decided", basis=LAW,
          facts=[ask.REMOVED_BY, BODY, SIZE, YES],
          guards=[MEMBER, dated_on_the_day("decision"),
                  expulsion_not_due, committee_carried(REMOVAL_RULES)],
          closes=clocks.TO_DECIDE, opens=[clocks.HAND_OVER], apart_from=RESOLVED)  # fmt: skip
    def decide(self, situation: Situation) -> None:
        """L-04, S-13: by the committee competent to admit."""
        situation.member.remove(situation)

    @step(WITH_COMMITTEE, S.KEPT, by=Right.RECORD_DECISION, at=Act("remove"),
          label=_("Record that removal was not agreed"), event="not_agreed", basis=LAW,
          facts=[ask.NOTICE, ask.REASON], guards=[dated_on_the_day("notice")],
          closes=clocks.TO_DECIDE, cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def refuse(self, situation: Situation) -> None:
        """The committee keeps the member and tells the cell why."""

    @step(NEW, S.DECIDED, by=Right.RECORD_DECISION, at=Act("remove"), label=_("Take over a removal decided already"),
          event="taken_over", basis=LAW,
          facts=[ask.REMOVED_BY, Choice("ground", _("Ground"), choices=ask.GROUNDS)],
          guards=[GONE, dated_by_then("decision")], opens=[clocks.HAND_OVER])  # fmt: skip
    def take_over(self, situation: Situation) -> None:
        """S-10 from a recognition, or somebody whom a roster calls removed: the ground and the term to appeal."""

    @step(S.DECIDED, S.HANDED_OVER, by=Right.PREPARE, at=SMALL, label=_("Hand the decision over to the person"),
          event="handed_over", basis=("208-QĐ/TW 26/07/2026 mục 8.2",), facts=ask.HAND_OVER,
          guards=[dated_on_the_day("hand_over"), card_collected], after_leaving=True,
          closes=["TASK.HAND_OVER"], opens=[clocks.APPEAL])  # fmt: skip
    def hand_over(self, situation: Situation) -> None:
        """L-06: the term to appeal runs from the receipt."""

    @step(S.HANDED_OVER, S.APPEALED, by=Right.RECORD_COMMITTEE, at=ABOVE, label=_("Record an appeal"),
          event="appealed", basis=("208-QĐ/TW 26/07/2026 mục 8.2",), facts=[ask.LODGED, appeals.TO],
          guards=[GONE, dated_on_the_day("appeal"), one_reading_over("REM.APPEAL"),
                above_who_decided("removal")],
          closes=["REM.APPEAL"], cancels=clocks.ALL,
          starts=appeals.started("removal", "REM.APPEAL"))  # fmt: skip
    def appeal(self, situation: Situation) -> None:
        """L-08, L-09: in time or late, the appeal's own case says so; nothing is rejected here."""

    @step(S.HANDED_OVER, S.CLOSED, by=Right.RECORD_COMMITTEE, at=ABOVE, label=_("Close the file"), event="closed",
          basis=("208-QĐ/TW 26/07/2026 mục 8.2",), facts=[ask.CLOSING],
          guards=[dated_on_the_day("note"), term_over("REM.APPEAL")], after_leaving=True, cancels=clocks.ALL)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """L-07: no appeal came."""

    @step((*IN_CELL, *WITH_COMMITTEE), S.ELSEWHERE, by=Right.RECORD_COMMITTEE, at=ABOVE,
          label=_("Record that another case decides about the person"), event="decided_elsewhere", basis=(PRACTICE,),
          facts=[ask.NOTICE, ask.REASON], guards=[MEMBER, dated_by_then("notice")], cancels=clocks.ALL,
          apart_from=RESOLVED)  # fmt: skip
    def give_way(self, situation: Situation) -> None:
        """A recognition, or the place of destination of a transfer, removes the name: its own file goes on (S-10, T-08)."""

    @step((*IN_CELL, *WITH_COMMITTEE), S.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL,
          label=_("End the case of a member who left"), event="ended", basis=(PRACTICE,), facts=[ask.PROOF],
          guards=[member_has_left, dated_by_then("proof")], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, or another way out."""
