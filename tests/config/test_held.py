"""Production serves nobody under a database role that row-level security does not hold, nor with another database's keys."""

from __future__ import annotations

import secrets

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from backend.config import embedded, env
from tests.config.test_faults import command
from tests.config.test_safety import SERVER
from tests.realdb import RealDatabase

pytestmark = [pytest.mark.real, pytest.mark.slow]
SAID = (
    "DATABASE_URL names a superuser or the owner of the tables, whom row-level security does not hold: it must name"
    " chibo_app.\n"
)


KEYS = "No key of CHIBO_FIELD_KEYS opens what this database keeps sealed; put the key it was sealed with back.\n"


def started(address: str, *words: str, role: str = "app", fields: str = "") -> tuple[int, str]:
    keys = {"SECRET_KEY": secrets.token_urlsafe(64), "DATABASE_URL": address, "CHIBO_ROLE": role}
    keys |= {"CHIBO_FIELD_KEYS": fields or settings.CHIBO_FIELD_KEYS}
    keys |= {"CHIBO_SIGNING_KEY": secrets.token_hex(32)} if role == "jobs" else {}
    done = command(*words, **SERVER | keys)
    return done.returncode, done.stderr


def test_the_owner_serves_nobody_and_the_application_does(committed_db: RealDatabase) -> None:
    owner, own = committed_db.url("owner"), committed_db.url("app")
    assert started(owner, "-W", "ignore", "-c", "import backend.config.wsgi") == (4, SAID)
    assert started(owner, "manage.py", "user", "list") == (2, SAID)
    assert started(owner, "manage.py", "showmigrations", "core", role="owner") == (0, "")
    assert started(own, "manage.py", "user", "list") == (0, "")


@pytest.mark.skipif(bool(env.text("DATABASE_URL")), reason="a server of somebody else's, whose superuser we are not")
def test_a_superuser_serves_nobody(committed_db: RealDatabase) -> None:
    running = embedded.ensure(env.local_dir(), postgres=True, redis=False)
    owner = f"//chibo_owner:{running.passwords['owner']}@"
    whole = committed_db.url("owner").replace(owner, f"//postgres:{running.passwords['superuser']}@")
    assert started(whole, "manage.py", "user", "list") == (2, SAID)


def test_a_server_with_other_keys_neither_serves_nor_works(committed_db: RealDatabase) -> None:
    """Nothing is sealed under a key that is not the database's; before the old one is left out, it must have been replaced."""
    app, jobs, other = committed_db.url("app"), committed_db.url("jobs"), Fernet.generate_key().decode()
    both = f"{other},{settings.CHIBO_FIELD_KEYS}"
    worker = ("-m", "celery", "--app", "celery_app", "--quiet", "worker", "--pool", "solo", "--loglevel", "WARNING")
    assert started(app, "-W", "ignore", "-c", "import backend.config.wsgi", fields=other) == (4, KEYS)
    assert started(app, "manage.py", "user", "list", fields=other) == (2, KEYS)
    code, said = started(jobs, *worker, role="jobs", fields=other)
    assert (code, said.splitlines(keepends=True)[-1]) == (2, KEYS)
    assert started(app, "manage.py", "user", "list", fields=both) == (0, "")
