"""In which of their offices a person acts on the pages: chosen once, kept in the session until the office ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import READING, note_attempt
from backend.accounts.acting import actor_for, held_by
from backend.accounts.doors import door
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.core import clock
from backend.core.db import common, scope
from backend.core.errors import NotFound, NotPermitted
from backend.organizations.models import Unit
from backend.web.faults import where_it_stood
from backend.web.kept import PAGES, keep, standing_again
from workflows.offices import Office

CHOSEN = "office"
"""The name in the session of the assignment chosen, by its id."""
STILL_TYPED = gettext_noop(
    "You are signed in no more, so nothing was recorded. Sign in: what you typed is kept for half an hour and stands in the "
    "form then."
)
TYPED_IN_VAIN = gettext_noop(
    "You are signed in no more, so nothing was recorded. Sign in, then fill the form in once more."
)
SHOWN = "shown"
"""The name in the session of the assignment in which pages were shown last: a form that was opened in it is sent in it."""
STANDS = "stands"
"""The name in the session of what the head of every page says: office, place, and whether there are others to choose."""


class Acting(HttpRequest):
    """A request of somebody who acts in an office: what `in_office` puts on it."""

    actor: Actor
    today: date
    user: User


def in_office(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """`view(request, …)` with `request.actor`, the person in the office chosen, and `request.today`.

    GET and HEAD run in one read transaction under the actor's scope. A POST has none around it: the engine opens its own,
    and a view that reads first does so in `reading(request)`. Who holds several offices and has chosen none is asked.
    404 where the table of doors does not let the office in, and for whatever the actor may not see.
    """

    @_signed_in
    @wraps(view)
    def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reads = request.method in READING
        with _noting_attempts(request), transaction.atomic():
            asks = _enter(request)
            if asks is not None:
                return asks
            if reads:
                with standing_again(request):
                    return _seen(view, request, *args, **kwargs)
        return _seen(view, request, *args, **kwargs)

    return entered


def _signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """To the page to sign in, and back; whoever sent a form there is told that it was not taken, and what became of it."""
    known = login_required(view)

    @wraps(view)
    def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=401)  # a piece of a page stays as it is: the page to sign in is none
        if request.method == "POST" and not request.user.is_authenticated:
            back = keep(request)
            messages.warning(request, gettext(STILL_TYPED if back else TYPED_IN_VAIN))
            own = request.path if request.resolver_match.url_name in PAGES else "/"
            return back or redirect_to_login(where_it_stood(request) or own)
        return known(request, *args, **kwargs)

    return entered


@contextmanager
def reading(request: Acting) -> Iterator[None]:
    """A transaction under the actor's scope, for what a POST reads before or after the engine's own."""
    with transaction.atomic():
        scope(request.actor.path)
        yield


@contextmanager
def _noting_attempts(request: Any) -> Iterator[None]:
    """A page about a file that is refused is noted, once the transaction that read is undone."""
    try:
        yield
    except Http404:
        if request.method in READING and hasattr(request, "actor"):
            note_attempt(request.actor, request.resolver_match)
        raise


def _seen(view: Callable[..., HttpResponseBase], request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except (NotFound, NotPermitted) as error:
        raise Http404 from error


def _enter(request: Any) -> HttpResponse | None:
    """Put the actor on the request; an answer where the office is still to be chosen, or where a form was opened in one that
    has ended since: nothing is recorded in another office that nobody asked for.
    """
    request.today = clock.today()
    held = held_by(user_of(request), request.today)
    chosen = next((one for one in held if one.pk == request.session.get(CHOSEN)), held[0] if len(held) == 1 else None)
    if chosen is None:
        return (
            redirect(f"{reverse('office')}?{urlencode({'next': request.get_full_path()})}")
            if held
            else _nobody(request)
        )
    before = request.session.get(SHOWN)
    if request.method == "POST" and before is not None and before not in {one.pk for one in held}:
        request.session.pop(STANDS, None)  # the head of the page names that office no more
        return render(request, "web/office_ended.html", {"office": named(chosen)}, status=409)
    if before != chosen.pk:
        request.session[SHOWN] = chosen.pk
    request.actor = actor_for(user_of(request), chosen.pk, request.today)
    stands = [request.actor.office.value, named(chosen), len(held) > 1]
    if request.session.get(STANDS) != stands:
        request.session[STANDS] = stands
    opened = door(request.resolver_match.route, request.method)
    if opened is None or not opened.lets(request.actor.office):
        raise Http404
    return None


def _nobody(request: Any) -> HttpResponse:
    """Who holds no office is told; with 403 where the page is for those who hold one. A session in which the last office ended,
    ends with it: what it had opened is shut, and the own account asks for the password anew."""
    opened = door(request.resolver_match.route, request.method)
    if SHOWN in request.session:
        logout(request)
    return render(request, "web/no_office.html", status=403 if opened is None or opened.office else 200)


def user_of(request: HttpRequest) -> User:
    """Who asks, behind a view for people who are signed in."""
    user: User = request.user  # type: ignore[assignment]  # login_required
    return user


def named(one: Assignment) -> str:
    """The office with its unit, in the reader's language."""
    return _named_at(one, Unit.objects.filter(pk=one.unit_id).first())


def _named_at(one: Assignment, unit: Unit | None) -> str:
    return f"{Office(one.office).label}, {unit.name}" if unit else str(Office(one.office).label)


def _units_of(held: Sequence[Assignment]) -> list[Unit | None]:
    """The units of a person's own offices; the rest of the transaction sees as far as the nearest place above all."""
    if held:
        scope(common([one.unit_path for one in held]))
    found = Unit.objects.in_bulk({one.unit_id for one in held})
    return [found.get(one.unit_id) for one in held]


def named_of(actor: Actor) -> str:
    """The same of who acts."""
    unit = Unit.objects.filter(pk=actor.unit_id or 0).first()
    return f"{actor.office.label}, {unit.name}" if unit else str(actor.office.label)


@require_http_methods(["GET", "POST"])
@login_required
def office(request: HttpRequest) -> HttpResponse:
    """Choose the office to act in; back to where one came from (`next`), if that is on this site."""
    user = user_of(request)
    with transaction.atomic():
        held = held_by(user, clock.today())
        offices = [(one.pk, _named_at(one, unit)) for one, unit in zip(held, _units_of(held), strict=True)]
    back = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    chosen = request.POST.get("office", "")
    if chosen in {str(key) for key, _ in offices}:
        request.session[CHOSEN] = int(chosen)
        return redirect(back)
    words = {"offices": offices, "next": back, "chosen": request.session.get(CHOSEN)}
    return render(request, "web/office.html", words, status=400 if request.method == "POST" else 200)
