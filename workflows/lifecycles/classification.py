"""Annual classification (A.10): self-review, opinions, the cell's ballot, the base committee's decision."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Paper, Text
from workflows.guards import classification as guards
from workflows.guards.papers import dated_by_then, dated_on_the_day, dated_since
from workflows.guards.people import member_is
from workflows.guards.places import member_stands_here
from workflows.guards.votes import carried, cell_can_act
from workflows.offices import Level, Right
from workflows.page_clocks import classification as clocks
from workflows.page_facts.classification import BALLOT, CONDITIONS, CONFIRMED, DECIDED, PROPOSED, SCORE, YEAR
from workflows.situation import Situation
from workflows.standings import MEMBERS
from workflows.vocabulary import NEW, Act, Lifecycle, step

LAW = ("366-QĐ/TW 30/08/2025",)
SELF_REVIEW = Paper("self_review", _("Self-review of the member"), paper="self_review")
RESOLVED = ("propose",)
"""By which the cell resolves what a committee decides on here."""


class Classification(Lifecycle):
    """Kiểm điểm, đánh giá, xếp loại đảng viên: one case for each member and year.

    Members away or temporarily elsewhere send their self-review to the official cell, whose case it is. Two years
    “not completed” in a row raise a flag for the cell; they are not the removal ground “violates the standards”.
    """

    key = "classification"
    label = _("Annual classification")
    number_code = "XL"

    class State(TextChoices):
        OPENED = "opened", _("Opened, self-review to come")
        REVIEWED = "reviewed", _("Self-review handed in")
        DISCUSSED = "discussed", _("Opinions gathered")
        PROPOSED = "proposed", _("Level proposed by the cell")
        DECIDED = "decided", _("Level decided, to be announced")
        ANNOUNCED = "announced", _("Announced")
        COMPLAINED = "complained", _("Complaint under way")
        ANSWERED = "answered", _("Complaint answered")
        ENDED = "ended", _("Ended without a level")

    final = (State.ANNOUNCED.value, State.ANSWERED.value, State.ENDED.value)
    BEFORE = (State.OPENED, State.REVIEWED, State.DISCUSSED, State.PROPOSED)

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """One for each year."""
        return f"year:{situation.facts['year']}"

    @step(NEW, State.OPENED, by=Right.OPEN, at=(Level.CELL, Level.BASE), label=_("Open the classification of a year"),
          event="opened", basis=LAW, facts=[YEAR],
          guards=[member_is(*MEMBERS), guards.year_has_come, guards.once_a_year, guards.not_left_out,
                  guards.member_by_then, guards.member_long_enough], opens=[clocks.PROPOSE])  # fmt: skip
    def open(self, situation: Situation) -> None:
        """Y0: for one member, or for all of a commune at once with an answer for each (bulk steps)."""

    @step(State.OPENED, State.REVIEWED, by=Right.PREPARE, at=(Level.CELL, Level.BASE), label=_("Hand in the self-review"),
          event="self_reviewed", basis=LAW, facts=[SELF_REVIEW], guards=[dated_by_then("self_review")])  # fmt: skip
    def hand_in(self, situation: Situation) -> None:
        """Y1: the member's own review; those away send it."""

    @step(State.REVIEWED, State.DISCUSSED, by=Right.PREPARE, at=(Level.CELL, Level.BASE), label=_("File the opinions"),
          event="discussed", basis=LAW, facts=[Paper("opinions", _("Summary of the opinions"), paper="opinions")],
          guards=[dated_by_then("opinions")])  # fmt: skip
    def file_opinions(self, situation: Situation) -> None:
        """Y2: of the cell, the mass organisations, the place of residence."""

    @step(State.DISCUSSED, State.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Propose a level"),
          event="proposed", basis=LAW,
          facts=[Paper("minutes", _("Minutes of the meeting"), paper="meeting_minutes"), SCORE, PROPOSED, CONDITIONS,
                 BALLOT],
          guards=[member_is(*MEMBERS), dated_on_the_day("minutes"), cell_can_act, guards.not_left_out,
                  guards.level_fits(PROPOSED), guards.conditions_met(PROPOSED), carried(BALLOT)],
          closes=["TASK.CLASSIFY"], opens=[clocks.DECIDE])  # fmt: skip
    def propose(self, situation: Situation) -> None:
        """Y3: the cell votes on the level; totals only."""

    @step(State.PROPOSED, State.DISCUSSED, by=Right.RECORD_DECISION, at=Act("classify"),
          label=_("Return the proposal to the cell"), event="returned", basis=LAW,
          facts=[Paper("notice", _("Notice to the cell"), paper="notice"), Text("reason", _("Reason"))],
          guards=[dated_on_the_day("notice")],
          closes=["TASK.CLASSIFY_DECIDE"], opens=[clocks.PROPOSE_AGAIN], apart_from=RESOLVED)  # fmt: skip
    def send_back(self, situation: Situation) -> None:
        """The cell votes again."""

    @step(State.PROPOSED, State.DECIDED, by=Right.RECORD_DECISION, at=Act("classify"),
          label=_("Decide the level"), event="decided", basis=LAW,
          facts=[Paper("decision", _("Decision on the classification"), paper="classification_decision"), DECIDED,
                 CONFIRMED],
          guards=[dated_on_the_day("decision"), guards.level_fits(DECIDED), guards.conditions_met(DECIDED), guards.within_cap],
          closes=["TASK.CLASSIFY_DECIDE"], opens=[clocks.ANNOUNCE], apart_from=RESOLVED)  # fmt: skip
    def decide(self, situation: Situation) -> None:
        """Y4: the base committee, within the cap of its own organisation."""

    @step(State.DECIDED, State.ANNOUNCED, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Announce in the cell"),
          event="announced", basis=LAW,
          facts=[Paper("announcement", _("Minutes of the meeting"), paper="meeting_minutes")],
          guards=[dated_by_then("announcement"), dated_since("announcement", "decision")],
          after_leaving=True, closes=["TASK.CLASSIFY_ANNOUNCE"],
          cancels=clocks.ALL)  # fmt: skip
    def announce(self, situation: Situation) -> None:
        """Y5: told to the member."""

    @step(State.ANNOUNCED, State.COMPLAINED, by=Right.PREPARE, at=(Level.CELL, Level.BASE),
          label=_("Take in a complaint about the level"), event="complained", basis=LAW,
          facts=[Paper("complaint", _("Complaint of the member"), paper="complaint")],
          guards=[dated_by_then("complaint"), member_stands_here], opens=[clocks.ANSWER])  # fmt: skip
    def complain(self, situation: Situation) -> None:
        """Y6: an internal complaint, where the member has one."""

    @step(State.COMPLAINED, State.ANSWERED, by=Right.RECORD_DECISION, at=Act("classify"),
          label=_("Answer the complaint"), event="answered", basis=LAW,
          facts=[Paper("answer", _("Answer to the complaint"), paper="complaint_answer"), DECIDED, CONFIRMED],
          guards=[dated_on_the_day("answer"), guards.level_fits(DECIDED), guards.conditions_met(DECIDED), guards.within_cap,
                  guards.cap_still_holds], after_leaving=True,
          closes=["TASK.CLASSIFY_ANSWER"], cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def answer(self, situation: Situation) -> None:
        """The level stands or is decided anew, within the cap; a lower one that breaks it for others says so."""

    @step(BEFORE, State.ENDED, by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE),
          label=_("End the classification without a level"), event="ended", basis=LAW,
          facts=[Paper("note", _("Paper that says why"), paper="cell_note"), Text("reason", _("Reason"))],
          guards=[dated_by_then("note")], after_leaving=True, cancels=clocks.ALL, apart_from=RESOLVED)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """The member left, was exempted or suspended, or was opened by mistake."""
