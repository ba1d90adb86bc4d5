"""Why nothing was said, in words. Notices store the code; the sentence is made for the reader."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

REASONS: dict[str, Promise] = {
    "said_with_later": _("Left to a later reminder of the same deadline"),
    "no_level_above": _("There is no level above to tell"),
    "unit_closed": _("The unit to be told is closed"),
    "no_office": _("No office is told at this level"),
    "level_acknowledged": _("This level has acknowledged the deadline"),
    "rung_unknown": _("The ladder of this deadline no longer has this step"),
    "deadline_closed": _("The deadline was closed before the letter left"),
    "vacant_office": _("Nobody held the office on that day"),
    "no_address": _("Whoever holds the office has no e-mail address"),
    "address_dead": _("Not sent: the address no longer takes letters and was set aside"),
    "muted_by_person": _("The person wants no reminders by this channel before the day"),
    "not_accepted": _("The other side did not accept the letter"),
    "came_back": _("The mail server took the letter, and it came back: it reached nobody"),
    "closed_perhaps_said": _(
        "The deadline was closed meanwhile; an earlier attempt, of which no answer is known, told of it"
    ),
    "never_answered": _("No answer of the other side is known; the letter may have arrived"),
}
"""A closed list; codes are never renamed or reused."""


UNSAID: dict[str, Promise] = {
    "waits_for_morning": _("Waits for the next letters: on a working day, in the morning"),
    "quiet_until": _("Waits for the end of its reader's quiet hours"),
    "waits_for_server": _("Waits to be tried again"),
    "waits_for_address": _("Waits for another address: the present one refused too often and was set aside"),
    "template_broken": _("Waits until its template is mended: the letter cannot be rendered"),
    "not_taken": _("The other side did not take the message"),
    "vacant_now": _("Nobody holds the office today"),
    "met_before": _("Not needed: the deadline was met before"),
    "closed_before": _("Not needed: the deadline was closed before"),
    "unsettled_rule": _("Nobody above is told: the rule behind this deadline is not settled"),
    "ladder_changed": _("Not needed: another ladder of reminders holds since, and this level had been told"),
    "said_once": _("Would fall together with another reminder, which says it"),
}
"""What a ledger says of rungs that wait or were never to be said; no notice stores these."""


ANSWERS: dict[str, Promise] = {
    "chat_refused": _("The chat or SMS service did not take the message"),
    "chat_not_reached": _("The chat or SMS service was not reached, or the line broke before it answered"),
}
"""What stands as the answer of a channel whose own words would name the address, the service's status behind it."""


def answer_in_words(answer: str, language: str) -> str:
    """An answer for its reader: of those above the sentence and the status, any other as it came."""
    code, _space, status = answer.partition(" ")
    if code not in ANSWERS:
        return answer
    with override(language):
        return str(ANSWERS[code]) + (f" ({status})" if status else "")


def why(reason: str, language: str) -> str:
    """The sentence for a reason; empty for none (it was said)."""
    with override(language):
        return str((REASONS | UNSAID)[reason]) if reason else ""
