"""Temporary transfer (A.4, T-02 and T-10 to T-12): some months at another cell, counted and voting at the own."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Flag, Paper
from workflows.guards.moving import (
    a_cell_there,
    as_introduced,
    dues_settled,
    late_with_a_reason,
    later_than_before,
    no_other_transfer,
    nothing_unresolved,
    papers_complete,
    somewhere_to_go,
    stay_long_enough,
    stay_long_in_all,
    told_at_home,
    works_elsewhere,
)  # fmt: skip
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.taking_part import left_it, takes_part
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import moving as clocks
from workflows.page_facts.moving import (
    BACK,
    CELL,
    GROUND,
    LATE,
    NOTICE,
    PAPERS,
    PROOF,
    REASON,
    SETTLED,
    STAY_ASKED,
    UNTIL,
    WHERE,
)  # fmt: skip
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation
from workflows.vocabulary import NEW, STAY, Act, Lifecycle, Start, step

P = Participation
LAW = ("294-QĐ/TW 26/05/2025 điểm 6.3.2", "208-QĐ/TW 26/07/2026")
SENT = takes_part(P.ATTENDING, P.AWAY)
STAYS = takes_part(P.ELSEWHERE)
ON_THE_LIST = member_is(*MEMBERS)


def _leave_was_converted(situation: Situation) -> bool:
    """Whether the last leave was turned into a transfer, and none has been asked for since."""
    return [case.state for case in situation.cases("away")][-1:] == ["converted"]


class TemporaryTransfer(Lifecycle):
    """Chuyển sinh hoạt đảng tạm thời. At the other cell the member attends and pays dues; no vote there, no headcount."""

    key = "temporary_transfer"
    label = _("Temporary transfer")
    number_code = "CT"
    there = "to_unit"

    class State(TextChoices):
        ASKED = "asked", _("Asked for")
        INTRODUCED = "introduced", _("Introduced, on the way")
        STAYING = "staying", _("At the other cell")
        COMING_BACK = "coming_back", _("Introduced back")
        RETURNED = "returned", _("Back")
        CONVERTED = "converted", _("Turned into an official transfer")
        SENT_BACK = "sent_back", _("Paper sent back")
        CALLED_OFF = "called_off", _("Called off")
        ENDED = "ended", _("Ended by another paper")

    final = (
        State.RETURNED.value,
        State.CONVERTED.value,
        State.SENT_BACK.value,
        State.CALLED_OFF.value,
        State.ENDED.value,
    )
    GONE = (State.INTRODUCED, State.STAYING, State.COMING_BACK)
    timed = (clocks.paper_late(State.INTRODUCED, State.COMING_BACK), *clocks.stay_ending(*GONE))

    @step(NEW, State.ASKED, by=Right.OPEN, at=Level.CELL, label=_("Begin a temporary transfer"), event="asked",
          basis=LAW, facts=STAY_ASKED,
          guards=[ON_THE_LIST, SENT, dated_by_then("request"), somewhere_to_go, stay_long_enough, no_other_transfer],
          opens=[clocks.INTRODUCE])  # fmt: skip
    def ask(self, situation: Situation) -> None:
        """T-02: three months to under a year, of study to two years; the day of the end is always known."""

    @step(NEW, State.ASKED, by=Right.THROUGH_CASE, at=Level.CELL, label=_("Turn an exemption into a temporary transfer"),
          event="continued", basis=LAW, facts=STAY_ASKED,
          guards=[ON_THE_LIST, somewhere_to_go, stay_long_enough], opens=[clocks.INTRODUCE])  # fmt: skip
    def go_on(self, situation: Situation) -> None:
        """WC: asked for in the case of the exemption, which ends with it."""

    @step(State.ASKED, State.INTRODUCED, by=Right.RECORD_COMMITTEE, at=Act("introduce_on_transfer"),
          label=_("Issue the introduction paper"), event="introduced", basis=LAW, facts=[*PAPERS, *SETTLED],
          guards=[ON_THE_LIST, SENT, dated_on_the_day("introduction"), dated_by_then("self_review"), papers_complete,
                  dues_settled, nothing_unresolved],
          closes=["TASK.TEMP_INTRODUCE"], opens=[clocks.PAPER, clocks.STAY_ENDS])  # fmt: skip
    def introduce(self, situation: Situation) -> None:
        """T-04: attends elsewhere from now on, as a guest."""
        situation.member.attend_elsewhere(situation)

    @step(State.INTRODUCED, State.STAYING, by=Right.PREPARE, at=Act("receive_on_transfer"), there=True,
          label=_("Take the member in"), event="taken_in", basis=LAW,
          facts=[CELL, LATE],
          guards=[ON_THE_LIST, STAYS, a_cell_there, as_introduced, late_with_a_reason],
          closes=["TRF.PAPER"])  # fmt: skip
    def take_in(self, situation: Situation) -> None:
        """T-05: the paper was presented and a cell named."""
        situation.member.stay_elsewhere(situation)

    @step(State.INTRODUCED, State.STAYING, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record that the place outside took the member in"), event="taken_in_outside", basis=LAW,
          facts=[NOTICE], guards=[ON_THE_LIST, STAYS, dated_by_then("notice"),
                                  works_elsewhere],
          closes=["TRF.PAPER"])  # fmt: skip
    def note_taken_in(self, situation: Situation) -> None:
        """T-05 at a place that does not work with Chibo here."""

    @step(State.STAYING, State.COMING_BACK, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Introduce the member back"), event="introduced_back", basis=LAW, facts=[BACK],
          guards=[ON_THE_LIST, STAYS, dated_on_the_day("introduction_back")],
          opens=[clocks.WAY_BACK])  # fmt: skip
    def introduce_back(self, situation: Situation) -> None:
        """T-12, first half: the way back, with remarks."""

    @step(State.STAYING, STAY, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Extend the stay"), event="extended", basis=LAW,
          facts=[Paper("extension", _("Letter that extends the stay"), paper="extension_letter"), UNTIL,
                 Flag("reported_home", _("Reported to the official organisation"))],
          guards=[ON_THE_LIST, STAYS, dated_on_the_day("extension"), later_than_before,
                  stay_long_in_all, told_at_home],
          closes=["TASK.TEMP_END"], opens=[clocks.STAY_ENDS])  # fmt: skip
    def extend(self, situation: Situation) -> None:
        """T-11: asked for at the temporary place and reported to the official one; how often was not found."""
        situation.member.stay_elsewhere(situation)

    @step(State.STAYING, STAY, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record an extension from outside"), event="extended_outside", basis=LAW,
          facts=[Paper("extension", _("Letter that extends the stay"), paper="extension_letter"), UNTIL],
          guards=[ON_THE_LIST, STAYS, dated_by_then("extension"), works_elsewhere,
                  later_than_before, stay_long_in_all],
          closes=["TASK.TEMP_END"], opens=[clocks.STAY_ENDS])  # fmt: skip
    def note_extension(self, situation: Situation) -> None:
        """T-11 at a place that does not work with Chibo here."""
        situation.member.stay_elsewhere(situation)

    @step((State.STAYING, State.COMING_BACK), State.RETURNED, by=Right.PREPARE, at=Level.CELL,
          label=_("Record the return"), event="returned", basis=LAW, facts=[BACK],
          guards=[ON_THE_LIST, STAYS, dated_by_then("introduction_back")],
          closes=["TRF.PAPER", "TASK.TEMP_END"], cancels=clocks.TEMPORARY)  # fmt: skip
    def come_back(self, situation: Situation) -> None:
        """T-12: introduced back with remarks; attends the own cell again, but for a leave that still runs."""
        situation.member.go_on(situation, situation.member.return_from_elsewhere)

    @step(State.STAYING, State.CONVERTED, by=Right.OPEN, at=Level.CELL, label=_("Turn it into an official transfer"),
          event="converted", basis=LAW,
          facts=[*GROUND, *WHERE],
          guards=[ON_THE_LIST, STAYS, dated_by_then("ground_paper"), somewhere_to_go],
          cancels=clocks.TEMPORARY, starts=[Start("transfer", "go_on", lambda seen: seen.facts)])  # fmt: skip
    def convert(self, situation: Situation) -> None:
        """T-10: stays at the place for good; the official transfer goes to the cell where the member is now."""

    @step((State.INTRODUCED, State.STAYING), State.SENT_BACK, by=Right.RECORD_COMMITTEE, at=Level.BASE, there=True,
          label=_("Send the paper back"), event="sent_back", basis=LAW, facts=[NOTICE, REASON],
          guards=[ON_THE_LIST, STAYS, dated_on_the_day("notice")],
          cancels=clocks.TEMPORARY)  # fmt: skip
    def send_back(self, situation: Situation) -> None:
        """TZ: attends the own cell again."""
        situation.member.go_on(situation, situation.member.return_from_elsewhere)

    @step((State.ASKED, State.INTRODUCED), State.CALLED_OFF, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Call the transfer off"), event="called_off", basis=LAW, facts=[REASON],
          guards=[ON_THE_LIST, takes_part(P.ATTENDING, P.AWAY, P.ELSEWHERE)],
          cancels=clocks.TEMPORARY)  # fmt: skip
    def call_off(self, situation: Situation) -> None:
        """Nobody has left, or the paper was given back. The leave that was turned into it has ended (WC): who was away by that
        one attends again, and may ask for another."""
        if situation.member.participation == P.ELSEWHERE:
            situation.member.go_on(situation, situation.member.return_from_elsewhere)
        elif situation.member.participation == P.AWAY and _leave_was_converted(situation):
            situation.member.return_from_away(situation)

    @step((State.ASKED, *GONE), State.ENDED, by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE),
          label=_("End a case that another paper has settled"), event="ended", basis=(PRACTICE,), facts=[PROOF],
          guards=[left_it(P.ATTENDING, P.AWAY, P.ELSEWHERE)], cancels=clocks.TEMPORARY)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, removal, another paper: nobody is left to send."""
