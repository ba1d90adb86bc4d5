"""The log as a file that anybody can check without us: `chibo-log/1` (docs/log-export.md), read by `verify/chibo_verify.py`.

A row is a kind, a tab and the rest. The log only grows, so the size read first is snapshot enough: it
goes out in constant memory. Personal data go along only where they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_noop

from backend.audit import merkle, proofs
from backend.audit.heads import TreeHead, key_id, of_row, signers, stamp, trusted_keys
from backend.audit.models import Event, EventDetail, Head, HeadStamp, Leaf, SignedHead
from backend.audit.nodes import read_nodes
from backend.audit.verify import NotTheJobs
from backend.core.clock import now
from backend.core.db import execute
from backend.core.encoding import canonical, loads
from backend.core.errors import NotFound
from backend.core.sealed import opened

FORMAT = b"chibo-log/1"
BATCH, PATHS = 5_000, 500
"""Events read at once: of the whole log, and of a part, whose paths are read beside."""

_ROWS = """
SELECT l.position, encode(l.hash, 'hex'), e.line, encode(d.salt, 'hex'), d.data::text, e.commitment IS NOT NULL
FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
LEFT JOIN audit_eventdetail d ON d.event_uid = e.uid AND %s
WHERE l.position > %s AND l.position <= %s ORDER BY l.position
"""


@dataclass
class Rows:
    """Rows of a file on their way out: counts the events, and hashes all of it for the last row."""

    events: int = 0
    digest: Any = field(default_factory=sha256)

    def row(self, kind: bytes, rest: bytes) -> bytes:
        made = kind + b"\t" + rest + b"\n"
        self.digest.update(made)
        self.events += kind == b"e"
        return made

    def said(self, kind: bytes, rest: Any) -> bytes:
        """A row whose rest is JSON."""
        return self.row(kind, canonical(rest))

    def detail(self, salt: str | None, data: str | None) -> bytes:
        """What stands behind the event of the row before; null where it was erased."""
        return self.said(b"d", {"data": opened(loads(data)), "salt": salt} if salt and data else None)

    def end(self) -> bytes:
        return b"end\t" + canonical({"events": self.events, "sha256": self.digest.hexdigest()}) + b"\n"


def whole(*, after: int = 0, details: bool = False) -> Iterator[bytes]:
    """Every sealed event after position `after`, with every head (rows of the file, each with its line end).

    `details`: with the names and words behind the lines, as far as they were not erased. Only for the jobs or the owner of
    the database, who see all of it. Raises NotTheJobs, and NotFound where the log has no such position.
    """
    with transaction.atomic():
        if execute("SELECT current_user = 'chibo_app'")[0][0]:
            raise NotTheJobs
        size = Head.objects.values_list("size", flat=True).get(pk=1)
        if not 0 <= after <= size:
            message = gettext_noop("The log has %(reached)s sealed events, not %(size)s.")
            raise NotFound(message, reached=size, size=after)
        out = Rows()
        yield out.said(FORMAT, {"first": after + 1, "made": stamp(now()), "scope": "whole", "size": size})
        yield from keys(out)
        if after:
            names = merkle.peaks(after)
            nodes = read_nodes(names)
            yield out.said(b"edge", [nodes[name].hex() for name in names])
        for start in range(after, size, BATCH):
            yield from _batch(out, start, min(start + BATCH, size), details=details)
        yield out.end()


def part(
    events: QuerySet[Event], *, known: Sequence[int] = (), details: bool = False, head: TreeHead | None = None
) -> Iterator[bytes]:
    """These events in their order, each with its path to the root of `head` (without one, the last signed head).

    `known`: sizes of heads that the reader has kept; for each the proof goes along that this log continues it (of one newer
    than `head`: that it continues `head`). What has no place under the head is left out. `details`: with what stands behind
    the lines. Must run inside a transaction that sees these events. Raises NotFound where nothing was sealed yet.
    """
    head, out = head or last_head(), Rows()
    yield out.said(FORMAT, {"first": 1, "made": stamp(now()), "scope": "part", "size": head.size})
    yield from keys(out)
    yield from _signed(out, head, stamps_of([head]))
    reached = Head.objects.values_list("size", flat=True).get(pk=1)
    for size in sorted({one for one in known if 0 < one <= reached} - {head.size}):
        proof = [node.hex() for node in proofs.consistency_proof(*sorted((size, head.size)))]
        yield out.said(b"c", {"first": size, "proof": proof})
    rows = placed(events, head.size).iterator(chunk_size=PATHS)
    while batch := list(islice(rows, PATHS)):
        told = EventDetail.objects.in_bulk([event.uid for event in batch]) if details else {}
        paths = merkle.inclusion_proofs([event.position - 1 for event in batch], head.size, read_nodes)
        for event, path in zip(batch, paths, strict=True):
            yield out.row(b"e", b"%d\t%b\t%b" % (event.position, b"".join(path).hex().encode(), bytes(event.line)))
            if details and event.commitment is not None:
                one = told.get(event.uid)
                yield out.said(b"d", {"data": one.data, "salt": bytes(one.salt).hex()} if one else None)
    yield out.end()


def placed(events: QuerySet[Event], size: int) -> QuerySet[Event]:
    """Those with a place among the first `size`, in this order, each with its `position`."""
    places = Leaf.objects.filter(event_id=OuterRef("pk")).values("position")
    found: QuerySet[Event] = events.annotate(position=Subquery(places))  # type: ignore[no-redef]  # declared for who reads it
    return found.filter(position__lte=size).order_by("position")  # type: ignore[misc]  # annotated above


def head_of(size: int | None) -> TreeHead:
    """The signed head of a size; without one, the newest. Raises NotFound where no head of that size was signed."""
    if size is None:
        return last_head()
    row = SignedHead.objects.filter(size=size).first()
    if row is None:
        raise NotFound(gettext_noop("No head of the size %(size)s was signed."), size=size)
    return of_row(row)


def last_head() -> TreeHead:
    """The newest signed head. Raises NotFound before the first."""
    row = SignedHead.objects.order_by("-size").first()
    if row is None:
        raise NotFound(gettext_noop("Nothing has been sealed yet: wait until the sealing job has run."))
    return of_row(row)


def keys(out: Rows) -> Iterator[bytes]:
    """The public keys that heads were, are or may be signed with: published, not proven by standing here."""
    for key in sorted(trusted_keys() | signers()):
        yield out.said(b"k", {"key_id": key_id(key), "public_key": key.hex()})


def stamps_of(heads: Sequence[TreeHead]) -> dict[tuple[int, int], str]:
    """By epoch and size, the time stamps beside these heads, in hexadecimal."""
    found = HeadStamp.objects.filter(size__in=[head.size for head in heads])
    return {(one.epoch, one.size): bytes(one.response).hex() for one in found}


def _signed(out: Rows, head: TreeHead, stamps: Mapping[tuple[int, int], str]) -> Iterator[bytes]:
    yield out.said(b"h", head.as_json())
    if (head.epoch, head.size) in stamps:
        yield out.said(b"t", {"response": stamps[head.epoch, head.size]})


def _batch(out: Rows, start: int, end: int, *, details: bool) -> Iterator[bytes]:
    heads = {head.size: head for head in heads_between(start, end)}
    stamps = stamps_of([*heads.values()])
    for position, leaf, line, salt, data, bound in execute(_ROWS, [details, start, end]):
        yield out.row(b"e", b"%d\t%b\t%b" % (position, leaf.encode(), bytes(line)))
        if details and bound:
            yield out.detail(salt, data)
        if position in heads:
            yield from _signed(out, heads[position], stamps)


def heads_between(low: int, high: int) -> Sequence[TreeHead]:
    """The signed heads of sizes low + 1 … high, smallest first."""
    return [of_row(row) for row in SignedHead.objects.filter(size__gt=low, size__lte=high).order_by("size")]
