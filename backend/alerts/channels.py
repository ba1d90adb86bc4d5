"""The ways by which letters leave: one port, and what each channel says of itself.

A channel beside the inbox (which is a list that people open) has three parts: its name in `workflows.ladders.CHANNELS`, so
that ladders may use it; a *route*, which says where a person is reached by it; and a *carrier*, which hands one letter over
and says what became of it. Bundling, preferences, attempts, retries and proof are the same for all of them
(`letters`, `preferences`, `delivery`). A test plugs in a channel of its own (`tests/backend/alerts/test_channels.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from backend.alerts.refusals import address_refused
from backend.alerts.transport import Postman, Reply


class Carrier(Protocol):
    """One channel's way out, open for one run of the delivery.

    `unwell` says that the way itself, not the last letter, was at fault: the others had better wait for the next run.
    """

    unwell: bool

    def carry(self, letter_id: int) -> Reply:
        """Hand one letter over as things stand now. Called outside any transaction, after its attempt was committed.

        An error that is no answer of the other side may be raised: it is final, and named in the attempt. Whatever names
        the letter on the way stays the same at every attempt (`Letter.message_id`), so that a double can be told.
        """
        ...


CARRIERS: dict[str, Callable[[], AbstractContextManager[Carrier]]] = {"mail": Postman}
"""What opens the way of each channel that letters leave by. Reminders can be muted for these."""
ROUTES: dict[str, str] = {
    "mail": "SELECT id AS user_id, email AS address, address_dead_since IS NOT NULL AS dead FROM accounts_user",
}
"""Of each channel, SQL that gives (user_id, address, dead): where a person is reached, empty or no row where nowhere; and
whether that place was set aside because it refused too often."""

BLAMED: dict[str, Callable[[int], None]] = {"mail": address_refused}
"""Of each channel, what is called with the letter's id, in the transaction that settles it, where its place refused it for
good (`Reply.blames_address`): the route may set the place aside."""


def routes() -> str:
    """SQL that gives (channel, user_id, address, dead) for every channel."""
    return " UNION ALL ".join(
        f"SELECT '{channel}' AS channel, user_id, address, dead FROM ({ROUTES[channel]}) {channel}_route"  # noqa: S608  (constants only)
        for channel in CARRIERS
    )
