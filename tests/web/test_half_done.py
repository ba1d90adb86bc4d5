"""A sign-in between password and second factor is worth no more than what it was begun with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.management import call_command

from backend.accounts.models import User
from backend.accounts.passwords import change_password
from backend.accounts.sessions import end_other_sessions
from tests.web.people import PASSWORD, code, send, set_up_app, sign_in, with_password
from tests.world import make_world


def person() -> int:
    return User.objects.get(username="secretary").pk


ENDS: dict[str, Callable[[], object]] = {
    "the password": lambda: change_password(person(), old=PASSWORD, new="một mật khẩu khác 7"),
    "a one-time password": lambda: call_command("user", "password", "secretary"),
    "sign-out": lambda: call_command("user", "sign-out", "secretary"),
    "all others": lambda: end_other_sessions(person(), ""),
}


@pytest.mark.parametrize("ended_by", [*ENDS, None])
def test_a_sign_in_that_is_half_done_ends_with_what_it_was_begun_with(db: None, ended_by: str | None) -> None:
    cache.clear()
    make_world()
    with_password("secretary")
    secret, _printed = set_up_app(sign_in("secretary"), -1)
    half = sign_in("secretary")
    assert half.get("/sign-in/second/").status_code == 200
    if ended_by:
        UserSession.objects.all().delete()  # nothing else is signed in
        ENDS[ended_by]()
    before, step = UserSession.objects.count(), Authenticator.objects.get(type="totp").data["step"]
    told = send(half, "/sign-in/second/", code=code(secret))
    assert told.headers["Location"] == ("/sign-in/" if ended_by else "/")
    assert UserSession.objects.count() == before + (ended_by is None)
    assert (Authenticator.objects.get(type="totp").data["step"] == step) is bool(ended_by), (
        "whether the code was looked at"
    )
    assert half.get("/members/").status_code == (302 if ended_by else 200)
