"""What production serves of its own: collected once, compressed, under names that say what is in them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.config.test_safety import SAFE

ROOT = Path(__file__).resolve().parents[2]
FIRST_LOAD = ("web/built/chibo.css", "web/built/htmx.min.js")
"""What every page asks for."""
LIMIT = 120_000
"""Bytes, compressed: a first load may take 150 kB, and the page itself is one of them."""

FIRST = 150_000
"""Bytes of a whole first load."""


@pytest.mark.slow
def test_the_first_load_is_small_and_kept_by_browsers(tmp_path: Path) -> None:
    names = ("SECRET_KEY", "CHIBO_FIELD_KEYS", "CHIBO_INDEX_KEY", "CHIBO_PUBLIC_URL")
    given = {name: str(SAFE[name]) for name in names} | {
        "ALLOWED_HOSTS": SAFE["ALLOWED_HOSTS"][0], "DATABASE_URL": "postgresql://build@localhost/build",
        "REDIS_URL": "redis://localhost", "CHIBO_STATIC_ROOT": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.production",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"], cwd=ROOT,
        env={**os.environ, **given}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    kept = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    sizes = [(tmp_path / f"{kept[name]}.gz").stat().st_size for name in FIRST_LOAD]
    assert all(size > 1000 for size in sizes)
    assert sum(sizes) <= LIMIT


@pytest.mark.django_db
def test_the_first_load_on_a_laptop_is_compressed_too() -> None:
    """What `make run` serves straight from the packages: the page to sign in, with all that it asks for."""
    client = Client(headers={"accept-encoding": "gzip"})
    page = client.get("/sign-in/").content
    asked = sorted(set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', page)))
    assert [name.rpartition(b"/")[2] for name in asked if b"/built/" in name] == [b"chibo.css", b"htmx.min.js"]
    answers = {name: client.get(name.decode()) for name in asked}
    sizes = {name: len(one.getvalue()) for name, one in answers.items()}  # type: ignore[attr-defined]  # a FileResponse
    assert {answers[name].headers["Content-Encoding"] for name in asked if b"/built/" in name} == {"gzip"}
    assert len(page) + sum(sizes.values()) <= FIRST
