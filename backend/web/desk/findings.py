"""Raising a finding on an entry of the log: through the one road of a step, as any case is opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.audit.details import with_voids
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.engine import NewCase, RequestKey, perform
from backend.web.acting import Acting, in_office, reading
from backend.web.days import DayField
from backend.web.desk.entries import lines
from backend.web.refusing import taken
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right

STEP = LIFECYCLES["finding"].steps()["raise_it"]
FACTS: dict[str, Any] = {fact.name: fact for fact in STEP.facts}
PARTS = ("number", "issuer", "date")
"""Of the minutes; the form's fields are called as refusals call them, `minutes.number`."""


class FindingForm(forms.Form):
    """What `raise_it` asks for; the entry is the one in the address. `key` makes that sending it twice does it once."""

    matter = forms.ChoiceField(label=FACTS["matter"].label, choices=FACTS["matter"].choices)
    finding = forms.CharField(
        label=FACTS["finding"].label, max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=_("In words. Only this entry's page shows them; the line of the log holds nothing of them."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Minutes of the inspection, if there are any: number")
        self.fields["minutes.number"] = forms.CharField(label=label, max_length=60, required=False)
        self.fields["minutes.issuer"] = forms.CharField(label=_("Minutes: issuer"), max_length=200, required=False)
        self.fields["minutes.date"] = DayField(label=_("Minutes: date"), required=False)

    def facts(self, uid: UUID) -> dict[str, Any]:
        """As the engine reads them."""
        typed = self.cleaned_data
        paper = {part: str(typed[f"minutes.{part}"]) for part in PARTS if typed[f"minutes.{part}"]}
        return {
            "matter": typed["matter"], "finding": typed["finding"], "entries": [str(uid)],
            **({"minutes": paper} if paper else {}),
        }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def finding(request: Acting, uid: UUID) -> HttpResponse:
    """404 for an entry out of sight, and for offices that do not audit."""
    selectors.need(request.actor, Right.AUDIT)
    with reading(request):
        event = get_object_or_404(with_voids(selectors.events(request.actor)), uid=uid)
        (line,) = lines(request.actor, [event])
    form = FindingForm(request.POST or None, initial={"key": uuid4()})
    done: dict[str, Any] = {}
    if request.method == "POST" and taken(form, lambda _typed: done.update(_raised(request, event, form))):
        messages.success(request, gettext("The finding was raised; the unit answers it."))
        return redirect(_case_page(done["id"]))
    status = 422 if request.method == "POST" else 200
    return render(request, "web/desk/finding.html", {"form": form, "line": line}, status=status)


def _raised(request: Acting, event: Event, form: FindingForm) -> dict[str, Any]:
    facts = form.facts(event.uid)
    key = RequestKey.of(str(form.cleaned_data["key"]), ["finding", facts])
    target = NewCase("finding", unit_id=event.unit_id)
    return perform(request.actor, target, STEP.name, facts, on=request.today, request_key=key)


def _case_page(case_id: int) -> str:
    try:
        return reverse("case", args=[case_id])
    except NoReverseMatch:
        return reverse("desk-path", args=[case_id])
