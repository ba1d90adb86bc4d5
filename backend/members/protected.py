"""Fields kept encrypted at rest (personal id, phone), and the blind index by which whole values are found.

Encryption is Fernet under the newest of CHIBO_FIELD_KEYS; older keys still open what they sealed until `rotate_keys`
has sealed it anew. The index is HMAC-SHA256 under CHIBO_INDEX_KEY: equal values meet, nothing can be read back.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_noop

from backend.core.errors import ChiboError

Field = Literal["personal_id", "phone"]
_DROPPED = re.compile(r"[^0-9a-z]")


class KeyMissing(ChiboError):
    """No key opens this value, or no key is set: the message says which setting to look at."""

    code = "key_missing"
    sentence = gettext_noop("No key of CHIBO_FIELD_KEYS opens this value; put the key it was sealed with back.")


@lru_cache(maxsize=4)
def _box(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except (ValueError, TypeError) as error:
        message = gettext_noop("CHIBO_FIELD_KEYS must hold Fernet keys, newest first, separated by commas.")
        raise KeyMissing(message) from error


def seal(value: str) -> bytes | None:
    """The value encrypted under the newest key; None for an empty one."""
    return _box(settings.CHIBO_FIELD_KEYS).encrypt(value.encode()) if value else None


def unseal(sealed: bytes | memoryview | None) -> str:
    """The value again; empty for None. Raises KeyMissing where no key of the settings opens it."""
    if sealed is None:
        return ""
    try:
        return _box(settings.CHIBO_FIELD_KEYS).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise KeyMissing from None


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same value under the newest key, without looking at it. Raises KeyMissing like `unseal`."""
    try:
        return _box(settings.CHIBO_FIELD_KEYS).rotate(bytes(sealed))
    except InvalidToken:
        raise KeyMissing from None


ALSO_SEALED: list[Callable[[], int]] = []
"""What seals anew whatever rooms above keep sealed, and says how many values; each says so when it starts."""


def normal(field: Field, value: str) -> str:
    """The whole value as it is compared: digits without spaces and dots; a phone without its country code."""
    plain = _DROPPED.sub("", value.lower())
    return "0" + plain[2:] if field == "phone" and plain.startswith("84") and len(plain) > 10 else plain


def sealed_columns(field: Field, value: str) -> dict[str, bytes | None]:
    """A value as it is kept: sealed, with the index it is found by."""
    return {field: seal(value), f"{field}_index": blind_index(field, value)}


def blind_index(field: Field, value: str) -> bytes | None:
    """32 bytes, the same for the same normalised value of the same field; None for an empty one."""
    plain = normal(field, value)
    if not plain:
        return None
    return hmac.digest(_index_key(settings.CHIBO_INDEX_KEY), f"{field}:{plain}".encode(), "sha256")


@lru_cache(maxsize=4)
def _index_key(key: str) -> bytes:
    try:
        raw = bytes.fromhex(key)
    except ValueError:
        raw = b""
    if len(raw) < 32:
        raise KeyMissing(gettext_noop("CHIBO_INDEX_KEY must be at least 32 bytes in hexadecimal."))
    return raw
