"""A printed code makes the password once; who may invite whom; what is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from backend.accounts.invitations import Seat, Slip, invite, invite_again, join
from backend.accounts.models import Assignment, Invitation, User
from backend.accounts.policy import Actor
from backend.audit.models import Event, EventDetail
from backend.core import clock
from backend.core.errors import ChiboError, NotFound, NotPermitted, Refused
from tests.realdb import RealDatabase, together
from tests.roles import as_role
from tests.world import World, make_world, person
from workflows.offices import Level, Office

ON = date(2026, 11, 2)
NEW = "một mật khẩu khác"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def new(actor: Actor, office: Office, unit: int, username: str = "moi") -> Slip:
    with as_role("chibo_app"):
        return invite(actor, User(username=username, full_name="Lê  Thị Mới", email=""), Seat(office, unit, ON))


def traces() -> tuple[Any, ...]:
    models = (User, Assignment, Invitation, Event)
    return tuple(model._default_manager.count() for model in models), sorted(User.objects.values_list("password"))


def refused(act: Callable[[], object]) -> list[str]:
    before = traces()
    with pytest.raises(Refused) as raised, as_role("chibo_app"):
        act()
    assert traces() == before
    return [one.code for one in raised.value.answers]


def test_an_account_an_office_and_a_code_that_serves_once(world: World) -> None:
    slip = new(world.actor("officer"), Office.CELL_DEPUTY, world.other.pk)
    user = User.objects.get(username="moi")
    assert (user.full_name, user.has_usable_password(), user.password_must_change) == ("Lê Thị Mới", False, False)
    assert list(user.assignments.values_list("office", "unit_id", "from_date")) == [("cell_deputy", world.other.pk, ON)]
    events = Event.objects.order_by("-id")[:3]
    assert [one.code for one in events] == ["user.invited", "assignment.given", "user.added"]
    assert {one.office for one in events} == {"organisation_officer"}
    kept = (list(Invitation.objects.values_list("digest")), list(EventDetail.objects.values_list("data")))
    assert slip.code not in str(kept)
    assert abs(slip.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    assert refused(lambda: join("abcd-efgh-jkmn-pqrs", "Lê Thị Mới", NEW)) == ["invitation.no_such_code"]
    assert refused(lambda: join(slip.code, "  ", "12345")) == [
        "password.too_short", "password.too_common", "password.entirely_numeric", "invitation.no_name",
    ]  # fmt: skip
    with as_role("chibo_app"):
        join(slip.code.upper().replace("-", " "), " Lê Thị  Mới ", NEW)
    user.refresh_from_db()
    assert (user.check_password(NEW), user.full_name, Invitation.objects.count()) == (True, "Lê Thị Mới", 0)
    joined = Event.objects.latest("id")
    assert (joined.code, joined.office) == ("user.joined", "")
    assert refused(lambda: join(slip.code, "Kẻ Khác", NEW)) == ["invitation.no_such_code"]


@pytest.mark.parametrize(
    ("username", "full_name", "codes"),
    [
        ("bí.thư", "Lê Thị Mới", ["user.bad_username"]),
        ("sеcretary", "Lê Thị Mới", ["user.bad_username"]),  # a Cyrillic e
        ("moi\u202e", "Lê Thị Mới", ["user.bad_username", "user.bad_username"]),
        ("<b>moi</b>", "<b>Mới</b>", ["user.bad_full_name", "user.bad_username"]),
        ("moi", "Mới\u202e", ["user.bad_full_name"]),
        ("0fficer", "Lê Thị Mới", ["user.name_looks_alike"]),
        ("OFF1CER", "Lê Thị Mới", ["user.name_looks_alike"]),
        ("other-secretary", "Lê Thị Mới", ["user.name_looks_alike"]),
        ("other+secretary", "Lê Thị Mới", ["user.name_looks_alike"]),
        ("officer.", "Lê Thị Mới", ["user.name_looks_alike"]),
        ("@", "Lê Thị Mới", ["user.name_of_signs"]),
        ("._-", "Lê Thị Mới", ["user.name_of_signs"]),
        ("Officer", "Lê Thị Mới", ["user.name_taken"]),
    ],
)
def test_names_that_look_like_others_or_carry_signs_are_refused(
    world: World, username: str, full_name: str, codes: list[str]
) -> None:
    who = User(username=username, full_name=full_name)
    to = Seat(Office.CELL_DEPUTY, world.other.pk, ON)
    assert refused(lambda: invite(world.actor("officer"), who, to)) == codes


def test_an_office_whose_last_day_is_over_is_given_to_nobody(world: World) -> None:
    day, who = clock.today(), User(username="moi", full_name="Lê Thị Mới")
    since = day - timedelta(days=9)
    to = Seat(Office.CELL_DEPUTY, world.other.pk, since, day - timedelta(days=1))
    assert refused(lambda: invite(world.actor("officer"), who, to)) == ["office.over"]
    for nobodys, codes in (
        (date(1899, 12, 31), ["office.no_day", "office.unit_not_open"]),
        (date(2200, 1, 1), ["office.no_day"]),
    ):
        never = Seat(Office.CELL_DEPUTY, world.other.pk, nobodys)
        assert refused(lambda never=never: invite(world.actor("officer"), who, never)) == codes
    with as_role("chibo_app"):
        invite(world.actor("officer"), who, replace(to, until=day))
    assert User.objects.get(username="moi").assignments.get().to_date == day


def test_a_code_runs_out(world: World, settings: Any) -> None:
    settings.CHIBO_INVITATION_DAYS = 1
    slip = new(world.actor("officer"), Office.CELL_DEPUTY, world.other.pk)
    assert slip.expires_at < timezone.now() + timedelta(days=1, minutes=1)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(lambda: join(slip.code, "Lê Thị Mới", NEW)) == ["invitation.no_such_code"]


def test_another_code_ends_the_first_and_the_password(world: World) -> None:
    first = new(world.actor("officer"), Office.CELL_DEPUTY, world.other.pk)
    user = join(first.code, "Lê Thị Mới", NEW)
    second = invite_again(world.actor("officer"), user.pk)
    third = invite_again(world.actor("officer"), user.pk)
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert refused(lambda: join(second.code, "Lê Thị Mới", NEW)) == ["invitation.no_such_code"]
    join(third.code, "Lê Thị Mới", NEW)
    assert list(Event.objects.filter(code__in=["user.invited", "user.joined"]).order_by("id").values_list("code")) == [
        ("user.invited",), ("user.joined",), ("user.invited",), ("user.invited",), ("user.joined",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "office", "where", "error"),
    [
        ("officer", Office.CELL_SECRETARY, "other", Refused),  # held by somebody
        ("officer", Office.ORGANISATION_OFFICER, "commune", NotPermitted),  # not beside oneself
        ("officer", Office.AUDITOR, "cell", NotPermitted),
        ("officer", Office.ADMINISTRATOR, "commune", NotPermitted),
        ("officer", Office.CELL_DEPUTY, "province", NotFound),
        ("secretary", Office.CELL_DEPUTY, "cell", NotPermitted),
        ("auditor", Office.CELL_DEPUTY, "cell", NotPermitted),
        ("above", Office.ORGANISATION_OFFICER, "commune", None),
        ("above", Office.AUDITOR, "commune", NotPermitted),
        ("administrator", Office.AUDITOR, "commune", None),
        ("administrator", Office.ORGANISATION_OFFICER, "province", NotFound),
    ],
)
def test_who_invites_to_what(
    world: World, who: str, office: Office, where: str, error: type[ChiboError] | None
) -> None:
    world.actors["above"] = person("above", Office.ORGANISATION_OFFICER, world.province)
    world.actors["administrator"] = person("administrator", Office.ADMINISTRATOR, world.commune)
    before = traces()
    if error is None:
        assert new(world.actor(who), office, getattr(world, where).pk).code
    else:
        with pytest.raises(error):
            new(world.actor(who), office, getattr(world, where).pk)
        assert traces() == before


def test_a_name_that_serves_elsewhere_is_taken_too(world: World) -> None:
    from tests.world import unit  # noqa: PLC0415

    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    person("far", Office.COMMITTEE_SECRETARY, far)
    codes = refused(lambda: new(world.actor("officer"), Office.CELL_DEPUTY, world.other.pk, "FAR"))
    assert codes == ["user.name_taken"]


def test_nobody_is_set_anew_by_an_office_that_lies_below_one_of_theirs(world: World) -> None:
    above = person("above", Office.ORGANISATION_OFFICER, world.province)
    both = User.objects.get(username="secretary")
    Assignment.objects.create(
        user=both, office=Office.ORGANISATION_OFFICER, unit=world.province, unit_path=world.province.path, from_date=ON
    )
    before = traces()
    for who in (world.actor("officer"), above, world.actor("secretary")):
        with pytest.raises(NotPermitted), as_role("chibo_app"):
            invite_again(who, both.pk)
    assert traces() == before
    with as_role("chibo_app"):
        assert invite_again(Actor.operator("test"), both.pk).code


def test_by_command(world: World) -> None:
    out = StringIO()
    with as_role("chibo_app"):
        call_command("invite", "new", "moi", "cell_deputy", world.other.code, "--name", "Lê Thị Mới",
                     "--from", "2026-11-02", stdout=out)  # fmt: skip
        call_command("invite", "again", "moi", stdout=out)
    told = out.getvalue().splitlines()
    assert told[0] == told[3] == "Thư mời Lê Thị Mới, tên đăng nhập moi."
    assert told[2].endswith("để đặt mật khẩu tại http://localhost:8000/invitation/.")
    join(told[4].rpartition(" ")[2], "Lê Thị Mới", NEW)
    assert refused(lambda: join(told[1].rpartition(" ")[2], "Lê Thị Mới", NEW)) == ["invitation.no_such_code"]


@pytest.mark.real
def test_a_code_that_two_use_at_once_serves_one(committed_db: RealDatabase) -> None:
    world = make_world()
    slip = new(world.actor("officer"), Office.CELL_DEPUTY, world.other.pk)

    def use(password: str) -> str:
        try:
            join(slip.code, "Lê Thị Mới", password)
        except Refused as error:
            return str(error.answers[0].code)
        return "joined"

    told = together(lambda: use(NEW), lambda: use(NEW + " 2"))
    assert sorted(told) == ["invitation.no_such_code", "joined"]
    assert Event.objects.filter(code="user.joined").count() == 1


@pytest.mark.real
def test_of_two_invitations_for_a_name_at_once_one_is_told_that_it_is_taken(committed_db: RealDatabase) -> None:
    world = make_world()

    def ask() -> str:
        try:
            new(world.actor("officer"), Office.CELL_DEPUTY, world.other.pk)
        except Refused as error:
            return str(error.answers[0].code)
        return "invited"

    assert sorted(together(*[ask] * 4)) == ["invited", *["user.name_taken"] * 3]
    assert User.objects.filter(username="moi").count() == 1
