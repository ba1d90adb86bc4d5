"""Guards of discipline as far as standing needs it: suspension, and expulsion by vote or on a judgment."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.offices import Level
from workflows.situation import Situation
from workflows.standings import Participation, Standing


def not_suspended(situation: Situation) -> Refusal | None:
    """A case that ends without expulsion leaves nobody suspended."""
    if situation.member.participation != Participation.SUSPENDED:
        return None
    return Refusal(
        "suspension.runs", gettext_noop("The member is suspended."),
        remedy=gettext_noop("Record the end of the suspension first, with its paper."),
    )  # fmt: skip


def judgment_in_force(situation: Situation) -> Refusal | None:
    """Expulsion without a vote stands on a judgment that is in force on the day of the decision."""
    force = situation.facts.get("in_force_on")
    if force is None or force <= situation.on:
        return None
    return Refusal(
        "judgment.not_in_force", gettext_noop("The judgment is in force from %(force)s, after the decision."),
        {"force": force}, "DIS.JUDGMENT", gettext_noop("Wait until the judgment is in force."), "in_force_on",
    )  # fmt: skip


def at_the_temporary_cell(situation: Situation) -> Refusal | None:
    """The cell named is the one where the member stays for a time."""
    there = situation.named("at_unit")
    if situation.facts.get("at_unit") is None or (there and there.id == situation.member.guest_unit_id):
        return None
    return Refusal(
        "discipline.other_cell", gettext_noop("The member does not stay at this cell for a time."), fact="at_unit",
        remedy=gettext_noop("Name your own cell by its code, if the member is its guest."),
    )  # fmt: skip


def stay_has_begun(situation: Situation) -> Refusal | None:
    """A stay granted ahead begins on its first day; up to it the member attends the own cell, which is competent."""
    member = situation.member
    way = situation.takes_part([member.pk]).get(member.pk, Participation.ELSEWHERE)
    if way == Participation.ELSEWHERE or member.participation != Participation.ELSEWHERE:
        return None
    return Refusal(
        "discipline.stay_not_begun", gettext_noop("On %(day)s the member does not stay at the temporary cell."),
        {"day": situation.on},
        remedy=gettext_noop("Report the violation to the official cell; the temporary one decides during the stay."),
    )  # fmt: skip


def _beyond(situation: Situation, rule: str) -> bool:
    """Whether the form that is named is none of those that a row of the law lists."""
    return situation.facts.get("form") not in (None, *situation.rule(rule).value)


def form_of_a_temporary_cell(situation: Situation) -> Refusal | None:
    """A temporary cell decides up to a warning; what is heavier is the official organisation's (21-QĐ/TW)."""
    if not _beyond(situation, "DIS.TEMPORARY_CELL"):
        return None
    return Refusal(
        "discipline.beyond_the_cell", gettext_noop("A temporary cell decides no more than a warning."),
        rule="DIS.TEMPORARY_CELL", fact="form",
        remedy=gettext_noop("Report the violation to the official cell; the level competent there decides."),
    )  # fmt: skip


def form_of_the_cell(situation: Situation) -> Refusal | None:
    """A cell reprimands and warns; dismissal from a post it proposes to the competent level (rules.md section 7.4)."""
    if not _beyond(situation, "DIS.CELL_FORMS") or situation.office_level != Level.CELL:
        return None
    return Refusal(
        "discipline.above_the_cell", gettext_noop("A cell decides no more than a warning; what is heavier it proposes."),
        rule="DIS.CELL_FORMS", fact="form",
        remedy=gettext_noop("Propose it to the committee above, which records its decision here."),
    )  # fmt: skip


def form_for_a_probationer(situation: Situation) -> Refusal | None:
    """A probationary member is reprimanded or warned, else removed from the list (rules.md section 2)."""
    if not _beyond(situation, "DIS.PROBATIONER_FORMS") or situation.member.standing != Standing.PROBATIONARY:
        return None
    return Refusal(
        "discipline.not_on_probation",
        gettext_noop("A probationary member can only be reprimanded or warned."),
        rule="DIS.PROBATIONER_FORMS", fact="form",
        remedy=gettext_noop("Choose one of these; whoever is no longer worthy is removed (case: removal of a name)."),
    )  # fmt: skip
