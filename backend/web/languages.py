"""Vietnamese or English: chosen at the foot of every page, kept in a cookie and, of whoever signed in, with the account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from backend.accounts.languages import set_own_language

YEAR = 365 * 24 * 3600
"""Seconds that the choice is remembered by a browser."""


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """`language`, and `next`: back to where one came from. What is no language of ours changes nothing."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated and request.user.pk:
            set_own_language(request.user.pk, chosen)
        remember(answer, chosen, secure=request.is_secure())
    return answer


def remember(answer: HttpResponse, chosen: str, *, secure: bool) -> None:
    """The browser asks for this language from now on, whatever it was set to."""
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
