"""Bringing in a commune's roster: send, look at what is wrong cell by cell, go, and undo as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.core.errors import Stale
from backend.core.sheets import xlsx
from backend.imports.asking import (
    LARGEST,
    Asked,
    State,
    ask_to_try,
    ask_to_undo,
    batches,
    days_kept,
    drop,
    faults_of,
    go,
    own_batches,
    tasks,
)
from backend.imports.models import ImportTask
from backend.imports.reading import FILES
from backend.imports.unpacking import annotated_roster
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day
from backend.web.import_lines import batch_line, counted, faulty_rows, other_faults
from backend.web.refusing import said, taken
from backend.web.timeline import lines

FAULTY, LISTED, BLOCKERS = 20, 20, 20
"""Faulty rows on a page; requests and imports on the list."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SendForm(forms.Form):
    """The roster, and what else the commune's office keeps as tables."""

    roster = forms.FileField(
        label=_("The roster (.xlsx)"), widget=forms.FileInput({"accept": ".xlsx"}),
        help_text=_("The office's own sheet: a header row, then a row “Chi bộ … (code)” before the people of each cell."),
    )  # fmt: skip
    as_of = a_day(_("The day of which the roster speaks"))
    units = forms.FileField(
        label=_("Units (units.csv)"), required=False, widget=forms.FileInput({"accept": ".csv"}),
        help_text=_("Only where the roster has cells that do not stand here yet."),
    )  # fmt: skip
    meetings = forms.FileField(
        label=_("Meetings (meetings.csv)"), required=False, widget=forms.FileInput({"accept": ".csv"})
    )
    attendance = forms.FileField(
        label=_("Attendance (attendance.csv)"), required=False, widget=forms.FileInput({"accept": ".csv"})
    )
    dues = forms.FileField(label=_("Dues (dues.csv)"), required=False, widget=forms.FileInput({"accept": ".csv"}))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def sent(self) -> dict[str, bytes]:
        """What was sent, under the names by which an import knows it; of one too large only as much as shows that."""
        chosen = {name: self.cleaned_data.get(name.partition(".")[0]) for name in FILES}
        for one in filter(None, chosen.values()):
            one.seek(0)
        return {name: one.read(LARGEST + 1) for name, one in chosen.items() if one}

    def clean(self) -> dict[str, Any]:
        """The faults of the files and of the day at once."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors.get("roster") and self.errors:  # a form without a fault is judged by who takes it
            for one in faults_of(self.sent(), cleaned.get("as_of")):
                self.add_error(one.fact, said(one))
        return cleaned


class UndoForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))
    key = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def imports(request: Acting) -> HttpResponse:
    """What was sent lately and what was brought in; the form to send a roster."""
    post = request.method == "POST"
    form = SendForm(request.POST, request.FILES) if post else SendForm(initial={"key": uuid4(), "as_of": request.today})
    made: list[ImportTask] = []

    def send(typed: dict[str, Any]) -> None:
        made.append(ask_to_try(Asked(request.actor, typed["key"]), form.sent(), typed["as_of"]))

    if post and taken(form, send):
        return redirect("import", made[0].pk)
    with reading(request):
        rows = list(batches(request.actor).order_by("-id").defer("report")[:LISTED])
        own = own_batches(request.actor, rows)
        words = {
            "form": form, "tasks": list(tasks(request.actor).order_by("-id").defer("report")[:LISTED]),
            "batches": [batch_line(one, own) for one in rows],
            "most": LARGEST // 1_000_000, "days": days_kept(),
        }  # fmt: skip
        return render(request, "web/imports/index.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def task(request: Acting, import_id: int) -> HttpResponse:
    """How far the workers have come, then what they found; with htmx the part that changes. POST: go, or let go of it."""
    if request.method == "POST":
        return _decided(request, import_id)
    one = get_object_or_404(tasks(request.actor), pk=import_id)
    waits = one.state in {State.WAITING, State.GOING}
    words: dict[str, Any] = {"task": one, "waits": waits, "percent": 100 * one.done // one.total if one.total else 0}
    if not waits and one.kind == ImportTask.Kind.IMPORT and "counts" in one.report:
        rows = faulty_rows(one.report)
        page = Paginator(rows, FAULTY).get_page(request.GET.get("page"))
        words |= {"page": page, "sheet": one.report["sheet"], "counted": counted(one.report), "report": one.report}
        words["others"] = other_faults(one.report)
        note(request.actor, Look("web/imports/", count=len(page)))
    if one.state == State.DONE:
        words["batch"] = _batch(request, one.batch)
    if found := one.report.get("blockers"):
        shown = selectors.events(request.actor).filter(uid__in=found[:BLOCKERS]).order_by("-id")
        words |= {"blockers": lines(shown, request.actor), "blocking": len(found)}
    partial = request.headers.get("HX-Request") and waits
    return render(request, "web/imports/progress.html" if partial else "web/imports/task.html", words)


def _batch(request: Acting, uid: UUID) -> dict[str, Any] | None:
    """What was brought in, where it stands, and whether this person may have it undone; else who may."""
    row = batches(request.actor).filter(uid=uid).first()
    if row is None:
        return None
    unit = selectors.units(request.actor).filter(path=row.unit_path).first()
    return {**batch_line(row, own_batches(request.actor, [row])), "unit": unit}


def _decided(request: Acting, import_id: int) -> HttpResponse:
    do = {"go": go, "drop": drop}.get(request.POST.get("do", ""))
    if do is None:
        with reading(request):
            return redirect("import", get_object_or_404(tasks(request.actor), pk=import_id).pk)
    try:
        do(request.actor, import_id)
    except Stale:
        messages.warning(request, gettext("This was decided already; here is how it stands."))
        return redirect("import", import_id)
    if do is drop:
        messages.success(request, gettext("The files that were sent are no longer kept."))
        return redirect("imports")
    return redirect("import", import_id)


@require_safe
@in_office
def sheet(request: Acting, import_id: int) -> StreamingHttpResponse:
    """The roster as it was sent, with a column that says what is wrong: to be mended and sent again."""
    one = get_object_or_404(tasks(request.actor), pk=import_id, kind=ImportTask.Kind.IMPORT)
    if "faults" not in one.report:
        raise Http404
    roster = annotated_roster(one)
    note(request.actor, Look("web/imports/", count=len(roster.rows)))
    answer = StreamingHttpResponse(xlsx(roster.headings, roster.rows, above=roster.above), content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="roster-{one.pk}.xlsx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def undo(request: Acting, batch: UUID) -> HttpResponse:
    """Why a whole import is to be undone; the worker says whether it can be, and what stands in the way."""
    with reading(request):
        row = get_object_or_404(batches(request.actor), uid=batch)
        line = batch_line(row, own_batches(request.actor, [row]))
    form = UndoForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    made: list[ImportTask] = []
    if request.method == "POST" and taken(
        form, lambda typed: made.append(ask_to_undo(Asked(request.actor, typed["key"]), batch, typed["reason"]))
    ):
        return redirect("import", made[0].pk)
    return render(request, "web/imports/undo.html", {"form": form, "line": line})
