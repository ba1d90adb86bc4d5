"""Who stands in for whom: handing the reminders of one's own office over for some days, taking them back, and a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.models import Assignment
from backend.cases.engine import RequestKey
from backend.cases.substituting import end_substitution, may_be_substituted, stands_in, substitute, substituted
from backend.core.errors import KeyReused, NotPermitted, Refused, Unchanged
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, reading
from backend.web.days import DayField
from backend.web.naming import named_unit
from backend.web.paging import falling
from backend.web.refusing import said, taken
from workflows.answers import shown
from workflows.offices import Office


class HandingForm(forms.Form):
    """From today on, where no first day is named."""

    since = DayField(label=_("From"), help_text=_("Left empty: from today."), required=False)
    until = DayField(label=_("Until, that day included"))
    key = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def substitutions(request: Acting) -> HttpResponse:
    """`do`: substitute, end. What cannot be is said beside its field."""
    doing = request.POST.get("do", "")
    form = HandingForm(request.POST if doing == "substitute" else None, initial={"key": uuid4()})
    if doing == "substitute" and taken(form, lambda typed: _do(request, lambda: _substitute(request, typed))):
        return redirect("substitutions")
    if doing == "end":
        try:
            _do(request, lambda: _end(request))
        except Refused as refused:
            messages.warning(request, " ".join(said(one) for one in refused.answers))
        return redirect("substitutions")
    with reading(request):
        words = _words(request)
    return render(request, "web/alerts/substitutions.html", {**words, "form": form}, status=422 if form.errors else 200)


def _do(request: Acting, act: Callable[[], str]) -> None:
    try:
        messages.success(request, act())
    except (Unchanged, KeyReused) as error:
        messages.info(request, error.said())


def _substitute(request: Acting, typed: dict[str, Any]) -> str:
    days = {name: typed[name] and typed[name].isoformat() for name in ("since", "until")}
    key = RequestKey.of(str(typed["key"]), ["substitute", days])
    substitute(request.actor, since=typed["since"], until=typed["until"], request_key=key)
    return gettext("The reminders of your office go to the other office for these days.")


def _end(request: Acting) -> str:
    end_substitution(request.actor, request_key=_posted_key(request))
    return gettext("The reminders come to you again from today on.")


def _posted_key(request: Acting) -> RequestKey | None:
    sent = forms.UUIDField(required=False)
    try:
        key = sent.clean(request.POST.get("key", ""))
    except forms.ValidationError:
        return None
    return RequestKey.of(str(key), ["end"]) if key else None


def _words(request: Acting) -> dict[str, Any]:
    """Inside a transaction under the actor's scope."""
    try:
        to = str(may_be_substituted(request.actor).label)
    except NotPermitted:
        to = ""
    replaced = substituted(request.actor, request.today)
    page = falling(request, replaced)
    units = Unit.objects.in_bulk({one.unit_id for one in page.rows})
    mine = replaced.filter(pk=request.actor.assignment_id or 0).first() if to else None
    if mine is not None:
        mine.office_told = stands_in(mine).label  # type: ignore[attr-defined]  # for the page alone
    rows = [_row(one, units.get(one.unit_id)) for one in page.rows]
    return {"to": to, "mine": mine, "end_key": uuid4(), "page": page, "rows": rows}


def _row(one: Assignment, unit: Unit | None) -> dict[str, str]:
    words = {"first": shown(one.handed_from), "last": shown(one.handed_until)}
    return {
        "office": str(Office(one.office).label), "unit": named_unit(unit),
        "days": gettext("from %(first)s to %(last)s") % words, "to": str(stands_in(one).label),
    }  # fmt: skip
