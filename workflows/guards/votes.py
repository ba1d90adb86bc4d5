"""Guards about votes: whole numbers against the roll of the meeting's day, never a float, never a rounding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.ballots import is_met, votes_needed
from workflows.guards.measuring import could_vote, measure, roll_of, without_a_paper
from workflows.law import Rule
from workflows.situation import Guard, MeetingView, Situation
from workflows.voting import Ballot, Roll

HELD = ("held", "filed", "reported")
"""States of a meeting that took place (page `meeting`)."""

BODY_RULES = {"standing": "COM.STANDING_VOTE", "whole": "COM.WHOLE_VOTE"}
"""The threshold of a committee's decision, by the body that voted."""
REMOVAL_RULES = {"standing": "REM.STANDING_VOTE", "whole": "REM.WHOLE_VOTE"}
"""The same where the committee removes a name: seen in print, while BODY_RULES are in part recalled (section 1.5)."""


def ballot_adds_up(vote: Ballot) -> Guard:
    """yes + no <= valid <= collected <= issued <= those who could be handed a ballot (present, if a roll was called)."""

    def guard(situation: Situation) -> Refusal | None:
        ballot = situation.facts.get(vote.name)
        if ballot is None:
            return None
        most = could_vote(roll_of(situation, ballot), situation.rule(vote.rule))
        if ballot.yes + ballot.no <= ballot.valid <= ballot.collected <= ballot.issued <= most:
            return None
        return Refusal(
            "ballot.does_not_add_up",
            gettext_noop(
                "The totals do not add up: yes %(yes)s, no %(no)s, valid %(valid)s, collected %(collected)s, "
                "issued %(issued)s, official members who could vote %(most)s."
            ),
            {"yes": ballot.yes, "no": ballot.no, "valid": ballot.valid, "collected": ballot.collected,
             "issued": ballot.issued, "most": most}, fact=vote.name,
            remedy=gettext_noop("Copy the totals from the counting record: each is at most the one after it."),
        )  # fmt: skip

    return guard


def _meeting_fault(situation: Situation, meeting: MeetingView | None) -> tuple[str, str] | None:
    if meeting is None or meeting.unit_id != situation.unit_id:
        return "ballot.not_our_meeting", gettext_noop("The ballot names a meeting that this cell did not hold.")
    if meeting.state not in HELD or meeting.held_on is None:
        return "ballot.meeting_not_held", gettext_noop("The meeting of this ballot is not recorded as held.")
    if meeting.held_on != situation.on:
        return "ballot.other_day", gettext_noop("The meeting was held on %(held)s, but the step is for %(day)s.")
    return None


def ballot_of_a_held_meeting(fact: str) -> Guard:
    """The vote was taken at a held meeting of the same cell, on the day of the resolution."""

    def guard(situation: Situation) -> Iterator[Answer]:
        ballot = situation.facts.get(fact)
        if ballot is None:
            return
        meeting = situation.meeting(ballot.meeting)
        fault = _meeting_fault(situation, meeting)
        if fault:
            params = {"held": meeting.held_on if meeting else None, "day": situation.on}
            remedy = gettext_noop("Record the meeting first (with its roll call), then name it here.")
            yield Refusal(fault[0], fault[1], params, remedy=remedy, fact=fact)
        elif situation.roll_at(ballot.meeting) is None:
            message = gettext_noop("No roll call of that meeting was kept; the cell's list of the day is used instead.")
            yield Caution("ballot.no_roll_call", message, fact=fact)

    return guard


def _unmet(rule: Rule, votes: int) -> type[Answer]:
    """A figure nobody has seen in a text only cautions; a resolution that nobody voted for is none, whatever the figure."""
    return Caution if rule.unsettled and votes else Refusal


def carried(ballot: Ballot) -> Guard:
    """The threshold of the ballot's rule was reached, measured against all official members who count."""

    def guard(situation: Situation) -> Answer | None:
        value = situation.facts.get(ballot.name)
        if value is None:
            return None
        measured = measure(situation, ballot, value)
        if measured.reached(value.yes):
            return without_a_paper(measured, value.yes, ballot.name)
        return _unmet(measured.rule, value.yes)(
            "ballot.not_carried", gettext_noop("%(yes)s agreed. %(sum)s; %(share)s."), measured.params(value),
            ballot.rule, gettext_noop("Record the result as not carried."), ballot.name,
        )  # fmt: skip

    return guard


def not_carried(ballot: Ballot) -> Guard:
    """The threshold was not reached: the mirror of `carried`, for steps that record a failed vote.

    Where it was reached only without those who are away without a paper, the cell may have counted them.
    """

    def guard(situation: Situation) -> Answer | None:
        value = situation.facts.get(ballot.name)
        if value is None:
            return None
        measured = measure(situation, ballot, value)
        if not measured.reached(value.yes):
            return None
        message = gettext_noop("The threshold was reached: %(yes)s agreed. %(sum)s; %(share)s.")
        remedy = gettext_noop("Record the resolution of the cell instead.")
        kind = Caution if measured.hangs_on_papers(value.yes) else _unmet(measured.rule, value.yes)
        return kind("ballot.was_carried", message, measured.params(value), ballot.rule, remedy, ballot.name)

    return guard


def not_carried_against(ballot: Ballot, rule_id: str) -> Guard:
    """Neither side reached the threshold (rules.md section 2): so many votes against may have been another resolution."""

    def guard(situation: Situation) -> Caution | None:
        value = situation.facts.get(ballot.name)
        if value is None:
            return None
        measured = measure(situation, replace(ballot, rule=rule_id), value)
        if not measured.reached(value.no):
            return None
        message = gettext_noop("%(no)s voted against. %(sum)s; %(share)s: was it a resolution to remove?")
        return Caution("ballot.against_carried", message, measured.params(value), rule_id, fact=ballot.name)

    return guard


def cell_can_act(situation: Situation) -> Refusal | None:
    """A cell with fewer official members than the Charter asks for cannot decide; the clocks go on running."""
    return _large_enough(situation, roll_of(situation, situation.facts.get("ballot")))


def cell_can_elect(situation: Situation) -> Refusal | None:
    """As `cell_can_act`, of a congress, whose ballots name no meeting."""
    return _large_enough(situation, situation.roll_on(situation.on))


def _large_enough(situation: Situation, roll: Roll) -> Refusal | None:
    least, official = situation.rule("ORG.CELL_MIN").value, roll.official
    if official >= least:
        return None
    return Refusal(
        "cell.too_small",
        gettext_noop("The cell has %(official)s official members; it needs at least %(least)s to decide."),
        {"official": official, "least": least}, "ORG.CELL_MIN",
        gettext_noop("The base committee must assign members to the cell or merge it; the deadline keeps running."),
    )  # fmt: skip


def committee_carried(rule_of: dict[str, str], body: str = "body") -> Guard:
    """The committee's own vote, by the body that voted; `_unmet` says what becomes of one that falls short."""

    def guard(situation: Situation) -> Answer | None:
        size, votes = situation.facts.get("committee_size"), situation.facts.get("committee_yes")
        if size is None or votes is None:
            return None
        if votes > size or size < 1:
            message = gettext_noop("%(yes)s votes cannot come from a committee of %(members)s.")
            return Refusal("committee.does_not_add_up", message, {"yes": votes, "members": size}, fact="committee_yes")
        rule_id = rule_of.get(situation.facts.get(body) or "")
        if rule_id is None:
            return None  # which body voted could not be read
        rule, counts = situation.rule(rule_id), {"yes": votes, "members": size}
        if is_met(rule.value, counts):
            return None
        message = gettext_noop("%(yes)s of %(members)s committee members agreed; at least %(needed)s are needed.")
        counted = {**counts, "needed": votes_needed(rule.value, counts)}
        remedy = gettext_noop("Record that it was not agreed, or correct the votes.")
        return _unmet(rule, votes)("committee.not_carried", message, counted, rule_id, remedy, "committee_yes")

    return guard
