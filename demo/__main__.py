"""`python -m demo [--report FILE] [--days N]`: exit 0 when every check holds, 1 when one fails, 2 when it cannot run."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from backend.config import faults
from backend.config.errors import ConfigurationError
from backend.core.outfiles import OutFile, json_object
from demo import stage
from demo.client import Unexpected

DAYS = 151


def main(arguments: list[str] | None = None) -> int:
    """Run the demo and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Five months of a commune in three minutes.")
    parser.add_argument("--report", type=Path, help="write the figures to this file, as JSON")
    parser.add_argument("--days", type=int, default=DAYS, help=f"how many days to live through (default {DAYS})")
    options = parser.parse_args(arguments)
    if options.days < 1:
        parser.error("--days must be at least 1")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        holds, figures = _live(options.days, options.report)
    except (stage.StageError, Unexpected, ConfigurationError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return faults.USAGE_EXIT
    except KeyboardInterrupt:
        return 130
    for check in figures["checks"]:
        if not check["ok"]:
            sys.stderr.write(f"Failed: {check['sentence']}\n")
    return 0 if holds else 1


def _live(days: int, report: Path | None) -> tuple[bool, dict[str, Any]]:
    if report is None:
        return _run(days)[:2]
    kept = OutFile(report, json_object("seconds_a_day", "checks"))  # refused now and not after three minutes
    try:
        holds, figures, text = _run(days)
        kept.write([text])
    finally:
        kept.drop()
    return holds, figures


def _run(days: int) -> tuple[bool, dict[str, Any], str]:
    """Whether every check holds, the figures, and the same as text to be kept."""
    smtp_port, web_port = stage.free_ports(2)
    say("Making an empty database …")
    with stage.alone():
        environment = stage.build(smtp_port, web_port)
        stage.manage(environment, "migrate", "--verbosity", "0")
        stage.become_jobs(environment)
        from demo.run import as_text, demo  # noqa: PLC0415  (models need Django, which the line above sets up)

        holds, figures = demo(environment, web_port, days, say)
    return holds, figures, as_text(figures)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
