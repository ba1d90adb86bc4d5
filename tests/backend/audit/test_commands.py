"""The commands as an operator types them: another process, under the jobs' own sign-in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from backend.audit.models import Leaf
from tests.backend.audit.events import rows, write
from tests.realdb import RealDatabase

pytestmark = pytest.mark.real


def manage(database: RealDatabase, *arguments: str) -> tuple[int, str]:
    """manage.py with the settings of a laptop, on the test's own database and with the tests' key."""
    own = {"CHIBO_SIGNING_KEY": settings.CHIBO_SIGNING_KEY, "DJANGO_SETTINGS_MODULE": "backend.config.settings.local"}
    own |= {"CHIBO_LANGUAGE": "en"}
    inherited = {name: value for name, value in os.environ.items() if name != "CHIBO_ROLE"}
    done = subprocess.run(
        [sys.executable, Path(settings.BASE_DIR) / "manage.py", *arguments],
        env={**inherited, **database.environment(), **own},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_seal_and_verify_log_run_as_the_jobs_and_answer_by_exit_code(committed_db: RealDatabase) -> None:
    write(3)
    assert manage(committed_db, "seal") == (0, "Sealed 3 events.\n")
    code, said = manage(committed_db, "verify_log")
    assert (code, said.splitlines()[0][:37]) == (0, "The log is whole: 3 events, 1 heads, ")
    rows("ALTER TABLE audit_event DISABLE TRIGGER USER")
    rows("DELETE FROM audit_event WHERE id = %s", [Leaf.objects.get(position=2).event_id])
    code, said = manage(committed_db, "verify_log")
    assert code == 1
    assert said.startswith("FAULT (removed): Position 2: its event (id ")
