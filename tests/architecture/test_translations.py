"""Users read Vietnamese: every sentence of the code stands in the catalogue, with the same placeholders, and no other."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "messages.py"))


def test_catalogue_is_complete() -> None:
    assert SCRIPT["faults"]() == []


def test_extractor_finds_code_and_templates() -> None:
    found = SCRIPT["used"]()
    assert "This step asks for no such fact." in found
    assert len(found) > 400
