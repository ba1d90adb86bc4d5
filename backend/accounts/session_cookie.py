"""The cookie of a session is the session's key with a signature under SECRET_KEY.

Keys stand in the database as they are: who reads them there, in a stolen backup say, can make no cookie of them.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse


def signed(key: str) -> str:
    """The cookie of a session."""
    return Signer(salt=__name__).sign(key)


def key_in(cookie: str | None) -> str | None:
    """The key of the session a cookie is for; None where nobody here has signed it."""
    try:
        return Signer(salt=__name__).unsign(cookie) if cookie else None
    except BadSignature:
        return None


class SignedSessions(SessionMiddleware):
    """Django's, with a cookie that is signed."""

    def process_request(self, request: HttpRequest) -> None:
        request.session = self.SessionStore(key_in(request.COOKIES.get(settings.SESSION_COOKIE_NAME)))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value:  # an empty one takes it away
            response.cookies[settings.SESSION_COOKIE_NAME] = signed(cookie.value)
        return response
