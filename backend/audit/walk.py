"""The walk along the sealed order: each event against its leaf, each subtree and each head against what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit import merkle
from backend.audit.agreement import BODY, detail_disagreement, disagreement, health_disagreement
from backend.audit.codes import EventCode
from backend.audit.heads import TreeHead, key_id
from backend.audit.lost import Lost, lost_in
from backend.core.db import execute
from backend.core.encoding import loads
from workflows.answers import Phrase

_EVENTS = f"""
SELECT l.position, l.event_id, l.hash, e.id, e.line, d.salt, d.data::text, h.salt, h.data, {BODY}::text
FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id LEFT JOIN audit_eventdetail d ON d.event_uid = e.uid
LEFT JOIN audit_healthdetail h ON h.event_uid = e.uid
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


SUBTREE_MISSING = gettext_noop(
    "The subtree of positions %(first)s to %(position)s (level %(level)s, index %(index)s) is missing."
)
SUBTREE_WRONG = gettext_noop(
    "The subtree of positions %(first)s to %(position)s (level %(level)s, index %(index)s) is not what its events make."
)
OTHER_KEY = gettext_noop("The head of size %(position)s was signed by another key (%(key)s).")
WITHDRAWN_KEY = gettext_noop(
    "The head of size %(position)s was signed by the key %(key)s, which was withdrawn before it."
)
EXPORTED_KEY = gettext_noop("The exported head of size %(size)s (epoch %(epoch)s) was signed by another key (%(key)s).")
EXPORTED_LONGER = gettext_noop(
    "The exported head of size %(size)s (epoch %(epoch)s) shows that the log was longer: %(count)s events were cut off its"
    " end."
)
EXPORTED_OTHER = gettext_noop(
    "The exported head of size %(size)s (epoch %(epoch)s) has another root: the log was rewritten before that place."
)


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong: a stable code, the position it was met at (if any), a phrase that says it."""

    code: str
    position: int | None
    phrase: Phrase

    @property
    def sentence(self) -> str:
        """In the current language."""
        return str(self.phrase)


class Walk:
    """One pass over positions 1 … size; `position`, `heads` and `details` count what was found good."""

    def __init__(self, size: int, epoch: int, keys: frozenset[bytes], exported: Sequence[TreeHead]) -> None:
        self.size, self.epoch, self.keys, self.exported = size, epoch, keys, exported
        self.position = self.heads = self.details = 0
        self._tree = merkle.Frontier()
        self._head_size, self._head_epoch, self._last_event = 0, 1, 0
        self._started: dict[int, tuple[int, Lost]] = {}
        self._lost: list[Lost] = []
        self._withdrawn: set[str] = set()
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
        position, event_id, leaf, found, line, salt, data, health_salt, health, text = row
        if position != self.position + 1:
            missing = self.position + 1
            return self._fault("gap", gettext_noop("Position %(position)s is missing from the log."), missing)
        self.position = position
        if found is None:
            said = gettext_noop("Position %(position)s: its event (id %(event)s) was removed.")
            return self._fault("removed", said, event=event_id)
        try:  # only now: a batch of parsed rows would keep the garbage collector busy
            body = loads(text)
        except ValueError:
            said = gettext_noop("Position %(position)s: the columns of its event (id %(event)s) cannot be read.")
            return self._fault("row", said, event=event_id)
        if merkle.leaf_hash(bytes(line)) != bytes(leaf):
            said = gettext_noop("Position %(position)s: the line of event %(event)s was changed.")
            return self._fault("line", said, event=body["uid"])
        wrong = disagreement(bytes(line), body)
        if wrong is None and salt is not None:
            self.details += 1
            wrong = detail_disagreement(body["commitment"], bytes(salt), data)
        if wrong is None and health_salt is not None:
            wrong = health_disagreement(data, bytes(health_salt), bytes(health))
        if wrong:
            said = gettext_noop("Position %(position)s, event %(event)s: %(wrong)s.")
            return self._fault("row", said, event=body["uid"], wrong=wrong)
        if body["code"] == EventCode.EPOCH_STARTED and body["subject"][0] == "log":
            self._started[body["subject"][2]] = (position, lost_in(body["facts"]))
        if body["code"] == EventCode.KEY_RETIRED:
            self._withdrawn.add(body["facts"].get("public_key"))
        return self._order(event_id) or self._subtrees(bytes(leaf)) or self._head()

    def _order(self, event_id: int) -> Fault | None:
        """Events that were sealed together stand in the order of their ids."""
        if event_id < self._last_event:
            said = gettext_noop(
                "Position %(position)s: it was put in another order (event id %(event)s after %(before)s)."
            )
            return self._fault("order", said, event=event_id, before=self._last_event)
        self._last_event = event_id
        return None

    def _subtrees(self, leaf: bytes) -> Fault | None:
        for level, index, value in self._tree.append(leaf):
            stored = self._nodes.get((level, index))
            if stored != value:
                said = SUBTREE_MISSING if stored is None else SUBTREE_WRONG
                return self._fault("subtree", said, first=(index << level) + 1, level=level, index=index)
        if any(head.size == self.position for head in self.exported):
            self._roots[self.position] = self._tree.root()
        return None

    def _head(self) -> Fault | None:
        head, named = self._signed.get(self.position, (None, ""))
        if head is None:
            return None
        if not head.is_signed():
            return self._fault("signature", gettext_noop("The head of size %(position)s: its signature is not valid."))
        withdrawn = head.public_key.hex() in self._withdrawn
        if withdrawn or named != key_id(head.public_key) or (self.keys and head.public_key not in self.keys):
            return self._fault("key", WITHDRAWN_KEY if withdrawn else OTHER_KEY, key=head.key_id)
        if head.root != self._tree.root():
            said = gettext_noop("The head of size %(position)s: its root is not that of the events before it.")
            return self._fault("root", said)
        if head.epoch != self._head_epoch:
            began, lost = self._started.get(head.epoch, (0, None))
            if lost is None or head.epoch < self._head_epoch or began <= self._head_size:
                said = gettext_noop(
                    "The head of size %(position)s is of epoch %(epoch)s, which no event before it began."
                )
                return self._fault("epoch", said, epoch=head.epoch)
            self._lost.append(lost)  # only now: a signed head of the epoch stands behind what its event names
        self._head_size, self._head_epoch, self._last_event = head.size, head.epoch, 0
        self.heads += 1
        return None

    def _end(self) -> Fault | None:
        if self.position != self.size:
            said = gettext_noop("The log ends at %(end)s, but %(size)s were sealed.")
            return self._fault("cut", said, self.position + 1, end=self.position, size=self.size)
        if self._head_size != self.size:
            said = gettext_noop("The head of size %(size)s, the last one, is missing.")
            return self._fault("head", said, size=self.size)
        if self._head_epoch != self.epoch:
            said = gettext_noop("The log is in epoch %(epoch)s, its last head in %(last)s.")
            return self._fault("epoch", said, epoch=self.epoch, last=self._head_epoch)
        for head in self.exported:
            wrong = self._exported(head)
            if wrong:
                return wrong
        return None

    def _exported(self, head: TreeHead) -> Fault | None:
        """A head kept elsewhere must be part of this log, unless an epoch tells that it was lost."""
        if self._roots.get(head.size) == head.root or any(lost.explains(head) for lost in self._lost):
            return None
        words = {"size": head.size, "epoch": head.epoch, "key": head.key_id, "count": head.size - self.size}
        if self.keys and head.public_key not in self.keys:
            return self._fault("key", EXPORTED_KEY, head.size, **words)
        if head.size > self.size:
            return self._fault("cut", EXPORTED_LONGER, self.size + 1, **words)
        return self._fault("rewritten", EXPORTED_OTHER, head.size, **words)

    def _fault(self, code: str, said: str, at: int | None = None, **words: Any) -> Fault:
        """At the present position unless told; `said` is an English msgid."""
        place = self.position if at is None else at
        return Fault(code, place, Phrase(said, {"position": place, **words}))
