"""Addresses that refuse letters: at once (SMTP 5xx to the recipient), or with a report that comes back (`bounces`).

Three letters that an address refused since it was set or confirmed, within some months, set it aside: no letter goes there
any more, and the level above is told (`cases.unreachable`). Only what the address is at fault for counts. A server that calls
our letters spam refuses them to everybody, and must not silence everybody.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection

from backend.accounts.addresses import set_aside
from backend.core import clock
from backend.core.db import execute

MOST = 3
"""Letters that an address may refuse; with the last of them it is set aside."""
WITHIN = timedelta(days=90)
_STATUS = re.compile(r"(?<![\d.])5\.(\d{1,3})\.\d{1,3}(?![\d.])")
_OF_THE_ADDRESS = {"0", "1", "2", "4"}
"""Subjects of a status (RFC 3463, section 3) that say something of the place: other, address, mailbox, network. The mail
system, the protocol, the content and policy (3, 5, 6, 7) do not."""
_MARK = """
UPDATE alerts_letter SET returned_at = %s, blames_address = true WHERE id = %s AND returned_at IS NULL
"""
_LOCK = """
SELECT FROM accounts_user WHERE id = (SELECT user_id FROM alerts_letter WHERE id = %s) FOR NO KEY UPDATE
"""
_COUNT = """
SELECT u.id, count(*) FROM alerts_letter mine
JOIN accounts_user u ON u.id = mine.user_id
JOIN alerts_letter l ON l.user_id = u.id AND l.channel = 'mail' AND l.blames_address AND l.address = u.email
  AND l.returned_at > greatest(u.address_confirmed_at, %s)
WHERE mine.id = %s AND mine.address = u.email GROUP BY u.id
"""


def blames_address(words: str) -> bool:
    """Whether a final refusal is the address's fault, by the enhanced status in it; without one it is."""
    found = _STATUS.search(words)
    return found is None or found[1] in _OF_THE_ADDRESS


def address_refused(letter_id: int) -> None:
    """The letter's address refused it at once: count, and set the address aside after the last one. In a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [clock.now(), letter_id])
    count_refusals(letter_id)


def count_refusals(letter_id: int) -> tuple[int, bool]:
    """How many letters the present address of the letter's reader refused, and whether it was set aside by that; 0 where
    the letter went to an earlier address."""
    execute(_LOCK, [letter_id])  # of two at once the later one counts both
    found = execute(_COUNT, [clock.now() - WITHIN, letter_id])
    if not found:
        return 0, False
    ((user_id, count),) = found
    return count, count >= MOST and set_aside(user_id, clock.today(), count)
