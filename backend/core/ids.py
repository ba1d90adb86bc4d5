"""Identifiers: those of rows, and those that sort by time (UUID version 7, RFC 9562)."""

from __future__ import annotations

import os
import time
from uuid import UUID

BIG = 2**63 - 1
"""The largest id that PostgreSQL can give to a row."""
_RAND_BITS = 74


def uuid7() -> UUID:
    """48 bits of milliseconds, then random bits; close to the order of creation, so indexes stay warm."""
    millis = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big") & ((1 << _RAND_BITS) - 1)
    value = (millis & ((1 << 48) - 1)) << 80 | 7 << 76 | (random >> 62) << 64 | 2 << 62 | random & ((1 << 62) - 1)
    return UUID(int=value)
