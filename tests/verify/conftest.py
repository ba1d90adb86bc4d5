"""A real log of nine events under three heads, its exports, and the verifier as a process that knows nothing of Chibo."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from backend.audit.record import record
from backend.audit.sealing import seal
from tests.backend.audit.events import entry

VERIFIER = Path(settings.BASE_DIR) / "verify" / "chibo_verify.py"

spec = importlib.util.spec_from_file_location("chibo_verify", VERIFIER)
assert spec is not None
assert spec.loader is not None
chibo_verify: Any = importlib.util.module_from_spec(spec)
"""The verifier as a module, for what is asked of its parts."""
spec.loader.exec_module(chibo_verify)


@pytest.fixture
def nine(db: None) -> None:
    """Two subjects, versions 1–6 and 1–3, sealed as 4 + 3 + 2."""
    for subject, count in ((1, 6), (2, 3)):
        record([entry(subject, version, subject_kind="case") for version in range(1, count + 1)])
    for size in (4, 3, 2):
        seal(size)


def export(path: Path, *options: str) -> Path:
    call_command("export_log", str(path), *options, stdout=StringIO())
    return path


def kept(path: Path) -> Path:
    """The heads as somebody outside keeps them."""
    call_command("export_heads", str(path), stdout=StringIO())
    return path


def run(*arguments: object, language: str = "en") -> subprocess.CompletedProcess[str]:
    """Another process, isolated (-I): without our directory, our environment, our settings."""
    command = [sys.executable, "-I", VERIFIER, *map(str, arguments), "--lang", language]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd="/", env={})


def verify(*arguments: object) -> tuple[int, str, int | None]:
    """Exit code, code and position of the answer."""
    done = run(*arguments, "--json")
    assert done.stderr == ""
    said = json.loads(done.stdout)
    assert {0: "holds", 1: "fault", 2: "unchecked"}[done.returncode] == said["verdict"]
    assert said["sentence"].endswith((".", ".)"))
    assert not re.search(r"\{[a-z]+\}", said["sentence"])
    return done.returncode, said["code"], said["position"]
