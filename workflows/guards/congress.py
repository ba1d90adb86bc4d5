"""Guards of the cell's congress: its term, the summons, and the secretary it must have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.clocks import term_end
from workflows.guards.elections import not_of_the_cell, not_of_the_committee, official_here
from workflows.situation import Situation
from workflows.workdays import add_months


def legal_end(situation: Situation) -> date | None:
    """The last day of the running term: as an extension act set it, else by the term of the day it began on."""
    return situation.facts.get("term_end") or _end_so_far(situation)


def _end_so_far(situation: Situation) -> date | None:
    given, began = situation.past_day("term_end"), situation.day("begun_on")
    if given or began is None:
        return given
    return term_end(situation.rule("CON.TERM", began), began, situation.calendar)


def no_open_term(situation: Situation) -> Refusal | None:
    """A cell is in one term at a time; the next one begins when its election is approved."""
    if not situation.open_cases("congress"):
        return None
    return Refusal(
        "congress.term_open", gettext_noop("A term of this cell is open already."), rule="CON.TERM",
        remedy=gettext_noop("Go on with the open one; the next term opens when its election is approved."),
    )  # fmt: skip


def end_on_a_paper(situation: Situation) -> Refusal | None:
    """An end of the term other than the law's has an act of its own (the extensions of 2026)."""
    if situation.facts.get("term_end") is None or situation.facts.get("extension_act") is not None:
        return None
    return Refusal(
        "congress.end_without_act", gettext_noop("An end of the term other than the law's needs the act that set it."),
        rule="CON.TERM", fact="extension_act",
        remedy=gettext_noop("Name the act, or leave the end out: it is counted from the beginning."),
    )  # fmt: skip


def end_after_beginning(situation: Situation) -> Refusal | None:
    """A term ends after it began, and an extension ends it later than it would have."""
    given = situation.facts.get("term_end")
    before = situation.facts.get("begun_on") or _end_so_far(situation)
    if given is None or before is None or given > before:
        return None
    return Refusal(
        "congress.end_too_early", gettext_noop("The term cannot be set to end on %(end)s: that is not after %(before)s."),
        {"end": given, "before": before}, "CON.TERM", gettext_noop("Check the date written on the act."), "term_end",
    )  # fmt: skip


def shifted_within(situation: Situation) -> Refusal | None:
    """Earlier or later with the base committee's consent, by so many months at most; more needs an act of its own."""
    held_by, end = situation.facts.get("held_by"), legal_end(situation)
    if held_by is None or end is None:
        return None
    months = situation.rule("CON.SHIFT").value
    first, last = add_months(end, -months), add_months(end, months)
    if first <= held_by <= last:
        return None
    return Refusal(
        "congress.shift_too_long",
        gettext_noop("%(day)s is more than %(months)s months from the end of the term on %(end)s (%(first)s to %(last)s)."),
        {"day": held_by, "months": months, "end": end, "first": first, "last": last}, "CON.SHIFT",
        gettext_noop("Choose a day within these months, or record the special act that extends the term."), "held_by",
    )  # fmt: skip


def when_it_was_due(situation: Situation) -> Caution | None:
    """Held before the end of the term or after it: by the base committee's consent, or its plan within so many months."""
    end, on = _end_so_far(situation), situation.on
    if end is None or on == end:
        return None
    agreed, months = situation.past_day("held_by"), situation.rule("CON.SHIFT").value
    planned = situation.past_day("plan") is not None and add_months(end, -months) <= on <= add_months(end, months)
    if planned or (agreed is not None and on <= max(agreed, end)):
        return None
    message = gettext_noop("The term ends on %(end)s; no consent to an earlier or later congress covers %(day)s.")
    remedy = gettext_noop("Have the base committee record its plan or its consent, or the act that set another end.")
    return Caution("congress.not_agreed", message, {"end": end, "day": on}, "CON.SHIFT", remedy)


def all_summoned(situation: Situation) -> Refusal | None:
    """Every official member is summoned, those temporarily away too; the suspended may be left out."""
    summoned, roll = situation.facts.get("summoned"), situation.roll_on(situation.on)
    if summoned is None or roll.official - roll.suspended <= summoned <= roll.official:
        return None
    return Refusal(
        "congress.not_all_summoned",
        gettext_noop("%(summoned)s were summoned; the cell has %(official)s official members (%(suspended)s suspended)."),
        {"summoned": summoned, "official": roll.official, "suspended": roll.suspended}, "CON.SUMMONS",
        gettext_noop("Summon all official members, those temporarily away too, and nobody else."), "summoned",
    )  # fmt: skip


def secretary_settled(situation: Situation) -> Refusal | None:
    """A secretary was elected, or so many ballots failed that the committee above appoints one."""
    most, failed = situation.rule("CON.SECRETARY_BALLOTS").value, situation.facts.get("failed_ballots")
    if failed is None or (situation.facts.get("secretary_election") is not None) != (failed >= most):
        return None
    return Refusal(
        "congress.secretary", gettext_noop("Name the secretary elected, or %(most)s ballots that elected nobody."),
        {"most": most, "failed": failed}, "CON.SECRETARY_BALLOTS",
        gettext_noop("After that many failed ballots the committee above appoints one member."), "secretary_election",
    )  # fmt: skip


def secretary_known(situation: Situation) -> Refusal | None:
    """What is approved has a secretary, elected or appointed."""
    if not _ballots_failed(situation) or situation.past.get("secretary"):
        return None
    return Refusal(
        "congress.no_secretary", gettext_noop("The congress elected no secretary and none has been appointed."),
        rule="CON.SECRETARY_BALLOTS", remedy=gettext_noop("Appoint one first (step: appoint the secretary)."),
    )  # fmt: skip


def appointed_after_failed_ballots(situation: Situation) -> Iterator[Answer]:
    """Somebody is appointed only where the ballots failed: one of the cell committee, else a member of the cell."""
    if not _ballots_failed(situation):
        yield Refusal(
            "congress.secretary_elected", gettext_noop("The congress elected a secretary."),
            rule="CON.SECRETARY_BALLOTS", remedy=gettext_noop("Approve the election, or return it to the cell."),
        )  # fmt: skip
    ids = list(situation.facts.get("secretary") or ())
    committee = [one["member"] for one in (situation.past.get("committee_election") or {}).get("winners", ())]
    if not official_here(situation, ids):
        yield not_of_the_cell("secretary")
    if ids and committee and ids[0] not in committee:
        yield not_of_the_committee("CON.SECRETARY_BALLOTS", "secretary")


def _ballots_failed(situation: Situation) -> bool:
    failed = situation.past.get("failed_ballots") or 0
    return bool(failed >= situation.rule("CON.SECRETARY_BALLOTS").value)
