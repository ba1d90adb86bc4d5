"""An auditor's finding about a unit: raised, answered by the unit, closed or asked again. Nobody's standing changes."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.entries import EntryRef
from workflows.facts import Choice, Paper, Text
from workflows.guards.findings import after_it_was_raised, another_answers, another_closes, entries_of_the_unit
from workflows.guards.papers import dated_by_then
from workflows.law.citing import PRACTICE
from workflows.offices import COMMITTEE_LEVELS, LADDER, Level, Right
from workflows.situation import Situation
from workflows.vocabulary import NEW, Clock, Lifecycle, step

ANSWER = Clock("TASK.FINDING_ANSWER", the_day, Level.CELL, _("Day of the finding"))
REVIEW = Clock("TASK.FINDING_REVIEW", the_day, Level.BASE, _("Day of the answer"))
BOTH = ("TASK.FINDING_ANSWER", "TASK.FINDING_REVIEW")
MATTER = Choice("matter", _("What the finding is about"), choices=(
    ("late", _("Recorded late")), ("deadline", _("A deadline that was not kept")),
    ("paper", _("A paper that is missing or wrong")), ("ballot", _("A meeting or a ballot")), ("competence", _("Who decided")),
    ("correction", _("A correction")), ("missing", _("Something that was not recorded")),
    ("other", _("Something else"))))  # fmt: skip
STANCE = Choice("stance", _("What the unit says to it"), choices=(
    ("mended", _("It is so, and has been put right")), ("to_mend", _("It is so, and will be put right")),
    ("explained", _("It is so, for a reason")), ("disputed", _("It is not so"))))  # fmt: skip
REASON = Text("reason", _("Reason"))


class Finding(Lifecycle):
    """Phát hiện kiểm tra: the unit answers, an auditor judges the answer. Of all steps an auditor takes these alone."""

    key = "finding"
    label = _("Finding of an auditor")
    about = "unit"
    number_code = "PH"
    read = Right.READ_EVENTS

    class State(TextChoices):
        OPEN = "open", _("Open, to be answered by the unit")
        ANSWERED = "answered", _("Answered, to be judged by an auditor")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    final = (State.CLOSED.value, State.WITHDRAWN.value)

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """The same matter about the same entries (where none is named: on the same day) is raised once at a time."""
        named = "\n".join(sorted(situation.facts.get("entries") or (f"{situation.on:%Y-%m-%d}",)))
        return f"{situation.facts['matter']}:{sha256(named.encode()).hexdigest()[:32]}"

    @step(NEW, State.OPEN, by=Right.AUDIT, at=COMMITTEE_LEVELS, label=_("Raise a finding"), event="raised",
          basis=(PRACTICE,),
          facts=[MATTER, EntryRef("entries", _("Entries of the log, by their uid"), required=False),
                 Text("finding", _("What was found")),
                 Paper("minutes", _("Minutes of the inspection"), required=False, paper="inspection_minutes")],
          guards=[entries_of_the_unit, dated_by_then("minutes")], opens=[ANSWER])  # fmt: skip
    def raise_it(self, situation: Situation) -> None:
        """By an auditor of a committee above the unit, or of the unit itself."""

    @step(State.OPEN, State.ANSWERED, by=Right.REPLY, at=LADDER, label=_("Answer the finding"), event="answered",
          basis=(PRACTICE,),
          facts=[STANCE, Text("answer", _("Answer of the unit")),
                 Paper("proof", _("Paper that proves it"), required=False, paper="finding_proof")],
          guards=[after_it_was_raised, another_answers, dated_by_then("proof")],
          closes=["TASK.FINDING_ANSWER"], opens=[REVIEW])  # fmt: skip
    def answer(self, situation: Situation) -> None:
        """By the secretary of the unit; a committee above answers for a unit that cannot."""

    @step(State.ANSWERED, State.OPEN, by=Right.AUDIT, at=COMMITTEE_LEVELS, label=_("Ask again"), event="reopened",
          basis=(PRACTICE,), facts=[REASON], guards=[after_it_was_raised, another_closes], closes=["TASK.FINDING_REVIEW"],
          opens=[ANSWER], forgets=("stance", "proof"))  # fmt: skip
    def reopen(self, situation: Situation) -> None:
        """The answer does not settle it: the unit answers anew."""

    @step(State.ANSWERED, State.CLOSED, by=Right.AUDIT, at=COMMITTEE_LEVELS, label=_("Close the finding"), event="closed",
          basis=(PRACTICE,), facts=[Text("conclusion", _("Conclusion"))], guards=[after_it_was_raised, another_closes],
          closes=["TASK.FINDING_REVIEW"], cancels=BOTH)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """The answer settles it. Nobody closes on an answer of their own."""

    @step((State.OPEN, State.ANSWERED), State.WITHDRAWN, by=Right.AUDIT, at=COMMITTEE_LEVELS, label=_("Withdraw the finding"),
          event="withdrawn", basis=(PRACTICE,), facts=[REASON],
          guards=[after_it_was_raised, another_closes], cancels=BOTH)  # fmt: skip
    def withdraw(self, situation: Situation) -> None:
        """It was no finding."""
