"""`manage.py vapid`, and settings that are no pair of keys."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from backend.config import env
from backend.config.errors import ConfigurationError
from backend.core import vapid
from tests.backend.alerts.test_encrypting import AS_PRIVATE, AS_PUBLIC, UA_PUBLIC

ONE = {vapid.PUBLIC: AS_PUBLIC, vapid.PRIVATE: AS_PRIVATE}


def said(*words: str) -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command("vapid", *words, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_a_new_pair_is_printed_as_the_environment_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    out, errors = said("--new")
    pair = dict(line.split("=", 1) for line in out.splitlines())
    assert list(pair) == [vapid.PUBLIC, vapid.PRIVATE]
    assert vapid.public_of(pair[vapid.PRIVATE]) == pair[vapid.PUBLIC]
    assert "worker" in errors
    for name, key in pair.items():
        monkeypatch.setenv(name, key)
    assert (env.vapid_public_key(), env.vapid_private_key()) == (pair[vapid.PUBLIC], pair[vapid.PRIVATE])


def test_it_says_whether_the_channel_is_on(settings: Any) -> None:
    assert said()[0].startswith("Hệ thống này không gửi thông báo tới thiết bị")
    settings.CHIBO_VAPID_PUBLIC_KEY = ONE[vapid.PUBLIC]
    assert len(said()[0].splitlines()) == 2
    settings.CHIBO_VAPID_PRIVATE_KEY = ONE[vapid.PRIVATE]
    assert said() == (f"Thông báo được gửi tới thiết bị; khóa công khai: {ONE[vapid.PUBLIC]}\n", "")


@pytest.mark.parametrize(
    ("public", "private", "fault"),
    [
        ("nonsense", "", "CHIBO_VAPID_PUBLIC_KEY must be a key"),
        (ONE[vapid.PRIVATE], "", "CHIBO_VAPID_PUBLIC_KEY must be a key"),
        ("", "é", "CHIBO_VAPID_PRIVATE_KEY must be a key"),
        ("", ONE[vapid.PUBLIC], "CHIBO_VAPID_PRIVATE_KEY must be a key"),
        ("", "A" * 43, "CHIBO_VAPID_PRIVATE_KEY must be a key"),
        (UA_PUBLIC, ONE[vapid.PRIVATE], "are no pair"),
    ],
)
def test_what_is_no_pair_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, public: str, private: str, fault: str
) -> None:
    monkeypatch.setenv(vapid.PUBLIC, public)
    monkeypatch.setenv(vapid.PRIVATE, private)
    with pytest.raises(ConfigurationError, match=fault):
        env.vapid_private_key()


def test_the_contact_is_an_address_that_can_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIBO_VAPID_CONTACT", "nobody")
    with pytest.raises(ConfigurationError, match="CHIBO_VAPID_CONTACT"):
        env.vapid_contact()
    monkeypatch.setenv("CHIBO_VAPID_CONTACT", "mailto:x@example.org")
    assert env.vapid_contact() == "mailto:x@example.org"


def test_without_settings_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (vapid.PUBLIC, vapid.PRIVATE, "CHIBO_VAPID_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    assert (env.vapid_public_key(), env.vapid_private_key(), env.vapid_contact()) == ("", "", "")
