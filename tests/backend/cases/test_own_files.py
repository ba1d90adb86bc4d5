"""Nobody acts on the own file: no step, no void, no answer, no decision that names oneself; by the account's own tie."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.acting import actor_for
from backend.accounts.assigning import give_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.acknowledging import acknowledge, entitled
from backend.cases.answering import comment, snooze
from backend.cases.engine import NewCase, OnMember, Order, perform, perform_many
from backend.cases.options import case_options, member_options
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.members.models import Member
from backend.members.own_files import tie
from backend.members.protected import sealed_columns
from tests.backend.cases.stepping import refused, step
from tests.backend.cases.test_merging import merge
from tests.backend.cases.test_perform import ON, traces
from tests.backend.flags.test_flags import catch_up
from tests.roles import as_role
from tests.world import BEGUN, World, make_world, paper
from workflows.offices import Office

pytestmark = pytest.mark.django_db
OWN = ["person.own_file"]
LAPSE: dict[str, Any] = {"resolution": paper(ON), "ground": "meetings", "months": 3}
CORRECTION: dict[str, Any] = {"reason": "Nhầm", "paper": paper(ON, "3-BB/CB")}
OPERATOR = Actor.operator("test")


@pytest.fixture
def world() -> World:
    return make_world()


def tied(world: World, name: str, member: Member) -> Actor:
    """The person in the office, whose account is tied to the record; as a request finds them."""
    user = User.objects.get(pk=world.actor(name).user_id)
    tie(OPERATOR, user.pk, member=member.pk)
    user.refresh_from_db()
    world.actors[name] = actor_for(user, None, clock.today())
    return world.actor(name)


def test_no_step_is_taken_in_the_own_file(world: World) -> None:
    own, other = world.members(2)
    secretary = tied(world, "secretary", own)
    before = traces()
    with pytest.raises(Refused) as caught:
        perform(secretary, OnMember(own.pk), "record_lapse", LAPSE, on=ON)
    assert [(one.code, one.text("vi"), one.advice("vi")) for one in caught.value.answers] == [
        (OWN[0], "Đây là hồ sơ của chính đồng chí: người khác phải thực hiện các bước trong hồ sơ này.",
         "Đề nghị người khác giữ chức vụ có quyền này thực hiện."),
    ]  # fmt: skip
    with pytest.raises(Refused) as caught:
        perform(secretary, NewCase("classification", member_id=own.pk), "open", {"year": 2026}, on=ON)
    assert OWN[0] in [one.code for one in caught.value.answers]
    assert traces() == before
    perform(secretary, OnMember(other.pk), "record_lapse", LAPSE, on=ON)
    perform(world.actor("deputy"), OnMember(own.pk), "record_lapse", LAPSE, on=ON)
    assert {one.participation for one in Member.objects.all()} == {"lapsed"}


def test_nor_in_a_case_nor_in_bulk_nor_foreseen(world: World) -> None:
    own, other = world.members(2)
    case = perform(world.actor("deputy"), NewCase("classification", member_id=own.pk), "open", {"year": 2026}, on=ON)[
        "id"
    ]
    secretary = tied(world, "secretary", own)
    assert refused(secretary, case, "hand_in", ON, self_review=paper(ON)) == OWN
    orders = [Order(OnMember(one.pk), "record_lapse", ON, LAPSE) for one in (own, other)]
    results = perform_many(secretary, orders)
    assert [[one.code for one in getattr(result.error, "answers", [])] for result in results] == [OWN, []]
    for options in (case_options(secretary, case, ON)[1], member_options(secretary, own.pk, ON)[1]):
        said = {one.step.code: [answer.code for answer in one.refusals] for one in options}
        missing = {code for code, codes in said.items() if OWN[0] not in codes and codes[:1] not in (
            ["engine.not_permitted"], ["engine.through_case"])}  # fmt: skip
        assert missing == set()
        assert any(OWN[0] in codes for codes in said.values())
    step(world.actor("deputy"), case, "hand_in", ON, self_review=paper(ON))


def test_a_meeting_that_one_attends_is_no_file_of_the_own(world: World) -> None:
    people = world.members(3)
    tied(world, "secretary", people[0])
    assert world.meeting(people, ON).state == "held"  # the secretary records it, with the own presence in the roll call


def test_nobody_voids_in_the_own_file(world: World) -> None:
    own = world.member("Nguyễn Văn A")
    done = perform(world.actor("deputy"), OnMember(own.pk), "record_lapse", LAPSE, on=ON)
    secretary = tied(world, "secretary", own)
    before = traces()
    with pytest.raises(NotPermitted, match="your own file"):
        void(secretary, UUID(done["event"]), **CORRECTION)
    assert traces() == before
    void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
    assert Member.objects.get(pk=own.pk).participation == "attending"


def test_nobody_holds_back_the_reminders_of_the_own_case(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    deadline = Deadline.objects.get(subject_kind="case", subject_id=case.pk)
    secretary = tied(world, "secretary", new)
    with pytest.raises(NotPermitted, match="your own file"):
        acknowledge(secretary, deadline.pk, reason="Đã nhắc")
    entitled(world.actor("deputy"), deadline.pk)


def test_nor_those_of_a_flag_about_oneself(world: World) -> None:
    own, *others = world.members(4)
    for month in (3, 7, 10):
        world.meeting(others, date(2026, month, 3), absent=[own])
    catch_up()
    task = Deadline.objects.get(subject_kind="flag")
    assert (Flag.objects.get(pk=task.subject_id).member_id, task.acting_unit_id) == (own.pk, world.cell.pk)
    secretary = tied(world, "secretary", own)
    before = (traces(), Deadline.objects.values().get(pk=task.pk))
    for answer in (
        partial(acknowledge, reason="Đã biết"), partial(comment, comment="Đã biết"),
        partial(snooze, until=task.due_on, reason="Đã biết"),
    ):  # fmt: skip
        with as_role("chibo_app"), pytest.raises(NotPermitted, match="your own file"):
            answer(secretary, task.pk)
    with pytest.raises(NotPermitted, match="your own file"):
        entitled(secretary, task.pk)
    assert (traces(), Deadline.objects.values().get(pk=task.pk)) == before
    tied(world, "secretary", others[0])
    with as_role("chibo_app"):
        assert snooze(world.actor("secretary"), task.pk, until=task.due_on, reason="Đã biết")["version"] == 2


def test_whoever_is_named_does_not_decide_on_it(world: World) -> None:
    """Two records of one person are not merged by that person, whichever of them the account is tied to."""
    keep, gone = world.member("Nguyễn Văn A"), world.member("Nguyễn Văn A", unit=world.other)
    officer = tied(world, "officer", keep)
    before = traces()
    with pytest.raises(Refused) as caught:
        merge(officer, keep, gone)
    assert [(one.code, one.fact) for one in caught.value.answers] == [("person.names_oneself", "kept")]
    tied(world, "officer", gone)
    with pytest.raises(Refused) as caught:
        merge(world.actor("officer"), keep, gone)
    assert [one.code for one in caught.value.answers] == OWN
    assert traces()[1:] == before[1:]


def test_the_tie_goes_along_with_a_merged_record_and_comes_back(world: World) -> None:
    keep, gone = world.member("Nguyễn Văn A"), world.member("Nguyễn Văn A", unit=world.other)
    tied(world, "other_secretary", gone)
    tied(world, "province", world.member("Lê Văn B"))
    user = world.actor("other_secretary").user_id
    with as_role("chibo_app"):
        done = merge(world.actor("officer"), keep, gone)
    assert User.objects.get(pk=user).member_id == keep.pk
    took = Event.objects.get(code="member.took_over")
    assert took.facts["accounts"] == [user]
    with as_role("chibo_app"):
        void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
    assert User.objects.get(pk=user).member_id == gone.pk
    seal_all()
    assert verify_log().fault is None


def test_nobody_is_given_the_office_to_help_themselves(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    tied(world, "deputy", new)
    user = User.objects.get(pk=world.actor("deputy").user_id)
    with pytest.raises(Refused) as caught:
        give_office(OPERATOR, user, Office.HELPER, world.cell.pk, since=BEGUN, member_id=new.pk)
    assert [one.code for one in caught.value.answers] == ["office.helps_oneself"]


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_app"):
        call_command("own_file", *words, stdout=out)
    return out.getvalue().splitlines()


def test_an_account_is_tied_on_the_command_line_and_the_log_says_so(world: World) -> None:
    one, two, three = world.members(3)
    Member.objects.filter(pk=one.pk).update(**sealed_columns({"card_number": "87.000123"}))
    Member.objects.filter(pk__in=(two.pk, three.pk)).update(**sealed_columns({"card_number": "87.000999"}))
    said = f"deputy không thực hiện bước nào trong hồ sơ {one.pk}."
    assert run("deputy", "--card", " 87.000123 ") == [said]
    assert run("deputy", "--member", str(one.pk)) == ["Đã như vậy từ trước; không có gì thay đổi."]
    for words, why in (
        (("--member", "987654"), "Không có ai mang số này trong danh sách."),
        (("--card", "87.000999"), "Có nhiều hồ sơ mang số thẻ này."),
    ):
        with pytest.raises(CommandError) as error:
            run("deputy", *words)
        assert (error.value.returncode, str(error.value).startswith(why)) == (2, True)
    assert run("deputy", "--none") == ["deputy không gắn với hồ sơ nào."]
    events = Event.objects.filter(code="user.tied").order_by("pk")
    assert [one.facts for one in events] == [{"member": one.pk}, {"member": None}]
    assert User.objects.get(username="deputy").member_id is None


def test_an_office_below_the_whole_ties_nobody(world: World) -> None:
    user = User.objects.get(username="deputy")
    for actor in (world.actor("officer"), replace(world.actor("province"), office=Office.ADMINISTRATOR)):
        with pytest.raises(NotPermitted):
            tie(actor, user.pk, member=world.member("Nguyễn Văn A").pk)
    assert not Event.objects.filter(code="user.tied").exists()
