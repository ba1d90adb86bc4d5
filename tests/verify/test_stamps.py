"""Time stamps of an authority outside: asked for once a day, checked before they are kept, exported, and checked without us."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from backend.audit import heads, sealing, stamping
from backend.audit.exporting import part
from backend.audit.models import Event, HeadStamp, SignedHead
from backend.audit.sealing import seal
from backend.audit.stamping import NoStamp
from backend.jobs import tasks
from tests.backend.audit.events import rows, write
from tests.roles import as_role
from tests.verify.conftest import VERIFIER, export, run, verify
from tests.verify.tsa import Authority, authority

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="the authority of these tests is openssl"),
]


@pytest.fixture
def tsa(tmp_path: Path, settings: Any) -> Iterator[Authority]:
    with authority(tmp_path / "tsa") as made:
        settings.CHIBO_TSA_URL, settings.CHIBO_TSA_CERTS = made.url, str(made.root)
        yield made


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Seals so many events as if it were some days ago."""
    subject = iter(range(1, 100))

    def at(days_ago: int, count: int) -> None:
        monkeypatch.setattr(sealing, "now", lambda: datetime.now(UTC) - timedelta(days=days_ago))
        write(count, subject=next(subject))
        seal(count)

    return at


def test_the_last_head_of_the_days_that_are_over_is_stamped_once(tsa: Authority, sealed: Any, tmp_path: Path) -> None:
    sealed(3, 2)
    sealed(2, 3)
    sealed(0, 1)
    assert run(export(tmp_path / "bare"), "--tsa", tsa.root).stdout.splitlines()[1] == (
        "– No head in the file has a time stamp."
    )
    with as_role("chibo_jobs"):
        tasks.keep_heads()
        tasks.keep_heads()
    kept = HeadStamp.objects.get()
    assert (kept.size, kept.epoch, len(tsa.asked)) == (5, 1, 1)
    assert abs(kept.stamped_at - datetime.now(UTC)) < timedelta(minutes=2)
    file = export(tmp_path / "log")
    assert run(file, "--tsa", tsa.root).stdout.splitlines()[1] == (
        f"– 1 heads have a time stamp that holds; the last is that of the head of size 5: "
        f"{kept.stamped_at:%Y-%m-%dT%H:%M:%SZ}."
    )
    assert run(file).stdout.splitlines()[1] == "– 1 heads have a time stamp, which was not checked (--tsa)."
    sealed(1, 2)
    with as_role("chibo_jobs"):
        tasks.keep_heads()
    assert (len(tsa.asked), verify(export(tmp_path / "later"), "--tsa", tsa.root)) == (2, (0, "whole", None))


def test_openssl_says_the_same_of_what_stands_in_the_export(tsa: Authority, sealed: Any, tmp_path: Path) -> None:
    """As docs/log-export.md tells an auditor to do by hand."""
    sealed(1, 2)
    stamping.stamp()
    rows_of = dict(row.split(b"\t", 1) for row in export(tmp_path / "log").read_bytes().splitlines()[:-1])
    (tmp_path / "stamp.tsr").write_bytes(bytes.fromhex(json.loads(rows_of[b"t"])["response"]))
    (tmp_path / "head.txt").write_text(heads.from_json(json.loads(rows_of[b"h"])).as_text())
    command = ["openssl", "ts", "-verify", "-data", "head.txt", "-in", "stamp.tsr", "-CAfile", str(tsa.root)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Verification: OK" in done.stdout + done.stderr) == (0, True)
    (tmp_path / "head.txt").write_text("another head")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_an_extract_brings_the_stamp_of_its_head_along(tsa: Authority, sealed: Any, tmp_path: Path) -> None:
    sealed(1, 3)
    stamping.stamp()
    with transaction.atomic():
        (tmp_path / "part").write_bytes(b"".join(part(Event.objects.filter(version=2))))
    assert verify(tmp_path / "part", "--tsa", tsa.root) == (0, "part", None)
    assert "1 heads have a time stamp that holds" in run(tmp_path / "part", "--tsa", tsa.root).stdout


def test_a_stamp_of_another_head_or_by_nobody_who_is_trusted_is_a_fault(
    tsa: Authority, sealed: Any, tmp_path: Path
) -> None:
    sealed(2, 2)
    stamping.stamp()
    sealed(1, 2)
    stamping.stamp()
    file = export(tmp_path / "log")
    with authority(tmp_path / "other") as other:
        assert verify(file, "--tsa", other.root) == (1, "stamp", 2)
    assert verify(file, "--tsa", tmp_path / "none") == verify(file, "--tsa", file) == (2, "no_file", None)
    rows("ALTER TABLE audit_headstamp DISABLE TRIGGER USER")
    rows("UPDATE audit_headstamp SET response = (SELECT response FROM audit_headstamp WHERE size = 4)")
    assert verify(export(tmp_path / "swapped"), "--tsa", tsa.root) == (1, "stamp", 2)
    rows("UPDATE audit_headstamp SET response = '\\x00'")
    assert verify(export(tmp_path / "nonsense"), "--tsa", tsa.root) == (1, "stamp", 2)


@pytest.mark.parametrize("spoil", ["another", "rubbish", "nothing", "status", "root", "away"])
def test_what_does_not_hold_is_not_kept(spoil: str, tsa: Authority, sealed: Any, tmp_path: Path, settings: Any) -> None:
    sealed(2, 2)
    if spoil == "another":  # an answer to an earlier question: true, but of another head and another nonce
        stamping.stamp()
        old = bytes(HeadStamp.objects.get().response)
        sealed(1, 1)
        tsa.spoil = lambda _: old
    elif spoil in {"rubbish", "nothing"}:
        tsa.spoil = lambda _: b"<html>" if spoil == "rubbish" else b""
    elif spoil == "status":
        tsa.status = 503
    elif spoil == "away":
        settings.CHIBO_TSA_URL = "http://127.0.0.1:9/"
    before = HeadStamp.objects.count()
    with authority(tmp_path / "other") as other:
        settings.CHIBO_TSA_CERTS = str(other.root if spoil == "root" else tsa.root)
        with pytest.raises(NoStamp, match="gave no time stamp that holds") as refused:
            stamping.stamp()
    assert refused.value.said().endswith(".")
    assert HeadStamp.objects.count() == before
    assert SignedHead.objects.exists()


def test_stamps_are_only_added_and_only_by_the_jobs(tsa: Authority, sealed: Any) -> None:
    sealed(1, 2)
    with as_role("chibo_app"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        stamping.stamp()
    stamping.stamp()
    for statement in ("UPDATE audit_headstamp SET size = 9", "DELETE FROM audit_headstamp", "TRUNCATE audit_headstamp"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows(statement)
        with as_role("chibo_jobs"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows(statement)


def test_certificates_out_of_order_are_put_in_it(tsa: Authority) -> None:
    """As openssl leaves them, and many an authority with it; what is no answer is refused."""
    request = TimestampRequestBuilder().data(b"x").hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()
    given = [tsa.answer(request) for _ in range(2)]
    for one in given:
        ordered = stamping.in_order(one)
        assert (len(ordered), len(decode_timestamp_response(ordered).signed_data.certificates)) == (len(one), 2)
        assert stamping.in_order(ordered) == ordered
        for cut in (b"", one[:1], one[:100], one[:-1], b"\x30\x00", b"<html>"):
            with pytest.raises(ValueError, match="no token"):
                stamping.in_order(cut)


def test_without_the_library_the_verifier_says_what_to_do(tsa: Authority, sealed: Any, tmp_path: Path) -> None:
    sealed(1, 2)
    file = export(tmp_path / "log")
    hidden = f"import sys; sys.modules['rfc3161_client'] = None; sys.argv[0] = {str(VERIFIER)!r}; import runpy; "
    hidden += f"runpy.run_path({str(VERIFIER)!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", hidden, str(file), "--tsa", str(tsa.root), "--lang", "en"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout.startswith("COULD NOT BE CHECKED (no_library): Time stamps (--tsa) need the Python package")
