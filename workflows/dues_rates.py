"""How much the dues of a month are, by the rate in force in it. No income is kept: a base is told, and forgotten.

Which month's salary counts, and of what the share is taken, stands in the law (docs/dues.md, adr/0013).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from workflows import law
from workflows.answers import Phrase, Refusal
from workflows.workdays import add_months


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
_SHARE = gettext_noop("%(rate)s %% of %(base)s")
_SHARE_TOLD = gettext_noop("%(share)s (%(told)s đ)")
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
        return said.translate(_SWAPPED) if get_language() == "vi" else said


@dataclass(frozen=True)
class Sum:
    """Dues of a month in whole đồng, the row of the law they were reckoned by, and the arithmetic for people."""

    due: int
    rule: law.Rule
    told: Phrase


def rate_of(rule: law.Rule, month: date) -> Phrase:
    """A rate in words: a fixed sum, or a share of something."""
    value = Decimal(str(rule.value))
    if not _is_share(rule):
        return Phrase(_FIXED, {"fixed": _Figure(value)})
    base = Phrase(_BASES[rule.base], {"before": f"{add_months(month, -1):%m/%Y}"})
    return Phrase(_SHARE, {"rate": _Figure((value * 100).normalize()), "base": base})


def _is_share(rule: law.Rule) -> bool:
    return rule.unit != "VND_per_month"


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
    whole, said = Decimal(str(rule.value)), rate_of(rule, month)
    if _is_share(rule):
        if base is None:
            message = gettext_noop("The rate is a share; say of how much.")
            return Refusal("dues.base_missing", message, rule=rule.id, fact="base")
        whole, said = whole * base, Phrase(_SHARE_TOLD, {"share": said, "told": _Figure(Decimal(base))})
    due = int((whole * (100 - percent_off) / 100).to_integral_value(ROUND_HALF_UP))
    params = {"whole": said, "percent": percent_off, "due": _Figure(Decimal(due))}
    return Sum(due, rule, Phrase(_LESS if percent_off else _DUE, params))
