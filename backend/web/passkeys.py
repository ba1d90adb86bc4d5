"""What a browser answers for a passkey. Whatever no browser gives is not taken, in the words for a wrong code."""

from __future__ import annotations

import struct
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.http import HttpRequest

from backend.accounts.adapters import SecondFactorAdapter
from backend.core.encoding import dumps, loads

LONGEST = 32_768
"""Characters of an answer: those of browsers have a few thousand. The reader of passkeys takes time by the square of it."""
STRANGE = (
    ArithmeticError, AttributeError, InvalidSignature, LookupError, RuntimeError, TypeError, UnsupportedAlgorithm, ValueError,
    struct.error,
)  # fmt: skip
"""What the reader of passkeys raises for an answer that no browser gives: nested without end, cut off, beyond all numbers."""


def not_taken() -> forms.ValidationError:
    error: forms.ValidationError = SecondFactorAdapter().validation_error("incorrect_code")
    return error


def read(text: str) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object, too long, nested too deeply, or what the database cannot hold (NUL)."""
    answer = loads(text) if len(text) <= LONGEST else None
    try:
        if isinstance(answer, dict) and "\\u0000" not in dumps(answer):
            return answer
    except TypeError:  # deeper than is ever written
        pass
    raise ValueError


def named(request: HttpRequest) -> str:
    """Which passkey the answer says that it is of; empty where it says none."""
    try:
        said = read(request.POST.get("credential", "")).get("id")
    except ValueError:
        return ""
    return said if isinstance(said, str) else ""


class AnswerField(forms.Field):
    """Filled in by the page's script (`passkeys.js`); never shown again."""

    widget = forms.HiddenInput

    def to_python(self, value: str | None) -> dict[str, Any] | None:
        if value in self.empty_values:
            return None
        try:
            return read(str(value))
        except ValueError:
            raise not_taken() from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # untyped library
    """A passkey as the second factor."""

    credential = AnswerField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except STRANGE as error:
            raise not_taken() from error


class PasskeyAloneForm(PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc]  # untyped library
    """The same from whoever has not said a name: the passkey knows it, and has asked for a PIN, a face or a finger."""
