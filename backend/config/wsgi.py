"""WSGI entry point of the web process (gunicorn)."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from backend.config.errors import ConfigurationError
from backend.config.words import said

GUNICORN_APP_LOAD_ERROR = 4  # makes gunicorn's master give up instead of trying again for ever

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.local")
try:
    application = get_wsgi_application()
    from backend.core.held import look_now  # needs Django's apps

    look_now()
except ConfigurationError as error:
    sys.stderr.write(f"{said(error)}\n")
    sys.exit(GUNICORN_APP_LOAD_ERROR)

from backend.alerts.watch import Watchman  # noqa: E402  (needs Django's apps)
from backend.web.unread import answer_unread  # noqa: E402

answer_unread()
Watchman().start()
