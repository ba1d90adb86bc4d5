"""`python -m bench [--json FILE] [--quick] [--strict]`: measure, print a table, keep the figures."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"


def main() -> int:
    """0 when everything was measured; with --strict, 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed, as ratios in one run.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in FILE")
    parser.add_argument("--quick", action="store_true", help="small numbers: shows that it runs, not how fast it is")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--only", choices=["steps", "sweep", "nights", "log", "walls", "pages"], help="one part")
    parser.add_argument("--whole", action="store_true", help="nights and mornings of the whole country (half an hour)")
    given = parser.parse_args()
    import django

    from backend.core.outfiles import OutFile
    from bench.figures import as_text, is_report

    django.setup()
    from bench.run import measure

    try:
        kept = OutFile(given.json, is_report) if given.json else None
    except OSError as error:
        parser.error(str(error))
    try:
        figures = measure(quick=given.quick, whole=given.whole, only=given.only)
        for figure in figures:
            print(figure.line())
        if kept:
            kept.write([as_text(figures)])
    finally:
        if kept:
            kept.drop()
    return int(given.strict and not all(figure.ok for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
