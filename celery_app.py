"""The worker's Celery app: `celery -A celery_app worker`. Nothing imports this module; jobs are named, never imported."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
os.environ.setdefault("CHIBO_ROLE", "jobs")

from celery import Celery

app = Celery("chibo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["backend.jobs"])
