"""What the web's role can check of the log while somebody looks: the newest head, and the place of one event under it.

It is less than `verify_log` checks, which walks the whole log as the jobs; the pages say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.audit import merkle, proofs
from backend.audit.exporting import last_head
from backend.audit.heads import TreeHead, of_row, trusted_keys
from backend.audit.models import Event, Leaf, Pending, SignedHead
from backend.audit.nodes import BrokenTree
from backend.core.clock import now


@dataclass(frozen=True)
class HeadCheck:
    """The newest signed head, and what was found of it at one moment.

    `signed`: the signature was made by the key that the head names; `trusted`: this installation's settings name that key
    (None where they name none). `rooted`: the stored tree has this root. `continues`: the head before it is a beginning of
    this one (None where it is the first of its epoch). `waiting`: events that have no place yet.
    """

    head: TreeHead
    before: TreeHead | None
    signed: bool
    trusted: bool | None
    rooted: bool
    continues: bool | None
    waiting: int
    at: datetime

    @property
    def holds(self) -> bool:
        """Whether nothing that was checked speaks against it."""
        return self.signed and self.rooted and self.trusted is not False and self.continues is not False


@dataclass(frozen=True)
class Inclusion:
    """The place of an event under a head; `proven`: its line as it stands now leads to the head's root."""

    position: int
    head: TreeHead
    proven: bool


def check_head() -> HeadCheck:
    """Look at the newest head now. Inside a transaction. Raises NotFound before the first."""
    head, keys = last_head(), trusted_keys()
    row = SignedHead.objects.filter(epoch=head.epoch, size__lt=head.size).order_by("-size").first()
    before = of_row(row) if row else None
    known = head.public_key in keys if keys else None
    return HeadCheck(
        head, before, head.is_signed(), known, _rooted(head), _continues(before, head), Pending.objects.count(), now()
    )


def inclusion(event: Event) -> Inclusion | None:
    """The event under the newest head; None where it waits for its place. Inside a transaction."""
    position = Leaf.objects.filter(event_id=event.pk).values_list("position", flat=True).first()
    if position is None:
        return None
    head = last_head()
    return Inclusion(position, head, _leads_to(event, position, head))


def _leads_to(event: Event, position: int, head: TreeHead) -> bool:
    try:
        path = proofs.inclusion_proof(position, head.size)
    except BrokenTree:
        return False
    leaf = merkle.leaf_hash(bytes(event.line))
    return merkle.verify_inclusion(leaf, position - 1, head.size, path, head.root)


def _rooted(head: TreeHead) -> bool:
    try:
        return proofs.root_at(head.size) == head.root
    except BrokenTree:
        return False


def _continues(before: TreeHead | None, head: TreeHead) -> bool | None:
    if before is None:
        return None
    try:
        proof = proofs.consistency_proof(before.size, head.size)
    except BrokenTree:
        return False
    return merkle.verify_consistency(before.size, head.size, proof, before.root, head.root)
