"""The keys that heads are signed with, told in the log itself, so that whoever trusts one of them learns of the next.

An announcement is sealed at once, under the key of before: from that head on a verifier that trusts the old key believes the
new one (docs/log.md, "Another key"). Both count until the old one is withdrawn, under a head of the new one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from backend.audit import heads
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.audit.record import Entry, Who, record
from backend.audit.sealing import lock_head, place_all
from backend.core.db import WHOLE
from backend.core.errors import ChiboError, Unchanged

_NO_KEY = gettext_noop("“%(key)s” is no public key: it has 64 hexadecimal digits.")
_SIGNS = gettext_noop(
    "This key signs the log now: announce the next one, start the jobs with it, then withdraw this one."
)
_UNKNOWN = gettext_noop("The key %(key)s was neither announced here nor has it signed anything.")
_ENDED = gettext_noop("The key %(key)s was withdrawn and cannot come back: make another one.")
_NO_REASON = gettext_noop("A key changes for a reason: say it in --reason.")


class BadLogKey(ChiboError):
    """A key that cannot be announced or withdrawn."""

    code = "bad_log_key"


@dataclass(frozen=True)
class LogKey:
    """One key as the log tells of it; `since`, `until`: when it was announced and withdrawn, None where it never was."""

    public_key: bytes
    since: date | None
    until: date | None
    signs: bool

    @property
    def name(self) -> str:
        return heads.key_id(self.public_key)


def fresh() -> tuple[str, str]:
    """A new seed and its public key, both in hexadecimal. Nothing is kept."""
    seed = os.urandom(32)
    return seed.hex(), Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def announce(text: str, reason: str) -> None:
    """Say in the log that heads may be signed with this key too, and seal that under the present one.

    Raises NoSigningKey, BadLogKey, Unchanged where it was announced before, and as `sealing.lock_head`.
    """
    with _changing(text) as (key, told):
        if told == [EventCode.KEY_ANNOUNCED]:
            raise Unchanged
        if told:
            raise BadLogKey(_ENDED, key=heads.key_id(key))
        _record(EventCode.KEY_ANNOUNCED, key, 1, reason)


def retire(text: str, reason: str) -> None:
    """Say in the log that no head after this one is to be believed under this key. Raises as `announce`."""
    with _changing(text) as (key, told):
        if EventCode.KEY_RETIRED in told:
            raise Unchanged
        if not told and key not in heads.signers():
            raise BadLogKey(_UNKNOWN, key=heads.key_id(key))
        _record(EventCode.KEY_RETIRED, key, len(told) + 1, reason)


def known() -> list[LogKey]:
    """Every key that has signed a head or was announced, the present one first. Raises NoSigningKey."""
    own = _own()
    with transaction.atomic():
        told: dict[bytes, dict[str, date]] = {key: {} for key in {own, *heads.signers()}}
        events = Event.objects.filter(subject_kind=SubjectKind.LOG_KEY)
        for code, facts, on in events.values_list("code", "facts", "on_date"):
            told.setdefault(bytes.fromhex(facts["public_key"]), {})[code] = on
    found = [
        LogKey(key, days.get(EventCode.KEY_ANNOUNCED), days.get(EventCode.KEY_RETIRED), key == own)
        for key, days in told.items()
    ]
    return sorted(found, key=lambda one: (not one.signs, one.name))


def parsed(text: str) -> bytes:
    """A public key from 64 hexadecimal digits. Raises BadLogKey."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadLogKey(_NO_KEY, key=text[:80])
    return key


def _own() -> bytes:
    return heads.signing_key().public_key().public_bytes_raw()


@contextmanager
def _changing(text: str) -> Iterator[tuple[bytes, list[str]]]:
    """Another key than the present one, with the codes of what was told of it; what is told inside is sealed at once."""
    key = parsed(text)
    if key == _own():
        raise BadLogKey(_SIGNS)
    with transaction.atomic():
        size, epoch = lock_head()
        yield key, _told(key)
        place_all(size, epoch)


def _told(key: bytes) -> list[str]:
    events = Event.objects.filter(subject_kind=SubjectKind.LOG_KEY, subject_id=heads.key_number(key))
    return list(events.order_by("version").values_list("code", flat=True))


def _record(code: EventCode, key: bytes, version: int, reason: str) -> None:
    if not reason.strip():
        raise BadLogKey(_NO_REASON)
    record([
        Entry(
            code=code, subject_kind=SubjectKind.LOG_KEY, subject_id=heads.key_number(key), version=version,
            who=Who(office="operator"), on=timezone.localdate(), unit_id=0, unit_path=WHOLE,
            facts={"public_key": key.hex()}, detail={"reason": reason.strip()},
        )
    ])  # fmt: skip
