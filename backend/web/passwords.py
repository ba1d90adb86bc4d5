"""Choosing another password, and the gate that lets nobody with a one-time password any further."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import FormView

from backend.accounts.attempts import client_address, count_try
from backend.accounts.models import User
from backend.accounts.passwords import change_password
from backend.accounts.sessions import stay_signed_in
from backend.core.errors import Refused
from backend.web.faults import too_many
from backend.web.gates import Gate
from backend.web.refusing import tell

PASSED = {
    "password",
    "account_login",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "sign-out",
    "language",
    "healthz",
    "readyz",
    "metrics",
    "calendar",
    "service-worker",
    "invitation",
}
"""Pages that a one-time password does not close."""


class OwnPasswordFirst(Gate):
    """Middleware: whoever signed in with a one-time password is sent to choose another one."""

    passed, leads = PASSED, "password"

    def lacks(self, user: Any) -> bool:
        return bool(user.password_must_change)


def secret(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete, **more})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget)


class NewPassword(forms.Form):
    """A new password, twice."""

    new_password = secret(gettext_lazy("New password"), "new-password")
    again = secret(gettext_lazy("New password once more"), "new-password")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if {"new_password", "again"} <= typed.keys() and typed["new_password"] != typed["again"]:
            self.add_error("again", gettext("The two passwords differ; nothing was changed."))
        return typed


class PasswordForm(NewPassword):
    """The present password, and the new one twice."""

    field_order = ("old_password",)
    old_password = secret(gettext_lazy("Present password"), "current-password")


class Password(LoginRequiredMixin, FormView):  # type: ignore[type-arg]  # Django's own is not generic at run time
    """The form, with the same limit of tries as signing in."""

    template_name = "web/password.html"
    form_class = PasswordForm
    http_method_names = ("get", "head", "post")  # Django takes a PUT for a POST

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = count_try(client_address(request.META), request.user.get_username())
        return too_many(request, seconds) if seconds else super().post(request, *args, **kwargs)

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        user: User = self.request.user  # type: ignore[assignment]  # LoginRequiredMixin
        typed = form.cleaned_data
        try:
            changed = change_password(user.pk, old=typed["old_password"], new=typed["new_password"])
        except Refused as refused:
            tell(form, refused)
            return self.form_invalid(form)
        stay_signed_in(self.request, changed)
        messages.success(self.request, gettext("Your password is changed; whatever else was signed in has ended."))
        return redirect("home")
