"""Settings of a laptop that calls this machine too (webhooks, push services) and is soon tired of waiting (`hurried`)."""

from __future__ import annotations

from backend.config.settings.local import *  # noqa: F403

CHIBO_LOOPBACK_TARGETS = True
CELERY_IMPORTS = ["tests.faults.hurried"]
