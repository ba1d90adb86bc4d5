"""One piece of work in a process of its own, with its time and the most memory it ever held: `python -m bench.apart WORK DAY`.

The peak is the kernel's (`VmHWM`), of this process since it began, and says nothing of what the bench itself holds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"


@dataclass(frozen=True)
class Run:
    """Seconds, the peak of resident memory in MB, and how many rungs or letters were done."""

    seconds: float
    peak: float
    done: int


def run(work: str, day: date, environment: dict[str, str] | None = None) -> Run:
    """`sweep` everything due, or `deliver` every letter."""
    command = [sys.executable, "-m", "bench.apart", work, day.isoformat()]
    own = {"CHIBO_MOVABLE_DATE": "1", **(environment or {})}
    told = subprocess.run(command, env=os.environ | own, check=True, capture_output=True, text=True)
    return Run(**json.loads(told.stdout.splitlines()[-1]))


def main() -> None:
    """Do it and say so in JSON."""
    import django

    django.setup()
    from bench.database import under

    work, day = {"sweep": _sweep, "deliver": _deliver}[sys.argv[1]], date.fromisoformat(sys.argv[2])
    with under("jobs"):
        begun = time.perf_counter()
        done = work(day)
        seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "peak": _peak(), "done": done}))


def _sweep(day: date) -> int:
    from backend.alerts.sweep import sweep

    return sweep(day).rungs


def _deliver(day: date) -> int:
    from backend.alerts.delivery import deliver

    sent = 0
    while more := deliver(day)["sent"]:
        sent += more
    return sent


def _peak() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise LookupError("the kernel does not say how much memory was used")


if __name__ == "__main__":
    main()
