"""Official transfer (A.4): to a cell of another base organisation, of the same one, or to where Chibo is not."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Paper
from workflows.guards.appeals import nothing_else_runs
from workflows.guards.days import not_before
from workflows.guards.moving import (
    a_cell_there,
    as_introduced,
    dossier_awaited,
    dossier_overdue,
    dues_settled,
    late_with_a_reason,
    leaves_the_base,
    no_other_transfer,
    nothing_unresolved,
    papers_complete,
    reported_missing,
    somewhere_to_go,
    stays_in_the_base,
    works_elsewhere,
)  # fmt: skip
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.places import cell_stands
from workflows.guards.removal import expulsion_not_due
from workflows.guards.reorganising import decided_above_both, nowhere_between, to_a_cell
from workflows.guards.returning import day_then, days_of_return, official_by_the_law
from workflows.guards.taking_part import left_it, takes_part
from workflows.guards.votes import REMOVAL_RULES, committee_carried
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import moving as clocks
from workflows.page_facts.leaving import EXPULSION_DUE, REMOVED_BY
from workflows.page_facts.moving import ALONG, CELL, DAYS, GROUND, LATE, NOTICE, PAPERS, PROOF, REASON, SETTLED, WHERE
from workflows.situation import Situation
from workflows.standings import MEMBERS, WITH_A_RECORD, Participation, Standing
from workflows.vocabulary import NEW, Act, Lifecycle, Start, step
from workflows.voting import BODY, SIZE, YES

P = Participation
LAW = ("294-QĐ/TW 26/05/2025 điểm 6.3.1", "208-QĐ/TW 26/07/2026")
VANISHED = ("12-HD/BTCTW 17/05/2012 điểm 4 mục II",)
SLIP = Paper("notice_slip", _("Notice slip"), paper="transfer_notice")
TO_REMOVAL = Start("removal", "take_over", lambda situation: {
    "decision": situation.facts["decision"], "ground": "transfer_abandoned",
})  # fmt: skip
TO_RECOGNITION = Start(
    "recognition", "go_on", lambda situation: {"ceremony_on": situation.member.joined_on},
    when=lambda situation: situation.member.standing == Standing.PROBATIONARY,
)  # fmt: skip
HERE = takes_part(P.ATTENDING, P.AWAY, P.ELSEWHERE, P.ABROAD, P.EXEMPT)
ON_THE_WAY = takes_part(P.IN_TRANSIT)
ON_THE_LIST = member_is(*MEMBERS)


class Transfer(Lifecycle):
    """Chuyển sinh hoạt đảng chính thức. The old cell acts until the paper is issued, then the place of destination.

    Whether it stays in one base organisation follows from the tree. The headcount moves with the notice slip alone;
    that the paper is late (T-06) or the member vanished on the way (T-08) are labels.
    """

    key = "transfer"
    label = _("Official transfer")
    number_code = "CC"
    there = "to_unit"

    class State(TextChoices):
        ASKED = "asked", _("Begun")
        CHECKED = "checked", _("File checked")
        INTRODUCED = "introduced", _("Introduced, on the way")
        TAKEN_IN = "taken_in", _("Taken in, notice slip to come")
        COMPLETED = "completed", _("Moved")
        GONE_OUT = "gone_out", _("Moved to where Chibo is not")
        SENT_BACK = "sent_back", _("Paper sent back")
        CALLED_OFF = "called_off", _("Called off")
        RECEIVED_BACK = "received_back", _("Received back")
        NAME_REMOVED = "name_removed", _("Name removed at the place of destination")
        ENDED = "ended", _("Ended by another paper")

    final = (State.COMPLETED.value, State.GONE_OUT.value, State.SENT_BACK.value, State.CALLED_OFF.value,
             State.RECEIVED_BACK.value, State.NAME_REMOVED.value, State.ENDED.value)  # fmt: skip
    timed = (clocks.paper_late(State.INTRODUCED), clocks.vanished(State.INTRODUCED))

    @step(NEW, State.ASKED, by=Right.OPEN, at=(Level.CELL, Level.BASE), label=_("Begin an official transfer"),
          event="asked", basis=LAW, facts=[*GROUND, *WHERE],
          guards=[ON_THE_LIST, HERE, dated_by_then("ground_paper"), somewhere_to_go, no_other_transfer],
          opens=[clocks.PROCEDURE, clocks.INTERNAL])  # fmt: skip
    def ask(self, situation: Situation) -> None:
        """T-01: sixty working days from the effect; where thirty are read as well, reminders run from those."""

    @step(NEW, State.ASKED, by=Right.THROUGH_CASE, at=Level.CELL, label=_("Turn a temporary transfer into an official one"),
          event="continued", basis=LAW, facts=[*GROUND, *WHERE],
          guards=[ON_THE_LIST, somewhere_to_go], opens=[clocks.PROCEDURE, clocks.INTERNAL])  # fmt: skip
    def go_on(self, situation: Situation) -> None:
        """T-10: asked for in the case of the temporary transfer, which ends with it."""

    @step(NEW, State.INTRODUCED, by=Right.RECORD_COMMITTEE, at=Act("hand_over_cell"),
          label=_("Hand a member over with the whole cell"), event="handed_over",
          basis=("38-HD/BTCTW 29/09/2025 điểm 4.3.3 mục II",),
          facts=[*WHERE, *PAPERS],
          guards=[ON_THE_LIST, HERE, dated_on_the_day("introduction"), somewhere_to_go, leaves_the_base,
                  decided_above_both, no_other_transfer, papers_complete],
          opens=[clocks.PAPER])  # fmt: skip
    def hand_over(self, situation: Situation) -> None:
        """A cell is handed over as a whole: one decision, one case and one answer for each member."""
        situation.member.enter_transit(situation)

    @step(NEW, State.COMPLETED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Let a person go along with a merged or divided cell"), event="went_along", basis=(PRACTICE,), facts=ALONG,
          guards=[member_is(*WITH_A_RECORD), dated_by_then("reorganisation"), somewhere_to_go, to_a_cell,
                  stays_in_the_base, nowhere_between], cancels=clocks.ALL)  # fmt: skip
    def go_along(self, situation: Situation) -> None:
        """No text on it was seen: recorded on the decision, with one case and one answer for each person. The record of
        whoever left goes along too: restored or readmitted, nobody comes back into a cell that was closed."""
        situation.member.go_along(situation)

    @step(State.ASKED, State.CHECKED, by=Right.PREPARE, at=Level.CELL, label=_("Check the file"), event="checked",
          basis=LAW, facts=SETTLED,
          guards=[dated_by_then("self_review"), dues_settled, nothing_unresolved])  # fmt: skip
    def check(self, situation: Situation) -> None:
        """T-03: self-review with remarks, dues settled."""

    @step(State.CHECKED, State.INTRODUCED, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Introduce within the base organisation"), event="introduced_within", basis=LAW, facts=PAPERS,
          guards=[ON_THE_LIST, HERE, dated_on_the_day("introduction"), stays_in_the_base, papers_complete],
          closes=["TASK.TRANSFER_INTERNAL"], cancels=["TRF.OFFICIAL"], opens=[clocks.PAPER])  # fmt: skip
    def introduce_within(self, situation: Situation) -> None:
        """T-04 inside one base organisation; its own procedure was not seen."""
        situation.member.enter_transit(situation)

    @step(State.CHECKED, State.INTRODUCED, by=Right.RECORD_COMMITTEE, at=Act("introduce_on_transfer"),
          label=_("Issue the introduction paper"), event="introduced", basis=LAW, facts=PAPERS,
          guards=[ON_THE_LIST, HERE, dated_on_the_day("introduction"), leaves_the_base, papers_complete],
          closes=["TRF.OFFICIAL"], cancels=["TASK.TRANSFER_INTERNAL"], opens=[clocks.PAPER])  # fmt: skip
    def introduce(self, situation: Situation) -> None:
        """T-04: from now on the place of destination sees the member and the case."""
        situation.member.enter_transit(situation)

    @step(State.INTRODUCED, State.INTRODUCED, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Record that the notice slip came"), event="slip_received", basis=VANISHED,
          facts=[Day("slip_received_on", _("Day the notice slip came"))],
          guards=[ON_THE_WAY], opens=[clocks.MISSING])  # fmt: skip
    def receive_slip(self, situation: Situation) -> None:
        """The place of destination knows of the member; three months for the dossier to come."""

    @step(State.INTRODUCED, State.INTRODUCED, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Report a member who has not come"), event="reported_missing", basis=VANISHED,
          facts=[Paper("missing_report", _("Report to the competent committee"), paper="missing_report")],
          guards=[ON_THE_WAY, dated_by_then("missing_report"), not_before("slip_received_on"), dossier_awaited],
          closes=["TRF.DOSSIER_MISSING"], opens=[clocks.NOTE])  # fmt: skip
    def report_missing(self, situation: Situation) -> None:
        """T-08: reported where the member should have come; counted at the old cell, which is told, until somebody decides."""

    @step(State.INTRODUCED, State.INTRODUCED, by=Right.PREPARE, at=Level.CELL, event="missing_noted", basis=VANISHED,
          label=_("Take note that the member has not come"), guards=[ON_THE_WAY, reported_missing],
          closes=["TASK.NOTE_MISSING"])  # fmt: skip
    def note_missing(self, situation: Situation) -> None:
        """The old cell knows, and asks on its side."""

    @step(State.INTRODUCED, State.NAME_REMOVED, by=Right.RECORD_DECISION, at=Act("remove"), there=True,
          label=_("Remove the name of a member who never came"), event="name_removed", basis=VANISHED,
          facts=[REMOVED_BY, EXPULSION_DUE, BODY, SIZE, YES],
          guards=[ON_THE_LIST, ON_THE_WAY, dated_on_the_day("decision"), not_before("missing_report"), reported_missing,
                  dossier_overdue, expulsion_not_due, committee_carried(REMOVAL_RULES)],
          cancels=clocks.ALL, starts=[TO_REMOVAL])  # fmt: skip
    def remove(self, situation: Situation) -> None:
        """T-08: decided where the member should have come; the removal's file is the old cell's, which is told by it."""
        situation.member.remove(situation)
        situation.member.turn_back(situation)

    @step(State.INTRODUCED, State.TAKEN_IN, by=Right.PREPARE, at=Act("receive_on_transfer"), there=True,
          label=_("Take the member in"), event="taken_in", basis=LAW,
          facts=[CELL, LATE],
          guards=[ON_THE_LIST, ON_THE_WAY, a_cell_there, as_introduced, late_with_a_reason],
          closes=["TRF.PAPER", "TRF.DOSSIER_MISSING"], opens=[clocks.SLIP])  # fmt: skip
    def take_in(self, situation: Situation) -> None:
        """T-05, T-07: the paper was presented and a cell named; late papers are taken with their reason."""
        situation.member.be_taken_in(situation)

    @step(State.TAKEN_IN, State.COMPLETED, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Send the notice slip back"), event="completed", basis=LAW, facts=[SLIP],
          guards=[ON_THE_LIST, ON_THE_WAY, dated_on_the_day("notice_slip")],
          closes=["TASK.NOTICE_SLIP"], cancels=clocks.ALL)  # fmt: skip
    def complete(self, situation: Situation) -> None:
        """T-09: the headcount moves on this event only; a leave or exemption still in force goes along with its case (R-10)."""
        situation.member.go_on(situation, situation.member.arrive)
        situation.member.settle(situation)

    @step(State.INTRODUCED, State.GONE_OUT, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record the notice slip from outside"), event="gone_out", basis=LAW, facts=[SLIP],
          guards=[ON_THE_LIST, ON_THE_WAY, dated_by_then("notice_slip"), works_elsewhere],
          closes=["TRF.PAPER"], cancels=clocks.ALL)  # fmt: skip
    def go_out(self, situation: Situation) -> None:
        """T-09 where the place of destination does not work with Chibo here."""
        situation.member.transfer_out(situation)

    @step((State.INTRODUCED, State.TAKEN_IN), State.SENT_BACK, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Send the paper back"), event="sent_back", basis=LAW, facts=[NOTICE, REASON],
          guards=[ON_THE_LIST, ON_THE_WAY, dated_on_the_day("notice")], cancels=clocks.ALL)  # fmt: skip
    def send_back(self, situation: Situation) -> None:
        """TZ: the member stays in the old cell, where the headcount never left."""
        situation.member.go_on(situation, situation.member.turn_back)

    @step(State.INTRODUCED, State.CALLED_OFF, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Take the paper back"), event="withdrawn", basis=LAW, facts=[NOTICE, REASON],
          guards=[ON_THE_LIST, ON_THE_WAY, dated_on_the_day("notice")], cancels=clocks.ALL)  # fmt: skip
    def withdraw(self, situation: Situation) -> None:
        """The old side takes back a paper that nobody has taken in yet."""
        situation.member.go_on(situation, situation.member.turn_back)

    @step((State.ASKED, State.CHECKED), State.CALLED_OFF, by=Right.OPEN, at=(Level.CELL, Level.BASE),
          label=_("Call the transfer off"), event="called_off", basis=LAW, facts=[REASON],
          cancels=clocks.ALL)  # fmt: skip
    def call_off(self, situation: Situation) -> None:
        """Nobody has left; who stayed elsewhere for a time, and was to stay for good, is back: that stay has ended."""
        member = situation.member
        if member.participation == P.ELSEWHERE and member.standing in MEMBERS:
            member.go_on(situation, member.return_from_elsewhere)

    @step(NEW, State.RECEIVED_BACK, by=Right.HAND_OVER, at=Level.BASE, label=_("Receive somebody back from outside"),
          event="received_back", basis=LAW, facts=[*PAPERS, SLIP, *DAYS, LATE],
          guards=[member_is(Standing.TRANSFERRED_OUT), dated_by_then("introduction"), dated_on_the_day("notice_slip"),
                  papers_complete, late_with_a_reason, nothing_else_runs, cell_stands, days_of_return, official_by_the_law],
          cancels=clocks.ALL, starts=[TO_RECOGNITION])  # fmt: skip
    def receive_back(self, situation: Situation) -> None:
        """T-05: who once left for a place without Chibo comes back with a paper: in the standing of then, or official by
        what happened there. On probation the twelve months go on from the same ceremony (R-10)."""
        member = situation.member
        member.joined_on, member.official_on = (day_then(situation, one.name) for one in DAYS)
        if member.official_on:
            member.receive_official(situation)
        else:
            member.receive_probationary(situation)
        if member.participation != P.ATTENDING:
            member.attend_again(situation)

    @step((State.ASKED, State.CHECKED, State.INTRODUCED, State.TAKEN_IN), State.ENDED, by=Right.RECORD_RESOLUTION,
          at=(Level.CELL, Level.BASE), label=_("End a case that another paper has settled"), event="ended",
          basis=(PRACTICE,), facts=[PROOF],
          guards=[left_it(P.ATTENDING, P.AWAY, P.ELSEWHERE, P.ABROAD, P.EXEMPT, P.IN_TRANSIT)],
          cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, removal, suspension: nobody is left to hand over."""
