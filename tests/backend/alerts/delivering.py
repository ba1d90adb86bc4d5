"""Delivery letter by letter, as a run that has one in hand at a time."""

from __future__ import annotations

from backend.alerts import delivery
from backend.alerts.channels import Carrier
from backend.alerts.delivery import Claimed
from backend.alerts.transport import Reply


def claim() -> Claimed | None:
    return next(iter(delivery.claim()), None)


def settle(claimed: Claimed, reply: Reply) -> str:
    return delivery.settle([(claimed, reply)])[0]


def send(claimed: Claimed, carrier: Carrier) -> str:
    return settle(claimed, delivery.send(claimed, carrier))
