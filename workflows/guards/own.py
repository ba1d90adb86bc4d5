"""Nobody acts on the own file: neither a step of a case about oneself, nor a decision that names oneself."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.situation import Guard, Situation

OWN_FILE = gettext_noop("This is your own file: another person takes the steps in it.")
ASK_ANOTHER = gettext_noop("Ask somebody else in an office that holds this right.")


def not_ones_own(situation: Situation) -> Refusal | None:
    """The person whom the step is about is not who takes it (the account is tied to the record)."""
    if situation.own_id is None or getattr(situation.member, "pk", None) != situation.own_id:
        return None
    return Refusal("person.own_file", OWN_FILE, remedy=ASK_ANOTHER)


def not_oneself(fact: str) -> Guard:
    """Whoever decides on the people that a fact names is none of them."""

    def guard(situation: Situation) -> Refusal | None:
        if situation.own_id is None or situation.own_id not in (situation.facts.get(fact) or ()):
            return None
        return Refusal(
            "person.names_oneself", gettext_noop("You are named in it yourself: another person records this decision."),
            remedy=ASK_ANOTHER, fact=fact,
        )  # fmt: skip

    return guard
