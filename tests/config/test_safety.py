"""Production refuses to start with a setting that would leave a door open, and says which and what to do."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management.utils import get_random_secret_key

from backend.config.drawn import is_weak_text
from backend.config.errors import ConfigurationError
from backend.config.safety import CHECKS, must_be_safe, unsafe
from tests.config.test_faults import command

FIELD_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
SAFE: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "V7xQ-2mRk9_ZpLw4tYbN8sHc3JdFg6KaUe1iXoTqMvB5rCy0EnWjPzSh",
    "CHIBO_FIELD_KEYS": FIELD_KEY,
    "CHIBO_INDEX_KEY": bytes(range(32)).hex(),
    "CHIBO_SIGNING_KEY": "",
    "CHIBO_VAPID_PRIVATE_KEY": "",
    "CHIBO_METRICS_TOKEN": "",
    "CHIBO_INVITATION_DAYS": 14,
    "CHIBO_SCAN_BYTES": 10_000_000,
    "EMAIL_HOST": "mail.example.org",
    "EMAIL_HOST_PASSWORD": "",
    "EMAIL_USE_TLS": False,
    "STATIC_ROOT": "/srv/static",
    "CHIBO_ROLE": "app",
    "ALLOWED_HOSTS": ["chibo.example.org"],
    "CHIBO_PUBLIC_URL": "https://chibo.example.org",
    "SECURE_SSL_REDIRECT": True,
    "CHIBO_TRUSTED_PROXIES": 1,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SECURE": True,
    "CHIBO_REQUIRE_SECOND_FACTOR": True,
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "BASE_DIR": "/srv/chibo",
    "CHIBO_SCANS_DIR": "",
}
RANDOM = "{} must be drawn at random, as .env.example shows."
ON, OFF = "{} must be on here.", "{} must be off here."
KEY = "SECRET_KEY must have at least 50 characters, drawn at random."
HOSTS = "ALLOWED_HOSTS must name the hosts by which Chibo is reached, no “*” and no whole domain like “.org”."
KNOWN = "ALLOWED_HOSTS must hold the host of CHIBO_PUBLIC_URL."
TLS = "CHIBO_PUBLIC_URL must begin with https://, unless it and all of ALLOWED_HOSTS are this machine."
JOBS = "{} is for the jobs alone (CHIBO_ROLE=jobs); the web must not have it."
TOKEN = "CHIBO_METRICS_TOKEN must have at least 32 characters, drawn at random."
CLEAR = "EMAIL_USE_TLS must be on where EMAIL_HOST_PASSWORD is set: the password would cross the net in clear."
DAYS = "CHIBO_INVITATION_DAYS must be from 1 to 90."
BYTES = "CHIBO_SCAN_BYTES must be from 1 to 100000000."
PROXIES = (
    "CHIBO_TRUSTED_PROXIES must say how many proxies stand in front, the one that ends TLS among them, unless it is this"
    " machine: without it a stranger's wrong passwords keep everybody else out."
)
SCANS = "CHIBO_SCANS_DIR must be a whole path outside the folder of the program and outside CHIBO_STATIC_ROOT."
UNSAFE: list[tuple[dict[str, Any], list[str]]] = [
    ({"SECRET_KEY": SAFE["SECRET_KEY"][:49]}, [KEY]),
    ({"SECRET_KEY": "tests-only-" + "x" * 60}, [KEY]),
    ({"CHIBO_FIELD_KEYS": ""}, [RANDOM.format("CHIBO_FIELD_KEYS")]),
    ({"CHIBO_FIELD_KEYS": f"{FIELD_KEY},{base64.urlsafe_b64encode(bytes(32)).decode()}"},
     [RANDOM.format("CHIBO_FIELD_KEYS")]),
    ({"CHIBO_INDEX_KEY": "00" * 32}, [RANDOM.format("CHIBO_INDEX_KEY")]),
    ({"SECRET_KEY": "abcdefghijklmnopqrstuvwxyz" * 2}, [KEY]),
    ({"SECRET_KEY": "".join(chr(33 + number) for number in range(60))}, [KEY]),
    ({"SECRET_KEY": "correct-horse-battery-staple-quick-brown-fox-jumps-over"}, [KEY]),
    *(({"CHIBO_ROLE": "jobs", "CHIBO_SIGNING_KEY": key}, [RANDOM.format("CHIBO_SIGNING_KEY")])
      for key in ("11" * 32, "no hexadecimal")),
    *(({name: secrets.token_hex(32)}, [JOBS.format(name)]) for name in ("CHIBO_SIGNING_KEY", "CHIBO_VAPID_PRIVATE_KEY")),
    *(({"CHIBO_METRICS_TOKEN": token}, [TOKEN]) for token in ("x", "x" * 40, "tell me how everything is going here")),
    *(({"CHIBO_INVITATION_DAYS": days}, [DAYS]) for days in (100_000, 91, 0, -1)),
    *(({"CHIBO_SCAN_BYTES": size}, [BYTES]) for size in (-1, 0, 100_000_001)),
    ({"EMAIL_HOST_PASSWORD": "p"}, [CLEAR]),
    *(({"ALLOWED_HOSTS": ["chibo.example.org", domain]}, [HOSTS]) for domain in (".", ".org", " .vn.")),
    ({"CHIBO_PUBLIC_URL": "http://localhost:8000", "ALLOWED_HOSTS": ["localhost", "chibo.example.org"],
      "CHIBO_TRUSTED_PROXIES": 0}, [TLS, PROXIES]),
    ({"ALLOWED_HOSTS": ["*"]}, [HOSTS]),
    ({"ALLOWED_HOSTS": ["chibo.example.org", " *"]}, [HOSTS]),
    ({"ALLOWED_HOSTS": []}, [HOSTS, KNOWN]),
    ({"ALLOWED_HOSTS": ["localhost"]}, [KNOWN]),
    ({"CHIBO_PUBLIC_URL": "http://chibo.example.org"}, [TLS]),
    ({"CHIBO_PUBLIC_URL": "chibo.example.org"}, [TLS, KNOWN]),
    *(({"CHIBO_TRUSTED_PROXIES": 0, "SECURE_SSL_REDIRECT": led}, [PROXIES]) for led in (True, False)),
    ({"CHIBO_TRUSTED_PROXIES": -1}, [PROXIES]),
    ({"SECURE_HSTS_SECONDS": 3600}, ["SECURE_HSTS_SECONDS must be a year at least."]),
    *(({"CHIBO_SCANS_DIR": place}, [SCANS]) for place in (
        "/srv/chibo", "/srv/chibo/backend/web/static", "/srv/x/../chibo/a", "scans", "/srv/static", "/srv/static/scans",
    )),
    ({"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}, ["PASSWORD_HASHERS must begin with Argon2."]),
    *(({name: False}, [ON.format(name)]) for name in (
        "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "CHIBO_REQUIRE_SECOND_FACTOR",
    )),
    *(({name: value}, [OFF.format(name)]) for name, value in {
        "DEBUG": True, "MFA_TOTP_INSECURE_BYPASS_CODE": "123456", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": True,
        "CHIBO_MOVABLE_DATE": True, "CHIBO_DEMO_ACCOUNTS": True, "CHIBO_LOOPBACK_TARGETS": True,
    }.items()),
]  # fmt: skip
SERVER = {
    "DJANGO_SETTINGS_MODULE": "backend.config.settings.production", "DATABASE_URL": "postgresql://a@b/c",
    "REDIS_URL": "redis://b", "CHIBO_FIELD_KEYS": FIELD_KEY, "CHIBO_INDEX_KEY": bytes(range(32)).hex(),
    "CHIBO_PUBLIC_URL": "https://chibo.example.org", "ALLOWED_HOSTS": "chibo.example.org",
    "CHIBO_TRUSTED_PROXIES": "1",
}  # fmt: skip
START = ("-c", "import django; django.setup()")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIBO_LANGUAGE", "en")


def test_what_is_safe_is_let_through() -> None:
    must_be_safe(SAFE)
    assert list(unsafe(SAFE)) == []


@pytest.mark.parametrize("place", ["/srv/chibo-scans", "/var/lib/chibo"])
def test_scans_may_lie_outside_the_program(place: str) -> None:
    assert list(unsafe(SAFE | {"CHIBO_SCANS_DIR": place})) == []


@pytest.mark.parametrize(("changed", "told"), UNSAFE)
def test_each_unsafe_setting_is_told(changed: dict[str, Any], told: list[str]) -> None:
    assert [str(one) for one in unsafe(SAFE | changed)] == told
    with pytest.raises(ConfigurationError) as refused:
        must_be_safe(SAFE | changed)
    assert str(refused.value) == f"Production does not start with these settings: {' '.join(told)}"


def test_every_check_is_tried() -> None:
    tried = {sentence for _changed, told in UNSAFE for sentence in told}
    assert {message % params for _check, message, params in CHECKS} == tried


@pytest.mark.parametrize(
    "changed",
    [
        {"CHIBO_PUBLIC_URL": "http://localhost:8000", "ALLOWED_HOSTS": ["localhost"], "CHIBO_TRUSTED_PROXIES": 0},
        {"CHIBO_PUBLIC_URL": "http://[::1]:8000", "ALLOWED_HOSTS": ["[::1]"], "CHIBO_TRUSTED_PROXIES": 0},
        {"SECURE_SSL_REDIRECT": False},
        {"CHIBO_TRUSTED_PROXIES": 2},
        {"CHIBO_TRUSTED_PROXIES": 0, "CHIBO_ROLE": "jobs"},  # nobody signs in there
        {"ALLOWED_HOSTS": [".example.org"]},
        {"CHIBO_SIGNING_KEY": secrets.token_hex(32), "CHIBO_ROLE": "jobs"},
        {"CHIBO_VAPID_PRIVATE_KEY": secrets.token_urlsafe(32), "CHIBO_ROLE": "owner"},
        {"CHIBO_METRICS_TOKEN": secrets.token_hex(16)},
        {"EMAIL_HOST_PASSWORD": "p", "EMAIL_USE_TLS": True},
        {"EMAIL_HOST_PASSWORD": "p", "EMAIL_HOST": "localhost"},
        *({"CHIBO_INVITATION_DAYS": days} for days in (1, 90)),
    ],
)
def test_what_may_be_otherwise(changed: dict[str, Any]) -> None:
    assert list(unsafe(SAFE | changed)) == []


@pytest.mark.parametrize("draw", [
    lambda: secrets.token_urlsafe(64), lambda: secrets.token_urlsafe(38), get_random_secret_key,
    lambda: base64.b64encode(secrets.token_bytes(64)).decode(),
], ids=["of the example", "short", "Django's", "of the image"])  # fmt: skip
def test_what_was_drawn_at_random_is_taken(draw: Callable[[], str]) -> None:
    keys = [draw() for _ in range(300)]
    assert sum(is_weak_text(key) for key in keys) <= 1
    assert not any(is_weak_text(secrets.token_hex(16), least=32, letters=8) for _ in range(300))


@pytest.mark.real
def test_a_server_starts_or_says_why_not() -> None:
    given = SERVER | {"SECRET_KEY": secrets.token_urlsafe(64)}
    assert command(*START, **given).returncode == 0
    bad = given | {"CHIBO_REQUIRE_SECOND_FACTOR": "0", "ALLOWED_HOSTS": "*", "SECRET_KEY": "x" * 60}
    done = command("manage.py", "compile_locale", **bad)
    said = " ".join([KEY, HOSTS, ON.format("CHIBO_REQUIRE_SECOND_FACTOR")])
    assert (done.returncode, done.stderr) == (2, f"Production does not start with these settings: {said}\n")
