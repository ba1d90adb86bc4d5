"""The cell's congress (A.9): a term, its end, the summons, the election and its approval, which opens the next term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.electing import Election
from workflows.facts import Day, MemberRef, Number, Paper, Text
from workflows.guards import congress as guards
from workflows.guards import elections
from workflows.guards.days import not_before, not_over_by_then
from workflows.guards.meetings import no_strangers, nobody_suspended
from workflows.guards.papers import dated_on_the_day
from workflows.guards.places import of_a_cell
from workflows.guards.votes import cell_can_elect
from workflows.offices import Level, Right
from workflows.page_clocks import congress as clocks
from workflows.situation import Situation
from workflows.timed import Timed
from workflows.vocabulary import NEW, Act, Lifecycle, Start, step
from workflows.voting import RollCall

CHARTER = ("Điều lệ Đảng Điều 24 khoản 3", "294-QĐ/TW 26/05/2025")
TERM = (
    Day("begun_on", _("Day the term began (of the last congress)")),
    Day("term_end", _("End of the term, where an act set another than the law's"), required=False, ahead=True),
    Paper("extension_act", _("Act that set the end of the term"), required=False, paper="term_extension"),
)
COMMITTEE = Election("committee_election", _("Election of the cell committee"), required=False)
SECRETARY = Election("secretary_election", _("Election of the secretary"), required=False, most=1)
DEPUTY = Election("deputy_election", _("Election of the deputy secretary"), required=False, most=2)
BALLOTS = (COMMITTEE, SECRETARY, DEPUTY)
KNOWN = (of_a_cell, guards.no_open_term, guards.end_on_a_paper, guards.end_after_beginning)
ELECTED = tuple(
    check(ballot) for ballot in BALLOTS
    for check in (elections.election_adds_up, elections.winners_carried, elections.winners_of_the_cell)
)  # fmt: skip


def _held_on(situation: Situation) -> Mapping[str, Any]:
    return {"begun_on": situation.past_day("minutes")}


OF_THE_ELECTION = ("summons", "planned_on", "summoned", "minutes", "roll_call", *(one.name for one in BALLOTS),
                   "failed_ballots", "appointment", "secretary")  # fmt: skip
"""Facts of one congress."""
RESOLVED = ("hold",)
"""By which the cell resolves what a committee decides on here."""


class Congress(Lifecycle):
    """Đại hội chi bộ: one case for each term, from its beginning to the approved election that begins the next.

    The months before the end (G-01) and the days past it are labels drawn from the term's deadline, never states. The
    end moves by six months at most with the base committee's consent (G-02); an extension has its own act.
    """

    key = "congress"
    label = _("Congress of the cell")
    about = "unit"
    number_code = "DH"

    class State(TextChoices):
        IN_TERM = "in_term", _("In its term")
        SUMMONED = "summoned", _("Summoned")
        HELD = "held", _("Held, election to be approved")
        APPROVED = "approved", _("Election approved")
        ENDED = "ended", _("Ended without a congress")

    final = (State.APPROVED.value, State.ENDED.value)
    BEFORE = (State.IN_TERM, State.SUMMONED)
    timed = (
        Timed("congress_near", _("The congress is to be prepared"), "CON.PREPARE", (State.IN_TERM,),
              clocks.before_the_end, until=clocks.past_the_end),
        Timed("term_over", _("The term is over, no congress was held"), "CON.TERM", BEFORE,
              clocks.past_the_end),
    )  # fmt: skip

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """A term by the day it began on: the next one opens in the step that closes this one."""
        return f"term:{situation.facts['begun_on']:%Y-%m-%d}"

    @step(NEW, State.IN_TERM, by=Right.OPEN, at=(Level.CELL, Level.BASE), label=_("Record the running term"),
          event="term_recorded", basis=CHARTER, facts=TERM, guards=KNOWN, opens=[clocks.TERM, clocks.PLAN])  # fmt: skip
    def record_term(self, situation: Situation) -> None:
        """G0: the term that runs when the cell begins with Chibo."""

    @step(NEW, State.IN_TERM, by=Right.THROUGH_CASE, at=Level.CELL, label=_("Begin the next term"), event="term_begun",
          basis=CHARTER, facts=TERM[:1], guards=[of_a_cell], opens=[clocks.TERM, clocks.PLAN])  # fmt: skip
    def begin(self, situation: Situation) -> None:
        """The term that an approved election begins, counted from the day of the congress."""

    @step(State.IN_TERM, State.IN_TERM, by=Right.RECORD_COMMITTEE, at=Level.BASE, label=_("File the plan of the congress"),
          event="planned", basis=CHARTER, facts=[Paper("plan", _("Plan of the base committee"), paper="congress_plan")],
          guards=[dated_on_the_day("plan"), not_before("begun_on")], closes=["TASK.CONGRESS_PLAN"])  # fmt: skip
    def plan(self, situation: Situation) -> None:
        """G-01: the base committee plans the congresses of its cells."""

    @step(BEFORE, State.IN_TERM, by=Right.RECORD_COMMITTEE, at=Act("shift_congress"),
          label=_("Agree to an earlier or later congress"), event="shifted", basis=CHARTER,
          facts=[Paper("consent", _("Consent of the base committee"), paper="congress_consent"),
                 Day("held_by", _("Day by which the congress is held"), ahead=True)],
          guards=[dated_on_the_day("consent"), not_before("begun_on"), not_over_by_then("held_by"), guards.shifted_within],
          cancels=clocks.TERM_AND_PLAN, opens=[clocks.TERM, clocks.PLAN])  # fmt: skip
    def shift(self, situation: Situation) -> None:
        """G-02: by six months at most, counted from the end of the term and not from an earlier shift."""

    @step(BEFORE, State.IN_TERM, by=Right.RECORD_COMMITTEE, at=Act("shift_congress"),
          label=_("Record an act that extends the term"), event="extended", basis=("208-QĐ/TW 26/07/2026",),
          facts=[Paper("extension_act", _("Act that extends the term"), paper="term_extension"),
                 Day("term_end", _("New end of the term"), ahead=True),
                 Text("legal_basis", _("Legal basis of the act"))],
          guards=[not_before("begun_on"), guards.end_after_beginning],
          cancels=clocks.TERM_AND_PLAN, opens=[clocks.TERM, clocks.PLAN])  # fmt: skip
    def extend(self, situation: Situation) -> None:
        """G-02: a special act with its own legal basis (those of 2026); no limit of months binds it."""

    @step(State.IN_TERM, State.SUMMONED, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Summon the congress"),
          event="summoned", basis=CHARTER,
          facts=[Paper("summons", _("Summons"), paper="congress_summons"),
                 Day("planned_on", _("Planned day"), ahead=True),
                 Number("summoned", _("Official members summoned"), minimum=1, maximum=5000)],
          guards=[dated_on_the_day("summons"), not_before("begun_on"), not_over_by_then("planned_on"),
                  guards.all_summoned])  # fmt: skip
    def summon(self, situation: Situation) -> None:
        """G-03: all official members, those temporarily away too."""

    @step(State.SUMMONED, State.HELD, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record the congress and its election"), event="held",
          basis=("Điều lệ Đảng Điều 12 khoản 3", *CHARTER),
          facts=[Paper("minutes", _("Minutes of the congress and its election"), paper="election_minutes"),
                 RollCall("roll_call", _("Roll call")), *BALLOTS,
                 Number("failed_ballots", _("Ballots that elected no secretary"), maximum=9)],
          guards=[dated_on_the_day("minutes"), no_strangers, nobody_suspended, cell_can_elect,
                  elections.enough_present, *ELECTED, elections.one_seat_each(SECRETARY, DEPUTY),
                  *(elections.of_the_committee(COMMITTEE, office) for office in (SECRETARY, DEPUTY)),
                  elections.committee_fits, elections.deputies_named(DEPUTY), guards.secretary_settled,
                  guards.when_it_was_due],
          closes=["CON.TERM", "TASK.CONGRESS_AGAIN"], cancels=["TASK.CONGRESS_PLAN"], opens=[clocks.APPROVE])  # fmt: skip
    def hold(self, situation: Situation) -> None:
        """G-04: each winner by more than half of all official members, but for those away or exempt who stayed away."""

    @step(State.HELD, State.HELD, by=Right.RECORD_DECISION, at=Act("appoint_cell_secretary"),
          label=_("Appoint the secretary"), event="secretary_appointed", basis=("294-QĐ/TW 26/05/2025",),
          facts=[Paper("appointment", _("Decision to appoint"), paper="appointment_decision"),
                 MemberRef("secretary", _("Member appointed"))],
          guards=[dated_on_the_day("appointment"), guards.appointed_after_failed_ballots],
          apart_from=RESOLVED)  # fmt: skip
    def appoint(self, situation: Situation) -> None:
        """G-06: after three failed ballots the committee above appoints one member to lead the cell."""

    @step(State.HELD, State.IN_TERM, by=Right.RECORD_DECISION, at=Act("approve_congress"),
          label=_("Return the election to the cell"), event="returned", basis=CHARTER,
          facts=[Paper("notice", _("Notice to the cell"), paper="notice"), Text("reason", _("Reason"))],
          guards=[dated_on_the_day("notice")],
          closes=["TASK.CONGRESS_APPROVE"], opens=[clocks.AGAIN], forgets=OF_THE_ELECTION,
          apart_from=RESOLVED)  # fmt: skip
    def send_back(self, situation: Situation) -> None:
        """Not approved: the cell summons its members and elects again; nothing of the first election holds for the second."""

    @step(State.HELD, State.APPROVED, by=Right.RECORD_DECISION, at=Act("approve_congress"),
          label=_("Approve the election"), event="approved", basis=CHARTER,
          facts=[Paper("approval", _("Decision to approve"), paper="election_approval")],
          guards=[dated_on_the_day("approval"), not_before("appointment"), guards.secretary_known],
          closes=["TASK.CONGRESS_APPROVE"], cancels=clocks.ALL, starts=[Start("congress", "begin", _held_on)],
          apart_from=RESOLVED)  # fmt: skip
    def approve(self, situation: Situation) -> None:
        """G-05: the next term runs from the day of the congress, for as long as the law of that day says."""

    @step((*BEFORE, State.HELD), State.ENDED, by=Right.RECORD_DECISION, at=Act("approve_congress"),
          label=_("End the term of a cell that goes"), event="ended", basis=CHARTER,
          facts=[Paper("decision", _("Decision to dissolve or merge the cell"), paper="unit_decision")],
          guards=[dated_on_the_day("decision"), not_before("begun_on")], cancels=clocks.ALL,
          apart_from=RESOLVED)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """The cell is dissolved or merged: nothing is left to elect."""
