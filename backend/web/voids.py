"""Taking an entry back: a second person says why, with a paper; what it did is undone while nothing was built on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, note
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.correcting import PAPER, REASON
from backend.cases.engine import RequestKey
from backend.cases.voidable import may_void, seen
from backend.cases.voiding import void
from backend.core.errors import CannotVoid, KeyReused, Refused, Stale
from backend.web.acting import Acting, in_office, reading
from backend.web.facts.around import Around
from backend.web.facts.form import FactForm
from backend.web.facts.typed import whole
from backend.web.refusing import NO_KEY, SENT_BEFORE, said_with_basis
from backend.web.timeline import lines


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def void_entry(request: Acting, uid: UUID) -> HttpResponse:
    """404 for what the office does not see or may not void, and for one's own entry."""
    if request.method == "POST":
        return _posted(request, uid)
    event = _mine(request, uid)
    return _shown(request, event, _form(request, event))


def _mine(request: Acting, uid: UUID) -> Event:
    event = seen(request.actor, uid)
    may_void(request.actor, event)
    return event


def _form(request: Acting, event: Event, data: Any = None) -> FactForm:
    return FactForm([REASON, PAPER], Around(request.actor, event.unit_id, request.today), data)


def _posted(request: Acting, uid: UUID) -> HttpResponse:
    with reading(request):
        event = _mine(request, uid)
    form, told = _form(request, event, request.POST), dict[str, Any]()
    raw, key = form.raw(), request.POST.get("key", "")
    said = {"reason": raw.get(REASON.name), "paper": raw.get(PAPER.name)}
    expected = whole(request.POST.get("version", ""), digits=9)
    try:
        once = RequestKey.of(str(UUID(key)), {"path": request.path, "facts": said})
        void(request.actor, uid, **said, expected_version=expected, request_key=once)
    except Refused as refused:
        form.tell(refused.answers)
    except Stale as stale:
        told["problem"] = stale.said()
    except CannotVoid as cannot:
        with reading(request):
            told = {"problem": cannot.said(), "blockers": lines(_of(request, cannot.blockers), request.actor)}
    except KeyReused:
        return _done(request, event, gettext(SENT_BEFORE))
    except ValueError:
        told["problem"] = gettext(NO_KEY)
    else:
        return _done(request, event, gettext("The entry was voided; what it did is undone."))
    with reading(request):
        return _shown(request, event, form, 409 if told else 422, **told)


def _of(request: Acting, uids: Any) -> Any:
    return selectors.events(request.actor).filter(uid__in=list(uids)).order_by("-id")


def _done(request: Acting, event: Event, words: str) -> HttpResponse:
    messages.success(request, words)
    case = reverse("case", args=[event.case_id]) if event.case_id else ""
    with reading(request):  # voided with its opening, a case is there no more
        there = event.case_id is not None and selectors.cases(request.actor).filter(pk=event.case_id).exists()
    return redirect(
        (case if there else "") or (reverse("member", args=[event.member_id]) if event.member_id else "") or "/"
    )


def _shown(request: Acting, event: Event, form: FactForm, status: int = 200, **told: Any) -> HttpResponse:
    case, member = event.case_id, event.member_id
    note(request.actor, Look("web/events/{uid}/void/", member, case))
    words = {
        "form": form, "lines": lines(_of(request, [event.uid]), request.actor),
        "version": selectors.subject_version(event), "key": request.POST.get("key") or str(uuid4()),
        "general": said_with_basis(form.general, request.today),
        "back": reverse("case", args=[case]) if case else reverse("member", args=[member]) if member else "", **told,
    }  # fmt: skip
    return render(request, "web/void.html", words, status=status)
