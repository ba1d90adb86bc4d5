"""Why nothing was said, in words. Notices store the code; the sentence is made for the reader."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

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
    "accepted": _("accepted"),
    "no answer known": _("No answer is known"),
    "nothing left to say": _("Nothing was left to say"),
    "no address any more": _("There is no such address any more"),
    "webhook closed": _("The webhook was closed"),
    "no VAPID key: nothing is sent to devices": _("No key for notices on devices is set: nothing is sent to them"),
    "SMTPUTF8 not supported by server": _("The mail server does not take addresses with such letters"),
    "chat_refused": _("The chat or SMS service did not take the message"),
    "chat_not_reached": _("The chat or SMS service was not reached, or the line broke before it answered"),
    "target.no_url": _("This is no address that Chibo can call."),
    "target.not_secure": _("The address must begin with https://: what is told there is nobody else's business."),
    "target.unknown_name": _("Nobody knows an address of that name"),
    "target.not_public": _("That is no public address; Chibo calls nothing inside its own network"),
}
"""What Chibo itself writes where the other side has no words of its own, or none that may be kept; a status may follow."""
ERRORS: dict[str, Promise] = {
    "ConnectionRefusedError": _("The other side does not take connections"),
    "ConnectionResetError": _("The other side cut the line"),
    "BrokenPipeError": _("The other side cut the line"),
    "SMTPServerDisconnected": _("The other side cut the line"),
    "ProtocolError": _("The other side cut the line"),
    "TimeoutError": _("The other side did not answer in time"),
    "ReadTimeoutError": _("The other side did not answer in time"),
    "ConnectTimeoutError": _("The other side was not reached in time"),
    "NewConnectionError": _("The other side was not reached"),
    "gaierror": _("Nobody knows an address of that name"),
    "SSLError": _("No secure line could be made"),
    "SSLCertVerificationError": _("The other side's certificate is not valid"),
    "SMTPNotSupportedError": _("The mail server lacks something that is needed"),
    "SMTPAuthenticationError": _("The mail server did not accept the sign-in"),
}
"""Errors by their names, which stand behind the words for whoever mends it; any other is an error that the log tells of."""
_ERROR = re.compile(r"[A-Za-z_]\w*")
_BY = "accepted by "
_TOO_LARGE = " (too large for the push service)"
BETWEEN = " · "
"""Between an answer and the report with which the letter came back."""


def answer_in_words(answer: str, language: str) -> str:
    """An answer for its reader: what Chibo wrote in the reader's language, the other side's own words as they came."""
    with override(language):
        return BETWEEN.join(_in_words(one) for one in answer.split(BETWEEN))


def _in_words(said: str) -> str:
    code, _space, status = said.partition(" ")
    if words := ANSWERS.get(said):
        return str(words)
    if status.isdigit() and (words := ANSWERS.get(code)):
        return f"{words} ({status})"
    if _ERROR.fullmatch(said):
        return f"{ERRORS.get(said, _('An error stopped it; the log says more'))} ({said})"
    if said.startswith(_BY):
        return gettext("accepted by %(service)s") % {"service": said.removeprefix(_BY)}
    if said.endswith(_TOO_LARGE):
        return said.removesuffix(_TOO_LARGE) + f" ({gettext('too large for the push service')})"
    return said


def why(reason: str, language: str) -> str:
    """The sentence for a reason; empty for none (it was said)."""
    with override(language):
        return str((REASONS | UNSAID)[reason]) if reason else ""
