"""The page on which a person sees where the account is signed in, and ends what should not be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from backend.accounts.sessions import device, end_other_sessions, end_session, sessions_of
from backend.core.errors import NotFound


class SessionForm(forms.Form):
    session = forms.IntegerField(min_value=1, max_value=2**31 - 1)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """The own sessions, this one marked."""
    user_id, key = request.user.pk or 0, request.session.session_key or ""
    if request.method == "POST":
        _end(request, user_id, key)
        return redirect("sessions")
    rows: list[dict[str, Any]] = [
        {"row": one, "device": device(one.user_agent), "here": one.session_key == key} for one in sessions_of(user_id)
    ]
    return render(request, "web/sessions.html", {"rows": rows})


def _end(request: HttpRequest, user_id: int, key: str) -> None:
    if request.POST.get("do") == "end_others":
        end_other_sessions(user_id, key)
        messages.success(request, gettext("Every other session has ended."))
        return
    form = SessionForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        end_session(user_id, form.cleaned_data["session"])
    except NotFound as error:
        raise Http404 from error
    messages.success(request, gettext("The session has ended."))
