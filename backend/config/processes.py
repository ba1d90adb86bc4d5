"""The processes the launcher starts: together, in sessions of their own, and stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import psutil

from backend.config import env

GRACE_SECONDS = 15
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Part:
    """One long-running process: its name for people, its command and its environment."""

    name: str
    command: list[str]
    environment: dict[str, str]


class Family:
    """What runs under the launcher. Each part has its own session, so that Ctrl-C reaches the launcher alone."""

    def __init__(self, note: Callable[[Iterable[int]], None]) -> None:
        """`note` is told the ids of all children whenever one is added."""
        self._note = note
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._watched: dict[str, psutil.Process] = {}

    def start(self, parts: Sequence[Part]) -> None:
        """Start all parts and tell their ids, so that a later start can end what a killed launcher left behind."""
        for part in parts:
            self._running[part.name] = subprocess.Popen(  # noqa: S603 - the commands are our own
                part.command,
                cwd=env.BASE_DIR,
                env=part.environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the launcher has no threads
            )
            self._note(process.pid for process in self._running.values())

    def watch(self, servers: Mapping[str, int]) -> None:
        """Notice, too, when one of these processes (name: id) ends, which others started and others stop."""
        self._watched = {name: psutil.Process(number) for name, number in servers.items()}

    def failed(self) -> str:
        """The name of a part that has ended, or nothing; a server first, since the parts go down after it."""
        gone = [name for name, process in self._watched.items() if not _runs(process)]
        gone += [name for name, process in self._running.items() if process.poll() is not None]
        return next(iter(gone), "")

    def wait(self) -> str:
        """Sleep until a part ends by itself; answers its name."""
        while not self.failed():
            time.sleep(0.2)
        return self.failed()

    def stop(self) -> None:
        """Ask all, wait, then insist: TERM (running tasks may end), QUIT (the worker drops them), KILL for the rest."""
        parents = [psutil.Process(process.pid) for process in self._running.values() if process.poll() is None]
        end(parents)
        for process in self._running.values():
            process.wait()


def end(parents: Sequence[psutil.Process]) -> None:
    """End these processes and all below them, gently first."""
    everyone = set(parents)
    for parent in parents:
        with contextlib.suppress(psutil.Error):
            everyone.update(parent.children(recursive=True))
    for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGQUIT, 3)):
        for parent in parents:
            with contextlib.suppress(psutil.Error):
                parent.send_signal(number)
        _gone, alive = psutil.wait_procs(everyone, timeout=seconds)
        if not alive:
            return
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=3)


def python(module: str, *arguments: str, mute: str = "") -> list[str]:
    """A module run with this interpreter; warnings that begin with `mute` are not shown."""
    muted = ["-W", f"ignore:{mute}"] if mute else []
    return [sys.executable, *muted, "-m", module, *arguments]


def _runs(process: psutil.Process) -> bool:
    """Whether it lives; one that waits for its parent to ask how it ended does not, nor does another with its id."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _die_with_parent() -> None:
    """Linux: a child gets SIGTERM when the launcher is killed and cannot say goodbye itself."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
