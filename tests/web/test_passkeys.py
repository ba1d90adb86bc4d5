"""Answers for a passkey that no browser gives: not taken, in a sentence, at every door; and nobody else is kept out by them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.attempts import TRIES
from backend.audit.models import Event
from backend.web.passkeys import LONGEST
from tests.web.people import browser, confirm, send, set_up_app, sign_in, text
from tests.web.test_second_factor import world
from tests.world import World

__all__ = ["world"]
NOT_TAKEN = "Không chấp nhận mã hoặc khóa truy cập này. Hãy thử lại."
DATA = bytes(32) + b"\0" + bytes(4)


def coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def answer(client_data: bytes = b"{}", **response: bytes) -> str:
    parts = {name: coded(raw) for name, raw in {"clientDataJSON": client_data, **response}.items()}
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": parts})


def shown(data: bytes, client_data: bytes = b"{}") -> str:
    return answer(client_data, authenticatorData=data, signature=b"x", userHandle=b"1")


def made(attestation: bytes, client_data: bytes = b"{}") -> str:
    return answer(client_data, attestationObject=attestation)


NESTED = b"[" * 5000
JUNK = {
    "nested": NESTED.decode(),
    "nested in an object": '{"id":' + NESTED.decode(),
    "nested and whole": '{"id":' + "[" * 900 + "]" * 900 + "}",
    "number": '{"id":' + "9" * 5000 + "}",
    "endless": '{"id": Infinity}',
    "NUL": '{"id": "\\u0000"}',
    "surrogate": '{"id": "\\ud800"}',
    "too long": json.dumps({"id": "A" * LONGEST}),
    "client data nested": shown(DATA, NESTED),
    "client data a number": shown(DATA, b"9" * 5000),
    "authenticator data cut off": shown(bytes(32) + b"\x85" + bytes(4) + b"\x1b\xff"),
    "authenticator data nested": shown(bytes(32) + b"\x85" + bytes(4) + b"\x81" * 5000),
    "authenticator data empty": shown(b""),
    "attestation nested": made(b"\x81" * 5000),
    "attestation nested in names": made(b"\xa1\x01" * 5000),
    "attestation cut off": made(b"\x1b\xff"),
    "attestation too large": made(b"\xbb" + b"\xff" * 8),
    "attestation of no key": made(b"\xa1\x63fmt\x64none"),
    "attestation, client data nested": made(b"\xa0", NESTED),
}


def alone(credential: str, client: Client | None = None) -> Any:
    """A stranger's sign-in with a passkey and nothing else; what the page says then."""
    client = client or browser()
    client.get("/sign-in/")
    client.get("/sign-in/passkey/", headers={"X-Requested-With": "XMLHttpRequest"})
    sent = {"credential": credential, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    done = client.post("/sign-in/passkey/", sent)
    return client.get(done.headers["Location"]) if done.status_code == 302 else done


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_a_stranger_is_told_that_it_was_not_taken(world: World, junk: str) -> None:
    said = alone(junk)
    assert (said.status_code, NOT_TAKEN in text(said)) == (200, True)


def test_so_is_somebody_signed_in_and_nothing_is_kept(world: World) -> None:
    page = sign_in("officer")
    set_up_app(page)
    if page.get("/second-factor/passkeys/").status_code == 302:
        confirm(page, "/second-factor/passkeys/")
    before = Event.objects.count()
    for name, junk in JUNK.items():
        cache.clear()
        told = send(page, "/second-factor/passkeys/", name="x", credential=junk)
        assert (told.status_code, NOT_TAKEN in text(told)) == (200, True), name
        told = send(sign_in("officer"), "/sign-in/second/", credential=junk)
        assert (told.status_code, told.wsgi_request.user.is_authenticated) == (200, False), name
    assert (Authenticator.objects.filter(type="webauthn").count(), Event.objects.count()) == (0, before)


def test_tries_without_a_name_keep_no_passkey_out(world: World) -> None:
    """All of an office stand behind one address: whoever shows it names and passkeys of nobody is counted apart."""
    api, client = APIClient(REMOTE_ADDR="192.0.2.7"), browser()
    for _ in range(TRIES + 1):
        last = api.post("/api/v1/tokens/", {"username": "", "password": "x"})
        junk = alone("{}", client)
    assert (last.status_code, junk.status_code) == (429, 429)
    assert alone(shown(DATA), client).status_code == 200


def test_one_passkey_is_tried_ten_times_a_minute_from_an_address(world: World) -> None:
    codes = [alone(shown(DATA)).status_code for _ in range(TRIES + 1)]
    assert codes == [200] * TRIES + [429]
    elsewhere = browser(address="192.0.2.8")
    assert alone(shown(DATA), elsewhere).status_code == 200
