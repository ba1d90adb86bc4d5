"""A letter that was accepted and came back: its notices say so, and its address counts one refusal more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from backend.alerts.models import Letter
from backend.alerts.refusals import MOST, blames_address, count_refusals
from backend.alerts.reports import Recipient, read_report
from backend.alerts.settling import settle_notices
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.core.errors import Refused
from backend.core.nudge import nudge
from workflows.answers import Refusal

UNKNOWN_LETTER = Refusal(
    "bounce.unknown_letter", gettext_noop("No letter of this installation has the Message-ID %(message_id)s.")
)
Became = Literal["recorded", "known", "not_final", "elsewhere"]


@dataclass(frozen=True)
class Returned:
    """What a report did: recorded; known (the letter had been refused or had come back before); not_final (the server still
    tries, or delivered it); elsewhere (it is about another address than the letter's, and nothing was changed). `said` is
    what it says of the letter's address. `refusals` of `MOST` that the reader's present address has, and whether it is set
    aside."""

    became: Became
    letter: Letter
    said: Recipient | None = None
    refusals: int = 0
    set_aside: bool = False

    @property
    def most(self) -> int:
        return MOST


def take_report(raw: bytes) -> Returned:
    """Read a report and record what it says. Raises Refused for what is none, and for letters that are not ours."""
    report = read_report(raw)
    with transaction.atomic(durable=True):
        scope(WHOLE)
        letter = (
            Letter.objects.select_for_update(no_key=True)
            .filter(channel="mail", message_id__in=report.message_ids)
            .first()
        )
        if letter is None:
            raise Refused([replace(UNKNOWN_LETTER, params={"message_id": report.message_ids[-1][:120]})])
        said = report.about(letter.address)
        if said is None:
            return Returned("elsewhere", letter)
        if not said.is_final:
            return Returned("not_final", letter, said)
        if letter.returned_at is not None:
            return Returned("known", letter, said)
        refusals, set_aside = _record(letter, said)
    nudge("jobs.seal")
    return Returned("recorded", letter, said, refusals, set_aside)


def _record(letter: Letter, said: Recipient) -> tuple[int, bool]:
    """The letter failed, whatever its server had said; its notices take the best of what is left. How many refusals."""
    now = clock.now()
    letter.returned_at, letter.blames_address = now, blames_address(said.status)
    letter.returned_words = " ".join(filter(None, [said.status, said.words]))[:300] or said.action
    letter.outcome, letter.next_attempt_at, letter.settled_at = "failed", None, letter.settled_at or now
    letter.save()
    with connection.cursor() as cursor:
        settle_notices(cursor, {"letters": [letter.pk], "now": now})
    return count_refusals(letter.pk) if letter.blames_address else (0, False)
