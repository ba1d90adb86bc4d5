"""The key ring: what is kept encrypted at rest is sealed here and opened here.

Encryption is Fernet (AES-128-CBC and HMAC-SHA256) under the newest of CHIBO_FIELD_KEYS; older keys still open what they
sealed until `manage.py rotate_keys` has sealed it anew (`core/rotation.py`).
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_noop

from backend.core.errors import ChiboError


class KeyMissing(ChiboError):
    """No key opens this value, or no key is set: the message says which setting to look at."""

    code = "key_missing"
    sentence = gettext_noop("No key of CHIBO_FIELD_KEYS opens this value; put the key it was sealed with back.")


def seal(value: str) -> bytes | None:
    """The value encrypted under the newest key; None for an empty one."""
    return _box(settings.CHIBO_FIELD_KEYS).encrypt(value.encode()) if value else None


def seal_bytes(value: bytes) -> str:
    """The same for bytes, as text: it can stand in JSON."""
    return _box(settings.CHIBO_FIELD_KEYS).encrypt(value).decode()


def unseal(sealed: bytes | memoryview | None) -> str:
    """The value again; empty for None. Raises KeyMissing where no key of the settings opens it."""
    return "" if sealed is None else unseal_bytes(bytes(sealed)).decode()


def unseal_bytes(sealed: bytes | str) -> bytes:
    """The bytes again. Raises KeyMissing like `unseal`."""
    try:
        return _box(settings.CHIBO_FIELD_KEYS).decrypt(sealed)
    except (InvalidToken, UnicodeError):
        raise KeyMissing from None


def resealed(sealed: bytes) -> bytes | None:
    """The same value under the newest key, without looking at it; None where that key opens it already.

    Raises KeyMissing like `unseal`.
    """
    newest = next(iter(_keys(settings.CHIBO_FIELD_KEYS)), "")
    try:
        _box(newest).decrypt(sealed)
    except InvalidToken:
        return seal_bytes(unseal_bytes(sealed)).encode()
    return None


@lru_cache(maxsize=4)
def _box(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in _keys(keys)])
    except (ValueError, TypeError) as error:
        message = gettext_noop("CHIBO_FIELD_KEYS must hold Fernet keys, newest first, separated by commas.")
        raise KeyMissing(message) from error


def _keys(raw: str) -> list[str]:
    return [key.strip() for key in raw.split(",") if key.strip()]
