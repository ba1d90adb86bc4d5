"""A one-time password is exchanged once, a lost one is replaced by the operator; each is an entry, and ends the rest."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command, execute_from_command_line

from backend.accounts.acting import operator
from backend.accounts.models import Token, User
from backend.accounts.passwords import change_password, reset_password, weaknesses
from backend.accounts.policy import Actor
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.core.errors import NotPermitted, Refused
from tests.realdb import RealDatabase, together
from tests.roles import as_role
from tests.world import World, make_world
from workflows.offices import Office

OLD, NEW = "mật khẩu dài 2026", "một mật khẩu khác"


def secretary(password: str = OLD) -> User:
    user = User.objects.get(username="secretary")
    user.set_password(password)
    user.password_must_change = True
    user.save()
    return user


def traces(user: User) -> tuple[Any, ...]:
    row = User.objects.values("password", "password_must_change", "version").get(pk=user.pk)
    return row, Event.objects.count(), sorted(Token.objects.values_list("pk", flat=True))


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_app"):
        call_command(*words, stdout=out)
    return out.getvalue().splitlines()


def test_a_change_ends_every_other_token_of_this_account_and_is_an_entry_without_a_word_of_it(world: World) -> None:
    user, other = secretary(), User.objects.get(username="officer")
    maker, _ = Token.objects.create(user=user)
    kept, _ = Token.objects.create(user=user, made_by=maker)  # the maker ends, it does not
    theirs, _ = Token.objects.create(user=other)
    with as_role("chibo_app"):
        change_password(user.pk, old=OLD, new=NEW, kept=kept)
    user.refresh_from_db()
    assert (user.check_password(NEW), user.password_must_change, user.version) == (True, False, 2)
    assert {one.pk for one in Token.objects.all()} == {kept.pk, theirs.pk}
    event = Event.objects.latest("id")
    told = (event.code, event.subject_kind, event.subject_id, event.version, event.user_id, event.office, event.facts)
    assert told == ("user.password_changed", "user", user.pk, 2, user.pk, "", {})
    assert EventDetail.objects.get(event_uid=event.uid).data == {"who": "Người secretary"}
    seal_all()
    assert verify_log().fault is None


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("?", NEW, ["password.wrong"]),
        (OLD, OLD, ["password.same"]),
        (OLD, "123", ["password.too_short", "password.too_common", "password.entirely_numeric"]),
        ("?", "password", ["password.wrong", "password.too_common"]),
        (OLD, "aaaaaaaaaaaa", ["password.uniform"]),
        (OLD, "abcdabcdabcd", ["password.uniform"]),
        (OLD, "secretary2026", ["password.too_similar"]),
        (OLD, "nguoi secretary", ["password.too_similar"]),  # the full name without diacritics
    ],
)
def test_a_refused_change_says_every_reason_and_leaves_nothing(
    world: World, old: str, new: str, codes: list[str]
) -> None:
    user = secretary()
    Token.objects.create(user=user)
    before = traces(user)
    with as_role("chibo_app"), pytest.raises(Refused) as refused:
        change_password(user.pk, old=old, new=new)
    assert [one.code for one in refused.value.answers] == codes
    assert traces(user) == before


class NoQ:
    """A validator as an installation may have one."""

    def validate(self, password: str, user: object = None) -> None:
        if "q" in password:
            raise ValidationError("Không dùng chữ q.", "password_no_q")


def test_a_validator_of_the_installations_own_is_asked_too(world: World, settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{__name__}.NoQ"}]
    with pytest.raises(Refused) as refused:
        change_password(secretary().pk, old=OLD, new="secretary-q")
    (weak,) = refused.value.answers
    assert (weak.code, weak.text("vi")) == ("password.weak", "Không dùng chữ q.")


def test_five_different_signs_are_enough() -> None:
    assert weaknesses("abcdeabcdeab") == []
    assert [one.text("vi") for one in weaknesses("abcdabcdabcd")] == [
        "Mật khẩu lặp lại quá ít ký tự: cần ít nhất 5 ký tự khác nhau."
    ]


def test_the_operator_gives_a_new_one_time_password(world: World) -> None:
    user = secretary()
    User.objects.filter(pk=user.pk).update(password_must_change=False)
    Token.objects.create(user=user)
    said = run("user", "password", "secretary")
    password = said[1].rpartition(" ")[2]
    assert said == [
        "Đã đặt mật khẩu mới cho secretary; mọi phiên đăng nhập trước đó đã chấm dứt.",
        f"Mật khẩu, chỉ hiện lần này: {password}",
        "Mật khẩu này chỉ dùng để đổi sang mật khẩu khác, tại http://localhost:8000/password/.",
    ]
    user.refresh_from_db()
    assert (user.check_password(password), user.password_must_change, user.version) == (True, True, 2)
    assert not Token.objects.exists()
    event = Event.objects.latest("id")
    assert (event.code, event.subject_id, event.office, event.user_id) == (
        "user.password_reset", user.pk, "operator", None,
    )  # fmt: skip
    assert EventDetail.objects.get(event_uid=event.uid).data == {"who": operator().name}


def test_nobody_unknown_gets_one(world: World) -> None:
    before = Event.objects.count()
    with pytest.raises(CommandError, match="Không có ai đăng nhập bằng tên nobody") as error:
        run("user", "password", "nobody")
    assert (error.value.returncode, Event.objects.count()) == (2, before)


def test_who_administers_one_commune_gives_no_password(world: World) -> None:
    user = secretary()
    before = traces(user)
    clerk = Actor(Office.ADMINISTRATOR, world.commune.path, unit_id=world.commune.pk, user_id=1)
    with pytest.raises(NotPermitted):
        reset_password(clerk, user.pk, make_password(NEW))
    assert traces(user) == before


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        (("changepassword", "secretary"), "manage.py user password TÊN"),
        (("createsuperuser", "--noinput", "--username", "x", "--email", "x@example.org"), "manage.py user add TÊN"),
    ],
)
def test_djangos_own_ways_behind_the_log_are_closed(
    world: World, words: tuple[str, ...], ours: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)  # the test's transaction goes on
    before = (list(User.objects.values_list("pk", "password")), Event.objects.count())
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", *words])
    assert ended.value.code == 2
    assert ours in capsys.readouterr().err
    assert (list(User.objects.values_list("pk", "password")), Event.objects.count()) == before


@pytest.mark.real
def test_of_two_changes_at_once_one_is_done(committed_db: RealDatabase) -> None:
    make_world()
    user = secretary()

    def change(new: str) -> str:
        try:
            change_password(user.pk, old=OLD, new=new)
        except Refused as refused:
            return refused.answers[0].code
        return "done"

    outcomes = together(lambda: change("mật khẩu của một"), lambda: change("mật khẩu của hai"))
    assert sorted(outcomes) == ["done", "password.wrong"]
    assert User.objects.get(pk=user.pk).version == 2
    assert Event.objects.filter(code="user.password_changed").count() == 1
