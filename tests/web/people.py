"""People at the pages: signed in as the pages' own forms do it, with codes as an authenticator app shows them."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from backend.accounts.models import User

PASSWORD = "mật khẩu dài 2026"


def with_password(name: str, password: str = PASSWORD) -> User:
    user = User.objects.get(username=name)
    user.set_password(password)
    user.save()
    return user


def send(browser: Client, address: str, **form: str) -> Any:
    """As the page's own form does: with the token that the page brought."""
    browser.get(address)
    return browser.post(address, {**form, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value})


def browser(language: str = "vi", address: str = "192.0.2.7", **headers: str) -> Client:
    words = {"Accept-Language": language, **headers}
    return Client(enforce_csrf_checks=True, headers=words, REMOTE_ADDR=address)


def sign_in(name: str, client: Client | None = None) -> Client:
    """With the password; a second factor, where there is one, is still to come."""
    client = client or browser()
    assert send(client, "/sign-in/", username=name, password=PASSWORD).status_code == 302
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def confirm(client: Client, leading: str) -> None:
    """A factor's page asks for the password once more, and leads back."""
    asked = client.get(leading)
    assert asked.headers["Location"] == f"/sign-in/confirm/?next={leading.replace('/', '%2F')}"
    assert send(client, asked.headers["Location"], password=PASSWORD).headers["Location"] == leading


def set_up_app(client: Client, steps: int = 0) -> tuple[str, list[str]]:
    """The key that the page shows, and the recovery codes that follow."""
    confirm(client, "/second-factor/app/")
    page = text(client.get("/second-factor/app/"))
    secret = re.findall(r"<code>([A-Z2-7]{32})</code>", page)[0]
    token = client.cookies["csrftoken"].value
    done = client.post("/second-factor/app/", {"code": code(secret, steps), "csrfmiddlewaretoken": token})
    assert done.headers["Location"] == "/second-factor/codes/", text(done)
    return secret, re.findall(r"<code>(\d{8})</code>", text(client.get("/second-factor/codes/")))
