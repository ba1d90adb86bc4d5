"""The worker's Celery app: `celery -A celery_app worker`. Nothing imports it; jobs are named, never imported."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
os.environ.setdefault("CHIBO_ROLE", "jobs")

from celery import Celery, signals
from django.conf import settings

from backend.config.errors import ConfigurationError
from backend.config.words import said

try:
    settings.INSTALLED_APPS  # noqa: B018 - reading one setting loads them all
except ConfigurationError as error:
    sys.stderr.write(f"{said(error)}\n")
    sys.exit(2)

app = Celery("chibo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["backend.jobs"])


@app.on_after_finalize.connect
def set_beat(sender: Celery, **_: object) -> None:
    """The table of standing jobs, once Django's settings can be read."""
    from backend.jobs.schedule import beat_schedule  # noqa: PLC0415  (reads the settings)

    sender.conf.beat_schedule = beat_schedule()


@signals.worker_init.connect
def look_first(**_: object) -> None:
    """A worker that the database must not let in ends before it takes a job."""
    from backend.core.held import look_now  # noqa: PLC0415  (needs Django's apps)

    try:
        look_now()
    except ConfigurationError as error:
        sys.stderr.write(f"{said(error)}\n")
        sys.exit(2)


@signals.beat_init.connect
@signals.beat_embedded_init.connect
def feel_beat(**_: object) -> None:
    """Beat's own pulse: whenever it has told the broker something. Connected in beat's process alone."""
    from backend.alerts.pulse import beat_told  # noqa: PLC0415  (needs Django's apps)

    signals.after_task_publish.connect(lambda **_: beat_told(), weak=False)
