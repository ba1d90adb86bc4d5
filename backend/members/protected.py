"""A member's sealed fields, and the blind index by which whole values of some are found.

The index is HMAC-SHA256 under CHIBO_INDEX_KEY: equal values meet, nothing can be read back.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext_noop

from backend.core.keyring import KeyMissing, seal

INDEXED: dict[str, str] = {
    "personal_id": "personal_id_index", "phone": "phone_index", "card_number": "card_number_index",
}  # fmt: skip
"""Fields that are found by their whole value, with the column of their index."""
SEALED = (*INDEXED, "old_personal_id", "old_card_number", "ethnicity", "religion", "note")
"""Columns of Member that are kept encrypted: numbers that identify, sensitive data by law, free text (rules.md 14)."""
_DROPPED = re.compile(r"[^0-9a-z]")


def normal(field: str, value: str) -> str:
    """The whole value as it is compared: digits without spaces and dots; a phone without its country code."""
    plain = _DROPPED.sub("", value.lower())
    return "0" + plain[2:] if field == "phone" and plain.startswith("84") and len(plain) > 10 else plain


def sealed_columns(values: Mapping[str, str]) -> dict[str, bytes | None]:
    """Of the values those of SEALED as they are kept: sealed, with the index that a whole value is found by."""
    kept = {name: seal(value) for name, value in values.items() if name in SEALED}
    return kept | {column: blind_index(name, values[name]) for name, column in INDEXED.items() if name in values}


def blind_index(field: str, value: str) -> bytes | None:
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
