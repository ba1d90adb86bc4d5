"""Tests: embedded servers of their own (or those of the environment), as the owner; tests step down themselves."""

from __future__ import annotations

from urllib.parse import urlsplit

from backend.config import env

env.set_role("owner")
env.set_local_dir("tests")

from backend.config.settings.base import *  # noqa: E402, F403
from backend.config.settings.base import CACHES, SERVICES  # noqa: E402

# Workers of pytest-xdist share one Redis; each has a database of its own, or they would take each other's tasks.
_worker = int(env.text("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CELERY_BROKER_URL = urlsplit(SERVICES.redis_url)._replace(path=f"/{_worker + 1}").geturl()
CACHES["default"]["LOCATION"] = CELERY_BROKER_URL

SECRET_KEY = "tests-only-" + "x" * 40
CHIBO_KEYS_MUST_FIT = False  # tests take keys away from under a running server
CHIBO_FIELD_KEYS = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="  # 32 bytes, tests only
CHIBO_INDEX_KEY = bytes(range(32)).hex()  # as production takes one: tests start it on their database
CHIBO_SIGNING_KEY = "11" * 32
CHIBO_MOVABLE_DATE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CHIBO_DEMO_ACCOUNTS = True
CHIBO_REQUIRE_SECOND_FACTOR = False
