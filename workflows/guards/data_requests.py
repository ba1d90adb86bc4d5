"""Guards of requests about personal data: what no text settles is said, and decided by people."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Caution
from workflows.situation import Situation

UNSETTLED = ("state_agency", "other_law")
"""Exceptions of which no text seen says whether a Party organisation may claim them."""


def refusal_was_seen(situation: Situation) -> Caution | None:
    """The law was seen to let an erasure be refused; of the other requests nothing was seen."""
    asked = situation.past.get("asked_for")
    if asked is None or asked in situation.rule("PDP.REFUSE").value:
        return None
    message = gettext_noop("No text seen lets a request of this kind be refused. Is it to be answered in part?")
    return Caution("data_request.no_refusal_seen", message, {}, "PDP.REFUSE", fact="exception")


def exception_is_settled(situation: Situation) -> Caution | None:
    """Whether a Party organisation is covered by the exception of state agencies, or by another law, is an open question."""
    if situation.facts.get("exception") not in UNSETTLED:
        return None
    message = gettext_noop(
        "No text seen says whether a Party organisation may claim this exception: name the text in the reason."
    )
    return Caution("data_request.exception_unsettled", message, {}, "PDP.REFUSE", fact="exception")
