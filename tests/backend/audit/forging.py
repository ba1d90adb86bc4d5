"""What the owner of the database can do to the log: triggers off, lines rewritten, trees made to fit, heads signed anew."""

from __future__ import annotations

import json
from typing import Any

from backend.audit import heads, merkle
from backend.audit.models import Leaf, SignedHead
from backend.audit.record import FORMAT
from backend.core.encoding import canonical
from tests.backend.audit.events import rows

TABLES = ("audit_event", "audit_leaf", "audit_node", "audit_signedhead")


def walls(what: str) -> None:
    """ENABLE or DISABLE the triggers that refuse changes of the log."""
    for table in TABLES:
        rows(f"ALTER TABLE {table} {what} TRIGGER USER")


def event_at(position: int) -> int:
    return Leaf.objects.get(position=position).event_id


def body_at(position: int) -> dict[str, Any]:
    line = bytes(rows("SELECT line FROM audit_event WHERE id = %s", [event_at(position)])[0][0])
    body: dict[str, Any] = json.loads(line.partition(b"\t")[2])
    return body


def rewrite(position: int) -> bytes:
    """Change a fact in row, line and leaf alike, as a careful forger would; the new line."""
    body = body_at(position)
    body["facts"]["yes"] = 99
    line = FORMAT + b"\t" + canonical(body)
    rows(
        "UPDATE audit_event SET line = %s, facts = %s WHERE id = %s",
        [line, json.dumps(body["facts"]), event_at(position)],
    )
    rows("UPDATE audit_leaf SET hash = %s WHERE position = %s", [merkle.leaf_hash(line), position])
    return line


def rebuild_tree() -> dict[int, bytes]:
    """Make nodes fit the leaves again; the root at every size."""
    rows("DELETE FROM audit_node")
    tree, roots = merkle.Frontier(), {}
    for (leaf,) in rows("SELECT hash FROM audit_leaf ORDER BY position"):
        for level, index, value in tree.append(bytes(leaf)):
            rows("INSERT INTO audit_node (level, index, hash) VALUES (%s, %s, %s)", [level, index, value])
        roots[tree.size] = tree.root()
    return roots


def cut_to(size: int) -> None:
    """Take away the end of the log with all that speaks of it."""
    rows(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE position > %s)",
        [size],
    )
    rows("DELETE FROM audit_leaf WHERE position > %s", [size])
    rows("DELETE FROM audit_signedhead WHERE size > %s", [size])
    rows("DELETE FROM audit_node WHERE (index + 1) << level > %s", [size])
    rows("UPDATE audit_head SET size = %s", [size])


def sign_anew(roots: dict[int, bytes]) -> None:
    """Every head of these sizes, by whoever holds the key of the settings now."""
    for row in SignedHead.objects.filter(size__in=roots):
        new = heads.sign(row.epoch, row.size, roots[row.size], row.signed_at)
        rows(
            "UPDATE audit_signedhead SET root = %s, signature = %s, public_key = %s, key_id = %s WHERE size = %s",
            [new.root, new.signature, new.public_key, new.key_id, row.size],
        )


def restore_to(size: int) -> None:
    """What a backup taken at this size would hold."""
    walls("DISABLE")
    cut_to(size)
    rows("UPDATE audit_head SET epoch = coalesce((SELECT max(epoch) FROM audit_signedhead), 1)")
    walls("ENABLE")
