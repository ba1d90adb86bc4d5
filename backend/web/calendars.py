"""The calendar feed: for whoever has the address, since calendar programs cannot sign in."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from backend.contacts.calendars import behind
from backend.core import clock
from backend.reports.calendar_feed import feed


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The feed; 304 for whoever has these very bytes; 404 for an address that is wrong or was closed."""
    text = _text(token)
    etag = quote_etag(hashlib.sha256(text).hexdigest())
    whole = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer = get_conditional_response(request, etag=etag, response=whole) or whole
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _text(token: str) -> bytes:
    with transaction.atomic():
        user = behind(token)
        if user is None:
            raise Http404
        return feed(user, clock.today())
