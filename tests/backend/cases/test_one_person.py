"""One person has one pair of eyes: where another person is asked for, a second account of the same one is none."""

from __future__ import annotations

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.acting import actor_for
from backend.accounts.models import User
from backend.accounts.persons import is_one_of
from backend.accounts.policy import Actor
from backend.accounts.reaching import require_reach
from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import naming, scoped
from backend.core.errors import NotPermitted, Refused
from backend.members.own_files import tie
from tests.backend.cases.stepping import refused, step
from tests.backend.cases.test_four_eyes import LEAVE, NOTICE, SAME, VOTES, WRITTEN, settling
from tests.backend.cases.test_own_files import CORRECTION, OPERATOR, tied
from tests.backend.cases.test_perform import ON, proposal, traces
from tests.roles import as_role
from tests.world import World, make_world, paper, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def another_officer(world: World) -> Actor:
    return person("third", Office.ORGANISATION_OFFICER, world.commune)


def both_tied(world: World, first: str, second: str) -> tuple[Actor, Actor]:
    """Two accounts of one person: as they were tied before a second tie was refused, or after two records were merged."""
    own = world.member("Nguyễn Văn Hai", unit=world.other)
    one = tied(world, first, own)
    User.objects.filter(pk=world.actor(second).user_id).update(member_id=own.pk)
    return one, actor_for(User.objects.get(pk=world.actor(second).user_id), None, clock.today())


def test_a_second_account_is_tied_to_no_record_that_another_open_one_has(world: World) -> None:
    own, other = world.members(2)
    tied(world, "secretary", own)
    deputy = world.actor("deputy").user_id
    assert deputy is not None
    out = StringIO()
    with as_role("chibo_app"), pytest.raises(CommandError) as error:
        call_command("own_file", "deputy", "--member", str(own.pk), stdout=out)
    assert (error.value.returncode, str(error.value).splitlines()[0]) == (
        2,
        "secretary đã gắn với hồ sơ này: mỗi người chỉ dùng một tài khoản. "
        "Hãy giao chức vụ cho tài khoản đó; nếu đã gắn nhầm thì trước hết bỏ gắn tài khoản đó.",
    )
    with pytest.raises(Refused) as caught:
        tie(OPERATOR, deputy, member=own.pk)
    assert [(one.code, one.fact, one.params) for one in caught.value.answers] == [
        ("user.record_tied", "member", {"user": "secretary"})
    ]
    assert (User.objects.get(pk=deputy).member_id, Event.objects.filter(code="user.tied").count()) == (None, 1)
    tie(OPERATOR, deputy, member=other.pk)
    User.objects.filter(username="secretary").update(is_active=False)  # an account that was closed holds no record
    tie(OPERATOR, deputy, member=own.pk)
    assert User.objects.get(pk=deputy).member_id == own.pk


def test_who_is_who(world: World) -> None:
    one, other = both_tied(world, "officer", "committee")
    stranger = world.actor("secretary")
    with as_role("chibo_app"), scoped(world.cell.path):
        assert is_one_of(one, [other.user_id])
        assert is_one_of(one, [stranger.user_id, one.user_id])
        assert not is_one_of(one, [stranger.user_id, None])
        assert not is_one_of(stranger, [one.user_id])  # tied to no record
        assert not is_one_of(one, [])
        assert not is_one_of(OPERATOR, [one.user_id])


def test_an_account_out_of_sight_is_the_same_person(world: World) -> None:
    one, other = both_tied(world, "secretary", "province")
    with as_role("chibo_app"), scoped(world.cell.path):
        naming(one.user_id or 0)
        assert not User.objects.filter(pk=other.user_id).exists()
        assert is_one_of(one, [other.user_id])


def test_what_one_account_resolved_the_other_does_not_decide_on(world: World) -> None:
    officer, committee = both_tied(world, "officer", "committee")
    case, _, facts = proposal(world)
    perform(officer, OnCase(case.pk), "propose", facts, on=ON)
    with as_role("chibo_app"):
        assert refused(committee, case.pk, "recognise", ON, decision=paper(ON), body="standing", **VOTES) == SAME
    User.objects.filter(username="committee").update(member_id=None)
    step(world.actor("committee"), case.pk, "recognise", ON, decision=paper(ON), body="standing", **VOTES)
    assert Case.objects.get(pk=case.pk).state == "recognised"


def test_what_one_account_recorded_the_other_does_not_void(world: World) -> None:
    officer, committee = both_tied(world, "officer", "committee")
    world.actors["officer"] = officer
    case = settling(world, *LEAVE, "propose", WRITTEN | {"no_violation": True})
    entry = Event.objects.get(code="withdrawal.proposed")
    before = traces()
    with as_role("chibo_app"), pytest.raises(NotPermitted, match="A second person must void it"):
        void(committee, entry.uid, **CORRECTION)
    assert traces() == before
    void(world.actor("province"), entry.uid, **CORRECTION)
    assert Case.objects.get(pk=case).state == "requested"


RESOLVED_BELOW = "another person must void what the committee decided"


@pytest.mark.parametrize(("name", "facts"), [("consider", {"committee_resolution": paper(ON)}), ("stay", NOTICE)])
def test_whoever_recorded_the_resolution_does_not_void_the_decision_on_it(
    world: World, name: str, facts: dict[str, object]
) -> None:
    """Voiding decides, too: on paper, that the committee has not decided."""
    world.actors["above"] = person("above", Office.ORGANISATION_OFFICER, world.commune)
    case = settling(world, *LEAVE, "propose", WRITTEN | {"no_violation": True})
    done = step(world.actor("committee" if name == "consider" else "above"), case, name, ON, **facts)
    before = traces()
    with as_role("chibo_app"), pytest.raises(NotPermitted, match=RESOLVED_BELOW):
        void(world.actor("officer"), UUID(done["event"]), **CORRECTION)
    assert traces() == before
    void(another_officer(world), UUID(done["event"]), **CORRECTION)
    assert Case.objects.get(pk=case).state == "proposed"


def test_nor_under_a_second_account_and_what_was_voided_and_resolved_anew_counts_no_more(world: World) -> None:
    world.actors["above"] = person("above", Office.ORGANISATION_OFFICER, world.commune)
    officer, second = both_tied(world, "officer", "above")
    world.actors["officer"] = officer
    case = settling(world, *LEAVE, "propose", WRITTEN | {"no_violation": True})
    step(world.actor("committee"), case, "consider", ON, committee_resolution=paper(ON))
    considered = Event.objects.get(code="withdrawal.considered")
    with pytest.raises(NotPermitted, match=RESOLVED_BELOW):
        void(second, considered.uid, **CORRECTION)
    void(another_officer(world), considered.uid, **CORRECTION)
    proposed = Event.objects.get(code="withdrawal.proposed", voids=None)
    void(world.actor("committee"), proposed.uid, **CORRECTION)
    step(world.actor("secretary"), case, "propose", ON, **WRITTEN, no_violation=True)
    done = step(world.actor("committee"), case, "consider", ON, committee_resolution=paper(ON))
    void(officer, UUID(done["event"]), **CORRECTION)
    assert Case.objects.get(pk=case).state == "proposed"


def test_the_cell_s_own_settling_is_voided_as_every_entry(world: World) -> None:
    """The secretary settles for the cell what the officer had recorded for it: no committee has decided."""
    case = settling(world, *LEAVE, "propose", WRITTEN | {"no_violation": True})
    done = step(world.actor("secretary"), case, "stay", ON, **NOTICE)
    void(world.actor("officer"), UUID(done["event"]), **CORRECTION)
    assert Case.objects.get(pk=case).state == "proposed"


def test_nobody_takes_the_own_second_factor_through_the_other_account(world: World) -> None:
    province, secretary = both_tied(world, "province", "secretary")
    assert secretary.user_id is not None
    with scoped(world.province.path):
        with pytest.raises(NotPermitted):
            require_reach(province, secretary.user_id)
        User.objects.filter(pk=secretary.user_id).update(member_id=None)
        require_reach(province, secretary.user_id)
