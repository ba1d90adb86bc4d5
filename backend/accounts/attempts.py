"""How often somebody may try to sign in, counted in Redis so that all processes count together.

With Redis away each process counts for itself until it is back: nobody is locked out, nobody sees an error, guessing
stays slow, and a line in the log says so (docs/adr/0007-tries-are-counted-in-redis.md).
"""

from __future__ import annotations

import hashlib
import unicodedata
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
"""So many tries for one name from one address, right or wrong, from the first of them on. Not for a name alone: whoever
knows it could lock its owner out."""
CODES, CODE_SECONDS = 10, 900
"""So many codes of one person from all addresses together: six digits could be guessed from many. Only who has shown the
password comes that far; a passkey, of which nothing can be guessed, is not counted so."""

ASKED, ASKED_SECONDS = 30, 900
"""So often one person may ask, from all addresses together, whether somebody with a personal id is on a list. Who is entered
without a refusal costs none of it."""


def count_try(address: str, name: str) -> int:
    """Count one try; how many seconds to wait before it may be made, 0 where it may be made now."""
    return _counted(f"{address} {_looked_up(name)}", TRIES, SECONDS)


def count_passkey(address: str, credential: str) -> int:
    """The same for a passkey shown alone. Counted for itself, by its id, which is as hard to guess as a key: whoever knows an
    address alone, of an office behind one router, keeps nobody else there out."""
    return _counted(f"passkey {address} {credential}", TRIES, SECONDS)


def _looked_up(name: str) -> str:
    """The name as the doors look it up: blanks around it, full-width letters and capitals make no other one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).strip().casefold())


def count_code(user_id: int) -> int:
    """The same for a code of the second factor, shown after the password."""
    return _counted(f"code {user_id}", CODES, CODE_SECONDS)


def count_asked(user_id: int) -> int:
    """The same for the question whether somebody is on a list."""
    return _counted(f"asked {user_id}", ASKED, ASKED_SECONDS)


def asked_too_often(user_id: int) -> int:
    """The same without counting: how many seconds to wait before that question may be asked, 0 where it may be asked now."""
    return _counted(f"asked {user_id}", ASKED, ASKED_SECONDS, more=0)


def _counted(what: str, tries: int, seconds: int, more: int = 1) -> int:
    key = f"sign-in:{hashlib.sha256(what.encode()).hexdigest()}"
    try:
        return _count(caches["default"], key, tries, seconds, more)
    except RedisError as error:
        log.warning("sign_in_counted_here_only", error=type(error).__name__)
        return _count(caches["process"], key, tries, seconds, more)


def client_address(meta: Mapping[str, Any]) -> str:
    """Where a request comes from: the other end of the connection, or what the trusted proxies in front of us say.

    `X-Forwarded-For` is whatever the client wrote, followed by one address from each proxy; only the last
    `CHIBO_TRUSTED_PROXIES` of them can be believed.
    """
    trusted = settings.CHIBO_TRUSTED_PROXIES
    told = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return str(told[-trusted] if 0 < trusted <= len(told) else meta.get("REMOTE_ADDR", ""))


def _count(cache: BaseCache, key: str, tries: int, seconds: int, more: int) -> int:
    now = int(time() * 1000)
    began = int(cache.get_or_set(key, now, seconds) or now)
    place = f"{key}:{began}"
    cache.add(place, 0, seconds)
    try:
        made = cache.incr(place, more)
    except ValueError:  # flushed a moment ago
        return 0
    return 0 if made + 1 - more <= tries else max(1, ceil((began - now) / 1000 + seconds))
