"""A member's sealed fields (personal id, phone), and the blind index by which whole values are found.

The index is HMAC-SHA256 under CHIBO_INDEX_KEY: equal values meet, nothing can be read back.
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext_noop

from backend.core.keyring import KeyMissing, seal

Field = Literal["personal_id", "phone"]
_DROPPED = re.compile(r"[^0-9a-z]")


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
