"""Production: every secret and address comes from the environment; anything missing, or unsafe, stops the start."""

from __future__ import annotations

from django.conf import global_settings

from backend.config import env, logs
from backend.config.errors import ConfigurationError
from backend.config.safety import must_be_safe
from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import CHIBO_ROLE

_needed = ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CHIBO_FIELD_KEYS", "CHIBO_INDEX_KEY", "CHIBO_PUBLIC_URL"]
if CHIBO_ROLE == "jobs" and not env.text("CHIBO_SIGNING_KEY_FILE"):
    _needed.append("CHIBO_SIGNING_KEY")
_missing = [name for name in _needed if not env.text(name)]
if _missing:
    raise ConfigurationError("Production needs these settings: %(names)s.", names=", ".join(_missing))

STATIC_ROOT = env.text("CHIBO_STATIC_ROOT") or str(env.BASE_DIR / "staticfiles")
WHITENOISE_USE_FINDERS = False
STORAGES = (
    global_settings.STORAGES
    | {  # compressed, and kept by browsers for good under names that say what is in them
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
CHIBO_MUST_BE_HELD = True
CHIBO_REQUIRE_SECOND_FACTOR = env.flag("CHIBO_REQUIRE_SECOND_FACTOR", default=True)

must_be_safe({**vars(global_settings), **globals()})
logs.configure(as_json=True)
