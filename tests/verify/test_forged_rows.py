"""Exports whose rows somebody wrote, last row and all: not even a forger who knows the form makes them hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from tests.verify.conftest import chibo_verify, export, kept, verify

pytestmark = pytest.mark.usefixtures("nine")


def rows_of(file: Path) -> list[bytes]:
    """Without the last one."""
    return file.read_bytes().splitlines(keepends=True)[:-1]


def written(file: Path, rows: Sequence[bytes]) -> Path:
    """The rows, and the last row that belongs to them."""
    body = b"".join(rows)
    end = {"events": sum(row.startswith(b"e\t") for row in rows), "sha256": sha256(body).hexdigest()}
    file.write_bytes(body + b"end\t" + json.dumps(end).encode() + b"\n")
    return file


def with_line(row: bytes, line: bytes) -> bytes:
    """An event's row with another line, and the hash that the line has."""
    kind, position, _, _ = row.split(b"\t", 3)
    return b"\t".join((kind, position, sha256(b"\0" + line).hexdigest().encode(), line)) + b"\n"


def line_of(row: bytes) -> bytes:
    return row[:-1].split(b"\t", 3)[3]


@pytest.mark.parametrize("forged", [1, 4, 6])
def test_the_tree_is_not_exchanged_in_the_middle(tmp_path: Path, forged: int) -> None:
    """After a forged event the true edge, so that all that follows fits the true heads again."""
    rows, heads = rows_of(export(tmp_path / "log")), kept(tmp_path / "heads")
    events = {int(row.split(b"\t")[1]): row for row in rows if row.startswith(b"e\t")}
    tree = chibo_verify.Tree()
    for position in range(1, 7):
        tree.append(sha256(b"\0" + line_of(events[position])).digest())
    edge = b"edge\t" + json.dumps([one.hex() for one in tree.hashes]).encode() + b"\n"
    rows = [row for row in rows if not (row.startswith(b"h\t") and json.loads(row[2:])["size"] == 4)]
    places = {int(row.split(b"\t")[1]): place for place, row in enumerate(rows) if row.startswith(b"e\t")}
    assert verify(written(tmp_path / "true", rows), "--heads", heads) == (0, "whole", None)
    rows[places[forged]] = with_line(events[forged], line_of(events[forged]).replace(b'"yes":12', b'"yes":99'))
    assert verify(written(tmp_path / "plain", rows), "--heads", heads) == (1, "root", 1)
    rows.insert(places[6] + 1, edge)
    assert verify(written(tmp_path / "forged", rows), "--heads", heads) == (1, "form", None)
