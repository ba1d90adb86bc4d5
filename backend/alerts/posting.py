"""One POST to a place that somebody entered: to the very address that was found to be public, no redirect, a bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from backend.alerts.hook_line import line_to
from backend.alerts.transport import Reply
from backend.contacts.targets import Unreachable, resolved
from backend.core import clock

_PHRASES = {one.value: one.phrase for one in HTTPStatus}
"""The registered words of each status: those of the other side could repeat the address, whose path is a secret."""
NEVER_SENT = (NewConnectionError, ConnectTimeoutError, SSLError)


@dataclass(frozen=True)
class Answered:
    """What the other side answered: its status, that in words, and how long it asks to be left alone (Retry-After)."""

    status: int
    words: str
    wait: timedelta

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


def posted(url: str, body: bytes, fields: dict[str, str]) -> Answered | Reply:
    """Its answer, or what becomes of the attempt without one; after the body has left, silence says nothing."""
    try:
        target = resolved(url)
    except Unreachable as error:
        return Reply("refused" if error.for_good else "again", error.answer.code)
    pool = line_to(target)
    try:
        answer = pool.urlopen(
            "POST", target.place, body, {**fields, "Host": target.netloc}, retries=False, redirect=False,
            preload_content=False,
        )  # fmt: skip
    except NEVER_SENT as error:
        return Reply("again", type(error).__name__)
    except (HTTPError, OSError) as error:
        return Reply("unknown", type(error).__name__)
    finally:
        pool.close()
    words = f"{target.host}: {answer.status} {_PHRASES.get(answer.status, '')}".strip()
    answer.close()
    return Answered(answer.status, words, _asked(answer.headers.get("Retry-After", "")))


def _asked(raw: str) -> timedelta:
    """Retry-After: seconds, or a moment (RFC 9110, 10.2.3); nothing for what is neither or past."""
    if raw.isascii() and raw.isdigit():
        return timedelta(seconds=min(int(raw[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(raw)
    except ValueError:
        return timedelta(0)
    return max(timedelta(0), (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - clock.now())
