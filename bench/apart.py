"""Work in processes of its own, with its time and the most memory one of them held: `python -m bench.apart WORK DAY`.

The peak is the kernel's (`VmHWM`), of a process since it began, and says nothing of what the bench itself holds. A process says
when it is ready and begins at a line on its standard input, so that the time is the work's alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, ExitStack
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


def run(work: str, day: date, environment: dict[str, str] | None = None, *, lanes: int = 1) -> Run:
    """`sweep` everything due, or `deliver` every letter; `lanes`: so many processes that share the work."""
    command = [sys.executable, "-m", "bench.apart", work, day.isoformat()]
    own = os.environ | {"CHIBO_MOVABLE_DATE": "1"} | (environment or {})
    with ExitStack() as started:
        processes = [started.enter_context(_Process(command, own)) for _ in range(lanes)]
        for process in processes:
            process.hear()
        begun = time.perf_counter()
        for process in processes:
            process.begin()
        told = [json.loads(process.hear()) for process in processes]
        seconds = time.perf_counter() - begun
    return Run(seconds, max(one["peak"] for one in told), sum(one["done"] for one in told))


class _Process(AbstractContextManager["_Process"]):
    """A process that waits for a word."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._it = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def begin(self) -> None:
        assert self._it.stdin is not None
        self._it.stdin.write("begin\n")

    def hear(self) -> str:
        """Its next line. Raises RuntimeError where it ended without one."""
        assert self._it.stdout is not None
        line = self._it.stdout.readline()
        if not line:
            raise RuntimeError("the process ended; what it wrote to its standard error says why")
        return line

    def __exit__(self, *_: object) -> None:
        self._it.kill()
        self._it.communicate()


def main() -> None:
    """Do it and say so in JSON."""
    import django

    django.setup()
    from bench.database import under

    work, day = {"sweep": _sweep, "deliver": _deliver}[sys.argv[1]], date.fromisoformat(sys.argv[2])
    with under("jobs"):
        print("ready", flush=True)
        sys.stdin.readline()
        done = work(day)
        print(json.dumps({"peak": _peak(), "done": done}), flush=True)


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
