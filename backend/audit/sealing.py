"""Giving events their order: positions, tree nodes and a signed head, drawn under one lock.

The lock is taken by a statement of its own, and only then the waiting events are read: a single statement for both, or
REPEATABLE READ, would work on a snapshot from before the lock and collide. Nothing is skipped when it is locked.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from backend.audit import heads, merkle, promised
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.audit.nodes import missing_head, read_nodes
from backend.core.clock import now
from backend.core.db import execute
from backend.core.errors import ChiboError

log = structlog.get_logger(__name__)
BATCH = 5_000

_LOCK = "SELECT size, epoch FROM audit_head WHERE id = 1 FOR UPDATE"
_TAKE = """
DELETE FROM audit_pending WHERE event_id IN (SELECT event_id FROM audit_pending ORDER BY event_id LIMIT %s)
RETURNING event_id
"""
_TAKE_ALL = "DELETE FROM audit_pending RETURNING event_id"
# A queue entry without an event, or of a sealed one, can only be forged; it gets no place and must not stop the rest.
_PLACE = """
INSERT INTO audit_leaf (position, event_id, hash)
SELECT %s + row_number() OVER (ORDER BY e.id), e.id, sha256('\\x00'::bytea || e.line)
FROM audit_event e
WHERE e.id = ANY(%s) AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
RETURNING position, hash
"""
_NODES = """
INSERT INTO audit_node (level, index, hash)
SELECT level, index, substr(%s::bytea, (32 * (place - 1) + 1)::int, 32)
FROM unnest(%s::smallint[], %s::bigint[]) WITH ORDINALITY AS n(level, index, place)
"""
_HEAD = """
INSERT INTO audit_signedhead (size, epoch, root, signed_at, key_id, public_key, signature)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class KeyWithdrawn(ChiboError):
    """Heads under this key are not to be believed any more, so none is made."""

    code = "key_withdrawn"
    sentence = gettext_noop(
        "The key %(key)s was withdrawn from the log: start the jobs with the key that was announced after it"
        " (CHIBO_SIGNING_KEY)."
    )


def seal(limit: int = BATCH) -> int:
    """Seal up to `limit` waiting events, oldest id first, in one transaction; returns how many got a place.

    Safe to run twice at once: the second waits for the first. Raises NoSigningKey before anything is touched, and as
    `lock_head`.
    """
    heads.signing_key()
    with transaction.atomic():
        size, epoch = lock_head()
        taken = [row[0] for row in execute(_TAKE, [limit])]
        return place(taken, size, epoch) if taken else 0


def seal_all(batch: int = BATCH) -> int:
    """Seal until nothing waits; returns how many events got a place."""
    total = 0
    while done := seal(batch):
        total += done
    return total


def lock_head(*, begins_epoch: bool = False) -> tuple[int, int]:
    """Size and epoch of the log; whoever holds this lock draws the order until the transaction ends.

    Raises EpochFirst or BadHeads where the log lacks what a kept head promised, unless for the epoch that says so, and
    KeyWithdrawn.
    """
    rows = execute(_LOCK)
    if not rows:
        missing_head()
    size, epoch = rows[0]
    if not begins_epoch:
        promised.hold(size)
    own = heads.signing_key().public_key().public_bytes_raw()
    about = Event.objects.filter(subject_kind=SubjectKind.LOG_KEY, subject_id=heads.key_number(own))
    if about.filter(code=EventCode.KEY_RETIRED).exists():
        raise KeyWithdrawn(key=heads.key_id(own))
    return size, epoch


def place_all(size: int, epoch: int) -> None:
    """Append all that waits, whatever its number; the caller holds the lock and has just written what must not wait."""
    place([row[0] for row in execute(_TAKE_ALL)], size, epoch)


def place(events: list[int], size: int, epoch: int) -> int:
    """Append these events to a log of `size` leaves; the caller holds the lock and has emptied the queue of them."""
    leaves = sorted(execute(_PLACE, [size, events]))
    if len(leaves) < len(events):
        log.error("seal_dropped_forged_entries", entries=len(events) - len(leaves))
    if not leaves:
        return 0
    names = merkle.peaks(size)
    stored = read_nodes(names)
    tree = merkle.Frontier(size, [stored[name] for name in names])
    made = [node for _, leaf in leaves for node in tree.append(bytes(leaf))]
    if made:
        levels, indexes, hashes = zip(*made, strict=True)
        execute(_NODES, [b"".join(hashes), list(levels), list(indexes)])
    _finish(tree, epoch, now())
    return len(leaves)


def _finish(tree: merkle.Frontier, epoch: int, moment: datetime) -> None:
    head = heads.sign(epoch, tree.size, tree.root(), moment)
    execute("UPDATE audit_head SET size = %s WHERE id = 1", [tree.size])
    execute(_HEAD, [head.size, epoch, head.root, moment, head.key_id, head.public_key, head.signature])
