"""When months, years or days that come near raise a flag, over plain values. A flag is a task for people, never a verdict.

Months in which a cell held no meeting, and months under an approved leave, are not handed in: they count for nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows import law
from workflows.page_facts.classification import NOT_COMPLETED
from workflows.workdays import add_months, month_start


class Cause(TextChoices):
    """Why somebody is flagged."""

    MEETINGS = "meetings", _("Meetings missed without a reason")
    DUES = "dues", _("Dues unpaid")
    MIXED = "mixed", _("Meetings missed or dues unpaid")
    CLASSIFICATION = "classification", _("Rated “not completed” year after year")
    DOSSIER = "dossier", _("Admission dossier about to run out")
    CERTIFICATE = "certificate", _("Certificate of the awareness class about to run out")
    LEAVE = "leave", _("Exemption for work far away about to end")
    STAY = "stay", _("Temporary transfer about to end")


RULES = {
    Cause.MEETINGS: "LAP.MONTHS", Cause.DUES: "LAP.MONTHS", Cause.MIXED: "LAP.MONTHS",
    Cause.CLASSIFICATION: "SCR.FAIL_YEARS", Cause.DOSSIER: "ADM.DOSSIER_VALID", Cause.CERTIFICATE: "ADM.CERT_VALID",
    Cause.LEAVE: "AWY.EXEMPT_MAX", Cause.STAY: "TRF.TEMP",
}  # fmt: skip
"""The row of the law a flag stands on."""
TASKS = {
    **dict.fromkeys((Cause.MEETINGS, Cause.DUES, Cause.MIXED), "TASK.CONSIDER_LAPSE"),
    Cause.CLASSIFICATION: "TASK.CONSIDER_SCREENING", Cause.DOSSIER: "ADM.DOSSIER_VALID", Cause.CERTIFICATE: "ADM.CERT_VALID",
    Cause.LEAVE: "TASK.AWAY_END", Cause.STAY: "TASK.TEMP_END",
}  # fmt: skip
"""By which deadline the cell is asked. The flag opens it, unless a case about the member has it running already."""
ANSWERS: Mapping[Cause, tuple[tuple[str, str, str], ...]] = {
    Cause.MEETINGS: (
        ("membership.consider", "ground", "meetings"), ("membership.record_lapse", "ground", "meetings"),
        ("removal.open", "ground", "activity_dropped"),
    ),
    Cause.DUES: (
        ("membership.consider", "ground", "dues"), ("membership.record_lapse", "ground", "dues"),
        ("removal.open", "ground", "dues_unpaid"),
    ),
    Cause.CLASSIFICATION: (
        ("membership.consider", "ground", "classification"), ("screening.open", "criterion", "not_completed"),
        ("removal.open", "ground", "standards_violated"),
    ),
}  # fmt: skip
"""The steps by which people answer what a flag asks, each with the fact and the value that make it this flag's answer."""
WARNS = {
    Cause.DOSSIER: "ADM.EXPIRY_WARN", Cause.CERTIFICATE: "ADM.EXPIRY_WARN", Cause.LEAVE: "AWY.END_WARN",
    Cause.STAY: "TRF.END_WARN",
}  # fmt: skip
"""How many days before its last day something is about to end."""


def answers_to(cause: Cause) -> tuple[tuple[str, str, str], ...]:
    """As `ANSWERS`; where months of both kinds are added up, whatever answers one of them."""
    return (*ANSWERS[Cause.MEETINGS], *ANSWERS[Cause.DUES]) if cause == Cause.MIXED else ANSWERS.get(cause, ())


def answered(step: str, facts: Mapping[str, object]) -> frozenset[Cause]:
    """The causes whose flag is answered by a step (`lifecycle.name`) with these facts."""
    told = {(step, fact, value) for fact, value in facts.items() if isinstance(value, str)}
    return frozenset(cause for cause in Cause if not told.isdisjoint(answers_to(cause)))


def tasks_met_by(step: str) -> tuple[str, ...]:
    """The tasks of flags that a step (`lifecycle.name`) may meet."""
    return tuple(sorted({TASKS[cause] for cause in Cause for one, _, _ in answers_to(cause) if one == step}))


@dataclass(frozen=True)
class Finding:
    """A cause that holds: `since` is the first day of its window, `months` the months (or first days of years) that count.

    Of something that ends, `ends_on` is its last day, and `asked` says that a case asks the cell already.
    """

    cause: Cause
    since: date
    months: tuple[date, ...] = ()
    ends_on: date | None = None
    asked: bool = False


def windows(today: date) -> tuple[tuple[date, date], ...]:
    """The first days of the first and the last month of each window looked at (LAP.WINDOW).

    By calendar year this year and the last: what came together in a year does not go away on New Year's Day.
    """
    if law.rule("LAP.WINDOW", today).value == "rolling":
        return ((add_months(month_start(today), -11), month_start(today)),)
    return tuple((date(year, 1, 1), date(year, 12, 1)) for year in (today.year - 1, today.year))


def of_lapse(missed: Collection[date], unpaid: Collection[date], today: date) -> Iterator[Finding]:
    """Months of meetings and of dues, counted apart unless LAP.MIX_MEETINGS_AND_DUES adds them up (scenario B23)."""
    counted: Mapping[Cause, Collection[date]] = {Cause.MEETINGS: missed, Cause.DUES: unpaid}
    if law.rule("LAP.MIX_MEETINGS_AND_DUES", today).value:
        counted = {Cause.MIXED: {*missed, *unpaid}}
    for first, last in windows(today):
        least = law.rule("LAP.MONTHS", first).value
        for cause, months in counted.items():
            inside = tuple(sorted(month for month in months if first <= month <= last))
            if len(inside) >= least:
                yield Finding(cause, first, inside)


def of_classification(levels: Mapping[int, str], today: date) -> Iterator[Finding]:
    """Two years in a row “not completed”, the newest decided year among them (scenario B41)."""
    if not levels:
        return
    newest, count = max(levels), law.rule("SCR.FAIL_YEARS", today).value
    years = range(newest - count + 1, newest + 1)
    if all(levels.get(year) == NOT_COMPLETED for year in years):
        yield Finding(Cause.CLASSIFICATION, date(years[0], 1, 1), tuple(date(year, 1, 1) for year in years))


def of_ending(cause: Cause, ends_on: date, today: date, *, asked: bool) -> Iterator[Finding]:
    """Something that ends so soon, or has ended and nobody has said what becomes of it."""
    since = ends_on - timedelta(days=law.rule(WARNS[cause], ends_on).value)
    if since <= today:
        yield Finding(cause, since, ends_on=ends_on, asked=asked)
