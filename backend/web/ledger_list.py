"""The ledger of a unit and a period: each deadline of which something was said, to which offices, what they answered, how it
ended; no names. The same as a table for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accounts.policy import Actor
from backend.alerts import register
from backend.alerts.answers_told import briefly_told
from backend.alerts.models import Notice, Outcome
from backend.alerts.reasons import why
from backend.alerts.telling import channel_told, office_told, rung_told
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.laddering import ENDS_FIRST
from backend.organizations.models import Unit
from backend.reports import ledger
from backend.web.acting import Acting, in_office
from backend.web.days import DayField
from backend.web.desk.fields import seen
from backend.web.filters import Asked
from backend.web.forms import UnitField
from backend.web.naming import named_unit
from backend.web.offices import offer_units
from backend.web.paging import falling
from workflows.answers import shown
from workflows.workdays import month_start

OVERDUE = "overdue"


@dataclass(frozen=True)
class Row:
    """One deadline in words. `told` has a line for each office and day, `answered` one for each answer."""

    id: int
    title: str
    told: list[str]
    answered: list[str]
    reference: str = ""
    unit: str = ""
    due: str = ""
    late: bool = False
    ended: str = ""


class LedgerForm(Asked):
    """Which unit, with all below it; which days of reminders, both ends included; and how the deadline ended."""

    told = frozenset({"unit", "first", "last"})
    unit = UnitField(label=_("Unit (its code), with all below it"), max_length=60, required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)
    ended = forms.ChoiceField(
        label=_("How it ended"), required=False,
        choices=[("", _("All")), (OVERDUE, _("Open and overdue")), *Deadline.Status.choices],
    )  # fmt: skip

    def __init__(self, actor: Actor, given: QueryDict, today: date) -> None:
        """An address that names no day asks for this month so far."""
        self.actor, self.today, self.path = actor, today, ""
        if not {"first", "last"} & given.keys():
            given = given.copy()
            given.update({"first": f"{month_start(today):%d/%m/%Y}", "last": f"{today:%d/%m/%Y}"})
        super().__init__(given)

    def narrowed(self) -> None:
        offer_units(self, "unit", self.actor)

    def clean_unit(self) -> str:
        code: str = self.cleaned_data["unit"]
        if code:
            self.path = seen(self.actor, code).path
        return code

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("first") and typed.get("last") and typed["last"] < typed["first"]:
            self.add_error("last", gettext(ENDS_FIRST.message))
        return typed

    def rows(self) -> QuerySet[Notice]:
        """Of a form that is valid."""
        typed = self.cleaned_data
        rows = ledger.notices(self.actor, register.Asked(path=self.path, first=typed["first"], last=typed["last"]))
        if ended := typed["ended"]:
            about = Deadline.objects.filter(pk=OuterRef("deadline_id"))
            overdue = {"status": Deadline.Status.OPEN, "due_on__lt": self.today}
            rows = rows.filter(Exists(about.filter(**overdue if ended == OVERDUE else {"status": ended})))
        return rows

    @property
    def query(self) -> str:
        """What is asked for, as an address says it; the days too where they were not named."""
        return urlencode({name: self.data.get(name, "") for name in self.fields})


@require_safe
@in_office
def ledger_list(request: Acting) -> HttpResponse:
    """`?unit=` (a code), `?first=`, `?last=`, `?ended=`, `?before=`: a deadline a line, the last told first."""
    form = LedgerForm(request.actor, request.GET, request.today)
    if form.errors:
        return render(request, "web/alerts/ledgers.html", {"form": form}, status=400)
    rows = form.rows()
    page = falling(request, register.newest_of_each(rows))
    words = {
        "form": form, "page": page, "query": form.query,
        "rows": _rows(request, ledger.entries(rows, [one.deadline_id for one in page.rows])),
    }  # fmt: skip
    return render(request, "web/alerts/ledgers.html", words)


@require_safe
@in_office
def as_file(request: Acting) -> HttpResponseBase:
    """The same filters: a line for each reader and way, as the API gives it. What cannot be asked is not there."""
    form = LedgerForm(request.actor, request.GET, request.today)
    if form.errors:
        raise Http404
    lines = ledger.table(request.actor, form.rows(), get_language() or "vi")
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ledger-{request.today:%Y-%m-%d}.csv"'
    return answer


def _rows(request: Acting, found: Sequence[ledger.Entry]) -> list[Row]:
    said = {one.unit_id for entry in found for one in entry.told}
    answered = {event.office_unit_id for entry in found for event in entry.answers if event.office_unit_id}
    units = Unit.objects.in_bulk({one.deadline.unit_id for one in found if one.deadline} | said | answered)
    return [_row(request, one, units) for one in found]


def _row(request: Acting, entry: ledger.Entry, units: dict[int, Unit]) -> Row:
    about = entry.deadline
    told, answered = list(_told(entry.told, units)), [briefly_told(event, units) for event in entry.answers]
    if about is None:
        return Row(0, gettext("A deadline that is out of your sight now"), told, answered)
    unit, is_open = units.get(about.unit_id), about.status == Deadline.Status.OPEN
    met = f" ({shown(about.met_on)})" if about.met_on else ""
    return Row(
        about.pk, title(about.rule_id), told, answered, about.reference or f"#{about.pk}", named_unit(unit),
        str(shown(about.due_on)), is_open and about.due_on < request.today,
        "" if is_open else f"{Deadline.Status(about.status).label}{met}",
    )  # fmt: skip


def _told(notices: Sequence[Notice], units: Mapping[int, Unit]) -> Iterator[str]:
    """ "02/11/2026 reminder – Secretary, Chi bộ ấp Một: in the application (sent), letter (not sent: …)"."""

    def of(one: Notice) -> tuple[Any, ...]:
        return one.rung_on, one.rung, one.office, one.unit_id

    for (day, *_rest), some in groupby(sorted(notices, key=of), key=of):
        same = list(some)
        to = office_told(same[0].office, same[0].unit_id, units)
        ways = ", ".join(f"{channel_told(one.channel)} ({_became(one)})" for one in same)
        yield f"{shown(day)} {rung_told(same[0].kind, same[0].levels_up)} – {to}: {ways}"


def _became(one: Notice) -> str:
    reason = why(one.reason, get_language() or "vi")
    return f"{Outcome(one.outcome).label}: {reason}" if reason else str(Outcome(one.outcome).label)
