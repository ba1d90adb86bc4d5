"""What production does not start with: each setting that would leave a door open, and the sentence that says what to change."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http.request import validate_host
from django.utils.translation import gettext_noop as _

from backend.config.drawn import BYTES, is_weak_key, is_weak_text
from backend.config.errors import ConfigurationError
from backend.config.words import said

Settings = Mapping[str, Any]
YEAR = 31_536_000  # seconds
HERE = {"localhost", "127.0.0.1", "::1"}
"""Hosts whose connections never leave the machine: no TLS is needed to try Chibo there."""
NUMBERS = {"CHIBO_INVITATION_DAYS": (1, 90), "CHIBO_SCAN_BYTES": (1, 100_000_000)}
"""From and to: a printed code that invites for years is a password on paper; a scan is held in memory as a whole."""


def must_be_safe(settings: Settings) -> None:
    """Raises ConfigurationError with every sentence that applies."""
    if found := list(unsafe(settings)):
        told = " ".join(said(one) for one in found)
        raise ConfigurationError("Production does not start with these settings: %(told)s", told=told)


def unsafe(settings: Settings) -> Iterator[ConfigurationError]:
    """One error for each thing that is unsafe."""
    for is_unsafe, message, params in CHECKS:
        if is_unsafe(settings):
            yield ConfigurationError(message, **params)


def _weak_secret_key(settings: Settings) -> bool:
    return is_weak_text(settings["SECRET_KEY"])


def _weak_token(settings: Settings) -> bool:
    token = settings["CHIBO_METRICS_TOKEN"]
    return bool(token) and is_weak_text(token, least=32, letters=BYTES)


def _weak_field_key(settings: Settings) -> bool:
    keys = [base64.urlsafe_b64decode(key.strip()) for key in settings["CHIBO_FIELD_KEYS"].split(",") if key.strip()]
    return not keys or any(is_weak_key(key) for key in keys)


def _weak_hex(name: str) -> Callable[[Settings], bool]:
    """A key in hexadecimal that is there (a process that needs it asks for it before) and was not drawn at random."""

    def weak(settings: Settings) -> bool:
        try:
            return bool(settings[name]) and is_weak_key(bytes.fromhex(settings[name]))
        except ValueError:
            return True

    return weak


def _any_host(settings: Settings) -> bool:
    hosts = settings["ALLOWED_HOSTS"]
    return not hosts or any(host.strip() == "*" or _is_whole_domain(host.strip()) for host in hosts)


def _is_whole_domain(host: str) -> bool:
    return host.startswith(".") and "." not in host.strip(".")


def _is_here(settings: Settings) -> bool:
    """Whether nobody reaches it but from this machine: no other host is answered either."""
    hosts = {
        urlsplit(settings["CHIBO_PUBLIC_URL"]).hostname,
        *(host.strip(" []") for host in settings["ALLOWED_HOSTS"]),
    }
    return hosts <= HERE


def _in_clear(settings: Settings) -> bool:
    return urlsplit(settings["CHIBO_PUBLIC_URL"]).scheme != "https" and not _is_here(settings)


def _host_unknown(settings: Settings) -> bool:
    host = urlsplit(settings["CHIBO_PUBLIC_URL"]).hostname or ""
    return not validate_host(f"[{host}]" if ":" in host else host, settings["ALLOWED_HOSTS"])


def _proxies_unsaid(settings: Settings) -> bool:
    """The web speaks no TLS, so a proxy in front ends it. While its number is not said everybody signs in from the proxy's
    address, and ten wrong passwords of a stranger keep the owner out; with it the proxy may lead to https itself."""
    return settings["CHIBO_ROLE"] == "app" and settings["CHIBO_TRUSTED_PROXIES"] < 1 and not _is_here(settings)


def _scans_within(settings: Settings) -> bool:
    """Whether scans would lie in the program's own folder, or in the one that is served as it is."""
    place = Path(settings["CHIBO_SCANS_DIR"] or "/")
    own = [Path(settings[name]).resolve() for name in ("BASE_DIR", "STATIC_ROOT")]
    return not place.is_absolute() or any(place.resolve().is_relative_to(one) for one in own)


def _is_the_jobs(name: str) -> Callable[[Settings], bool]:
    """A key that the web holds though only the jobs sign with it."""
    return lambda settings: settings["CHIBO_ROLE"] == "app" and bool(settings[name])


def _password_in_clear(settings: Settings) -> bool:
    sent = settings["EMAIL_HOST_PASSWORD"] and settings["EMAIL_HOST"] not in HERE
    return bool(sent) and not settings["EMAIL_USE_TLS"]


def _is_beyond(name: str) -> Callable[[Settings], bool]:
    least, most = NUMBERS[name]
    return lambda settings: not least <= settings[name] <= most


def _is_on(name: str) -> Callable[[Settings], bool]:
    return lambda settings: bool(settings.get(name))


def _is_off(name: str) -> Callable[[Settings], bool]:
    return lambda settings: not settings.get(name)


def _other_hasher(settings: Settings) -> bool:
    return not settings["PASSWORD_HASHERS"][0].endswith(".Argon2PasswordHasher")


_MUST_OFF = _("%(name)s must be off here.")
_MUST_ON = _("%(name)s must be on here.")
_RANDOM = _("%(name)s must be drawn at random, as .env.example shows.")
_JOBS = _("%(name)s is for the jobs alone (CHIBO_ROLE=jobs); the web must not have it.")
Check = tuple[Callable[[Settings], bool], str, dict[str, Any]]
CHECKS: tuple[Check, ...] = (
    (_weak_secret_key, _("SECRET_KEY must have at least 50 characters, drawn at random."), {}),
    (_weak_field_key, _RANDOM, {"name": "CHIBO_FIELD_KEYS"}),
    (_weak_hex("CHIBO_INDEX_KEY"), _RANDOM, {"name": "CHIBO_INDEX_KEY"}),
    (_weak_hex("CHIBO_SIGNING_KEY"), _RANDOM, {"name": "CHIBO_SIGNING_KEY"}),
    *((_is_the_jobs(name), _JOBS, {"name": name}) for name in ("CHIBO_SIGNING_KEY", "CHIBO_VAPID_PRIVATE_KEY")),
    (_weak_token, _("CHIBO_METRICS_TOKEN must have at least 32 characters, drawn at random."), {}),
    (_any_host, _("ALLOWED_HOSTS must name the hosts by which Chibo is reached, no “*” and no whole domain like “.org”."), {}),
    (_in_clear,
     _("CHIBO_PUBLIC_URL must begin with https://, unless it and all of ALLOWED_HOSTS are this machine."), {}),
    (_host_unknown, _("ALLOWED_HOSTS must hold the host of CHIBO_PUBLIC_URL."), {}),
    (_proxies_unsaid,
     _("CHIBO_TRUSTED_PROXIES must say how many proxies stand in front, the one that ends TLS among them, unless it is this"
       " machine: without it a stranger's wrong passwords keep everybody else out."), {}),
    (lambda settings: settings["SECURE_HSTS_SECONDS"] < YEAR, _("SECURE_HSTS_SECONDS must be a year at least."), {}),
    *((_is_off(name), _MUST_ON, {"name": name}) for name in (
        "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "CHIBO_REQUIRE_SECOND_FACTOR",
    )),
    *((_is_on(name), _MUST_OFF, {"name": name}) for name in (
        "DEBUG", "MFA_TOTP_INSECURE_BYPASS_CODE", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "CHIBO_MOVABLE_DATE",
        "CHIBO_DEMO_ACCOUNTS", "CHIBO_LOOPBACK_TARGETS",
    )),
    (_scans_within,
     _("CHIBO_SCANS_DIR must be a whole path outside the folder of the program and outside CHIBO_STATIC_ROOT."), {}),
    (_password_in_clear,
     _("EMAIL_USE_TLS must be on where EMAIL_HOST_PASSWORD is set: the password would cross the net in clear."), {}),
    *((_is_beyond(name), _("%(name)s must be from %(least)s to %(most)s."), {"name": name, "least": least, "most": most})
      for name, (least, most) in NUMBERS.items()),
    (_other_hasher, _("PASSWORD_HASHERS must begin with Argon2."), {}),
)  # fmt: skip
"""Whether something is unsafe, and what is said then."""
