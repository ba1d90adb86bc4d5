"""Taking back what was recorded of a member's dues of a month: with a reason, through the ledger, as the API does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.cases.engine import RequestKey
from backend.core.errors import KeyReused, Refused, Stale
from backend.dues import ledger
from backend.dues.recording import Recorded, Wanted, record_month, recording_unit
from backend.members.models import Member
from backend.web.acting import Acting, in_office, reading
from backend.web.facts.around import Around
from backend.web.facts.form import FactForm
from backend.web.facts.typed import whole
from backend.web.refusing import NO_KEY, SENT_BEFORE, said_with_basis
from workflows.dues import Said
from workflows.guards import dues as guards
from workflows.reading import read_all
from workflows.vocabulary import Text

FIRST_YEAR, LAST_YEAR = 1950, 2199
REASON = Text("reason", _("Reason"), max_length=500)


@dataclass(frozen=True)
class Entry:
    """Whose month is looked at, and what the ledger says of it."""

    member: Member
    line: ledger.Line

    @property
    def month(self) -> date:
        return self.line.view.month


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def dues_entry(request: Acting, member_id: int, month: str) -> HttpResponse:
    """`month` as 2026-11; `?meeting=` is the meeting to go back to. 404 for whom the office does not see."""
    if request.method != "POST":
        return _shown(request, _seen(request, member_id, month), _form(request))
    with reading(request):
        entry = _seen(request, member_id, month)
        form = _form(request, request.POST)
    try:
        _take_back(request, entry, form)
    except Refused as refused:
        form.tell(refused.answers)
        status, problem = 422, ""
    except KeyReused:
        return _done(request, entry, gettext(SENT_BEFORE))
    except Stale as stale:
        status, problem = 409, stale.said()
    except ValueError:
        status, problem = 409, gettext(NO_KEY)
    else:
        return _done(request, entry, gettext("The entry of the dues was taken back."))
    with reading(request):
        return _shown(request, _seen(request, member_id, month), form, status, problem)


def _seen(request: Acting, member_id: int, month: str) -> Entry:
    """Inside a transaction under the actor's scope."""
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Http404
    line = ledger.seen_month(request.actor, member_id, day, request.today)
    return Entry(selectors.members(request.actor).get(pk=member_id), line)


def _form(request: Acting, data: Any = None) -> FactForm:
    return FactForm([REASON], Around(request.actor, request.actor.unit_id or 0, request.today), data)


def _take_back(request: Acting, entry: Entry, form: FactForm) -> None:
    """Raises Refused, KeyReused, Stale, NotPermitted; ValueError where the form came without its key."""
    key = str(UUID(request.POST.get("key", "")))
    facts, faults = read_all([REASON], form.raw())
    if faults:
        raise Refused(faults)
    version = whole(request.POST.get("version", ""), digits=9) or 0
    wanted = Wanted(entry.member.pk, guards.Answer(Said.WITHDRAWN), version)
    once = RequestKey.of(key, {"path": request.path, "facts": facts, "version": version})
    unit = recording_unit(request.actor, entry.member.pk, entry.month)
    record_month(
        request.actor, unit, entry.month, [wanted], tell=_told, reason=facts[REASON.name], request_key=once
    )  # fmt: skip


def _told(done: Recorded) -> dict[str, Any]:
    """One that is refused is refused as a whole; of what was taken the page tells by itself."""
    (one,) = done.results
    if one.error is not None:
        raise one.error
    return {}


def _done(request: Acting, entry: Entry, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(_back(request, entry))


def _back(request: Acting, entry: Entry) -> str:
    """The meeting from which one came, else the member's year."""
    meeting = whole(request.GET.get("meeting", ""))
    if meeting is not None:
        return reverse("meeting", args=[meeting])
    return f"{reverse('member', args=[entry.member.pk])}?year={entry.month.year}#year"


def _shown(request: Acting, entry: Entry, form: FactForm, status: int = 200, problem: str = "") -> HttpResponse:
    note(request.actor, Look("web/members/{member_id}/dues/{month}/", entry.member.pk))
    words = {
        "member": entry.member, "line": entry.line, "month": entry.month, "form": form, "problem": problem,
        "general": said_with_basis(form.general, entry.month), "back": _back(request, entry),
        "key": request.POST.get("key") or str(uuid4()), "elsewhere": entry.line.view.stands and not entry.line.mine,
    }  # fmt: skip
    return render(request, "web/dues_entry.html", words, status=status)
