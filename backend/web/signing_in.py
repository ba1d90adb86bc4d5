"""Signing in: the password, then the second factor where there is one; or a passkey alone. Nobody signs up.

The steps and what is kept of a sign-in half done are django-allauth's; forms, words and limits of tries are ours.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.views import LoginView, ReauthenticateView
from allauth.core.exceptions import RateLimited
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from backend.accounts.attempts import client_address, count_code, count_passkey, count_try
from backend.accounts.second_factor import passes
from backend.accounts.sessions import half_done
from backend.web.faults import too_many
from backend.web.languages import remember
from backend.web.leaving import InOffice
from backend.web.passkeys import PasskeyAloneForm, PasskeyForm, named, not_taken
from backend.web.passwords import secret

PASSED = "chibo_passed"
"""In the state of a sign-in: what it was begun with (`half_done`)."""


class SignInForm(InOffice):
    """Name and password, as Django asks for them."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """On to the second factor, or in."""
        login = Login(user=self.get_user(), redirect_url=redirect_url, state={PASSED: half_done(self.get_user())})
        done: HttpResponse = perform_password_login(request, {"username": self.cleaned_data["username"]}, login)
        own = self.get_user().language
        if own != settings.LANGUAGE_CODE and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember(done, own, secure=request.is_secure())  # chosen once, on another device perhaps
        return done


class SignIn(LoginView):  # type: ignore[misc]  # untyped library
    """The form to sign in, with the same limit of tries as the API."""

    template_name = "web/sign_in.html"

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words: dict[str, Any] = super().get_context_data(**kwargs)
        return words | {"next": self.get_next_url()}  # where it leads elsewhere: None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = count_try(client_address(request.META), request.POST.get("username", "")[:150])
        return too_many(request, seconds) if seconds else super().post(request, *args, **kwargs)


class CodeForm(AuthenticateForm):  # type: ignore[misc]  # untyped library
    """A code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"), max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )  # fmt: skip

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        taken = passes(self.user.pk, code)
        if taken is None:
            raise not_taken()
        self.authenticator: Authenticator = taken
        return code


class SecondStep(AuthenticateView):  # type: ignore[misc]  # untyped library
    """The second factor, after the password."""

    template_name = "web/second_factor/step.html"

    def get_form_class(self) -> type[CodeForm]:
        return CodeForm

    def get_webauthn_form_class(self) -> type[PasskeyForm]:
        return PasskeyForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stage = LoginStageController.enter(request, AuthenticateStage.key)
        if stage and stage.login.state.get(PASSED) != half_done(stage.login.user):
            ended: HttpResponse = stage.abort()
            return ended
        try:
            answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        except TooManyTries as error:
            return too_many(request, error.seconds)
        return answer

    def _build_forms(self) -> Any:
        """Counted before a form is read: the sign-in half done says of whom."""
        if self.request.method == "POST":
            user = self.stage.login.user
            seconds = count_try(client_address(self.request.META), user.get_username())
            seconds = seconds or ("code" in self.request.POST and count_code(user.pk)) or 0
            if seconds:
                raise TooManyTries(seconds)
        return super()._build_forms()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        words: dict[str, Any] = super().get_context_data(**kwargs)
        return words | {"kinds": kinds}


class TooManyTries(RateLimited):  # type: ignore[misc]  # untyped library
    """Raised below allauth's own dispatch, answered above it."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class PasskeyAlone(LoginWebAuthnView):  # type: ignore[misc]  # untyped library
    """Signing in with a passkey and nothing else; GET gives the page's script what the passkey is asked for."""

    def get_form_class(self) -> type[PasskeyAloneForm]:
        return PasskeyAloneForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = count_passkey(client_address(request.META), named(request))
        return too_many(request, seconds) if seconds else super().post(request, *args, **kwargs)


class ConfirmForm(forms.Form):
    """The password once more."""

    password = secret(_("Password"), "current-password", autofocus=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("The password is wrong."))
        return password


class Confirm(ReauthenticateView):  # type: ignore[misc]  # untyped library
    """Before a factor is changed the password is asked for once more: a page left open is no proof of who sits there."""

    template_name = "web/second_factor/confirm.html"

    def get_form_class(self) -> type[ConfirmForm]:
        return ConfirmForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = count_try(client_address(request.META), request.user.get_username())
        return too_many(request, seconds) if seconds else super().post(request, *args, **kwargs)
