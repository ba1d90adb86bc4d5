"""What an epoch's event tells of a restore: the size of the restored log, and the signed heads that are known to be lost."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Protocol

Named = tuple[Any, Any, Any]
"""Epoch, size and root (hexadecimal) of a head that an epoch's event names as lost."""


class Kept(Protocol):
    """A signed head that somebody kept."""

    @property
    def epoch(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def root(self) -> bytes: ...


@dataclass(frozen=True)
class Lost:
    """Of one epoch; `heads` are those that were named, `size` is that of the restored log."""

    epoch: int
    size: int
    heads: frozenset[Named]

    def explains(self, head: Kept) -> bool:
        """Whether this head was lost by the restore: it is named, or is beyond the restored log and older than one that is.

        Nobody who restores a backup knows of every head between it and the last that was kept: slips, extracts and exports
        give out each. Whoever could declare a false restore could name them all.
        """
        return (head.epoch, head.size, head.root.hex()) in self.heads or (
            self.may_explain(head) and any((epoch, size) > (head.epoch, head.size) for epoch, size, _root in self.heads)
        )

    def may_explain(self, head: Kept) -> bool:
        """Whether it is of an epoch before, and beyond the restored log: lost, or another log's."""
        return head.epoch < self.epoch and head.size > self.size


def lost_in(facts: dict[str, Any]) -> Lost:
    """What an epoch's event tells; of one that somebody wrote by hand no more than can be read."""
    told = [(head.get("epoch"), head.get("size"), head.get("root")) for head in facts.get("lost", ())]
    size, epoch = facts.get("size"), facts.get("epoch")
    heads = frozenset(head for head in told if isinstance(head[0], int) and isinstance(head[1], int))
    return Lost(epoch if isinstance(epoch, int) else 0, size if isinstance(size, int) else sys.maxsize, heads)
