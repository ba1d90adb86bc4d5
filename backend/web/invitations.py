"""Two pages: an office above invites a person and prints the slip, or resets a second factor that was lost; the person makes
the password with the slip's code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backend.accounts.administration import unit_coded, user_named
from backend.accounts.attempts import client_address, count_try
from backend.accounts.door_kinds import INVITING
from backend.accounts.invitations import Seat, Slip, invite, invite_again, join
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.accounts.second_factor import reset_factors
from backend.core.errors import Refused, Unchanged
from backend.web.days import DayField
from backend.web.faults import too_many
from backend.web.forms import UnitField
from backend.web.offices import actors_of, first_of, units_in_reach
from backend.web.passwords import NewPassword
from backend.web.refusing import taken
from workflows.answers import Refusal
from workflows.offices import INVITED_OFFICES, UNIT_OFFICES, Office, Right, holds

Act = Callable[[Actor], Slip]
NOT_YOURS = Refusal(
    "invitation.not_yours",
    gettext_noop("Your office does not invite this person, or not to this office there."),
    remedy=gettext_noop("Ask the committee above, or whoever administers Chibo."),
)


class NewForm(forms.Form):
    """A new account, and its office at a unit."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150)
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    office = forms.ChoiceField(label=_("Office"))
    unit = UnitField(label=_("Code of the unit"), max_length=40)
    since = DayField(label=_("From"))
    until = DayField(label=_("Up to"), required=False)

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [(one.value, one.label) for one in offices]  # type: ignore[attr-defined]


class LostForm(forms.Form):
    """Whoever lost the slip or the password, or the second factor."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150)


class JoinForm(NewPassword):
    """The code, the own name as it is written, and a password twice."""

    field_order = ("code", "full_name")
    code = forms.CharField(label=_("Code on the slip"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    full_name = forms.CharField(label=_("Full name"), max_length=120)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """404 for whoever holds no office that invites. The slip is shown in the answer that makes it, and never again."""
    actors, do = actors_of(request.user, INVITING), request.POST.get("do")
    post, offices = request.POST if request.method == "POST" else None, _offices(actors)
    forms_of_page: dict[str, forms.Form] = {
        "new": NewForm(post if do == "new" else None, offices=offices),
        "again": LostForm(post if do == "again" else None, prefix="again"),
        "factors": LostForm(post if do == "factors" else None, prefix="factors"),
    }  # fmt: skip
    forms_of_page["new"].fields["unit"].offered = units_in_reach(actors)  # type: ignore[attr-defined]  # a UnitField
    slips: list[Slip] = []
    if do == "factors" and taken(forms_of_page[do], lambda typed: _reset(request, actors, typed["username"])):
        return redirect("invitations")
    if do in {"new", "again"} and taken(forms_of_page[do], lambda typed: slips.append(_made(do, actors, typed))):
        where = f"{settings.CHIBO_PUBLIC_URL.rstrip('/')}/invitation/"
        return render(request, "web/slip.html", {"slip": slips[0], "where": where})
    return render(request, "web/invitations.html", forms_of_page)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """For whoever holds a slip; signed in afterwards with the name and the new password, as always."""
    form = JoinForm(request.POST if request.method == "POST" else None)
    joined: list[User] = []
    if request.method == "POST":
        if seconds := count_try(client_address(request.META), "invitation"):
            return too_many(request, seconds)
        if taken(form, lambda typed: joined.append(join(typed["code"], typed["full_name"], typed["new_password"]))):
            words = {"user": joined[0].username}
            messages.success(request, gettext("Your password is set. Sign in as %(user)s.") % words)
            return redirect("account_login")
    return render(request, "web/invitation.html", {"form": form})


def _offices(actors: list[Actor]) -> list[Office]:
    """What the person may give in one office or another."""
    whole = any(holds(actor.office, Right.ADMINISTER) for actor in actors)
    return [one for one in UNIT_OFFICES if whole or one in INVITED_OFFICES]


def _made(do: str, actors: list[Actor], typed: dict[str, Any]) -> Slip:
    """By the first office that may. Raises Refused, where none may too."""
    return first_of(actors, _again(typed) if do == "again" else _new(typed), Refused([NOT_YOURS]))


def _reset(request: HttpRequest, actors: list[Actor], username: str) -> None:
    """Raises Refused, where no office may too; the page says what became of it."""
    user = user_named(username)
    try:
        first_of(actors, lambda actor: reset_factors(actor, user.pk), Refused([NOT_YOURS]))
    except Unchanged:
        said = gettext("%(user)s has no second factor; nothing was changed.")
    else:
        said = gettext("%(user)s has no second factor any more; whatever was signed in has ended.")
    messages.success(request, said % {"user": user.username})


def _again(typed: dict[str, Any]) -> Act:
    return lambda actor: invite_again(actor, user_named(typed["username"]).pk)


def _new(typed: dict[str, Any]) -> Act:
    def act(actor: Actor) -> Slip:
        who = User(username=typed["username"], full_name=typed["full_name"], email=typed["email"], language="")
        unit = unit_coded(actor, typed["unit"].strip())
        return invite(actor, who, Seat(Office(typed["office"]), unit.pk, typed["since"], typed["until"]))

    return act
