"""Production refuses to start with a setting that would leave a door open, and says which and what to do."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import pytest

from backend.config.errors import ConfigurationError
from backend.config.safety import CHECKS, must_be_safe, unsafe
from tests.config.test_faults import command

FIELD_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
SAFE: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "".join(chr(33 + number) for number in range(60)),
    "CHIBO_FIELD_KEYS": FIELD_KEY,
    "CHIBO_INDEX_KEY": bytes(range(32)).hex(),
    "CHIBO_SIGNING_KEY": "",
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
HOSTS = "ALLOWED_HOSTS must name the hosts by which Chibo is reached, and no “*”."
KNOWN = "ALLOWED_HOSTS must hold the host of CHIBO_PUBLIC_URL."
TLS = "CHIBO_PUBLIC_URL must begin with https://, unless it is this machine."
PROXIES = (
    "CHIBO_TRUSTED_PROXIES must say how many proxies stand in front, the one that ends TLS among them, unless it is this"
    " machine: without it a stranger's wrong passwords keep everybody else out."
)
SCANS = "CHIBO_SCANS_DIR must be a whole path outside the folder of the program."
UNSAFE: list[tuple[dict[str, Any], list[str]]] = [
    ({"SECRET_KEY": SAFE["SECRET_KEY"][:49]}, [KEY]),
    ({"SECRET_KEY": "tests-only-" + "x" * 60}, [KEY]),
    ({"CHIBO_FIELD_KEYS": ""}, [RANDOM.format("CHIBO_FIELD_KEYS")]),
    ({"CHIBO_FIELD_KEYS": f"{FIELD_KEY},{base64.urlsafe_b64encode(bytes(32)).decode()}"},
     [RANDOM.format("CHIBO_FIELD_KEYS")]),
    ({"CHIBO_INDEX_KEY": "00" * 32}, [RANDOM.format("CHIBO_INDEX_KEY")]),
    ({"CHIBO_SIGNING_KEY": "11" * 32}, [RANDOM.format("CHIBO_SIGNING_KEY")]),
    ({"CHIBO_SIGNING_KEY": "no hexadecimal"}, [RANDOM.format("CHIBO_SIGNING_KEY")]),
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
        "/srv/chibo", "/srv/chibo/backend/web/static", "/srv/x/../chibo/a", "scans",
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


@pytest.mark.parametrize("place", ["/srv/chibo-scans", "/var/lib/chibo"])
def test_scans_may_lie_outside_the_program(place: str) -> None:
    must_be_safe(SAFE | {"CHIBO_SCANS_DIR": place})


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
        {"CHIBO_SIGNING_KEY": secrets.token_hex(32)},
    ],
)
def test_what_may_be_otherwise(changed: dict[str, Any]) -> None:
    must_be_safe(SAFE | changed)


@pytest.mark.real
def test_a_server_starts_or_says_why_not() -> None:
    given = SERVER | {"SECRET_KEY": secrets.token_urlsafe(64)}
    assert command(*START, **given).returncode == 0
    bad = given | {"CHIBO_REQUIRE_SECOND_FACTOR": "0", "ALLOWED_HOSTS": "*", "SECRET_KEY": "x" * 60}
    done = command("manage.py", "compile_locale", **bad)
    said = " ".join([KEY, HOSTS, ON.format("CHIBO_REQUIRE_SECOND_FACTOR")])
    assert (done.returncode, done.stderr) == (2, f"Production does not start with these settings: {said}\n")
