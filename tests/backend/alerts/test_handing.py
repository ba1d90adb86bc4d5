"""A level above hands the reminders of a cell's secretary to another office of the cell, and nothing of why but a word."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import override

from backend.accounts.assigning import end_office
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.alerts.ledger import story
from backend.alerts.recipients import on_day, without_readers
from backend.audit.models import Event, EventDetail
from backend.cases.handing import hand_over, take_back_from
from backend.cases.substituting import end_substitution, substitute
from backend.core import clock
from backend.core.errors import NotFound, NotPermitted, Unchanged
from tests.backend.alerts.rows import chain, person
from tests.backend.alerts.test_substituting import RUNGS, Cell, night, refused
from tests.roles import as_role
from workflows.offices import RIGHTS, STAND_INS, SUBSTITUTES, Cause, Office, Right

pytestmark = pytest.mark.django_db
SECRETARY, DEPUTY, COMMITTEE = Office.CELL_SECRETARY, Office.CELL_DEPUTY, Office.CELL_COMMITTEE
TODAY = RUNGS[0] - timedelta(days=3)


@pytest.fixture
def cell() -> Cell:
    clock.move_to(TODAY)
    return Cell()


@pytest.fixture
def keeper(cell: Cell) -> User:
    """Whoever gives offices at the commune."""
    return person(Office.ADMINISTRATOR, cell.commune)


def handed(cell: Cell, keeper: User, **asked: Any) -> dict[str, Any]:
    asked = {"until": RUNGS[1], "cause": Cause.UNREACHED} | asked
    actor = cell.actor(keeper)
    with as_role("chibo_app"):
        (one,) = hand_over(actor, cell.unit.pk, SECRETARY, **asked)["results"]
    return dict(one)


def no(cell: Cell, keeper: User, **asked: Any) -> list[str]:
    return refused(lambda **rest: handed(cell, keeper, **rest), **asked)


def test_letters_go_to_the_office_that_was_named_until_the_day_and_then_come_back_by_themselves(
    cell: Cell, keeper: User
) -> None:
    others = [person(COMMITTEE, cell.unit, language="en") for _ in range(2)]
    done = handed(cell, keeper, to=COMMITTEE)
    held = Assignment.objects.get(user=cell.secretary)
    assert done == {
        "assignment_id": held.pk, "office": "cell_secretary", "unit_id": cell.unit.pk, "to": "cell_committee",
        "since": TODAY.isoformat(), "until": RUNGS[1].isoformat(), "version": 2,
    }  # fmt: skip
    both = sorted(one.email for one in others)
    assert [night(day) for day in RUNGS] == [both, both, [cell.secretary.email]]
    lines = story(cell.one).rungs
    assert [{one.seat for one in line.told if one.channel == "mail"} for line in lines[:3]] == [
        {"cell_committee"}, {"cell_committee"}, {"cell_secretary"},
    ]  # fmt: skip
    assert all(cell.reads(who, RUNGS[0]) == {cell.one.pk} for who in (cell.secretary, *others))
    assert cell.reads(cell.deputy, RUNGS[0]) == set()
    assert all(cell.reads(who, RUNGS[2]) == set() for who in others)


def test_the_usual_office_stands_in_where_none_is_named_and_the_event_says_no_more_than_it_must(
    cell: Cell, keeper: User
) -> None:
    assert handed(cell, keeper, said_on=TODAY - timedelta(days=1), cause=Cause.ASKED)["to"] == "cell_deputy"
    assert night(RUNGS[0]) == [cell.deputy.email]
    event = Event.objects.get(code="assignment.handed")
    assert event.facts == {
        "office": "cell_secretary", "to": "cell_deputy", "since": TODAY.isoformat(), "until": RUNGS[1].isoformat(),
        "cause": "asked", "said_on": (TODAY - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert (event.office, event.user_id, event.office_unit_id, event.unit_id) == (
        "administrator", keeper.pk, cell.commune.pk, cell.unit.pk,
    )  # fmt: skip
    behind = EventDetail.objects.filter(event_uid=event.uid).values_list("data", flat=True)
    assert [{*one} for one in behind] == [{"who"}], "who did it, and no words"
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("explain", str(cell.one.pk), stdout=out)
    assert "by the level above: at the holder's own request" in out.getvalue()


def test_it_is_given_back_by_the_level_above_or_by_the_holder_who_may_also_hand_over_anew(
    cell: Cell, keeper: User
) -> None:
    person(COMMITTEE, cell.unit)
    handed(cell, keeper, to=COMMITTEE)
    (back,) = take_back_from(cell.actor(keeper), cell.unit.pk, SECRETARY)["results"]
    assert (back["since"], back["until"], back["to"]) == (None, None, "cell_deputy")
    assert Assignment.objects.get(user=cell.secretary).handed_to == ""
    assert Event.objects.get(code="assignment.taken_back").facts["to"] == "cell_committee"
    assert night(RUNGS[0]) == [cell.secretary.email]
    handed(cell, keeper, to=COMMITTEE)
    secretary = cell.actor(cell.secretary)
    assert substitute(secretary, until=RUNGS[1])["to"] == "cell_deputy", "the holder's own word takes its place"
    handed(cell, keeper, to=COMMITTEE)
    assert end_substitution(secretary)["until"] is None
    assert night(RUNGS[1]) == [cell.secretary.email]


def test_it_ends_when_nobody_sits_in_the_other_office_and_follows_nobody_into_a_successors_days(
    cell: Cell, keeper: User
) -> None:
    other = person(COMMITTEE, cell.unit)
    handed(cell, keeper, to=COMMITTEE, until=RUNGS[2])
    end_office(Actor.operator("test"), other, COMMITTEE, cell.unit.pk, last_day=RUNGS[0] - timedelta(days=1))
    assert night(RUNGS[0]) == [cell.secretary.email]
    end_office(Actor.operator("test"), cell.secretary, SECRETARY, cell.unit.pk, last_day=RUNGS[0])
    after = person(SECRETARY, cell.unit, from_date=RUNGS[0] + timedelta(days=1))
    assert night(RUNGS[1]) == [after.email]


def test_the_function_that_looks_past_the_walls_knows_it_too(cell: Cell, keeper: User) -> None:
    person(COMMITTEE, cell.unit)
    handed(cell, keeper, to=COMMITTEE)
    assert without_readers([cell.unit.pk], RUNGS[0]) & {(cell.unit.pk, "cell_secretary")} == set()
    assert set(on_day(TODAY)) == {"day", "substitutes", "told"}


def test_what_cannot_be_is_refused_and_nothing_is_written(cell: Cell, keeper: User) -> None:
    assert no(cell, keeper, to=Office.HELPER) == ["substitution.no_stand_in"]
    assert no(cell, keeper, to=COMMITTEE) == ["substitution.nobody"]
    assert no(cell, keeper, until=TODAY - timedelta(days=1)) == ["substitution.bad_days"]
    assert no(cell, keeper, said_on=TODAY + timedelta(days=1)) == ["substitution.said_ahead"]
    actor = cell.actor(keeper)
    assert refused(lambda: take_back_from(actor, cell.unit.pk, SECRETARY)) == ["substitution.not_handed"]
    days = {"until": RUNGS[1], "cause": Cause.DECIDED}
    assert refused(lambda: hand_over(actor, cell.unit.pk, Office.AUDITOR, **days)) == ["substitution.no_office"]
    empty = chain()[2]
    operator = Actor.operator("test")
    assert refused(lambda: hand_over(operator, empty.pk, SECRETARY, **days)) == ["substitution.not_held"]


def test_four_eyes_neither_the_substitute_nor_the_holder_does_it_in_an_office_above(cell: Cell) -> None:
    for one in (cell.deputy, cell.secretary):
        Assignment.objects.create(
            user=one, office=Office.ADMINISTRATOR, unit=cell.commune, unit_path=cell.commune.path, from_date=TODAY
        )
        assert no(cell, one) == ["substitution.to_oneself"]


def test_nor_does_another_account_of_theirs(cell: Cell) -> None:
    above = person(Office.ADMINISTRATOR, cell.commune)
    for own in (cell.deputy, cell.secretary):
        User.objects.filter(pk__in=(above.pk, own.pk)).update(member_id=7)
        assert no(cell, User.objects.get(pk=above.pk)) == ["substitution.to_oneself"]
        User.objects.filter(pk=own.pk).update(member_id=8)


@pytest.mark.parametrize("who", ["secretary", "deputy", "officer"])
def test_an_office_without_the_right_may_not(cell: Cell, who: str) -> None:
    before = Event.objects.count()
    with pytest.raises(NotPermitted):
        handed(cell, getattr(cell, who))
    far = person(Office.ADMINISTRATOR, chain()[1])
    with pytest.raises(NotFound):
        handed(cell, far)
    own = person(Office.ADMINISTRATOR, cell.commune)
    person(Office.COMMITTEE_SECRETARY, cell.commune)
    with pytest.raises(NotPermitted):  # at one's own unit it is no level above
        hand_over(cell.actor(own), cell.commune.pk, Office.ORGANISATION_OFFICER, until=RUNGS[1], cause=Cause.DECIDED)
    assert Event.objects.count() == before
    assert not Assignment.objects.exclude(handed_until=None).exists()


def test_every_stand_in_may_act_on_what_it_is_reminded_of() -> None:
    assert {office: offices[0] for office, offices in STAND_INS.items()} == SUBSTITUTES
    for offices in STAND_INS.values():
        assert all({Right.READ, Right.ANSWER} <= RIGHTS[one] for one in offices)


def run(*words: str) -> str:
    out = StringIO()
    with override("en"), as_role("chibo_app"):
        call_command("reminders", *words, stdout=out)
    return out.getvalue()


def written() -> tuple[int, list[Any]]:
    return Event.objects.count(), list(Assignment.objects.order_by("pk").values())


def test_the_same_again_is_unchanged_and_writes_nothing(cell: Cell, keeper: User) -> None:
    asked = ("hand", "cell_secretary", cell.unit.code, "--until", str(RUNGS[1]), "--cause", "decided")
    assert "the reminders go to the Deputy secretary of the cell" in run(*asked)
    before = written()
    clock.move_to(RUNGS[0])  # the day that was left out is as it was
    for more in ((), ("--to", "cell_deputy"), ("--from", str(TODAY)), ("--said-on", str(TODAY))):
        assert run(*asked, *more) == "It is like this already; nothing was changed.\n"
    with pytest.raises(Unchanged):
        handed(cell, keeper, cause=Cause.DECIDED)
    assert written() == before


@pytest.mark.parametrize(
    "change",
    [
        {"cause": Cause.ASKED}, {"until": RUNGS[2]}, {"to": COMMITTEE}, {"since": TODAY},
        {"said_on": TODAY - timedelta(days=1)},
    ],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_what_is_not_the_same_is_another_event(cell: Cell, keeper: User, change: dict[str, Any]) -> None:
    person(COMMITTEE, cell.unit)
    first = {"since": TODAY + timedelta(days=1)}
    handed(cell, keeper, **first)
    handed(cell, keeper, **first | change)
    assert Event.objects.filter(code="assignment.handed").count() == 2


def test_after_it_was_given_back_or_by_the_holders_own_word_the_same_is_no_longer_so(cell: Cell, keeper: User) -> None:
    handed(cell, keeper)
    take_back_from(cell.actor(keeper), cell.unit.pk, SECRETARY)
    handed(cell, keeper)
    substitute(cell.actor(cell.secretary), until=RUNGS[1])
    assert handed(cell, keeper)["version"] == 6
    codes = list(
        Event.objects.filter(code__startswith="assignment.").order_by("version").values_list("code", flat=True)
    )
    assert [code.removeprefix("assignment.") for code in codes] == [
        "handed",
        "taken_back",
        "handed",
        "handed",
        "handed",
    ]


def test_of_two_holders_only_the_one_whose_reminders_are_not_handed_is_written(cell: Cell, keeper: User) -> None:
    handed(cell, keeper)
    other = person(SECRETARY, cell.unit)
    actor = cell.actor(keeper)
    both = hand_over(actor, cell.unit.pk, SECRETARY, until=RUNGS[1], cause=Cause.UNREACHED)["results"]
    assert [one["version"] for one in both] == [2, 2]
    event = Event.objects.filter(code="assignment.handed").latest("pk")
    assert event.subject_id == Assignment.objects.get(user=other).pk
    assert Event.objects.filter(code="assignment.handed").count() == 2


def test_the_help_says_what_each_cause_means(capsys: Any) -> None:
    with override("en"), pytest.raises(SystemExit):
        call_command("reminders", "hand", "--help")
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "why, in one word (asked: at the holder's own request; decided: by decision of the committee; "
        "unreached: the holder does not answer)"
    ) in said


def test_the_command_hands_over_and_gives_back(cell: Cell) -> None:
    place = ("cell_secretary", cell.unit.code)
    said = run("hand", *place, "--until", str(RUNGS[1]), "--cause", "decided")
    assert "the reminders go to the Deputy secretary of the cell up to and with" in said
    assert night(RUNGS[0]) == [cell.deputy.email]
    assert "the reminders come back." in run("return", *place)
    assert night(RUNGS[1]) == [cell.secretary.email]
    before = Event.objects.count()
    with pytest.raises(CommandError, match="The reminders are not handed to anybody"):
        run("return", *place)
    assert Event.objects.count() == before
