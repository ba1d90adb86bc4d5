"""The page on which a person chooses how and where to be told; the same choices as through the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.addresses import set_own_address
from backend.alerts.channels import ROUTES
from backend.alerts.preferences import Preferences, choose, preferences_of
from backend.alerts.telling import channel_told
from backend.web.acting import user_of
from backend.web.refusing import taken
from workflows.answers import shown

HOURS = [("", "–"), *((str(hour), f"{hour:02}:00") for hour in range(24))]


def _hour(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=HOURS, coerce=int, empty_value=None, required=False)


class PreferencesForm(forms.Form):
    """What `Preferences` holds."""

    muted = forms.MultipleChoiceField(
        label=_("No reminders before the day"), required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet_from = _hour(_("Quiet hours from"))
    quiet_until = _hour(_("Quiet hours until"))
    letter_hour = _hour(_("The morning's letter not before"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        muted: Any = self.fields["muted"]
        muted.choices = [(name, channel_told(name)) for name in ROUTES]


class AddressForm(forms.Form):
    """Where letters go."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Two forms, each with a button of its own; what cannot be chosen is said beside its field."""
    user = user_of(request)
    with transaction.atomic():
        chosen = preferences_of(user.pk)
    hours = {name: "" if value is None else value for name, value in vars(chosen).items()}
    how, where = PreferencesForm(initial=hours), AddressForm(initial={"email": user.email})
    if "email" in request.POST:
        where = AddressForm(request.POST)
        done = taken(where, lambda typed: set_own_address(user.pk, typed["email"]))
        said = gettext("Letters go to this address from now on.")
    else:
        how = PreferencesForm(request.POST) if request.method == "POST" else how
        done = taken(how, lambda typed: choose(user, _wanted(typed)))
        said = gettext("Your choice holds from now on.")
    if done:
        messages.success(request, said)
        return redirect("preferences")
    day = {"first": f"{settings.CHIBO_QUIET_UNTIL}:00", "last": f"{settings.CHIBO_QUIET_FROM}:00"}
    dead = shown(user.address_dead_since) if user.address_dead_since else ""
    return render(request, "web/preferences.html", {"how": how, "where": where, "dead": dead, **day})


def _wanted(typed: dict[str, Any]) -> Preferences:
    return Preferences(**{**typed, "muted": tuple(sorted(typed["muted"]))})
