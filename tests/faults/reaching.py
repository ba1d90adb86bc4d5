"""Settings of a laptop that calls this machine too (webhooks, push services), and does not wait long for answers (`hurried`)."""

from __future__ import annotations

from backend.config.settings.local import *  # noqa: F403

CHIBO_LOOPBACK_TARGETS = True
CELERY_IMPORTS = ["tests.faults.hurried"]
