"""Guards of screening under Directive 28-CT/TW and Guidance 02-HD/BTCTW (2021)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.clocks import term_end
from workflows.situation import Guard, Situation


def failed_long_enough(situation: Situation) -> Refusal | None:
    """Two consecutive years "not completed" are a sign; one is not."""
    if situation.facts.get("criterion") != "not_completed":
        return None
    years, least = situation.facts.get("years") or 0, situation.rule("SCR.FAIL_YEARS").value
    if years >= least:
        return None
    return Refusal(
        "screening.too_few_years", gettext_noop("%(years)s years running; the sign needs %(least)s."),
        {"years": years, "least": least}, "SCR.FAIL_YEARS", gettext_noop("Choose the sign that the papers show."), "years",
    )  # fmt: skip


def secret_ballot(situation: Situation) -> Refusal | None:
    """The vote on each person is secret; a show of hands puts nobody on the list."""
    if situation.facts.get("secret") is not False:
        return None
    return Refusal(
        "screening.not_secret", gettext_noop("The vote on each person must be secret."), rule="SCR.VOTE", fact="secret",
        remedy=gettext_noop("Hold the vote again by secret ballot."),
    )  # fmt: skip


def none_open(lifecycle: str) -> Callable[[Situation], bool]:
    """Whether the case that the screening would begin is not there already."""
    return lambda situation: not situation.open_cases(lifecycle)


def goes_on_in(lifecycle: str) -> Guard:
    """A removal or discipline of the person that is open already takes the screening's outcome up: no second one is begun."""

    def guard(situation: Situation) -> Caution | None:
        if not situation.open_cases(lifecycle):
            return None
        return Caution(
            "screening.open_already", gettext_noop("Such a case of this person is open already: no second one is begun."),
            remedy=gettext_noop("Go on there, and file the report with it."),
        )  # fmt: skip

    return guard


def help_was_given(situation: Situation) -> Caution | None:
    """The cell may look back before the help is over (the day it set, else the policy's months): said, not forbidden.

    That the help has a time and is looked back upon at its end is recalled, not read: no text seen sets one.
    """
    until = situation.past_day("help_until") or _policy_end(situation)
    if until is None or situation.on >= until:
        return None
    message = gettext_noop("The period of help runs until %(until)s.")
    return Caution("screening.help_runs", message, {"until": until}, "SCR.HELP")


def _policy_end(situation: Situation) -> date | None:
    listed = situation.past_day("resolution")
    return term_end(situation.rule("SCR.HELP", listed), listed, situation.calendar) if listed else None
