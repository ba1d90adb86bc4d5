"""Guards of an auditor's findings: about entries of the unit, answered and closed by different people."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.guards.days import after
from workflows.situation import Situation


def entries_of_the_unit(situation: Situation) -> Refusal | None:
    """The entries named are about the unit, or what is below it."""
    named = situation.facts.get("entries") or ()
    strange = len(set(named) - set(situation.entries(named))) if named else 0
    if not strange:
        return None
    return Refusal(
        "finding.entries_elsewhere",
        gettext_noop("%(strange)s of the %(named)s entries named are not about this unit or any below it."),
        {"strange": strange, "named": len(named)}, fact="entries",
        remedy=gettext_noop("Name entries of this unit, or raise the finding about the unit that they are about."),
    )  # fmt: skip


def after_it_was_raised(situation: Situation) -> Refusal | None:
    """Nobody answers, or judges an answer, before there was a finding."""
    raised = getattr(situation.subject, "opened_on", None)
    return None if raised is None else after(raised, situation)


def another_answers(situation: Situation) -> Refusal | None:
    """Nobody answers a finding of their own, in whatever office."""
    if situation.user_id is None or situation.recorded_by(["raise_it"]) != situation.user_id:
        return None
    return Refusal(
        "finding.own_finding", gettext_noop("You raised this finding; another person must answer it."),
        remedy=gettext_noop("Ask somebody else in an office of the unit, or of a committee above it, to answer."),
    )  # fmt: skip


def another_closes(situation: Situation) -> Refusal | None:
    """Nobody judges an answer of their own, in whatever office."""
    if situation.user_id is None or situation.recorded_by(["answer"]) != situation.user_id:
        return None
    return Refusal(
        "finding.own_answer", gettext_noop("You answered this finding; another person must judge the answer."),
        remedy=gettext_noop("Ask another auditor."),
    )  # fmt: skip
