"""Setting up a second factor: an authenticator app, passkeys, recovery codes to print; and the gate before all else.

The ceremonies are django-allauth's; each change stands in one transaction with its entry in the log.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.accounts import second_factor
from backend.accounts.second_factor import PASSKEY, RECOVERY_CODES, TOTP
from backend.audit.codes import EventCode
from backend.core.nudge import nudge
from backend.web.gates import Gate
from backend.web.passkeys import STRANGE, AnswerField, not_taken
from backend.web.passwords import PASSED

OPEN = PASSED | {
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "account_reauthenticate", "sessions",
}  # fmt: skip
"""Pages that stay open while a second factor is missing."""


class SecondFactorFirst(Gate):
    """Middleware: whoever holds an office that asks for a second factor is led to set one up."""

    passed, leads = OPEN, "mfa_index"

    def lacks(self, user: Any) -> bool:
        return second_factor.is_missing(user)


class Factors(IndexView):  # type: ignore[misc]  # untyped library
    """Which factors there are, and what can be added."""

    template_name = "web/second_factor/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(Authenticator.objects.filter(user_id=self.request.user.pk).order_by("pk"))
        printed = next((one.wrap() for one in found if one.type == RECOVERY_CODES), None)
        words: dict[str, Any] = super().get_context_data(**kwargs)
        return words | {
            "missing": second_factor.is_missing(self.request.user),
            "app": next((one for one in found if one.type == TOTP), None),
            "passkeys": [one for one in found if one.type == PASSKEY],
            "codes_left": len(printed.get_unused_codes()) if printed else None,
        }


class AppForm(ActivateTOTPForm):  # type: ignore[misc]  # untyped library
    code = forms.CharField(
        label=_("Code that the app shows"), max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class AddApp(ActivateTOTPView):  # type: ignore[misc]  # untyped library
    template_name = "web/second_factor/app.html"

    def get_form_class(self) -> type[AppForm]:
        return AppForm

    def form_valid(self, form: AppForm) -> HttpResponse:
        with transaction.atomic():
            done: HttpResponse = super().form_valid(form)
            second_factor.passes(self.request.user.pk, form.cleaned_data["code"])  # used up: it signs nobody in
            second_factor.note_added(self.request.user.pk, TOTP, self.request.session.session_key or "")
        return _told(self.request, done, gettext("The authenticator app is set up."))


class RemoveApp(DeactivateTOTPView):  # type: ignore[misc]  # untyped library
    template_name = "web/second_factor/remove.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        with transaction.atomic():
            done: HttpResponse = super().form_valid(form)
            second_factor.note(self.request.user.pk, EventCode.FACTOR_REMOVED, TOTP)
        return _told(self.request, done, gettext("The authenticator app is removed."))


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # untyped library
    name = forms.CharField(label=_("Name of the passkey"), max_length=60, required=False)
    credential = AnswerField()
    passwordless = forms.BooleanField(label=_("Sign in with it alone, without a password"), required=False)

    def clean(self) -> Any:
        try:
            return super().clean()
        except STRANGE as error:
            raise not_taken() from error


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]  # untyped library
    template_name = "web/second_factor/passkey.html"

    def get_form_class(self) -> type[NewPasskeyForm]:
        return NewPasskeyForm

    def form_valid(self, form: NewPasskeyForm) -> HttpResponse:
        with transaction.atomic():
            done: HttpResponse = super().form_valid(form)
            second_factor.note_added(self.request.user.pk, PASSKEY, self.request.session.session_key or "")
        return _told(self.request, done, gettext("The passkey is added."))


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]  # untyped library
    template_name = "web/second_factor/remove.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        with transaction.atomic():
            done: HttpResponse = super().form_valid(form)
            second_factor.note(self.request.user.pk, EventCode.FACTOR_REMOVED, PASSKEY)
        return _told(self.request, done, gettext("The passkey is removed."))


class Codes(ViewRecoveryCodesView):  # type: ignore[misc]  # untyped library
    """The recovery codes, shown once, to be printed."""

    template_name = "web/second_factor/codes.html"


class NewCodes(GenerateRecoveryCodesView):  # type: ignore[misc]  # untyped library
    template_name = "web/second_factor/new_codes.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        with transaction.atomic():
            done: HttpResponse = super().form_valid(form)
            second_factor.note(self.request.user.pk, EventCode.RECOVERY_CODES_MADE, RECOVERY_CODES)
        nudge("jobs.seal")
        return done


def _told(request: HttpRequest, done: HttpResponse, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    nudge("jobs.seal")
    return done
