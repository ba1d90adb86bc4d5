"""A backup that was really made and really restored: the log goes on under a new epoch, which the verifier explains."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from backend.audit import kept_heads
from backend.audit.promised import FILE
from backend.audit.sealing import seal
from backend.config import env
from backend.config.embedded import places, postgres
from tests.backend.audit.events import rows, write
from tests.backend.audit.test_commands import manage
from tests.realdb import RealDatabase, standing_in
from tests.roles import as_role
from tests.verify.conftest import export, kept, run, verify

pytestmark = [
    pytest.mark.slow,
    pytest.mark.real,
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="needs the programs of the embedded PostgreSQL"),
]


def program(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [postgres._programs(places.find(env.local_dir())) / name, *arguments],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def emptied(committed_db: RealDatabase, another_db: Callable[[], RealDatabase]) -> RealDatabase:
    """A database with nothing in it, as after the loss of the one that was."""
    database = another_db()
    with psycopg.connect(database.url("owner").replace(f"/{database.name}", "/postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE {database.name}")
        server.execute(f"CREATE DATABASE {database.name}")
    return database


@pytest.fixture
def lost(committed_db: RealDatabase, emptied: RealDatabase, tmp_path: Path) -> Iterator[RealDatabase]:
    """Four events, a backup, five more under two heads, which somebody outside has; then the backup comes back."""
    write(4)
    seal()
    program("pg_dump", "--format=custom", f"--file={tmp_path / 'backup'}", f"--dbname={committed_db.url('owner')}")
    for count, first in ((3, 5), (2, 8)):
        write(count, first=first)
        seal()
    kept(tmp_path / "heads")
    export(tmp_path / "earlier")
    program("pg_restore", "--exit-on-error", f"--dbname={emptied.url('owner')}", str(tmp_path / "backup"))
    with standing_in(emptied):
        yield emptied


def test_a_restored_backup_goes_on_under_a_new_epoch(lost: RealDatabase, tmp_path: Path) -> None:
    outside = tmp_path / "heads"
    assert verify(export(tmp_path / "silent"), "--heads", outside) == (1, "cut", 5)
    (tmp_path / FILE).write_bytes(outside.read_bytes())
    with pytest.raises(kept_heads.HeadsLost):
        kept_heads.keep(tmp_path)
    said = manage(lost, "log_epoch", "--reason", "Restored the backup of Monday 02:00", "--heads", str(outside))
    assert said == (0, "Epoch 2 began at size 4; it names 2 lost heads.\n")
    write(3, subject=2)
    assert manage(lost, "seal") == (0, "Sealed 3 events.\n")
    assert manage(lost, "verify_log", "--heads", str(outside))[0] == 0
    restored = export(tmp_path / "restored")
    for option in (("--heads", outside), ("--against", tmp_path / "earlier")):
        assert verify(restored, *option) == (0, "whole", None)
    assert run(restored, "--heads", outside).stdout.splitlines() == [
        "THE LOG HOLDS: events 1 to 8, 3 signed heads, 1 of the 3 heads that you kept fit.",
        "– Epoch 2 began with event 5: the database was restored from a backup, and 2 signed heads are named as lost. Ask for "
        "the record of the restore.",
        "– The head of size 7 (epoch 1) that you kept is among those lost by the restore.",
        "– The head of size 9 (epoch 1) that you kept is among those lost by the restore.",
    ]
    assert kept_heads.keep(tmp_path) == 0, "today is not over; but nothing stands against it any more"


@pytest.mark.nightly
def test_the_jobs_seal_nothing_before_the_epoch_where_a_folder_has_the_heads(
    lost: RealDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / FILE
    file.write_bytes((tmp_path / "heads").read_bytes())
    monkeypatch.setenv("CHIBO_HEADS_DIR", str(tmp_path))
    write(3, subject=2)
    code, said = manage(lost, "seal")
    assert (code, f"{file} holds a head of epoch 1, size 9" in said, "log_epoch" in said) == (2, True, True)
    assert rows("SELECT (SELECT size FROM audit_head), count(*) FROM audit_pending") == [(4, 3)]
    said = manage(lost, "log_epoch", "--reason", "Restored the backup of Monday 02:00")
    assert said == (0, "Epoch 2 began at size 4; it names 2 lost heads.\n")
    write(1, subject=3)
    assert manage(lost, "seal") == (0, "Sealed 1 events.\n")
    assert verify(export(tmp_path / "restored"), "--heads", file) == (0, "whole", None)


def test_nothing_of_the_walls_is_lost_with_the_database(lost: RealDatabase) -> None:
    """Roles, grants, policies and triggers come back with a backup, or it would be no log any more."""
    for role in ("chibo_app", "chibo_jobs"):
        for statement in ("UPDATE audit_event SET code = 'x'", "DELETE FROM audit_leaf", "TRUNCATE audit_signedhead",
                          "DELETE FROM audit_eventdetail"):  # fmt: skip
            with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows(statement)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows("UPDATE audit_event SET code = 'x'")
    with as_role("chibo_app"), transaction.atomic():
        assert rows("SELECT count(*) FROM audit_event") == [(0,)], "without a scope nobody sees anything"
        rows("SELECT set_config('chibo.path', '/1/7/', true)")
        assert rows("SELECT count(*) FROM audit_event") == [(4,)]
    assert connection.settings_dict["NAME"] == lost.name
