"""Today: what is overdue, due this week and coming, for the office in which the reader acts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from backend.contacts.devices import devices_of
from backend.web.acting import Acting, in_office


@in_office
def today(request: Acting) -> HttpResponse:
    """The reader's page to begin with."""
    return render(request, "web/today.html", {"gone": any(one.gone_at for one in devices_of(request.user.pk))})
