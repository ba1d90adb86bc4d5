"""Every scenario that comes with Chibo, read once for all tests that look at them."""

from __future__ import annotations

from workflows.scenarios import files, read

SCENARIOS = [scenario for path in files() for scenario in read(path)]
