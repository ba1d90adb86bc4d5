"""No self-approval: nobody gives an office to the own account, nor enters the account of somebody beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.accounts.assigning import end_office, give_office
from backend.accounts.invitations import invite_again
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.accounts.second_factor import reset_factors
from backend.accounts.succeeding import succeed
from backend.core.errors import NotPermitted, Refused, Unchanged
from tests.backend.cases.test_perform import traces
from tests.roles import as_role
from tests.world import TODAY, World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


@pytest.fixture
def world() -> World:
    made = make_world()
    made.actors["administrator"] = person("administrator", Office.ADMINISTRATOR, made.commune)
    return made


def user(world: World, name: str) -> User:
    return User.objects.get(pk=world.actor(name).user_id)


def test_an_administrator_gives_no_office_to_the_own_account(world: World) -> None:
    own, before = user(world, "administrator"), (traces(), Assignment.objects.count())
    for office in (Office.ORGANISATION_OFFICER, Office.AUDITOR):
        with as_role("chibo_app"), pytest.raises(Refused) as caught:
            give_office(world.actor("administrator"), own, office, world.commune.pk, since=TODAY)
        assert [(one.code, one.fact, one.text("vi"), one.advice("vi")) for one in caught.value.answers] == [
            ("office.to_oneself", "username", "Không ai tự giao chức vụ cho chính mình.",
             "Hãy nhờ người quản trị khác, hoặc người phụ trách máy chủ."),
        ]  # fmt: skip
    assert (traces(), Assignment.objects.count()) == before
    given = give_office(OPERATOR, own, Office.AUDITOR, world.commune.pk, since=TODAY)
    end_office(world.actor("administrator"), own, Office.AUDITOR, world.commune.pk, last_day=TODAY)  # ending is no gain
    assert Assignment.objects.get(pk=given.pk).to_date == TODAY


def test_nor_to_another_account_of_the_same_person(world: World) -> None:
    other = user(world, "deputy")
    User.objects.filter(pk__in=(other.pk, world.actor("administrator").user_id)).update(member_id=7)
    administrator = replace(world.actor("administrator"), own_id=7)
    with as_role("chibo_app"), pytest.raises(Refused) as caught:
        give_office(administrator, other, Office.CELL_COMMITTEE, world.cell.pk, since=TODAY)
    assert [one.code for one in caught.value.answers] == ["office.to_oneself"]


def test_nor_takes_one_over(world: World) -> None:
    held = Assignment.objects.get(user__username="officer")
    with as_role("chibo_app"), pytest.raises(Refused) as caught:
        succeed(world.actor("administrator"), held.pk, user(world, "administrator"), on=TODAY)
    assert [one.code for one in caught.value.answers] == ["office.to_oneself"]
    assert Assignment.objects.get(pk=held.pk).to_date is None


@pytest.mark.parametrize("beside", ["auditor", "officer", "committee"])
def test_an_administrator_sets_nobody_of_the_own_unit_anew(world: World, beside: str) -> None:
    """A new code, or a factor taken away, would be a door into an account that may what the administrator may not."""
    whom, before = user(world, beside), traces()
    with as_role("chibo_app"), pytest.raises(NotPermitted):
        invite_again(world.actor("administrator"), whom.pk)
    with as_role("chibo_app"), pytest.raises(NotPermitted):
        reset_factors(world.actor("administrator"), whom.pk)
    assert traces() == before
    above = person("above", Office.ADMINISTRATOR, world.province)
    with as_role("chibo_app"):
        assert invite_again(above, whom.pk).user == whom
        with pytest.raises(Unchanged):  # has none
            reset_factors(above, whom.pk)
        assert invite_again(world.actor("administrator"), user(world, "secretary").pk).code  # below
