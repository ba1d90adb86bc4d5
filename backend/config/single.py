"""One launcher per folder, and what to do about the one before that was killed."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from backend.config.embedded import files
from backend.config.errors import ConfigurationError
from backend.config.processes import end

CLAIM = "run.json"


class Claim:
    """The file that says who runs here; locked for the launcher's life, so that a stale one is told from a live one."""

    def __init__(self, descriptor: int, port: int) -> None:
        self._descriptor = descriptor
        self._port = port

    def note(self, children: Iterable[int]) -> None:
        """Write down the port and the children with their start times (a process id alone may be reused)."""
        born = [[pid, psutil.Process(pid).create_time()] for pid in children]
        text = json.dumps({"launcher": os.getpid(), "port": self._port, "children": born}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def left_behind(self) -> list[psutil.Process]:
        """Children of an earlier launcher that are still alive."""
        found = []
        for pid, born in _read(self._descriptor).get("children", []):
            try:
                process = psutil.Process(pid)
                if process.create_time() == born:
                    found.append(process)
            except psutil.NoSuchProcess:
                continue
        return found


@contextmanager
def only_one(local_dir: Path, port: int) -> Iterator[Claim]:
    """Hold the folder's claim; raises ConfigurationError when a launcher runs here already.

    Children that a killed launcher left behind are ended first, or they would hold the port.
    """
    path = files.folder(local_dir) / CLAIM
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise files.cannot_write(path, error) from None
    files.inherit_owner(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = _read(descriptor)
        os.close(descriptor)
        raise ConfigurationError(
            "Chibo already runs from this folder, at http://localhost:%(port)s/ (process %(process)s): use it, or stop it"
            " with Ctrl-C.",
            port=other.get("port", port), process=other.get("launcher", "?"),
        ) from None  # fmt: skip
    claim = Claim(descriptor, port)
    end(claim.left_behind())
    claim.note([])
    try:
        yield claim
    finally:
        os.close(descriptor)


def address(local_dir: Path) -> str:
    """Where Chibo answers from this folder, or last did: as its launcher wrote it down; empty where none ever ran."""
    try:
        port = json.loads((local_dir / CLAIM).read_bytes())["port"]
    except (OSError, ValueError, KeyError):
        return ""
    return f"http://localhost:{port}"


def check_port(port: int) -> None:
    """Raise ConfigurationError when the web process could not listen there."""
    if not 0 < port < 65536:
        raise ConfigurationError("PORT must be between 1 and 65535, not %(port)s.", port=port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise ConfigurationError(
                "Port %(port)s is reserved for root: choose one above 1023 with PORT=8000.", port=port
            ) from None
        except OSError:
            raise ConfigurationError(
                "Port %(port)s is taken by another program: choose another with `make run PORT=%(other)s`.",
                port=port,
                other=port + 1,
            ) from None


def _read(descriptor: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(os.pread(descriptor, 65536, 0) or b"{}")
    except ValueError:
        return {}
    return found
