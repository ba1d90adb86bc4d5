"""Dues month by month, over plain values: what is owed where, what stands in the ledger, and how much a rate gives.

No income is kept: `reckon` is told a base, gives the sum and forgets it (docs/dues.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from workflows import law
from workflows.answers import Phrase, Refusal
from workflows.facts import day_in
from workflows.workdays import add_months, month_end, month_start


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
    the person stood in it, and stands now. `is_kept` says that the cell which asks for the dues has entered somebody's
    for the month.
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
    the cell has kept its book of it.
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


class Income(TextChoices):
    """What the rate of somebody's dues is taken of. Asked for when a sum is reckoned, and never kept."""

    SALARY = "salary", _("Salary with compulsory social insurance")
    ALLOWANCE = "allowance", _("Sickness or maternity allowance of the social insurance")
    PENSION = "pension", _("Pension")
    STUDENT = "student", _("Student or pupil")
    WORKING_AGE = "working_age", _("Outside compulsory social insurance, of working age")
    RETIRED_AGE = "retired_age", _("Outside compulsory social insurance, past working age")


RATES: Mapping[Income, str] = {
    Income.SALARY: "DUE.SI", Income.ALLOWANCE: "DUE.SI_ALLOWANCE", Income.PENSION: "DUE.PENSION",
    Income.STUDENT: "DUE.STUDENT", Income.WORKING_AGE: "DUE.NON_SI_WORKING_AGE",
    Income.RETIRED_AGE: "DUE.NON_SI_RETIRED_AGE",
}  # fmt: skip
_BASES: Mapping[str, str] = {
    "salary": gettext_noop("the salary"),
    "si_salary_previous_month": gettext_noop("the salary for compulsory social insurance of %(before)s"),
    "si_allowance": gettext_noop("the allowance"),
    "pension": gettext_noop("the pension"),
    "regional_minimum_wage": gettext_noop("the regional minimum wage"),
}
_SHARE = gettext_noop("%(rate)s %% of %(base)s (%(told)s đ)")
_FIXED = gettext_noop("%(fixed)s đ a month")
_LESS = gettext_noop("%(whole)s, less %(percent)s %%: %(due)s đ")
_DUE = gettext_noop("%(whole)s: %(due)s đ")


_SWAPPED = str.maketrans(",.", ".,")


class _Figure:
    """A number with the separators of the language in which it is said."""

    def __init__(self, number: Decimal) -> None:
        self.number = number

    def __str__(self) -> str:
        said = f"{self.number:,f}"
        return said.translate(_SWAPPED) if (get_language() or "vi").startswith("vi") else said


@dataclass(frozen=True)
class Sum:
    """Dues of a month in whole đồng, the row of the law they were reckoned by, and the arithmetic for people."""

    due: int
    rule: law.Rule
    told: Phrase


def reckon(income: Income, base: int | None, month: date, percent_off: int = 0) -> Sum | Refusal:
    """The dues of a month by the rate in force in it, rounded half up to whole đồng; or why they cannot be told.

    `base` is the salary, allowance, pension or minimum wage in đồng; a fixed sum needs none.
    """
    rule = law.rule(RATES[income], month)
    if rule.assumed_before:
        return Refusal(
            "dues.rate_unknown", gettext_noop("No rate for this is known for %(month)s."),
            {"month": f"{month:%m/%Y}"}, rule.id, gettext_noop("Enter the sum that the cell approved."), "income",
        )  # fmt: skip
    if rule.unit == "VND_per_month":
        whole, said = Decimal(rule.value), Phrase(_FIXED, {"fixed": _Figure(Decimal(rule.value))})
    elif base is None:
        return Refusal(
            "dues.base_missing", gettext_noop("The rate is a share; say of how much."), rule=rule.id, fact="base",
        )  # fmt: skip
    else:
        rate, before = Decimal(str(rule.value)), f"{add_months(month, -1):%m/%Y}"
        whole = rate * base
        params = {
            "rate": _Figure((rate * 100).normalize()), "base": Phrase(_BASES[rule.base], {"before": before}),
            "told": _Figure(Decimal(base)),
        }  # fmt: skip
        said = Phrase(_SHARE, params)
    due = int((whole * (100 - percent_off) / 100).quantize(Decimal(1), ROUND_HALF_UP))
    params = {"whole": said, "percent": percent_off, "due": _Figure(Decimal(due))}
    return Sum(due, rule, Phrase(_LESS if percent_off else _DUE, params))
