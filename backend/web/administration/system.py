"""Whether Chibo itself is well, in plain words: each part, when it last moved, and what waits for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.alerts.backups import known
from backend.alerts.health import look
from backend.core import clock
from backend.web.acting import Acting, in_office


@require_safe
@in_office
def system(request: Acting) -> HttpResponse:
    """The same as `GET /api/v1/status/` and `manage.py status`, and the last backup: no unit and no person stands in it."""
    return render(request, "web/administration/system.html", {"health": look(), "backup": known(), "now": clock.now()})
