"""How often somebody may try to sign in, counted in Redis so that all processes count together.

With Redis away each process counts for itself until it is back: nobody is locked out, nobody sees an error, guessing
stays slow, and a line in the log says so (docs/adr/0007-tries-are-counted-in-redis.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from math import ceil
from time import time
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import BaseCache, caches
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
TRIES, SECONDS = 10, 60
"""So many tries for one name from one address, right or wrong, from the first of them on."""


def count_try(address: str, name: str) -> int:
    """Count one try; how many seconds to wait before it may be made, 0 where it may be made now."""
    key = f"sign-in:{hashlib.sha256(f'{address} {name.casefold()}'.encode()).hexdigest()}"
    try:
        return _count(caches["default"], key)
    except RedisError as error:
        log.warning("sign_in_counted_here_only", error=type(error).__name__)
        return _count(caches["process"], key)


def client_address(meta: Mapping[str, Any]) -> str:
    """Where a request comes from: the other end of the connection, or what the trusted proxies in front of us say.

    `X-Forwarded-For` is whatever the client wrote, followed by one address from each proxy; only the last
    `CHIBO_TRUSTED_PROXIES` of them can be believed.
    """
    trusted = settings.CHIBO_TRUSTED_PROXIES
    told = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return str(told[-trusted] if 0 < trusted <= len(told) else meta.get("REMOTE_ADDR", ""))


def _count(cache: BaseCache, key: str) -> int:
    now = int(time() * 1000)
    began = int(cache.get_or_set(key, now, SECONDS) or now)
    place = f"{key}:{began}"
    cache.add(place, 0, SECONDS)
    try:
        tries = cache.incr(place)
    except ValueError:  # flushed a moment ago
        return 0
    return 0 if tries <= TRIES else max(1, ceil((began - now) / 1000 + SECONDS))
