"""Say to the workers that there is work. Nothing is lost if nobody hears it: the beat's jobs find all undone work."""

from __future__ import annotations

from functools import cache
from time import monotonic
from typing import Any

import structlog
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from backend.core.rehearsing import rehearsed_day

log = structlog.get_logger(__name__)


@cache
def _broker() -> Celery:
    """A Celery app that knows the broker and task names only; the worker's own app is `celery_app.app`."""
    app = Celery("chibo-nudge", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        broker_connection_timeout=1,
        broker_transport_options={"socket_connect_timeout": 1, "socket_timeout": 1},
        task_publish_retry=False,
    )
    return app


_last: dict[str, float] = {}
QUIET_SECONDS = 0.5
"""A process that works fast says so twice a second, not a thousand times; beat finds what the last silence left."""


def nudge(task: str, *args: Any) -> bool:
    """Send a job by name (`jobs.seal`); call it after commit only.

    False when nothing was sent: the same was said a moment ago, Redis is away (then with a line in the log), or it was
    but a rehearsal.
    """
    if rehearsed_day() is not None:
        return False
    said = monotonic()
    if not args and said - _last.get(task, -QUIET_SECONDS) < QUIET_SECONDS:
        return False
    _last[task] = said
    try:
        _broker().send_task(task, args=args)
    except (OperationalError, OSError) as error:
        log.warning("nudge_lost", task=task, error=type(error).__name__)
        return False
    return True
