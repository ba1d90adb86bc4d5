"""Scans of a case's papers, where the operator keeps any: which there are, adding one, and saving one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accesses.noting import Look, note
from backend.audit.codes import label_of
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.models import Case
from backend.cases.registry import step_of
from backend.core.errors import NotFound, NotPermitted
from backend.scans.giving import as_file
from backend.scans.keeping import attach, entitled, may_see, scans
from backend.scans.models import Scan
from backend.web.acting import Acting, in_office, reading
from backend.web.naming import named_case
from backend.web.refusing import taken
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.facts import Paper


@dataclass(frozen=True)
class Named:
    """A paper that an entry of the case names, and its scan; `may_add` by this office."""

    label: str
    on: str
    entry: str
    value: str
    scan: Scan | None
    at: str
    may_add: bool


class ScanForm(forms.Form):
    """Which paper, as `entry:name`, and its file."""

    of = forms.ChoiceField(label=_("The paper"))
    content = forms.FileField(
        label=_("The scan (PDF, JPEG or PNG)"), widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"})
    )

    def __init__(self, papers: list[Named], *args: Any) -> None:
        super().__init__(*args)
        self.fields["of"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (one.value, f"{one.label}, {one.on}") for one in papers if one.may_add
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def case_scans(request: Acting, case_id: int) -> HttpResponse:
    """404 where none are kept, for what the office does not see, and where health is told to offices that take no part."""
    with reading(request):
        case = _seen(request, case_id)
        papers = _papers(request, case)
    post = request.method == "POST"
    if post and not any(one.may_add for one in papers):
        raise Http404
    form = ScanForm(papers, request.POST, request.FILES) if post else ScanForm(papers)
    if post and taken(form, lambda typed: _attach(request, typed)):
        messages.success(request, gettext("The scan is kept."))
        return redirect("case-scans", case_id)
    with reading(request):
        note(request.actor, Look("web/cases/{case_id}/scans/", case.member_id, case.pk))
        words = {
            "case": case, "number": named_case(request.actor, case.number, case.unit), "page": LIFECYCLES[case.lifecycle],
            "papers": papers, "form": form if form.fields["of"].choices else None,  # type: ignore[attr-defined]
            "most": f"{settings.CHIBO_SCAN_BYTES / 1_000_000:g}",
        }  # fmt: skip
        return render(request, "web/case_scans.html", words, status=422 if post else 200)


@require_safe
@in_office
def event_scan(request: Acting, uid: UUID, paper: str) -> HttpResponse:
    """A scan, as a file to be saved."""
    scan = get_object_or_404(scans(request.actor), event_uid=uid, paper=paper)
    note(request.actor, Look("web/events/{uid}/scans/{paper}/", scan.case.member_id, scan.case_id))
    return as_file(scan)


def _attach(request: Acting, typed: dict[str, Any]) -> None:
    entry, _colon, paper = typed["of"].partition(":")
    attach(request.actor, UUID(entry), paper, typed["content"].read(settings.CHIBO_SCAN_BYTES + 1))


def _seen(request: Acting, case_id: int) -> Case:
    if not settings.CHIBO_SCANS_DIR:
        raise Http404
    case = selectors.cases(request.actor).select_related("member", "unit").filter(pk=case_id).first()
    if case is None or not may_see(request.actor, case.lifecycle):
        raise Http404
    return case


def _papers(request: Acting, case: Case) -> list[Named]:
    """Newest first, of the entries that stand."""
    kept = {(one.event_uid, one.paper): one for one in scans(request.actor).filter(case=case)}
    found = []
    for event in selectors.history(request.actor, case).order_by("-id"):
        step = step_of(event.lifecycle, event.step) if event.subject_kind == "case" else None
        papers = [one for one in step.facts if isinstance(one, Paper) and one.name in event.facts] if step else []
        found += [_named(request, event, one, kept.get((event.uid, one.name))) for one in papers]
    return found


def _named(request: Acting, event: Event, paper: Paper, scan: Scan | None) -> Named:
    try:
        entitled(request.actor, event.uid, paper.name)
        may_add = True
    except (NotFound, NotPermitted):
        may_add = False
    return Named(
        str(paper.label), str(shown(event.on_date)), gettext(str(label_of(event.code))), f"{event.uid}:{paper.name}", scan,
        reverse("event-scan", args=[event.uid, paper.name]) if scan else "", may_add,
    )  # fmt: skip
