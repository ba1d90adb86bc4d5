"""kill -9 of an import and of its undoing, wherever it stands: nothing is half done, and the next run does it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.core.db import WHOLE, scoped
from backend.imports.models import ImportBatch
from backend.members.models import Member
from tests.backend.imports.running import counted
from tests.faults.machines import ROOT, until
from tests.realdb import RealDatabase
from tests.roles import as_role

pytestmark = pytest.mark.fault
SAMPLE = str(ROOT / "sample" / "commune")
IMPORT = ("import_commune", SAMPLE, "--as-of", "2026-10-31")
PATIENCE = 120
IN_HAND = """
    SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND l.granted AND d.datname = %s"""


class Command:
    """manage.py as an operator runs it, with its words in a file."""

    def __init__(self, database: RealDatabase, folder: Path, *words: str) -> None:
        settings = {"CHIBO_ROLE": "app", "DJANGO_SETTINGS_MODULE": "backend.config.settings.local"}
        environment = {**os.environ, **database.environment(), **settings, "PYTHONUNBUFFERED": "1"}
        self.database, self.log = database, folder / f"{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def said(self, words: str) -> bool:
        return words in self.log.read_text(encoding="utf-8")

    def in_hand(self) -> bool:
        """It holds the lock of all imports: its transaction has begun."""
        with connection.cursor() as cursor:
            cursor.execute(IN_HAND, [self.database.name])
            return cursor.fetchone() is not None

    def kill_when(self, here: Callable[[], object], pause: float = 0) -> None:
        until(here, PATIENCE, "the command comes that far", every=0.005)  # the stages take tenths of a second
        time.sleep(pause)
        assert self.process.poll() is None, "it was done before it could be killed"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        until(lambda: not self.in_hand(), PATIENCE, "the server takes back what was in hand")

    def finish(self) -> str:
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()
        return self.log.read_text(encoding="utf-8")


def test_an_import_killed_anywhere_leaves_nothing_and_the_next_one_does_it(
    committed_db: RealDatabase, tmp_path: Path
) -> None:
    before = counted()
    for words in ("", "trong trang danh sách", "hồ sơ công nhận", "cuộc họp đã qua", "cuộc họp tháng này", "điểm danh"):
        command = Command(committed_db, tmp_path, *IMPORT)
        command.kill_when(lambda said=words, one=command: one.said(said) if said else one.in_hand())
        assert counted() == before, words
    told = Command(committed_db, tmp_path, *IMPORT).finish()
    assert "218 dòng về người: nhận 210, để lại 8." in told
    after = counted()
    assert (after["Member"], after["ImportBatch"]) == (210, 1)
    assert "Không có gì mới" in Command(committed_db, tmp_path, *IMPORT).finish()
    assert counted() == after
    _verify()


def test_an_undoing_killed_anywhere_undoes_nothing_and_the_next_one_does_it(
    committed_db: RealDatabase, tmp_path: Path
) -> None:
    Command(committed_db, tmp_path, *IMPORT).finish()
    before = counted()
    with scoped(WHOLE):
        batch = str(ImportBatch.objects.get().uid)
    undo = ("undo_import", batch, "--reason", "nhập nhầm")
    for pause in (0, 0.05, 0.1):
        command = Command(committed_db, tmp_path, *undo)
        command.kill_when(command.in_hand, pause)
        assert counted() == before
        with scoped(WHOLE):
            assert not Member.objects.filter(standing="").exists()
    Command(committed_db, tmp_path, *undo).finish()
    with scoped(WHOLE):
        assert set(Member.objects.values_list("standing", "full_name")) == {("", "")}
    _verify()


def _verify() -> None:
    with as_role("chibo_jobs"):
        seal_all()
        report = verify_log()
    assert (report.fault, report.waiting) == (None, 0)
