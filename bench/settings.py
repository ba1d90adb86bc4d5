"""Settings of the bench: a laptop's, in a database of the bench's own, with the peer it is measured against."""

from __future__ import annotations

from urllib.parse import urlsplit

from backend.config import env

env.set_role("owner")

from backend.config.settings.local import *  # noqa: E402, F403  (the role must be chosen before they are read)
from backend.config.settings.local import DATABASES, INSTALLED_APPS, SERVICES  # noqa: E402

DATABASE = "chibo_bench"
HOME_DATABASE = DATABASES["default"]["NAME"]
DATABASES["default"] |= {"NAME": DATABASE, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
INSTALLED_APPS = [*INSTALLED_APPS, "django_fsm_log", "bench"]
CELERY_BROKER_URL = urlsplit(SERVICES.redis_url)._replace(path="/15").geturl()  # nobody listens there
CHIBO_SIGNING_KEY = "22" * 32  # the bench's own log
