"""Who lost a password or a second factor by somebody else's hand is written to, once, without a name."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.mail.backends.locmem import EmailBackend
from structlog.testing import capture_logs

from backend.accounts.invitations import Seat, invite, invite_again, join
from backend.accounts.models import User
from backend.accounts.passwords import reset_password
from backend.accounts.policy import Actor
from backend.accounts.second_factor import reset_factors
from backend.alerts import account_letters
from backend.alerts.account_letters import tell
from backend.audit.models import Cursor
from backend.audit.sealing import seal_all
from backend.core import clock
from tests.roles import as_role
from tests.world import World, make_world
from workflows.offices import Office

Mail = list[Any]


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    User.objects.filter(username="secretary").update(email="bi.thu@example.org")
    return made


def secretary() -> User:
    return User.objects.get(username="secretary")


def told() -> int:
    seal_all()
    with as_role("chibo_jobs"):
        return tell()


def reset(world: World) -> None:
    Authenticator.objects.create(user=secretary(), type="totp", data={"secret": "x"})
    reset_factors(world.actor("officer"), secretary().pk)


DONE: list[tuple[Callable[[World], object], str]] = [
    (reset, "lớp xác thực thứ hai của đồng chí đã bị gỡ bởi: Cán bộ tổ chức, Đảng bộ xã."),
    (
        lambda world: invite_again(world.actor("officer"), secretary().pk),
        "đồng chí được mời lại bởi: Cán bộ tổ chức, Đảng bộ xã.",
    ),
    (
        lambda _: reset_password(Actor.operator("máy chủ"), secretary().pk, make_password("một lần")),
        "tài khoản của đồng chí được cấp mật khẩu dùng một lần bởi: Người vận hành máy chủ.",
    ),
]


@pytest.mark.parametrize(("what", "said"), DONE)
def test_the_owner_is_told_once_and_by_which_office(
    world: World, mailoutbox: Mail, what: Callable[[World], object], said: str
) -> None:
    what(world)
    assert [told(), told()] == [1, 0]
    (letter,) = mailoutbox
    assert (letter.to, letter.subject) == (["bi.thu@example.org"], "[Chibo] Tài khoản của đồng chí đã thay đổi")
    assert letter.body.startswith(f"Ngày {clock.today():%d/%m/%Y}, {said}")
    assert "Nếu đồng chí không yêu cầu việc này" in letter.body
    people = [one.full_name for one in User.objects.all()]
    assert [one for one in people if one and one in letter.body] == []


def test_a_first_invitation_and_what_one_does_oneself_are_no_news(world: World, mailoutbox: Mail) -> None:
    new = User(username="moi", full_name="Lê Thị Mới", email="moi@example.org")
    slip = invite(world.actor("officer"), new, Seat(Office.CELL_DEPUTY, world.other.pk, date(2026, 11, 2)))
    join(slip.code, "Lê Thị Mới", "một mật khẩu khác")
    assert (told(), mailoutbox) == (0, [])


def test_nobody_is_written_to_who_has_no_address_or_an_account_no_more(world: World, mailoutbox: Mail) -> None:
    for now in ({"email": ""}, {"email": "a@example.org", "address_dead_since": date(2026, 11, 1)}):
        User.objects.filter(username="secretary").update(**now)
        reset(world)
        assert (told(), mailoutbox) == (0, [])
    User.objects.filter(username="secretary").update(address_dead_since=None, is_active=False)
    reset(world)
    assert (told(), mailoutbox) == (0, [])


@pytest.mark.parametrize(("answer", "then"), [(550, 0), (451, 1)])
def test_what_the_server_refuses_for_good_is_left_out_and_what_it_puts_off_is_tried_again(
    world: World, mailoutbox: Mail, monkeypatch: pytest.MonkeyPatch, answer: int, then: int
) -> None:
    def refused(*_: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"bi.thu@example.org": (answer, b"no")})

    reset(world)
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refused)
        assert told() == 0
    assert (told(), len(mailoutbox)) == (then, then)


def test_while_the_mail_server_is_away_it_waits_for_a_day(
    world: World, mailoutbox: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> int:
        raise ConnectionRefusedError

    reset(world)
    with monkeypatch.context() as broken, capture_logs() as lines:
        broken.setattr(EmailBackend, "send_messages", away)
        assert told() == 0
    assert [(one["event"], one["error"]) for one in lines if one["event"] == "owners_not_told"] == [
        ("owners_not_told", "ConnectionRefusedError")
    ]
    assert (told(), len(mailoutbox)) == (1, 1)
    reset(world)
    now = clock.now()
    monkeypatch.setattr(account_letters.clock, "now", lambda: now + timedelta(days=1, minutes=1))
    assert (told(), len(mailoutbox)) == (0, 1)
    cursor = Cursor.objects.get(name=account_letters.NAME)
    assert cursor.position == max(Cursor.objects.values_list("position", flat=True)) > 0
