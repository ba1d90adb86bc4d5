"""Steps through the pages: forms as a browser sends them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from backend.accounts.models import User
from tests.web.people import browser, text

_HIDDEN = re.compile(r'<input type="hidden" name="(key|version)" value="([^"]*)">')


def of(name: str, language: str = "vi") -> Client:
    """Somebody who is signed in."""
    client = browser(language)
    client.force_login(User.objects.get(username=name))
    return client


def csrf(client: Client) -> str:
    """The token of some page with a form."""
    client.get("/office/")
    return client.cookies["csrftoken"].value


def opened(client: Client, address: str) -> dict[str, str]:
    """What the form brings by itself: its key, the version looked at, the token of the page."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    hidden = dict(_HIDDEN.findall(text(answer)))
    assert set(hidden) == {"key", "version"}
    return {**hidden, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}


def fill(paper: str, on: str = "02/11/2026", number: str = "12-NQ/CB") -> dict[str, str]:
    """A paper as it is typed."""
    return {f"{paper}.number": number, f"{paper}.issuer": "Chi bộ ấp Một", f"{paper}.date": on}


def do(client: Client, address: str, typed: dict[str, Any], act: str = "do") -> Any:
    """Open the form, fill it in, press the button."""
    return client.post(address, {**opened(client, address), **typed, "do": act})
