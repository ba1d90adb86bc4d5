"""Tests: the embedded servers (or those of the environment), under the owner role; tests step down themselves."""

from __future__ import annotations

from backend.config import env

env.set_role("owner")

from backend.config.settings.base import *  # noqa: E402, F403

SECRET_KEY = "tests-only-" + "x" * 40
CHIBO_FIELD_KEYS = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="  # 32 bytes, tests only
CHIBO_INDEX_KEY = "00" * 32
CHIBO_SIGNING_KEY = "11" * 32
CHIBO_MOVABLE_DATE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
