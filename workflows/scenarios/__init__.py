"""Rules told as given, when, then, in files that people write: docs/scenarios.md says how.

The files stand in this folder. Reading them, checking them and saying them aloud needs no database; running them on the
real engine is the business of `backend.scenarios`.
"""

from __future__ import annotations

from pathlib import Path

from workflows.scenarios.faults import BadScenario, Fault
from workflows.scenarios.meaning import understand
from workflows.scenarios.reader import Block, Items, Scenario, parse

__all__ = ["FOLDER", "BadScenario", "Block", "Fault", "Items", "Scenario", "files", "read"]

FOLDER = Path(__file__).parent


def files(paths: tuple[Path, ...] = ()) -> list[Path]:
    """The files named, those in folders named, or all that come with Chibo; in the order of their names."""
    found: list[Path] = []
    for path in paths or (FOLDER,):
        found += sorted(path.glob("**/*.yaml")) if path.is_dir() else [path]
    return found


def read(path: Path) -> list[Scenario]:
    """All scenarios of a file. Raises BadScenario with the faults of every one of them."""
    scenarios, faults = parse(path)
    for scenario in scenarios:
        try:
            understand(scenario)
        except BadScenario as bad:
            faults += bad.faults
    if faults:
        raise BadScenario(sorted(faults, key=lambda fault: fault.line))
    return scenarios
