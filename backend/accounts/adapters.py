"""What Chibo has otherwise than django-allauth: nobody signs up, no letters, names instead of addresses, sealed secrets."""

from __future__ import annotations

import ipaddress
from io import BytesIO
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.accounts.attempts import client_address
from backend.core.keyring import seal_bytes, unseal_bytes

NOWHERE = "0.0.0.0"  # noqa: S104 - shown, not listened at
"""Where a request comes from whose other end has no address (a socket of this machine)."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Accounts are made by offices (`administration`, `invitations`); what is said is said by our own pages."""

    error_messages = DefaultAccountAdapter.error_messages | {"incorrect_password": _("The password is wrong.")}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        address = client_address(request.META)
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            return NOWHERE

    def add_message(self, *args: Any, message: str | None = None, **words: Any) -> None:
        """Only what is said in words of ours; allauth's own templates of messages stay unsaid."""
        if message is not None:
            super().add_message(*args, message=message, **words)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("account_login")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped library
    """Secrets are sealed under CHIBO_FIELD_KEYS; the installation calls itself Chibo, people by the name they sign in with."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code or the passkey was not taken. Try again."),
    }

    def encrypt(self, text: str) -> str:
        return seal_bytes(text.encode())

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_bytes(encrypted_text).decode()

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        segno.make(url).save(drawn, kind="svg", scale=5, border=4)
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name
        return gettext("Passkey")

    def _get_site_name(self) -> str:
        return "Chibo"

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())
