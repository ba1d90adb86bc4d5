"""Guards of transfers: where to, what goes along, how long a temporary stay is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.clocks import term_end
from workflows.offices import LADDER, Level
from workflows.situation import Situation
from workflows.workdays import add_months

TO, PLACE = "to_unit", "place"
OTHERS = ("transfer", "temporary_transfer")
"""The pages of which one case at most is open about a member, nor beside one who is about to go abroad (scenario B60)."""


def is_internal(situation: Situation) -> bool:
    """Whether the place named stands in the same base organisation: derived from the tree, never said."""
    there = situation.named(TO)
    return there is not None and there.base_id == situation.base_id


def somewhere_to_go(situation: Situation) -> Iterator[Answer]:
    """A unit of this installation by its code, open, another one, low enough to take a member in; else a place in words."""
    code, there = situation.facts.get(TO), situation.named(TO)
    if code is None and not situation.facts.get(PLACE):
        message = gettext_noop("Say where the member goes: the unit's code, or the place.")
        yield Refusal(
            "transfer.nowhere", message, fact=TO, remedy=gettext_noop("Take it from the decision or the request.")
        )
    if code is None:
        return
    if there is None or not there.is_open or LADDER.index(Level(there.level)) > LADDER.index(Level.BASE):
        yield Refusal(
            "transfer.unknown_unit", gettext_noop("No open cell or base committee here has the code %(code)s."),
            {"code": code}, fact=TO,
            remedy=gettext_noop("Check the code; if the unit does not work with Chibo here, name the place."),
        )  # fmt: skip
    elif there.id == situation.unit_id:
        message = gettext_noop("The member is in this cell already.")
        yield Refusal("transfer.same_unit", message, fact=TO, remedy=gettext_noop("Name the other cell."))


def leaves_the_base(situation: Situation) -> Refusal | None:
    """Out of the base organisation the level that the law names introduces."""
    if not is_internal(situation):
        return None
    return Refusal(
        "transfer.stays_in_the_base", gettext_noop("The member stays in the same base organisation."), fact=TO,
        remedy=gettext_noop("The base committee introduces the member (step: introduce within the base)."),
    )  # fmt: skip


def stays_in_the_base(situation: Situation) -> Refusal | None:
    """Inside one base organisation its committee introduces."""
    if is_internal(situation):
        return None
    return Refusal(
        "transfer.leaves_the_base", gettext_noop("The member leaves the base organisation."), fact=TO,
        remedy=gettext_noop("The competent level above introduces the member (step: introduce)."),
    )  # fmt: skip


def no_other_transfer(situation: Situation) -> Refusal | None:
    """One open transfer of either kind at a time (B60, a proposal)."""
    going = any(case.closed_on is None and case.state == "asked" for case in situation.cases("abroad"))
    if not going and not any(situation.open_cases(key) for key in OTHERS):
        return None
    return Refusal(
        "transfer.another_open", gettext_noop("Another transfer of this member is open."),
        remedy=gettext_noop("Bring it to its end first, or turn it into this one."),
    )  # fmt: skip


def dues_settled(situation: Situation) -> Refusal | None:
    """Nobody leaves owing dues (T-03)."""
    if situation.facts.get("dues_settled") in (None, True):
        return None
    return Refusal(
        "transfer.dues_open", gettext_noop("Dues are paid up before a member leaves."), fact="dues_settled",
        remedy=gettext_noop("Have them paid, then record it."),
    )  # fmt: skip


def nothing_unresolved(situation: Situation) -> Caution | None:
    """An open discipline case goes along with the member; no rule was seen that it holds him, so it is only said."""
    if not situation.open_cases("discipline"):
        return None
    return Caution("transfer.discipline_open", gettext_noop("A discipline case of this member is open."))


def papers_complete(situation: Situation) -> Refusal | None:
    """The file, the card and the self-review go with the introduction (38-HD/BTCTW 29/9/2025)."""
    if situation.facts.get("papers_handed_over") in (None, True):
        return None
    return Refusal(
        "transfer.papers_missing", gettext_noop("A member is not introduced without file, card and papers."),
        fact="papers_handed_over", remedy=gettext_noop("Complete the papers first."),
    )  # fmt: skip


def late_with_a_reason(situation: Situation) -> Caution | None:
    """Past the paper's days the member or the organisation at fault writes why; the member is taken in (B29)."""
    issued = situation.day("introduction")
    if issued is None or situation.facts.get("late_reason"):
        return None
    due = term_end(situation.rule("TRF.PAPER", issued), issued, situation.calendar)
    if situation.on <= due:
        return None
    late = situation.calendar.working_days_between(due, situation.on)
    message = gettext_noop("Presented %(late)s working days after %(due)s: the reason is to be written.")
    return Caution("transfer.paper_late", message, {"late": late, "due": due}, "TRF.PAPER", fact="late_reason")


def reported_missing(situation: Situation) -> Refusal | None:
    """A name is removed at the destination only on the report of the committee that waited for the member (B32)."""
    if situation.past.get("slip_received_on") and situation.past.get("missing_report"):
        return None
    return Refusal(
        "transfer.not_reported", gettext_noop("The notice slip or the report on the missing member is not recorded."),
        rule="TRF.DOSSIER_MISSING", remedy=gettext_noop("Record both first, each on its day."),
    )  # fmt: skip


def dossier_overdue(situation: Situation) -> Refusal | None:
    """The months in which the dossier may still come have passed."""
    return _while_it_may_come(situation, timedelta(days=1))


def dossier_awaited(situation: Situation) -> Refusal | None:
    """Who has not come is reported when these months run out: a report before would end the waiting (T-08)."""
    return _while_it_may_come(situation, timedelta())


def _while_it_may_come(situation: Situation, later: timedelta) -> Refusal | None:
    slip = situation.past_day("slip_received_on")
    last = term_end(situation.rule("TRF.DOSSIER_MISSING", slip), slip, situation.calendar) if slip else None
    if last is None or situation.on >= last + later:
        return None
    return Refusal(
        "transfer.dossier_may_come", gettext_noop("The dossier may still come until %(last)s."), {"last": last},
        "TRF.DOSSIER_MISSING", gettext_noop("Contact the member and wait until that day is over."),
    )  # fmt: skip


def a_cell_there(situation: Situation) -> Refusal | None:
    """The cell that takes a member in is an open cell of the base organisation to which the member was introduced."""
    code, there = situation.facts.get(TO), situation.named(TO)
    was = situation.unit(situation.past[TO]) if situation.past.get(TO) else None
    if code is None or (
        there and there.is_open and there.level == Level.CELL and was and there.base_id == was.base_id
        and there.id != situation.unit_id
    ):  # fmt: skip
        return None
    return Refusal(
        "transfer.no_such_cell", gettext_noop("%(code)s is no open cell of the base organisation named on the paper."),
        {"code": code}, fact=TO, remedy=gettext_noop("Name a cell of your base organisation by its code."),
    )  # fmt: skip


def as_introduced(situation: Situation) -> Caution | None:
    """Where the introduction names a cell and the committee assigns another one of its own (T-05), that is said."""
    code, named = situation.facts.get(TO), situation.past.get(TO)
    was = situation.unit(named) if named else None
    if code is None or was is None or was.level != Level.CELL or code == named:
        return None
    message = gettext_noop("The introduction names the cell %(named)s; the member is taken in by %(code)s.")
    remedy = gettext_noop(
        "Make sure that the receiving committee assigned that cell; otherwise name the cell on the paper."
    )
    return Caution("transfer.other_cell", message, {"named": named, "code": code}, remedy=remedy, fact=TO)


def works_elsewhere(situation: Situation) -> Refusal | None:
    """The place of destination does not work in this installation: the old side records what it hears from there."""
    if situation.named(TO) is None:
        return None
    return Refusal(
        "transfer.answers_itself", gettext_noop("The place of destination works with Chibo here and answers itself."),
        fact=TO, remedy=gettext_noop("Wait for the place of destination to take the member in."),
    )  # fmt: skip


def _stay(situation: Situation) -> tuple[str, int, int]:
    """The rule of a stay by its purpose, its least months, and the months that it reaches at most."""
    if (situation.facts.get("purpose") or situation.past.get("purpose")) == "study":
        value = situation.rule("TRF.TEMP_STUDY").value
        return "TRF.TEMP_STUDY", value["min_months"], value["max_months"]
    value = situation.rule("TRF.TEMP").value
    return "TRF.TEMP", value["min_months"], value["max_months_exclusive"]


def stay_long_enough(situation: Situation) -> Refusal | None:
    """Three months to under a year, of study to two years; special cases are the Secretariat's (B28)."""
    begins, ends = situation.facts.get("from_on"), situation.facts.get("away_until")
    purpose = situation.facts.get("purpose")
    if begins is None or ends is None or purpose in (None, "special"):
        return None
    rule, least, most = _stay(situation)
    if ends < add_months(begins, least):
        return Refusal(
            "stay.too_short", gettext_noop("From %(begins)s to %(ends)s is less than %(months)s months."),
            {"begins": begins, "ends": ends, "months": least}, rule,
            gettext_noop("Let the member ask for an exemption for work far away instead."), "away_until",
        )  # fmt: skip
    last = add_months(begins, most) - timedelta(days=0 if purpose == "study" else 1)  # to two years, but under one
    if ends <= last:
        return None
    return Refusal(
        "stay.too_long", gettext_noop("A temporary transfer from %(begins)s ends on %(last)s at the latest."),
        {"begins": begins, "last": last}, rule,
        gettext_noop("Offer an official transfer, or less with an extension later."), "away_until",
    )  # fmt: skip


def stay_long_in_all(situation: Situation) -> Caution | None:
    """An extension that brings the whole stay to a year (of study, to two) is shown; no limit to extensions was found."""
    begins, ends = situation.past_day("from_on"), situation.facts.get("away_until")
    if begins is None or ends is None:
        return None
    rule, _, months = _stay(situation)
    if ends < add_months(begins, months):
        return None
    message = gettext_noop("The stay comes to %(months)s months or more in all. Consider an official transfer.")
    return Caution("stay.long_in_all", message, {"months": months}, rule, fact="away_until")


def later_than_before(situation: Situation) -> Refusal | None:
    """An extension ends later than the stay did."""
    was, ends = situation.past_day("away_until"), situation.facts.get("away_until")
    if was is None or ends is None or ends > was:
        return None
    return Refusal(
        "stay.not_longer", gettext_noop("The stay ends on %(was)s already."), {"was": was}, fact="away_until",
        remedy=gettext_noop("Give the new day of its end."),
    )  # fmt: skip


def told_at_home(situation: Situation) -> Refusal | None:
    """An extension is asked for at the temporary place and reported to the official organisation at the same time."""
    if situation.facts.get("reported_home") in (None, True):
        return None
    return Refusal(
        "stay.home_not_told", gettext_noop("The official organisation has not been told of the extension."),
        rule="TRF.TEMP", fact="reported_home", remedy=gettext_noop("Let the member report there first."),
    )  # fmt: skip
