"""The page on which a person gives programs a way in, sees which have one, and takes it away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.acting import held_by
from backend.accounts.models import TokenScope, User
from backend.accounts.tokens import Wanted, make_token, revoke_token, tokens_of
from backend.core import clock
from backend.core.errors import NotFound
from backend.web.acting import user_of
from backend.web.days import DayField
from backend.web.refusing import taken
from workflows.offices import Office


class TokenForm(forms.Form):
    """What a token is for."""

    label = forms.CharField(label=_("What it is for"), max_length=60)
    scope = forms.ChoiceField(label=_("What it may do"), choices=TokenScope.choices)
    assignment = forms.TypedChoiceField(label=_("Office"), coerce=int, empty_value=None, required=False)
    until = DayField(label=_("Up to"), required=False)

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignment"].choices = [("", _("Every office of mine")), *offices]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """A token is shown in the answer that makes it, and never again."""
    user = user_of(request)
    offices, made = _offices(user), [""]
    form = TokenForm(offices=offices)
    if request.POST.get("do") == "revoke":
        _revoke(request, user.pk)
        return redirect("tokens")
    if request.method == "POST":
        form = TokenForm(request.POST, offices=offices)
        if taken(form, lambda typed: made.append(_made(user.pk, typed))):
            form = TokenForm(offices=offices)
    rows = [
        {"row": one, "office": Office(one.assignment.office).label if one.assignment else ""}
        for one in tokens_of(user.pk)
    ]
    return render(request, "web/tokens.html", {"rows": rows, "form": form, "token": made[-1]})


def _offices(user: User) -> list[tuple[str, str]]:
    with transaction.atomic():
        return [(str(one.pk), str(Office(one.office).label)) for one in held_by(user, clock.today())]


def _made(user_id: int, typed: dict[str, Any]) -> str:
    wanted = Wanted(typed["label"], TokenScope(typed["scope"]), typed["assignment"], typed["until"])
    _row, token = make_token(user_id, wanted)
    return token


def _revoke(request: HttpRequest, user_id: int) -> None:
    try:
        revoke_token(user_id, UUID(request.POST.get("token", "")))
    except (NotFound, ValueError) as error:
        raise Http404 from error
    messages.success(request, gettext("The token is revoked."))
