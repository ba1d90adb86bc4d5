"""PostgreSQL and Redis from wheels, for a laptop: started when no address is given, stopped by the last user.

Every user of the servers holds a shared lock for its life (`lifetime`), so a command starts what is not running and
nothing is left behind. The servers listen on a Unix socket (PostgreSQL) and on the loopback (Redis), with passwords
that are generated once and kept, mode 0600, beside the data.
"""

from __future__ import annotations

import secrets as random
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from backend.config.embedded import files, lifetime, places
from backend.config.embedded import postgres as pg
from backend.config.embedded import redis as rd

PASSWORDS = ("superuser", "owner", "app", "jobs", "redis")


@dataclass(frozen=True)
class Running:
    """Addresses of the running servers; an address that was not asked for is empty."""

    sockets: str
    passwords: dict[str, str]
    redis_url: str

    def database_url(self, role: str) -> str:
        """The address of database `chibo` for `owner`, `app` or `jobs`."""
        return f"postgresql://chibo_{role}:{self.passwords[role]}@/{pg.DATABASE}?host={quote(self.sockets, safe='')}"


def ensure(local_dir: Path, *, postgres: bool = True, redis: bool = True) -> Running:
    """Start what is asked for and not running yet, and count this process among the users until it ends.

    Safe against other processes doing the same. Raises ConfigurationError when the folder cannot be written to, a
    wheel is missing or a server does not come up.
    """
    place = places.find(local_dir)
    lifetime.join(place, stop=_stop)
    with lifetime.starting(place):
        passwords = files.keep(place.home / "passwords.json", _new_passwords)
        if postgres:
            pg.start(place, passwords)
        url = rd.start(place, passwords["redis"]) if redis else ""
    return Running(sockets=str(place.sockets) if postgres else "", passwords=passwords, redis_url=url)


def processes(local_dir: Path, *, postgres: bool = True, redis: bool = True) -> dict[str, int]:
    """The ids of the servers' processes that run in this folder now, of those that are asked for, by name for people."""
    place = places.find(local_dir)
    passwords = files.keep(place.home / "passwords.json", _new_passwords)
    found = {
        "PostgreSQL": pg.process(place) if postgres else None,
        "Redis": rd.process(place, passwords["redis"]) if redis else None,
    }
    return {name: number for name, number in found.items() if number is not None}


def secrets(local_dir: Path) -> dict[str, str]:
    """The laptop's own keys, generated once: Django's, the field key (Fernet), the index key and the signing seed."""
    return files.keep(files.folder(local_dir) / "secrets.json", _new_secrets)


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": random.token_urlsafe(64),
        "CHIBO_FIELD_KEYS": urlsafe_b64encode(random.token_bytes(32)).decode(),
        "CHIBO_INDEX_KEY": random.token_hex(32),
        "CHIBO_SIGNING_KEY": random.token_hex(32),
    }


def _new_passwords() -> dict[str, str]:
    return {name: random.token_hex(16) for name in PASSWORDS}


def _stop(place: places.Place) -> None:
    rd.stop(place, files.keep(place.home / "passwords.json", _new_passwords)["redis"])
    pg.stop(place)
