"""Sign-in by the session of the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied


class PageSession(SessionAuthentication):
    """A signed-in page; what may have been sent by another site's page is refused in a sentence of ours."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            message = gettext("The page's token (X-CSRFToken) is missing or no longer valid; load the page again.")
            raise PermissionDenied(message) from None
