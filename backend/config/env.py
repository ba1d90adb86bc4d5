"""The only reader of environment variables. Everything else asks here, so that one page shows what can be set."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from backend.config import embedded
from backend.config.errors import ConfigurationError
from backend.core import vapid

BASE_DIR = Path(__file__).resolve().parents[2]
Role = Literal["owner", "app", "jobs"]
ROLES: tuple[Role, ...] = ("owner", "app", "jobs")
Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Services:
    """Addresses of PostgreSQL (for one role) and Redis."""

    database_url: str
    redis_url: str


def text(name: str, default: str = "") -> str:
    """A setting as text; one that is set but empty counts as not set (a copied .env.example has many of those)."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    raw = text(name, "1" if default else "0")
    if raw.lower() not in _YES | _NO:
        raise ConfigurationError("%(name)s must be 1 or 0, not “%(value)s”.", name=name, value=raw)
    return raw.lower() in _YES


def number(name: str, default: int) -> int:
    raw = text(name, str(default))
    try:
        return int(raw)
    except ValueError:
        raise ConfigurationError("%(name)s must be a whole number, not “%(value)s”.", name=name, value=raw) from None


def field_keys() -> str:
    """CHIBO_FIELD_KEYS, each of them 32 bytes in base64; empty where not set."""
    raw = text("CHIBO_FIELD_KEYS")
    keys = [key.strip() for key in raw.split(",") if key.strip()]
    try:
        well = all(len(urlsafe_b64decode(key)) == 32 for key in keys)
    except ValueError:
        well = False
    if raw and not (keys and well):
        raise ConfigurationError("CHIBO_FIELD_KEYS must hold Fernet keys, newest first, separated by commas.")
    return raw


def index_key() -> str:
    """CHIBO_INDEX_KEY, at least 32 bytes in hexadecimal; empty where not set."""
    raw = text("CHIBO_INDEX_KEY")
    try:
        well = len(bytes.fromhex(raw)) >= 32
    except ValueError:
        well = False
    if raw and not well:
        raise ConfigurationError("CHIBO_INDEX_KEY must be at least 32 bytes in hexadecimal.")
    return raw


def signing_key() -> str:
    """The seed of the log's signatures: CHIBO_SIGNING_KEY, or what stands in CHIBO_SIGNING_KEY_FILE, which the jobs alone read.

    Empty where neither is set.
    """
    given, file = text("CHIBO_SIGNING_KEY"), text("CHIBO_SIGNING_KEY_FILE")
    if given and file:
        raise ConfigurationError(
            "Give %(one)s or %(other)s, not both.", one="CHIBO_SIGNING_KEY", other="CHIBO_SIGNING_KEY_FILE"
        )
    if not file or role() != "jobs":
        return given
    try:
        seed = Path(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not ASCII"
        raise ConfigurationError("%(file)s cannot be read (%(why)s).", file=file, why=why) from None
    if not seed:
        raise ConfigurationError("%(file)s holds nothing: it must hold the seed of the log.", file=file)
    return seed


def vapid_public_key() -> str:
    """CHIBO_VAPID_PUBLIC_KEY, a point of P-256 in base64url; empty where not set: nothing is sent to devices."""
    raw = text(vapid.PUBLIC)
    try:
        return raw and vapid.encoded(vapid.point_of(vapid.point(vapid.decoded(raw))))
    except ValueError:
        raise ConfigurationError(
            "%(name)s must be a key as `manage.py vapid --new` prints it.", name=vapid.PUBLIC
        ) from None


def vapid_private_key() -> str:
    """CHIBO_VAPID_PRIVATE_KEY, which signs what is sent to devices; the public one, where it is set too, goes with it."""
    raw, public = text(vapid.PRIVATE), vapid_public_key()
    try:
        own = vapid.public_of(raw) if raw else ""
    except ValueError:
        raise ConfigurationError(
            "%(name)s must be a key as `manage.py vapid --new` prints it.", name=vapid.PRIVATE
        ) from None
    if own and public and own != public:
        raise ConfigurationError("%(one)s and %(other)s are no pair.", one=vapid.PRIVATE, other=vapid.PUBLIC)
    return raw


def vapid_contact() -> str:
    """CHIBO_VAPID_CONTACT, a mailto: or https: URL by which push services reach whoever runs this; empty where not set."""
    raw = text("CHIBO_VAPID_CONTACT")
    if raw and not raw.startswith(("mailto:", "https://")):
        raise ConfigurationError(
            "CHIBO_VAPID_CONTACT must be like mailto:you@example.org or https://example.org/contact."
        )
    return raw


def role() -> Role:
    """The database role this process runs under: `app` (web, API), `jobs` (worker, beat) or `owner` (migrations)."""
    value = text("CHIBO_ROLE", "app")
    for known in ROLES:
        if value == known:
            return known
    raise ConfigurationError(
        "%(name)s must be one of %(known)s, not “%(value)s”.", name="CHIBO_ROLE", known=", ".join(ROLES), value=value
    )


def language() -> Language:
    """What the command line speaks, and whoever asks for no language is answered in (CHIBO_LANGUAGE)."""
    value = text("CHIBO_LANGUAGE", LANGUAGES[0])
    for known in LANGUAGES:
        if value == known:
            return known
    words = {"name": "CHIBO_LANGUAGE", "known": ", ".join(LANGUAGES), "value": value}
    raise ConfigurationError("%(name)s must be one of %(known)s, not “%(value)s”.", **words)


def set_role(value: Role) -> None:
    """Choose the role before the settings are read (manage.py and the launcher do so by command)."""
    os.environ.setdefault("CHIBO_ROLE", value)


def without_servers() -> None:
    """Name addresses at which nobody is asked, so that reading the settings starts nothing."""
    os.environ["DATABASE_URL"] = "postgresql://nobody@localhost/nothing"
    os.environ["REDIS_URL"] = "redis://localhost"


def local_dir() -> Path:
    """Where the embedded servers and generated secrets live."""
    return Path(text("CHIBO_LOCAL_DIR") or BASE_DIR / ".local")


def set_local_dir(name: str) -> None:
    """Let this process and its children work in a folder of their own inside it, unless another one is given."""
    os.environ.setdefault("CHIBO_LOCAL_DIR", str(local_dir() / name))


def services() -> Services:
    """Addresses for this process's role, see `services_for`."""
    return services_for(role())


@cache
def services_for(role: Role) -> Services:
    """Addresses given by the environment; where one is missing, the embedded server is started for it."""
    database = text(database_variable(role))
    redis = text("REDIS_URL")
    if database and redis:
        return Services(database, redis)
    running = embedded.ensure(local_dir(), postgres=not database, redis=not redis)
    return Services(database or running.database_url(role), redis or running.redis_url)


def database_variable(role: Role) -> str:
    """The variable that holds the role's address; without one of its own a role shares DATABASE_URL."""
    own = {"owner": "DATABASE_OWNER_URL", "app": "DATABASE_URL", "jobs": "DATABASE_JOBS_URL"}[role]
    return own if text(own) else "DATABASE_URL"


def child(**settings: str) -> dict[str, str]:
    """The environment for a process we start: ours, and on top what is given."""
    return {**os.environ, **settings}
