"""Appeal against a removal or an expulsion (A.7, L-08 to L-11): in time or late, resolved by the levels above."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Paper
from workflows.guards.appeal_levels import above_who_decided, addressed_here, higher_body, not_decided_already
from workflows.guards.appeals import (
    against_what_happened,
    in_time,
    no_case_waits,
    nothing_else_runs,
    official_as_decided,
    received_before_lodged,
    stage_known,
    takes_part_anew,
    too_late,
)  # fmt: skip
from workflows.guards.papers import dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.places import cell_stands
from workflows.offices import Level, Right
from workflows.page_clocks import appeal as clocks
from workflows.page_facts import appeal as ask
from workflows.page_facts.leaving import CLOSING, LODGED, NOTICE, REASON
from workflows.situation import Situation
from workflows.standings import Participation, Standing
from workflows.vocabulary import NEW, Act, Lifecycle, Start, step

LAW = ("208-QĐ/TW 26/07/2026 mục 8.2", "29-QĐ/TW 25/07/2016 mục 8.2")
GONE = member_is(Standing.REMOVED, Standing.EXPELLED)
RESOLVES = Act("resolve_appeal")
TAKEN = (Level.BASE, *ask.BODIES)
LODGED_BY = (GONE, dated_on_the_day("appeal"), against_what_happened, received_before_lodged,
             not_decided_already)  # fmt: skip
LODGED_HERE = (*LODGED_BY, no_case_waits, above_who_decided())
DECISION = Paper("decision", _("Decision on the appeal"), paper="appeal_decision")
TO_RECOGNITION = Start(
    "recognition", "resume", lambda situation: {"ceremony_on": situation.member.joined_on},
    when=lambda situation: situation.member.standing == Standing.PROBATIONARY,
)  # fmt: skip


class Appeal(Lifecycle):
    """Khiếu nại về xóa tên hoặc khai trừ. The decision stands while the appeal runs.

    A late appeal is marked and waits for somebody to say what becomes of it: sources are cut short or disagree, and
    nothing is rejected by machine.
    """

    key = "appeal"
    label = _("Appeal")
    read = Right.READ_RESTRICTED
    number_code = "KNA"

    class State(TextChoices):
        LODGED = "lodged", _("Lodged, to be resolved")
        LATE = "late", _("Lodged late, to be confirmed")
        UPHELD = "upheld", _("Decision upheld, term to go on")
        RESTORED = "restored", _("Decision annulled, member restored")
        NOT_RESOLVED = "not_resolved", _("Not resolved: out of time")
        CLOSED = "closed", _("Decision upheld, closed")
        WITHDRAWN = "withdrawn", _("Appeal withdrawn")

    S = State
    final = (S.RESTORED.value, S.NOT_RESOLVED.value, S.CLOSED.value, S.WITHDRAWN.value)
    in_dossier = (S.RESTORED.value, S.NOT_RESOLVED.value, S.CLOSED.value)

    @step(NEW, S.LODGED, by=Right.RECORD_COMMITTEE, at=TAKEN, label=_("Record an appeal"), event="lodged", basis=LAW,
          facts=ask.FACTS, guards=[*LODGED_HERE, in_time], opens=clocks.RESOLVE)  # fmt: skip
    def lodge(self, situation: Situation) -> None:
        """L-08: within the term on the longest reading of the law; the day is that of receipt."""

    @step(NEW, S.LATE, by=Right.RECORD_COMMITTEE, at=TAKEN, label=_("Record a late appeal"), event="lodged_late",
          basis=LAW, facts=ask.FACTS, guards=[*LODGED_HERE, too_late], opens=clocks.JUDGE_LATE)  # fmt: skip
    def lodge_late(self, situation: Situation) -> None:
        """L-09: marked as late, and no more than that."""

    @step(NEW, S.LODGED, by=Right.THROUGH_CASE, at=TAKEN, label=_("Appeal recorded in the case of the decision"),
          event="taken_in", basis=LAW, facts=ask.FACTS, guards=LODGED_BY, opens=clocks.RESOLVE)  # fmt: skip
    def take_in(self, situation: Situation) -> None:
        """L-08, from the case in which the decision was handed over: its own term is met with it."""

    @step(NEW, S.LATE, by=Right.THROUGH_CASE, at=TAKEN, label=_("Late appeal recorded in the case of the decision"),
          event="taken_in_late", basis=LAW, facts=ask.FACTS, guards=LODGED_BY, opens=clocks.JUDGE_LATE)  # fmt: skip
    def take_in_late(self, situation: Situation) -> None:
        """L-09, likewise."""

    @step(S.LATE, S.NOT_RESOLVED, by=Right.RECORD_COMMITTEE, at=RESOLVES, label=_("Confirm that it came too late"),
          event="lateness_confirmed", basis=LAW, facts=[NOTICE, REASON],
          guards=[dated_on_the_day("notice"), addressed_here], after_leaving=True,
          closes=["TASK.JUDGE_LATE_APPEAL"],
          cancels=clocks.ALL)  # fmt: skip
    def confirm_late(self, situation: Situation) -> None:
        """L-09: a person confirms; the appellant is told."""

    @step(S.LATE, S.LODGED, by=Right.RECORD_COMMITTEE, at=RESOLVES, label=_("Take up a late appeal all the same"),
          event="taken_up", basis=LAW, facts=[NOTICE, REASON],
          guards=[dated_on_the_day("notice"), addressed_here], after_leaving=True,
          closes=["TASK.JUDGE_LATE_APPEAL"],
          opens=clocks.RESOLVE)  # fmt: skip
    def take_up(self, situation: Situation) -> None:
        """The body sees a reason to resolve it, e.g. illness or a decision received otherwise."""

    @step(S.LODGED, S.UPHELD, by=Right.RECORD_DECISION, at=RESOLVES, label=_("Record that the decision is upheld"),
          event="upheld", basis=LAW, facts=[DECISION],
          guards=[GONE, dated_on_the_day("decision"), addressed_here], closes=clocks.RULES,
          opens=[clocks.FURTHER])  # fmt: skip
    def uphold(self, situation: Situation) -> None:
        """L-10: the next level may be asked, up to the Secretariat."""

    @step(S.UPHELD, S.LODGED, by=Right.RECORD_COMMITTEE, at=TAKEN, label=_("Record an appeal to the next level"),
          event="appealed_further", basis=LAW, facts=[LODGED, ask.TO],
          guards=[GONE, dated_on_the_day("appeal"), higher_body],
          closes=["TASK.FURTHER_APPEAL"], opens=clocks.RESOLVE)  # fmt: skip
    def appeal_further(self, situation: Situation) -> None:
        """L-10: to a level above the one that decided; its own term runs."""

    @step(S.UPHELD, S.CLOSED, by=Right.RECORD_COMMITTEE, at=TAKEN, label=_("Close the file"), event="closed", basis=LAW,
          facts=[CLOSING], guards=[dated_on_the_day("note")], after_leaving=True,
          closes=["TASK.FURTHER_APPEAL"], cancels=clocks.ALL)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """The last level has decided, or nobody asked the next one."""

    @step(S.LODGED, S.RESTORED, by=Right.RECORD_DECISION, at=RESOLVES,
          label=_("Record that the decision is annulled and the member restored"), event="annulled",
          basis=(*LAW, "Điều lệ Đảng Điều 39"),
          facts=[Paper("restoration", _("Decision on the appeal"), paper="restoration_decision"),
                 Day("official_on", _("Day of becoming official, where the decision says another"), required=False)],
          guards=[GONE, dated_on_the_day("restoration"), addressed_here, stage_known,
                  official_as_decided, takes_part_anew, nothing_else_runs, cell_stands], closes=clocks.RULES,
          cancels=clocks.ALL, starts=[TO_RECOGNITION])  # fmt: skip
    def annul(self, situation: Situation) -> None:
        """L-11, S-12: the stage held before, its dates unchanged unless the decision says otherwise; taking part begins
        anew, but for who had lapsed."""
        member = situation.member
        member.official_on = member.official_on and (situation.facts.get("official_on") or member.official_on)
        restore = member.restore_official if member.official_on else member.restore_probationary
        restore(situation)
        if member.had_lapsed(situation):
            member.go_on_lapsed(situation)
        elif member.participation not in (Participation.ATTENDING, Participation.LAPSED):
            member.attend_again(situation)

    @step((S.LODGED, S.LATE), S.WITHDRAWN, by=Right.RECORD_COMMITTEE, at=TAKEN,
          label=_("Record that the appeal is withdrawn"), event="withdrawn", basis=LAW,
          facts=[Paper("withdrawal", _("Withdrawal (or proof of death)"), paper="appeal_withdrawal")],
          guards=[dated_on_the_day("withdrawal")], after_leaving=True, cancels=clocks.ALL)  # fmt: skip
    def withdraw(self, situation: Situation) -> None:
        """The appellant gives it up, or has died."""
