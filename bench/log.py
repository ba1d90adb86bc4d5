"""The log: how fast waiting events get their places, and how fast an auditor checks an export of them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction

from backend.audit.epochs import export
from backend.audit.exporting import whole
from backend.audit.heads import dump
from backend.audit.record import Entry, Who, record
from backend.audit.sealing import seal_all
from bench.database import under
from bench.figures import Figure, seconds

AT_ONCE = 2_000
VERIFIER = Path(settings.BASE_DIR) / "verify" / "chibo_verify.py"
SEALED, VERIFIED = 20_000, 100_000
"""Events a second: by the clock where the server works too, of the verifier's own processor time."""


def run_log(events: int) -> list[Figure]:
    """Write so many events, seal them, export them, and let the stand-alone verifier check the file."""
    with under("jobs"), TemporaryDirectory(prefix="chibo-bench-") as folder:
        for start in range(0, events, AT_ONCE):
            with transaction.atomic():
                record([_entry(number) for number in range(start, min(start + AT_ONCE, events))])
        taken = seconds(seal_all)
        log, heads = Path(folder, "log"), Path(folder, "heads")
        exported = seconds(lambda: _export(log, heads))
        checked = _check(log, heads)
    return [
        Figure(f"sealing {events:,} events", events / taken, "events/s", SEALED),
        Figure(f"exporting {events:,} events", events / exported, "events/s"),
        Figure("verifying the export, by processor time", events / checked, "events/s", VERIFIED),
    ]


def _entry(number: int) -> Entry:
    """As long as the event of a step with a ballot."""
    return Entry(
        code="recognition.proposed", subject_kind="case", subject_id=number + 1_000_000, version=1,
        who=Who(office="cell_secretary", unit_id=7, user_id=3, assignment_id=4, name="Nguyễn Thị Lan"), on=date(2026, 2, 10),
        unit_id=7, unit_path="/1/7/", lifecycle="recognition", step="propose", changes={"state": ("probation", "proposed")},
        facts={"resolution": {"kind": "resolution", "date": "2026-02-09"},
               "ballot": {"meeting": 12, "yes": 15, "no": 1, "issued": 16, "collected": 16, "valid": 16,
                          "roll": {"official": 20, "left_out": 2, "den": 18}}},
        rules={"PRO.CELL_VOTE": "PRO.CELL_VOTE@2016-07-25", "PRO.CELL_REVIEW": "PRO.CELL_REVIEW@2026-07-26"},
        detail={"resolution": {"number": "12-NQ/CB", "issuer": "Chi bộ Một"}}, member_id=number + 1, case_id=number + 1_000_000,
    )  # fmt: skip


def _export(log: Path, heads: Path) -> None:
    with log.open("wb") as file:
        file.writelines(whole())
    heads.write_text("".join(dump(export())))


def _check(log: Path, heads: Path) -> float:
    """Seconds of processor time. Raises AssertionError where the verifier does not find the log whole."""
    process = subprocess.Popen([sys.executable, "-I", VERIFIER, log, "--heads", heads], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise AssertionError(f"the verifier answers {process.returncode}")
    return used.ru_utime + used.ru_stime
