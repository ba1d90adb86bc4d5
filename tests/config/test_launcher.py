"""`make run` with real processes: five of them up, one launcher per folder, and nothing left however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


class Launcher:
    """A launcher on a folder and a port of its own, empty (no sample), and all the processes that belong to it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        surroundings = {
            name: value for name, value in os.environ.items() if not name.startswith(("CHIBO_", "DATABASE_"))
        }
        surroundings.pop("DJANGO_SETTINGS_MODULE", None)
        surroundings |= {"CHIBO_LOCAL_DIR": str(folder), "PORT": str(port), "CHIBO_SAMPLE": "0"}
        surroundings["SPT_NOENV"] = "1"  # mutmut brings setproctitle, and gunicorn's titles would overwrite the rest
        command = [sys.executable, "-m", "backend.config.launcher"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, env=surroundings, text=True, **pipes)

    def wait_until_ready(self) -> None:
        for line in self.process.stdout:
            if f"http://localhost:{self.port}/" in line:
                return
        raise AssertionError(self.process.stderr.read())

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def alive(self) -> list[str]:
        """Command lines of what still runs on this folder."""
        return [" ".join(process.info["cmdline"] or []) for process in running_on(self.folder)]

    def wait_until_gone(self) -> list[str]:
        until = time.monotonic() + 40
        while self.alive() and time.monotonic() < until:
            time.sleep(0.2)
        return self.alive()


def running_on(folder: Path) -> list[psutil.Process]:
    """What is alive of a folder: its name stands in the environment of every part, or in the words of a server."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        try:
            ours = process.environ().get("CHIBO_LOCAL_DIR") == str(folder)
            server = str(folder) in " ".join(process.info["cmdline"] or []) or process.cwd().startswith(str(folder))
            if process.info["status"] != psutil.STATUS_ZOMBIE and (ours or server):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of one's own; what a failed test left running on it is killed, lest it slow down all that comes after."""
    local = Path(tempfile.mkdtemp(prefix="chibo-test-"))
    local.chmod(0o711)
    yield local
    for process in running_on(local):
        process.kill()
    shutil.rmtree(local)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.nightly)])
def test_all_five_run_and_all_five_stop(folder: Path, port: int, number: int) -> None:
    launcher = Launcher(folder, port)
    launcher.wait_until_ready()
    running = "\n".join(launcher.alive())
    for part in ("gunicorn", "celery_app --quiet worker", "celery_app --quiet beat", "bin/postgres -D"):
        assert part in running
    assert "redis-server" in running or "valkey-server" in running
    try:
        status = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).status
    except urllib.error.HTTPError as answered:
        status = answered.code
    assert status < 500
    assert launcher.end(number) == 0
    assert launcher.alive() == []


@pytest.mark.slow
def test_second_launcher_is_sent_to_the_first(folder: Path, port: int) -> None:
    first = Launcher(folder, port)
    first.wait_until_ready()
    second = Launcher(folder, port + 1)
    _out, complaint = second.process.communicate(timeout=30)
    assert second.process.returncode == 2
    assert complaint == (
        f"Chibo đang chạy từ thư mục này, tại http://localhost:{port}/ (tiến trình {first.process.pid}): "
        "hãy dùng nó, hoặc dừng nó bằng Ctrl-C.\n"
    )
    assert first.process.poll() is None
    assert first.end(signal.SIGINT) == 0


@pytest.mark.fault
def test_killed_launcher_takes_all_along_and_the_next_one_starts(folder: Path, port: int) -> None:
    first = Launcher(folder, port)
    first.wait_until_ready()
    first.process.kill()
    first.process.communicate()
    second = Launcher(folder, port)
    second.wait_until_ready()
    second.process.kill()
    second.process.communicate()
    assert second.wait_until_gone() == []


@pytest.mark.fault
@pytest.mark.parametrize(("server", "name"), [("postgres -D", "PostgreSQL"), ("-server 127.0.0.1", "Redis")])
def test_server_that_dies_ends_the_rest(folder: Path, port: int, server: str, name: str) -> None:
    launcher = Launcher(folder, port)
    launcher.wait_until_ready()
    found = [process for process in running_on(folder) if server in " ".join(process.cmdline())]
    assert len(found) == 1, launcher.alive()
    found[0].kill()
    _out, complaint = launcher.process.communicate(timeout=60)
    assert launcher.process.returncode == 1
    assert f"Tiến trình “{name}” tự dừng; mọi thứ khác cũng đã được dừng.\n" in complaint
    assert launcher.wait_until_gone() == []


@pytest.mark.fault
def test_part_that_dies_ends_the_rest(folder: Path, port: int) -> None:
    launcher = Launcher(folder, port)
    launcher.wait_until_ready()
    beat = next(p for p in psutil.Process(launcher.process.pid).children() if "beat" in " ".join(p.cmdline()))
    beat.kill()
    _out, complaint = launcher.process.communicate(timeout=60)
    assert launcher.process.returncode == 1
    assert "Tiến trình “beat” tự dừng; mọi thứ khác cũng đã được dừng.\n" in complaint
    assert launcher.alive() == []
