"""The walk along the sealed order: each event against its leaf, each subtree and each head against what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.audit import merkle
from backend.audit.agreement import BODY, detail_disagreement, disagreement
from backend.audit.codes import EventCode
from backend.audit.heads import TreeHead, key_id
from backend.core.db import execute
from backend.core.encoding import loads

_EVENTS = f"""
SELECT l.position, l.event_id, l.hash, e.id, e.line, d.salt, d.data::text, {BODY}::text
FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id LEFT JOIN audit_eventdetail d ON d.event_uid = e.uid
WHERE l.position > %s AND l.position <= %s ORDER BY l.position LIMIT %s
"""  # noqa: S608  (constants only)
_NODES = """
SELECT n.level, n.index, n.hash FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) AS r(level, low, high)
JOIN audit_node n ON n.level = r.level AND n.index >= r.low AND n.index < r.high
"""
_HEADS = """
SELECT size, epoch, root, signed_at, public_key, signature, key_id FROM audit_signedhead
WHERE size > %s AND size <= %s ORDER BY size
"""


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong: a stable code, the position it was met at (if any), a sentence."""

    code: str
    position: int | None
    sentence: str


Named = tuple[Any, Any, Any]
"""Epoch, size and root (hexadecimal) of a head that an epoch's event names as lost."""


def lost_in(facts: dict[str, Any]) -> set[Named]:
    """The heads an epoch's event names as lost."""
    return {(head.get("epoch"), head.get("size"), head.get("root")) for head in facts.get("lost", ())}


class Walk:
    """One pass over positions 1 … size; `position`, `heads` and `details` count what was found good."""

    def __init__(self, size: int, epoch: int, keys: frozenset[bytes], exported: Sequence[TreeHead]) -> None:
        self.size, self.epoch, self.keys, self.exported = size, epoch, keys, exported
        self.position = self.heads = self.details = 0
        self._tree = merkle.Frontier()
        self._head_size, self._head_epoch, self._last_event = 0, 1, 0
        self._started: dict[int, tuple[int, set[Named]]] = {}
        self._lost: set[Named] = set()
        self._roots: dict[int, bytes] = {}
        self._nodes: merkle.Nodes = {}
        self._signed: dict[int, tuple[TreeHead, str]] = {}

    def run(self, batch: int) -> Fault | None:
        """Walk to the end or to the first fault."""
        while rows := execute(_EVENTS, [self.position, self.size, batch]):
            self._read_beside(len(rows))
            for row in rows:
                fault = self._step(row)
                if fault:
                    return fault
        return self._end()

    def _read_beside(self, count: int) -> None:
        """The stored subtrees and heads that the next `count` positions complete."""
        low, high = self.position, self.position + count
        levels = list(range(1, high.bit_length() + 1))
        rows = execute(_NODES, [levels, [low >> level for level in levels], [high >> level for level in levels]])
        self._nodes = {(level, index): bytes(value) for level, index, value in rows}
        self._signed = {
            row[0]: (TreeHead(row[1], row[0], bytes(row[2]), row[3], bytes(row[4]), bytes(row[5])), row[6])
            for row in execute(_HEADS, [low, high])
        }

    def _step(self, row: tuple[Any, ...]) -> Fault | None:
        position, event_id, leaf, found, line, salt, data, text = row
        if position != self.position + 1:
            return self._fault("gap", f"Position {self.position + 1} is missing from the log.", self.position + 1)
        self.position = position
        if found is None:
            return self._fault("removed", f"Position {position}: its event (id {event_id}) was removed.")
        try:  # only now: a batch of parsed rows would keep the garbage collector busy
            body = loads(text)
        except ValueError:
            return self._fault("row", f"Position {position}: the columns of its event (id {event_id}) cannot be read.")
        if merkle.leaf_hash(bytes(line)) != bytes(leaf):
            return self._fault("line", f"Position {position}: the line of event {body['uid']} was changed.")
        wrong = disagreement(bytes(line), body)
        if wrong is None and salt is not None:
            self.details += 1
            wrong = detail_disagreement(body["commitment"], bytes(salt), data)
        if wrong:
            return self._fault("row", f"Position {position}, event {body['uid']}: {wrong}.")
        if body["code"] == EventCode.EPOCH_STARTED and body["subject"][0] == "log":
            self._started[body["subject"][2]] = (position, lost_in(body["facts"]))
        return self._order(event_id) or self._subtrees(bytes(leaf)) or self._head()

    def _order(self, event_id: int) -> Fault | None:
        """Events that were sealed together stand in the order of their ids."""
        if event_id < self._last_event:
            sentence = (
                f"Position {self.position}: it was put in another order (event id {event_id} after {self._last_event})."
            )
            return self._fault("order", sentence)
        self._last_event = event_id
        return None

    def _subtrees(self, leaf: bytes) -> Fault | None:
        for level, index, value in self._tree.append(leaf):
            stored = self._nodes.get((level, index))
            if stored != value:
                what = "is missing" if stored is None else "is not what its events make"
                first = (index << level) + 1
                sentence = f"The subtree of positions {first} to {self.position} (level {level}, index {index}) {what}."
                return self._fault("subtree", sentence)
        if any(head.size == self.position for head in self.exported):
            self._roots[self.position] = self._tree.root()
        return None

    def _head(self) -> Fault | None:
        head, named = self._signed.get(self.position, (None, ""))
        if head is None:
            return None
        what = f"The head of size {head.size}"
        if not head.is_signed():
            return self._fault("signature", f"{what}: its signature is not valid.")
        if named != key_id(head.public_key) or (self.keys and head.public_key not in self.keys):
            return self._fault("key", f"{what} was signed by another key ({head.key_id}).")
        if head.root != self._tree.root():
            return self._fault("root", f"{what}: its root is not that of the events before it.")
        if head.epoch != self._head_epoch:
            began, lost = self._started.get(head.epoch, (0, set()))
            if head.epoch < self._head_epoch or began <= self._head_size:
                return self._fault("epoch", f"{what} is of epoch {head.epoch}, which no event before it began.")
            self._lost |= lost  # only now: a signed head of the epoch stands behind what its event names
        self._head_size, self._head_epoch, self._last_event = head.size, head.epoch, 0
        self.heads += 1
        return None

    def _end(self) -> Fault | None:
        if self.position != self.size:
            missing = self.position + 1
            return self._fault("cut", f"The log ends at {self.position}, but {self.size} were sealed.", missing)
        if self._head_size != self.size:
            return self._fault("head", f"The head of size {self.size}, the last one, is missing.")
        if self._head_epoch != self.epoch:
            return self._fault("epoch", f"The log is in epoch {self.epoch}, its last head in {self._head_epoch}.")
        for head in self.exported:
            wrong = self._exported(head)
            if wrong:
                return wrong
        return None

    def _exported(self, head: TreeHead) -> Fault | None:
        """A head kept elsewhere must be part of this log, unless an epoch has named it as lost."""
        if (head.epoch, head.size, head.root.hex()) in self._lost or self._roots.get(head.size) == head.root:
            return None
        what = f"The exported head of size {head.size} (epoch {head.epoch})"
        if self.keys and head.public_key not in self.keys:
            return self._fault("key", f"{what} was signed by another key ({head.key_id}).", head.size)
        if head.size > self.size:
            sentence = f"{what} shows that the log was longer: {head.size - self.size} events were cut off its end."
            return self._fault("cut", sentence, self.size + 1)
        return self._fault("rewritten", f"{what} has another root: the log was rewritten before that place.", head.size)

    def _fault(self, code: str, sentence: str, position: int | None = None) -> Fault:
        return Fault(code, self.position if position is None else position, sentence)
