"""Make a commune: python -m sample.generate --cells 12 --members-per-cell 18 --seed 70 --as-of 2026-10-31 --out DIR."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from sample.commune import make
from sample.files import write


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when written, 2 (with a sentence) when not."""
    parser = argparse.ArgumentParser(prog="python -m sample.generate", description="Write an invented commune's files.")
    parser.add_argument("--cells", type=int, default=12)
    parser.add_argument("--members-per-cell", type=int, default=18)
    parser.add_argument("--seed", type=int, default=70)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 10, 31))
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    if not 1 <= given.cells <= 999 or not 1 <= given.members_per_cell <= 10_000:
        parser.error("--cells runs from 1 to 999, --members-per-cell from 1 to 10000.")
    commune = make(given.cells, given.members_per_cell, seed=given.seed, as_of=given.as_of)
    try:
        told = write(commune, given.out, seed=given.seed)
    except OSError as error:
        parser.error(f"{given.out} cannot be written to: {error.strerror}.")
    sys.stdout.write(f"{told['rows']} people in {told['cells']} cells, {len(told['faults'])} faults: {given.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
