"""Request keys: the same request twice is done once. Only successes are kept; another body under a key is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from backend.accounts.policy import Actor
from backend.cases.models import RequestKey as Kept
from backend.cases.orders import Order, Target
from backend.core import clock
from backend.core.db import execute
from backend.core.encoding import canonical, loads
from backend.core.errors import KeyReused
from backend.core.keyring import seal_bytes, unseal_bytes
from backend.deadlines.calendar import FINGERPRINT
from workflows import law

KEPT = "PDP.REQUEST_KEPT"

_ENTER = f"""
    SELECT {FINGERPRINT},
      (SELECT jsonb_build_object('body', encode(body, 'hex'), 'outcome', convert_from(outcome, 'UTF8'))
       FROM cases_requestkey WHERE user_id = me.person AND key = %s)
    FROM (SELECT set_config('chibo.path', %s, true),
                 NULLIF(set_config('chibo.user', %s, true), '')::bigint AS person OFFSET 0) me"""  # noqa: S608  (constants only)
"""The look-up takes the person from the setting just made: the policy of the keys reads the same setting."""


def digest(actor: Actor, key: str) -> str:
    """What is kept of a key: its words are the client's own, and may say anything."""
    return hashlib.sha256(f"{actor.user_id or ''}:{key}".encode()).hexdigest()


@dataclass(frozen=True)
class RequestKey:
    """A client's key with the hash of what it asked for."""

    key: str
    body: bytes

    @staticmethod
    def of(key: str, request: Any) -> RequestKey:
        """`request` is everything that makes the request what it is, as JSON; days stand as `date`."""
        return RequestKey(key, hashlib.sha256(canonical(request)).digest())

    def bound(self, actor: Actor, asked: Any) -> RequestKey:
        """The key for what is asked (as JSON) in this office: another assignment is another request."""
        return RequestKey.of(self.key, [self.body.hex(), actor.assignment_id, asked])

    def row(self, actor: Actor, outcome: Any) -> dict[str, Any]:
        """What is kept of the request, as the engine's part `keys` takes it."""
        row = {"user_id": actor.user_id, "key": digest(actor, self.key), "body": self.body.hex()}
        row["outcome"] = seal_bytes(canonical(outcome))  # cautions say things of people that only their page may show
        return {**row, "recorded_at": clock.now().isoformat()}


def named(orders: Sequence[Order]) -> list[Any]:
    """What is asked by these orders: another subject, step or version is another request."""
    return [[*_named(one.target), one.step, one.expected_version] for one in orders]


def _named(target: Target) -> list[Any]:
    return [type(target).__name__, *(value for value in vars(target).values() if isinstance(value, int | str | None))]


def enter(actor: Actor, key: RequestKey | None) -> tuple[str, dict[str, Any] | None]:
    """The transaction's first statement: set its scope and person, read the calendar's fingerprint, look the key up.

    Gives the fingerprint and the key's earlier outcome (None where there is none). Raises KeyReused when the key came
    with another body before.
    """
    asked = digest(actor, key.key) if key else None
    days, known = execute(_ENTER, [asked, actor.path, str(actor.user_id or "")], prepared=True)[0]
    if known is None or key is None:
        return days, None
    if bytes.fromhex(known["body"]) != key.body:
        raise KeyReused
    return days, loads(unseal_bytes(known["outcome"]).decode())


def done_before(actor: Actor, keys: Iterable[str]) -> set[str]:
    """Those of the person's keys under which something was done already. Inside a transaction, whose scope it sets."""
    return {
        key for key in keys
        if execute(_ENTER, [digest(actor, key), actor.path, str(actor.user_id or "")], prepared=True)[0][1] is not None
    }  # fmt: skip


def drop_requests() -> int:
    """Forget the requests that were kept long enough, by real time; how many. For the role of the jobs."""
    days = law.rule(KEPT, on=clock.now().date()).value
    with transaction.atomic():
        return Kept.objects.filter(recorded_at__lt=clock.now() - timedelta(days=days)).delete()[0]
