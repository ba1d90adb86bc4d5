"""The ways by which letters leave: one port, and what each channel says of itself.

A channel beside the inbox (which is a list that people open) has three parts: its name in `workflows.ladders.CHANNELS`, so
that ladders may use it; a *route*, which says where a person is reached by it; and a *carrier*, which hands one letter over
and says what became of it. A channel that no ladder names goes with another one (`ALSO`): whoever has given an address there
gets the other one's letters that way too. Webhooks have no route: their letters are a unit's, not a person's, and whether a
person was told does not depend on them. Bundling, preferences, attempts, retries and proof are the same for all of them
(`letters`, `preferences`, `delivery`). A test plugs in a channel of its own (`tests/backend/alerts/test_channels.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from backend.alerts.chat import Messenger
from backend.alerts.hooks import HookCarrier, endpoint_gone
from backend.alerts.push import Pusher, device_gone
from backend.alerts.refusals import address_refused
from backend.alerts.transport import Postman, Reply


class Carrier(Protocol):
    """One channel's way out, open for one run of the delivery.

    `unwell` says that the way itself, not the last letter, was at fault: the others had better wait for the next run.
    `at_once`: how many letters it gains by looking at together, before they are carried one by one.
    """

    unwell: bool
    at_once: int

    def look_at(self, letter_ids: Sequence[int]) -> None:
        """These are carried next; of at most `at_once` letters, whose attempts were committed."""
        ...

    def carry(self, letter_id: int) -> Reply:
        """Hand one letter over as things stand now. Called outside any transaction, after its attempt was committed.

        An error that is no answer of the other side may be raised: it is final, and named in the attempt. Whatever names
        the letter on the way stays the same at every attempt (`Letter.message_id`), so that a double can be told.
        """
        ...


CARRIERS: dict[str, Callable[[], AbstractContextManager[Carrier]]] = {
    "mail": Postman, "chat": lambda: nullcontext(Messenger()), "push": lambda: nullcontext(Pusher()),
    "webhook": lambda: nullcontext(HookCarrier()),
}  # fmt: skip
"""What opens the way of each channel that letters leave by."""
ALSO = {"chat": "mail", "push": "mail", "webhook": "mail"}
"""Channels that no ladder names, with the one whose letters go there too."""
ROUTES: dict[str, str] = {
    "mail": "SELECT id AS user_id, email AS address, address_dead_since IS NOT NULL AS dead, NULL::bigint AS device_id "
    "FROM accounts_user",
    "chat": "SELECT user_id, service AS address, false AS dead, NULL::bigint AS device_id FROM contacts_chataddress",
    "push": "SELECT user_id, service AS address, gone_at IS NOT NULL AS dead, id AS device_id FROM contacts_device d "
    "WHERE gone_at IS NULL "
    "OR NOT EXISTS (SELECT FROM contacts_device o WHERE o.user_id = d.user_id AND o.gone_at IS NULL)",
}
"""Of each channel by which people are reached, SQL that gives (user_id, address, dead, device_id): where, empty or no row where
nowhere; whether that place was set aside because it refuses; and which of several places of the person it is, each with
letters of its own. Reminders can be muted for these."""
BLAMED: dict[str, Callable[[int], None]] = {"mail": address_refused, "push": device_gone, "webhook": endpoint_gone}
"""Of each channel, what is called with the letter's id, in the transaction that settles it, where its place refused it for
good (`Reply.blames_address`): the route may set the place aside."""


def routes() -> str:
    """SQL that gives (channel, carries, user_id, address, dead, device_id): each way to a person, and whose letters go it."""
    return " UNION ALL ".join(
        f"SELECT '{channel}' AS channel, '{ALSO.get(channel, channel)}' AS carries, user_id, address, dead, device_id "  # noqa: S608  (constants only)
        f"FROM ({route}) {channel}_route"
        for channel, route in ROUTES.items()
    )  # fmt: skip
