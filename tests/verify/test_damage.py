"""Files that were cut, changed or are something else: a verdict and a sentence, never a traceback, and never "it holds"."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zlib
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verify.conftest import VERIFIER, chibo_verify, export, kept, run, verify

pytestmark = pytest.mark.usefixtures("nine")


def _in_process(*arguments: object) -> int:
    with redirect_stdout(io.StringIO()):
        return int(chibo_verify.main([*map(str, arguments), "--json"]))


@pytest.mark.parametrize("options", [(), ("--details",)])
def test_any_byte_changed_added_or_taken_away_is_noticed(tmp_path: Path, options: tuple[str, ...]) -> None:
    good, heads = export(tmp_path / "log", *options).read_bytes(), kept(tmp_path / "heads")
    file = tmp_path / "changed"

    @settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0, len(good) - 1), st.sampled_from(["change", "add", "cut", "end"]), st.integers(1, 255))
    def changed(at: int, how: str, by: int) -> None:
        forms = {
            "change": good[:at] + bytes([good[at] ^ by]) + good[at + 1 :],
            "add": good[:at] + bytes([by]) + good[at:], "cut": good[:at] + good[at + 1 :], "end": good[:at],
        }  # fmt: skip
        file.write_bytes(forms[how])
        assert _in_process(file, "--heads", heads) in {1, 2}

    assert _in_process(tmp_path / "log", "--heads", heads) == 0
    changed()


def test_a_forger_who_mends_the_last_row_as_well_is_noticed(tmp_path: Path) -> None:
    """The hash at the end shows damage, not malice: the tree must do without it."""
    rows = export(tmp_path / "log").read_bytes().splitlines(keepends=True)
    places = [number for number, row in enumerate(rows) if row.startswith(b"e\t")]
    digest = chibo_verify.sha256
    for number in places:
        body = [*rows[:number], rows[number].replace(b'"yes":12', b'"yes":99'), *rows[number + 1 : -1]]
        end = {"events": 9, "sha256": digest(b"".join(body)).hexdigest()}
        (tmp_path / "forged").write_bytes(b"".join([*body, b"end\t" + json.dumps(end).encode() + b"\n"]))
        assert verify(tmp_path / "forged") == (1, "edited", places.index(number) + 1)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"Ng\xe0y,T\xean\n", b"chibo-log/1\tx\n", b"chibo-log/1\t{}\n", b"chibo-log/2\t{}\n", b"chibo-log/1\t[]\n",
        b"chibo-log/1\t" + b"[" * 100_000 + b"\n", b"\x1f\x8b\x08",
    ],
)  # fmt: skip
def test_what_is_no_export(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    done = run(file)
    said = f"{file} is no export of a Chibo log (chibo-log/1): name a file that export_log wrote."
    assert (done.returncode, done.stdout, done.stderr) == (2, f"COULD NOT BE CHECKED (no_export): {said}\n", "")


def test_files_that_are_not_there_or_end_in_the_middle(tmp_path: Path) -> None:
    log = export(tmp_path / "log")
    assert verify(tmp_path / "none") == verify(tmp_path) == (2, "no_file", None)
    assert verify(log, "--heads", tmp_path / "none") == (2, "no_file", None)
    assert verify(log, "--heads", log) == (2, "bad_head", None)
    assert verify(log, "--key", "12") == (2, "bad_key", None)
    assert verify(log, "--against", tmp_path / "none") == (2, "no_file", None)
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(log.read_bytes())[:-40])
    assert verify(cut)[0] == 2


def _unpacked(packed: bytes) -> bytes | None:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None


def test_every_byte_of_a_compressed_file(tmp_path: Path) -> None:
    """Some make zlib stumble in its own way; a few unpack to the same text (a flag, the same words elsewhere)."""
    text = export(tmp_path / "log").read_bytes()
    good, heads, file = gzip.compress(text), kept(tmp_path / "heads"), tmp_path / "log.gz"
    for at in range(0, len(good) - 8, 7):
        changed = good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :]
        file.write_bytes(changed)
        assert (_in_process(file, "--heads", heads) == 0) == (_unpacked(changed) == text), at


def test_line_ends_that_were_changed_on_the_way_are_no_edited_event(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(export(file).read_bytes().replace(b"\n", b"\r\n"))
    assert verify(file) == (2, "line_ends", None)


def test_heads_with_the_mark_of_an_editor_are_read(tmp_path: Path) -> None:
    heads = kept(tmp_path / "heads")
    heads.write_bytes(b"\xef\xbb\xbf" + heads.read_bytes())
    assert verify(export(tmp_path / "log"), "--heads", heads) == (0, "whole", None)


@pytest.mark.parametrize("text", ['{"a":' * 100_000, '{"epoch": 1e999, "size": 1}', '{"epoch": 1, "epoch": 1}'])
def test_a_head_that_is_none(tmp_path: Path, text: str) -> None:
    heads = tmp_path / "heads"
    heads.write_text(text)
    assert verify(export(tmp_path / "log"), "--heads", heads) == (2, "bad_head", None)


def test_a_terminal_that_knows_no_vietnamese_gets_the_answer(tmp_path: Path) -> None:
    command = [sys.executable, str(VERIFIER), str(export(tmp_path / "log"))]
    done = subprocess.run(
        command, capture_output=True, timeout=120, check=False, env={"PYTHONIOENCODING": "cp1252"}
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("NHẬT KÝ NGUYÊN VẸN: ")
