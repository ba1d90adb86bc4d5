"""Where a person is signed in: sessions of pages, each with its device, moment and address, and how to end them.

The rows are django-allauth's (`allauth.usersessions`), one for each session that was signed in through the page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import Token, User
from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode
from backend.core import clock
from backend.core.db import WHOLE, naming
from backend.core.errors import NotFound
from backend.core.nudge import nudge
from workflows import law
from workflows.offices import Right

KEPT = "PDP.SESSION_KEPT"
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
           "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "coc_coc": "Cốc Cốc", "SamsungBrowser": "Samsung Internet",
            "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
"""What stands in a User-Agent, the telling word first: Edge says that it is Chrome and Safari too."""


def stay_signed_in(request: HttpRequest, user: User) -> None:
    """After a change of the password: this session goes on, under another key, and is listed again."""
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request, user=user)


def half_done(user: User) -> list[str | int]:
    """What a sign-in that waits for its second factor is bound to: another password, or an end of all that is signed in, ends
    it as well."""
    return [user.get_session_auth_hash(), user.sign_outs]


def sessions_of(user_id: int) -> list[UserSession]:
    """The sessions that still stand, the newest first; the rows of those that ended are thrown away."""
    with transaction.atomic():
        naming(user_id)
        user = User.objects.get(pk=user_id)
        return sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.created_at, reverse=True)


def device(user_agent: str) -> str:
    """Browser and system, as far as they say who they are."""
    found = [next((name for sign, name in known.items() if sign in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name) or user_agent[:60]


def end_session(user_id: int, session_id: int) -> None:
    """Raises NotFound for what is no session of this person."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        one = UserSession.objects.filter(pk=session_id, user_id=user_id).first()
        if one is None:
            raise NotFound(gettext_noop("There is no such session."))
        _end(one)
        keep(user, by_owner(user), EventCode.SESSIONS_ENDED, facts={"count": 1})
    nudge("jobs.seal")


def end_other_sessions(user_id: int, session_key: str) -> int:
    """End every session but the one with the key; how many there were."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        others = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=session_key))
        for one in others:
            _end(one)
        _end_half_done(user_id)
        if others:
            keep(user, by_owner(user), EventCode.SESSIONS_ENDED, facts={"count": len(others)})
    nudge("jobs.seal")
    return len(others)


def end_all_of(actor: Actor, user_id: int) -> int:
    """Whatever a person is signed in with ends (a phone was lost); how many sessions, tokens, calendars and devices. Raises
    NotPermitted."""
    require(actor, Right.ADMINISTER, WHOLE)
    with transaction.atomic(durable=True):
        user = locked(user_id)
        if count := end_everything(user_id):
            keep(user, actor.who(), EventCode.SESSIONS_ENDED, facts={"count": count})
    nudge("jobs.seal")
    return count


_BESIDES: dict[str, Callable[[int], int]] = {}


def ends_too(name: str, end: Callable[[int], int]) -> None:
    """A room above keeps other ways to a person's work, which end with all that is signed in (`AppConfig.ready` says so)."""
    _BESIDES[name] = end


def end_everything(user_id: int, kept_session: str = "") -> int:
    """Every session but one, and every token; in the caller's transaction, which has named the person. How many.

    Where no session is kept, it is taken out of somebody's hands: then calendars and devices end with it.
    """
    sessions = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=kept_session))
    for one in sessions:
        _end(one)
    _end_half_done(user_id)
    tokens, _of = Token.objects.filter(user_id=user_id).delete()
    others = 0 if kept_session else sum(end(user_id) for end in _BESIDES.values())
    return len(sessions) + int(tokens) + others


def _end(one: UserSession) -> None:
    Session.objects.filter(session_key=one.session_key).delete()
    one.delete()


def _end_half_done(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(sign_outs=F("sign_outs") + 1)


def drop_sessions() -> int:
    """Let go of sessions that ran out long enough ago, and of where they were signed in; how many. For the role of the jobs.

    By real time. A session that somebody ended is gone at once.
    """
    until = clock.now() - timedelta(days=law.rule(KEPT, on=clock.now().date()).value)
    with transaction.atomic():
        dropped = Session.objects.filter(expire_date__lt=until).delete()[0]
        UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return dropped
