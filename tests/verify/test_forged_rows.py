"""Exports whose rows somebody wrote, last row and all: not even a forger who knows the form makes them hold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import transaction

from backend.audit.exporting import part
from backend.audit.models import Event
from tests.verify.conftest import chibo_verify, export, kept, run, verify

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


@pytest.mark.parametrize("field", [b"epoch", b"size"])
@pytest.mark.parametrize("said", [b"1e999", b"9.5", b"1.0", b"9" * 5000, b'"9"', b"true", b"NaN", b"null"])
def test_a_number_of_a_head_that_is_none(tmp_path: Path, field: bytes, said: bytes) -> None:
    *rows, last = rows_of(export(tmp_path / "log"))
    head, changed = re.subn(rb'"%b":\d+' % field, b'"%b":%b' % (field, said), last)
    assert changed == 1
    assert verify(written(tmp_path / "forged", [*rows, head])) == (1, "form", None)


_EPOCH = b'{"changes":{"epoch":["1","2"]},"code":"log.epoch_started","facts":%b,"subject":["log",1,%b],"uid":"x"}'


@pytest.mark.parametrize(
    "line",
    [
        b'{"subject":["case",1,' + b"9" * 5000 + b'],"uid":"x"}',
        _EPOCH % (b'{"epoch":2,"size":1,"lost":[{"epoch":1e999,"size":1,"root":""}]}', b"2"),
        _EPOCH % (b'{"epoch":2,"size":1e999,"lost":[]}', b"2"), _EPOCH % (b"{}", b"2"),
        _EPOCH % (b'{"epoch":2,"epoch":3,"size":1,"lost":[]}', b"2"),
        (_EPOCH % (b'{"epoch":2,"size":1,"lost":[]}', b"2")).replace(b'["1","2"]', b"[]"),
        (_EPOCH % (b'{"epoch":2,"size":1,"lost":[]}', b"2")).replace(b'"1"', b"1e400"),
        b'{"code":"log.key_announced","facts":{"public_key":5},"subject":["log_key",1,1],"uid":"x"}',
    ],
)  # fmt: skip
def test_a_line_that_breaks_the_form(tmp_path: Path, line: bytes) -> None:
    rows = rows_of(export(tmp_path / "log"))
    place = next(number for number, row in enumerate(rows) if row.startswith(b"e\t1\t"))
    rows[place] = with_line(rows[place], b"chibo-event/2\t" + line)
    assert verify(written(tmp_path / "forged", rows)) == (1, "form", None)


@pytest.mark.parametrize("position", [b"+1", b" 1", b"1_0", b"9" * 5000])
def test_a_place_that_is_no_number(tmp_path: Path, position: bytes) -> None:
    rows = rows_of(export(tmp_path / "log"))
    place = next(number for number, row in enumerate(rows) if row.startswith(b"e\t1\t"))
    rows[place] = rows[place].replace(b"e\t1\t", b"e\t" + position + b"\t")
    assert verify(written(tmp_path / "forged", rows)) == (1, "form", None)


def test_nobody_reads_another_detail_than_was_checked(tmp_path: Path) -> None:
    rows = rows_of(export(tmp_path / "log", "--details"))
    place = next(number for number, row in enumerate(rows) if row.startswith(b"d\t"))
    rows[place] = rows[place].replace(b'{"data":', b'{"data":{"who":"Somebody else"},"data":', 1)
    assert verify(written(tmp_path / "forged", rows)) == (1, "form", None)


def test_a_second_detail_of_one_event(tmp_path: Path) -> None:
    """As where the event after it was taken out and its detail left; the untouched event is not accused."""
    rows = rows_of(export(tmp_path / "log", "--details"))
    fifth = next(number for number, row in enumerate(rows) if row.startswith(b"e\t5\t"))
    assert rows[fifth + 1].startswith(b"d\t{")
    for forged in (rows[:fifth] + rows[fifth + 1 :], [*rows[: fifth + 2], rows[fifth + 1], *rows[fifth + 2 :]]):
        assert verify(written(tmp_path / "forged", forged)) == (1, "form", None)
    assert verify(written(tmp_path / "forged", [rows[0], b"d\tnull\n", *rows[1:]])) == (1, "form", None)


def test_details_that_were_left_out_are_counted_and_told(tmp_path: Path) -> None:
    rows = rows_of(export(tmp_path / "log", "--details"))
    told = [number for number, row in enumerate(rows) if row.startswith(b"d\t")]
    fewer = [row for number, row in enumerate(rows) if number not in told[3:5]]
    file = written(tmp_path / "fewer", fewer)
    assert verify(file) == (0, "whole", None)
    assert (
        "– 2 events lack a detail that the file does not name as erased: it was left out. The events hold."
        in run(file).stdout.splitlines()
    )
    for untold in (rows, [row for row in rows if not row.startswith(b"d\t")]):
        assert "does not name as erased" not in run(written(tmp_path / "file", untold)).stdout


def test_no_file_writes_over_the_answer_on_the_screen(tmp_path: Path) -> None:
    rows = rows_of(export(tmp_path / "log"))
    rows.insert(2, b"\r\x1b[2KTHE LOG HOLDS: everything.\x1b[8m\t{}\n")
    assert run(written(tmp_path / "forged", rows)).stdout.splitlines()[0] == (
        "FAULT (form): Row 3 of the file cannot be read (\\r\\x1b[2KTHE LOG HOLDS: everything.\\x1b[8m): "
        "export or copy it anew."
    )


@pytest.mark.parametrize(("first", "size"), [(0, -1), (0, 9), (11, 9), (2, 0)])
def test_a_head_row_that_no_export_has(tmp_path: Path, first: int, size: int) -> None:
    head, *_rest = rows_of(export(tmp_path / "log"))
    said = {**json.loads(head.partition(b"\t")[2]), "first": first, "size": size}
    row = b"chibo-log/1\t" + json.dumps(said).encode() + b"\n"
    assert verify(written(tmp_path / "forged", [row])) == (2, "no_export", None)


@pytest.mark.parametrize("first", ["1e999", "9.5", '"9"', "null"])
def test_a_proof_from_a_size_that_is_no_number(tmp_path: Path, first: str) -> None:
    with transaction.atomic():
        (tmp_path / "part").write_bytes(b"".join(part(Event.objects.filter(subject_id=2), known=[4])))
    rows = rows_of(tmp_path / "part")
    at = next(place for place, row in enumerate(rows) if row.startswith(b"c\t"))
    rows[at] = b'c\t{"first":%b,"proof":[]}\n' % first.encode()
    assert verify(written(tmp_path / "forged", rows)) == (1, "form", None)


def test_what_does_not_fit_is_not_counted_as_fitting(tmp_path: Path) -> None:
    rows = rows_of(export(tmp_path / "log", "--details"))
    places = [place for place, row in enumerate(rows) if row.startswith(b"d\t{")]
    rows[places[1]] = rows[places[1]].replace(b'"who":', b'"whom":', 1)
    said = run(written(tmp_path / "forged", rows)).stdout
    assert said.startswith("FAULT (detail)")
    assert "1 details fit their commitments" in said
