"""Dues month by month, over plain values: who owes them where, what was recorded, and what the ledger says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows import law
from workflows.badges import reached
from workflows.facts import day_in
from workflows.workdays import month_end, month_start


class Said(TextChoices):
    """What a cell records of one member's month."""

    PAID = "paid", _("Paid")
    UNPAID = "unpaid", _("Not paid")
    WITHDRAWN = "withdrawn", _("Entry taken back")


class Status(TextChoices):
    """What the ledger says of one member's month."""

    PAID = "paid", _("Dues paid")
    UNPAID = "unpaid", _("Dues not paid")
    OPEN = "open", _("Nothing recorded yet")
    EXEMPT = "exempt", _("Exempt from dues")
    OUTSIDE = "outside", _("Paid at a place outside")
    NOT_DUE = "not_due", _("Owes nothing: not a member then")


@dataclass(frozen=True)
class Relief:
    """Months for which dues were remitted (`percent` is None) or made less by so many hundredths."""

    first: date
    last: date | None
    percent: int | None

    def covers(self, month: date) -> bool:
        """Whether the month, by its first day, lies in it; whole months only."""
        return self.first <= month and (self.last is None or month <= self.last)


def relief_in(facts: Mapping[str, Any]) -> Relief | None:
    """The relief that the facts of its case tell; None where none was granted."""
    first, last = day_in(facts, "first_month"), day_in(facts, "last_month")
    if first is None:
        return None
    return Relief(month_start(first), month_start(last) if last else None, facts.get("percent"))


def by_party_age(start: date | None, month: date) -> Relief | None:
    """Who has the party age of the law owes nothing from the month in which it is full; None before, and under older rules.

    01-QĐ/TW 2026 article 5; `start` is the day from which party age counts. Nobody need ask for it.
    """
    rule = law.rule("DUE.EXEMPT_PARTY_AGE", month)
    if start is None or rule.assumed_before:
        return None
    first = month_start(reached(start, rule.value))
    return Relief(first, None, None) if first <= month else None


@dataclass(frozen=True)
class Written:
    """An entry of the ledger: what the cell `unit_id` said, for the `version`th time."""

    said: Said
    unit_id: int
    version: int
    paid_on: date | None = None


@dataclass(frozen=True)
class MonthView:
    """What is known of one person's month.

    `is_member` and `owed_at` are as of the month's last day, `was_member` as of any of its days; `owed_at` is None for
    somebody temporarily at a place outside this installation. `places` are the cells that may record the month: where
    the person stood in it, and stands now. `is_kept` says that the book of the cell which asks for the
    dues is complete for the month: the cell said so, or an import brought it in.
    """

    month: date
    is_member: bool
    owed_at: int | None
    was_member: bool = True
    places: frozenset[int] = frozenset()
    relief: Relief | None = None
    written: Written | None = None
    is_kept: bool = False

    @property
    def stands(self) -> Written | None:
        """The entry, unless it was taken back."""
        return self.written if self.written is not None and self.written.said != Said.WITHDRAWN else None

    @property
    def is_exempt(self) -> bool:
        return self.relief is not None and self.relief.percent is None

    @property
    def percent_off(self) -> int:
        """By how many hundredths the dues are less; 0 where they are not reduced."""
        return (self.relief.percent or 0) if self.relief is not None else 0


def is_over(month: date, today: date) -> bool:
    """Whether the month has ended; on its last day it has."""
    return today >= month_end(month)


def status(view: MonthView, today: date) -> Status:
    """What the ledger says: money paid stays paid, the exempt owe nothing; silence counts once the month is over and
    the cell's book of it is complete.
    """
    said = view.stands.said if view.stands is not None else None
    if said == Said.PAID:
        return Status.PAID
    if not view.is_member:
        return Status.NOT_DUE
    if view.is_exempt:
        return Status.EXEMPT
    if said == Said.UNPAID:
        return Status.UNPAID
    if view.owed_at is None:
        return Status.OUTSIDE
    return Status.UNPAID if view.is_kept and is_over(view.month, today) else Status.OPEN


def is_late(month: date, paid_on: date | None) -> bool:
    """Whether dues were paid after their month."""
    return paid_on is not None and paid_on > month_end(month)
