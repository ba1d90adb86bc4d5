"""The commands as an operator types them: another process, under the jobs' own sign-in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from backend.audit import heads
from backend.audit.models import Leaf
from tests.backend.audit.events import rows, write
from tests.realdb import RealDatabase

pytestmark = [pytest.mark.real, pytest.mark.slow]
NO_HEAD = "Line 1 of the heads is not an exported head: export them anew.\n"


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


def test_log_key_does_each_of_its_things_and_lists_the_keys(committed_db: RealDatabase) -> None:
    write(2)
    assert manage(committed_db, "seal")[0] == 0
    own, other = heads.signing_key().public_key().public_bytes_raw(), "ab" * 32
    signs = f"{heads.key_id(own)} | {own.hex()} | signs now"
    assert manage(committed_db, "log_key", "list") == (0, f"{signs}\n")
    name, day = heads.key_id(bytes.fromhex(other)), timezone.localdate().strftime("%d/%m/%Y")
    said = f"{signs}\n{name} | {other} | announced on {day}\n"
    assert manage(committed_db, "log_key", "announce", other, "--reason", "Another year") == (0, said)
    said = f"{signs}\n{name} | {other} | announced on {day} | retired on {day}\n"
    assert manage(committed_db, "log_key", "retire", other, "--reason", "Lost") == (0, said)
    assert rows("SELECT size FROM audit_signedhead ORDER BY size") == [(2,), (3,), (4,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "No head stands in {}: name a file written by export_heads.\n"),
        pytest.param('{"epoch": 1e999, "size": 1}', NO_HEAD, marks=pytest.mark.nightly),
        ('{"a":' * 100_000, NO_HEAD),
    ],
    ids=["empty", "a number that is none", "too deep"],
)
def test_a_file_without_heads_proves_nothing(
    committed_db: RealDatabase, tmp_path: Path, content: str, said: str
) -> None:
    write(2)
    assert manage(committed_db, "seal")[0] == 0
    file = tmp_path / "heads"
    file.write_text(content)
    assert manage(committed_db, "verify_log", "--heads", str(file)) == (2, said.format(file))
    assert manage(committed_db, "log_epoch", "--reason", "Restored", "--heads", str(file)) == (2, said.format(file))
    assert rows("SELECT size, epoch FROM audit_head") == [(2, 1)]
