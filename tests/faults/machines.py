"""Real processes to break: a Redis of the test's own, Celery workers and beats, an SMTP server that keeps its mail."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psutil
import redis
from aiosmtpd.controller import Controller
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.config.embedded.redis import installed

ROOT = Path(__file__).resolve().parents[2]


def until(what: Callable[[], Any], seconds: float, why: str, every: float = 0.1) -> Any:
    """Wait for something to come true; an exception counts as "not yet"."""
    end = time.monotonic() + seconds
    last: Exception | None = None
    while time.monotonic() < end:
        try:
            if found := what():
                return found
        except Exception as error:  # noqa: BLE001  (a server that is down is what these tests are about)
            last = error
        time.sleep(every)
    raise AssertionError(f"{why}: not within {seconds} s ({last})")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """An SMTP server and what it accepted, by Message-ID, and the ways in which it misbehaves.

    `hold` keeps the answer back once the data are in, `drop` then cuts the line instead of answering. `to_rcpt` and
    `to_data` give other answers than 250, by recipient or, under "*", to all; such a letter is not accepted.
    """

    port: int
    accepted: Counter[str] = field(default_factory=Counter)
    hold: bool = False
    drop: bool = False
    to_rcpt: dict[str, str] = field(default_factory=dict)
    to_data: dict[str, str] = field(default_factory=dict)
    holding: int = 0
    controller: Controller | None = None
    mute: socket.socket | None = None

    def be_silent(self) -> None:
        """Lines are taken, and nothing is ever said on them."""
        self.close()
        self.mute = socket.create_server(("127.0.0.1", self.port))

    def open(self) -> None:
        if self.mute is not None:
            self.mute.close()
            self.mute = None
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        self.hold = False
        if self.controller is not None:
            self.controller.stop()
            self.controller = None
        if self.mute is not None:
            self.mute.close()
            self.mute = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if refusal := self.to_rcpt.get(address, self.to_rcpt.get("*", "")):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if refusal := self.to_data.get(envelope.rcpt_tos[0], self.to_data.get("*", "")):
            return refusal
        message = message_from_bytes(envelope.content)
        self.accepted[message["Message-ID"]] += 1
        self.holding += 1
        while self.hold:
            await asyncio.sleep(0.02)
        self.holding -= 1
        if self.drop:
            server.transport.abort()
        return "250 kept"


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    mailbox = Mailbox(free_port())
    mailbox.open()
    try:
        yield mailbox
    finally:
        mailbox.close()


@dataclass
class Redis:
    """A Redis server without a password on the loopback that can be killed and started again."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=2, retry=Retry(NoBackoff(), 0))

    def start(self) -> None:
        package, program = installed()
        path = package / program if package else program
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([path, *words, "--dir", str(self.folder)], stdout=subprocess.DEVNULL)
        until(lambda: self.client().ping(), 10, "Redis starts")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def fall_silent(self) -> None:
        """As a network that swallows everything: lines are taken, nothing is answered, until `speak`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def speak(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def own_redis(folder: Path) -> Iterator[Redis]:
    server = Redis(free_port(), folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Worker:
    """`celery worker` under the jobs' role, as `make run` starts it but for shorter intervals; with a beat inside, or not."""

    environment: Mapping[str, str]
    folder: Path
    beat: bool = True
    process: subprocess.Popen[bytes] | None = None

    def words(self) -> list[str]:
        beat = ["--beat", "--schedule", str(self.folder / "beat")] if self.beat else []
        return ["worker", *beat, "--concurrency", "2", "--hostname", f"{self.folder.name}@drill"]

    def start(self) -> None:
        words = ["-m", "celery", "-A", "celery_app", *self.words(), "--loglevel", "WARNING"]
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9 for the worker and every child, at once."""
        if self.process is not None:
            family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
            for one in family:
                one.send_signal(signal.SIGKILL)
            self.process.wait()
            psutil.wait_procs(family[1:], timeout=10)
            self.process = None

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")


class Beat(Worker):
    """`celery beat` in a process of its own, as `make run` and Docker Compose have it."""

    def words(self) -> list[str]:
        return ["beat", "--schedule", str(self.folder / "beat"), "--pidfile", ""]


@contextmanager
def worker(environment: Mapping[str, str], folder: Path, kind: type[Worker] = Worker) -> Iterator[Worker]:
    """A worker that is not running yet; whatever the test leaves running is killed. A test that fails shows its log."""
    folder.mkdir(exist_ok=True)
    one = kind(environment, folder)
    try:
        yield one
    finally:
        one.kill()
        if (folder / "worker.log").exists():
            print(f"--- the worker's log\n{one.log()[-5000:]}")
