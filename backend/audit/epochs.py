"""After a restore the log goes on under a new epoch that names the signed heads it lost.

Without it, positions that were already promised by a signed head would silently get other events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from backend.audit import promised, proofs
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.heads import BadHeads, TreeHead, key_id, of_row, signers, signing_key, trusted_keys
from backend.audit.models import SignedHead
from backend.audit.record import Entry, Who, record
from backend.audit.sealing import lock_head, place_all
from backend.core.db import WHOLE, execute
from backend.core.errors import ChiboError

UNKNOWN_KEY = gettext_noop("The head of size %(size)s is signed by an unknown key: add it to CHIBO_LOG_KEYS.")
OTHER_LOG = gettext_noop(
    "The head of size %(size)s is not part of this log: it is that of another one, or of one that was sealed on after a"
    " restore. Restore the backup again and declare its epoch before anything is sealed."
)


class NoReason(ChiboError):
    """An epoch without a reason."""

    code = "no_reason"
    sentence = gettext_noop("An epoch needs a reason: say in --reason what was restored, and from when.")


class KeyNotAnnounced(ChiboError):
    """The restored log does not know the key that signs now: no auditor who trusts an older one would believe the epoch."""

    code = "key_not_announced"
    sentence = gettext_noop(
        "This log does not know the key %(key)s, which signs now: its announcement was lost. Begin the epoch under a key that"
        " it knows (CHIBO_SIGNING_KEY; this one's public key to CHIBO_LOG_KEYS): %(known)s. Then announce this key anew"
        " (log_key announce), start the jobs with it, and withdraw the old one. If every older key is lost, say --unannounced"
        " and tell auditors the new public key by another way. Nothing was begun."
    )


@dataclass(frozen=True)
class Epoch:
    """The epoch that was begun: its number, the size the log had, the heads it lost."""

    number: int
    size: int
    lost: int


def start_epoch(reason: str, exported: Sequence[TreeHead] = (), *, unannounced: bool = False) -> Epoch:
    """Begin a new epoch; run it after a restore and before the jobs start again.

    `exported` are heads kept elsewhere, besides those of the jobs' folder (`promised`). Those beyond the restored log are
    named as lost in the epoch's event, which is sealed in the same transaction with all that waits, so that the first head
    of the epoch covers it. The reason is free text and stands in the event's detail. Raises NoSigningKey, NoReason,
    KeyNotAnnounced where the log knows other keys alone (unless it goes on `unannounced`, as where those were lost), and
    BadHeads when a head within the restored log is not part of it, or is signed by an unknown key.
    """
    own = signing_key().public_key().public_bytes_raw()
    if not reason.strip():
        raise NoReason
    with transaction.atomic():
        size, epoch = lock_head(begins_epoch=True)
        known = signers() | _announced()
        if known and own not in known and not unannounced:
            raise KeyNotAnnounced(key=key_id(own), known=", ".join(sorted(map(key_id, known))))
        lost = lost_of([*dict.fromkeys([*exported, *promised.kept()])], size)
        number = max([epoch, *(head.epoch for head in lost)]) + 1
        execute("UPDATE audit_head SET epoch = %s WHERE id = 1", [number])
        record([_entry(epoch, number, size, lost, reason.strip())])
        place_all(size, number)
    return Epoch(number, size, len(lost))


def export() -> Iterator[TreeHead]:
    """Every signed head of this database, oldest first, in constant memory."""
    for row in SignedHead.objects.order_by("size").iterator(chunk_size=2_000):
        yield of_row(row)


def _announced() -> set[bytes]:
    """Keys that sealed events announce."""
    told = promised.sealed_facts(SubjectKind.LOG_KEY, EventCode.KEY_ANNOUNCED)
    return {bytes.fromhex(facts["public_key"]) for facts in told}


def _entry(before: int, number: int, size: int, lost: Sequence[TreeHead], reason: str) -> Entry:
    return Entry(
        code=EventCode.EPOCH_STARTED,
        subject_kind=SubjectKind.LOG,
        subject_id=1,
        version=number,
        who=Who(office="operator"),
        on=timezone.localdate(),
        unit_id=0,
        unit_path=WHOLE,
        changes={"epoch": (str(before), str(number))},
        facts={"epoch": number, "size": size, "lost": [head.as_json() for head in lost]},
        detail={"reason": reason},
    )


def lost_of(exported: Sequence[TreeHead], size: int) -> list[TreeHead]:
    """The exported heads that a log of this size does not reach and no epoch explains; of the others, those it reaches must be
    part of it, unless an earlier restore may have lost them without naming them.

    Raises BadHeads where one is not, or is signed by a key that is not trusted.
    """
    told = promised.told_as_lost()
    keys = trusted_keys()
    lost = []
    for head in exported:
        if any(one.explains(head) for one in told):
            continue
        if head.public_key not in keys:
            raise BadHeads(UNKNOWN_KEY, size=head.size)
        if head.size > size:
            lost.append(head)
        elif proofs.root_at(head.size) != head.root and not any(one.may_explain(head) for one in told):
            raise BadHeads(OTHER_LOG, size=head.size)
    return lost
