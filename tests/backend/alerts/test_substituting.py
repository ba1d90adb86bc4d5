"""An office hands its reminders to its substitute for some days: nothing gets late unseen, and it ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils.translation import override

from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.recipients import notices_read_by
from backend.alerts.sweep import sweep
from backend.audit.models import Event, EventDetail
from backend.cases.substituting import end_substitution, substitute, substituted
from backend.core import clock
from backend.core.errors import NotPermitted, Refused, Unchanged
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
RUNGS = [CALENDAR.add_working_days(DUE, -15), CALENDAR.add_working_days(DUE, -7), CALENDAR.add_working_days(DUE, -3)]


class Cell:
    """A cell whose secretary and deputy both sit, an officer above, and a deadline."""

    def __init__(self) -> None:
        _province, self.commune, self.unit = chain()
        self.secretary, self.deputy = (
            person(office, self.unit, language="en") for office in (Office.CELL_SECRETARY, Office.CELL_DEPUTY)
        )
        self.officer = person(Office.ORGANISATION_OFFICER, self.commune, language="en")
        self.one = deadline(self.unit, reference="CN-1")

    def actor(self, user: User) -> Actor:
        held = Assignment.objects.select_related("unit").filter(user=user).latest("from_date")
        at = held.unit
        own = {"own_id": user.member_id, "name": user.full_name}
        return Actor(Office(held.office), at.path, Level(at.level), at.pk, user.pk, held.pk, **own)

    def reads(self, user: User, day: date) -> set[int]:
        return set(notices_read_by(self.actor(user), day).values_list("deadline_id", flat=True))


@pytest.fixture
def cell() -> Cell:
    clock.move_to(RUNGS[0] - timedelta(days=3))
    return Cell()


def night(day: date) -> list[str]:
    """Whom the letters of a night went to."""
    before = len(mail.outbox)
    clock.move_to(day)
    with as_role("chibo_jobs"):
        sweep()
        deliver()
    return sorted(to for letter in mail.outbox[before:] for to in letter.to)


def refused(act: Any, **asked: Any) -> list[str]:
    before = (Event.objects.count(), list(Assignment.objects.order_by("pk").values()))
    with pytest.raises(Refused) as caught:
        act(**asked)
    assert (Event.objects.count(), list(Assignment.objects.order_by("pk").values())) == before
    return [one.code for one in caught.value.answers]


def test_letters_go_to_the_deputy_up_to_the_last_day_and_then_to_the_secretary_again(cell: Cell) -> None:
    secretary = cell.actor(cell.secretary)
    with as_role("chibo_app"):
        done = substitute(secretary, until=RUNGS[1])
    held = Assignment.objects.get(user=cell.secretary)
    today = RUNGS[0] - timedelta(days=3)
    assert done == {
        "assignment_id": held.pk, "office": "cell_secretary", "unit_id": cell.unit.pk, "to": "cell_deputy",
        "since": today.isoformat(), "until": RUNGS[1].isoformat(), "version": 2,
    }  # fmt: skip
    assert [night(day) for day in RUNGS] == [[cell.deputy.email], [cell.deputy.email], [cell.secretary.email]]
    seats = [[one.seat for one in line.told if one.channel == "mail"] for line in story(cell.one).rungs[:3]]
    assert seats == [["cell_deputy"], ["cell_deputy"], ["cell_secretary"]]
    event = Event.objects.get(code="assignment.handed")
    facts = {
        "office": "cell_secretary", "to": "cell_deputy", "since": today.isoformat(), "until": RUNGS[1].isoformat()
    }  # fmt: skip
    assert (event.facts, event.subject_id, event.version, event.unit_id) == (facts, held.pk, 2, cell.unit.pk)
    assert all("facts" not in one.data for one in EventDetail.objects.filter(event_uid=event.uid))


def test_the_inbox_is_read_by_both_while_it_lasts_and_by_the_secretary_after(cell: Cell) -> None:
    substitute(cell.actor(cell.secretary), until=RUNGS[0])
    night(RUNGS[0])
    after = RUNGS[0] + timedelta(days=1)
    assert [cell.reads(who, RUNGS[0]) for who in (cell.secretary, cell.deputy)] == [{cell.one.pk}, {cell.one.pk}]
    assert [cell.reads(who, after) for who in (cell.secretary, cell.deputy)] == [{cell.one.pk}, set()]


def test_past_the_legal_day_both_are_told_and_the_level_above_on_its_day(cell: Cell) -> None:
    substitute(cell.actor(cell.secretary), since=DUE, until=DUE + timedelta(days=30))
    Deadline.objects.filter(pk=cell.one.pk).update(rungs_done=0b1111)
    assert night(DUE) == [cell.deputy.email]
    late = CALENDAR.add_working_days(DUE, 1)
    assert night(late) == sorted([cell.deputy.email, cell.secretary.email, cell.officer.email])


def test_it_ends_when_the_deputy_goes_and_with_the_holding_of_the_secretary(cell: Cell) -> None:
    substitute(cell.actor(cell.secretary), until=DUE)
    Assignment.objects.filter(user=cell.deputy).update(to_date=RUNGS[0] - timedelta(days=1))
    assert night(RUNGS[0]) == [cell.secretary.email]
    Assignment.objects.filter(user=cell.deputy).update(to_date=None)
    Assignment.objects.filter(user=cell.secretary).update(to_date=RUNGS[1] - timedelta(days=1))
    after = person(Office.CELL_SECRETARY, cell.unit, from_date=RUNGS[1])
    assert night(RUNGS[1]) == [after.email]
    assert cell.reads(cell.deputy, RUNGS[1]) == set()


def test_of_a_committee_the_other_told_office_stands_in_and_two_away_are_both_told(cell: Cell) -> None:
    chief = person(Office.COMMITTEE_SECRETARY, cell.commune)
    due = CALENDAR.add_working_days(DUE, 1)
    Deadline.objects.filter(pk=cell.one.pk).update(rungs_done=0b11111)
    clock.move_to(DUE)
    substitute(cell.actor(chief), until=due)
    assert night(due) == sorted([cell.secretary.email, cell.officer.email])
    two = deadline(cell.unit, reference="CN-2")
    Deadline.objects.filter(pk=two.pk).update(rungs_done=0b11111)
    Assignment.objects.filter(user=cell.officer).update(handed_from=due, handed_until=due + timedelta(days=1))
    Assignment.objects.filter(user=chief).update(handed_until=due + timedelta(days=1))
    assert night(due + timedelta(days=1)) == sorted([cell.secretary.email, cell.officer.email, chief.email])


def test_it_is_taken_back_before_its_end_and_may_be_given_anew(cell: Cell) -> None:
    secretary = cell.actor(cell.secretary)
    assert refused(lambda: end_substitution(secretary)) == ["substitution.not_handed"]
    substitute(secretary, until=DUE)
    clock.move_to(RUNGS[0])
    assert end_substitution(secretary)["until"] == (RUNGS[0] - timedelta(days=1)).isoformat()
    assert night(RUNGS[0]) == [cell.secretary.email]
    substitute(secretary, until=RUNGS[1])
    assert list(substituted(cell.actor(cell.officer), RUNGS[0])) == [Assignment.objects.get(user=cell.secretary)]
    assert end_substitution(secretary)["until"] is None
    assert not substituted(cell.actor(cell.officer), RUNGS[0]).exists()
    codes = list(Event.objects.filter(subject_kind="assignment").order_by("version").values_list("code", flat=True))
    assert codes == ["assignment.handed", "assignment.taken_back"] * 2


def test_the_same_again_is_unchanged_and_other_days_are_another_event(cell: Cell) -> None:
    secretary, today = cell.actor(cell.secretary), clock.today()
    substitute(secretary, since=today + timedelta(days=1), until=RUNGS[1])
    clock.move_to(RUNGS[0])
    before = (Event.objects.count(), list(Assignment.objects.order_by("pk").values()))
    for since in (None, today + timedelta(days=1)):
        with pytest.raises(Unchanged):
            substitute(secretary, since=since, until=RUNGS[1])
    assert (Event.objects.count(), list(Assignment.objects.order_by("pk").values())) == before
    assert substitute(secretary, since=RUNGS[0], until=RUNGS[1])["since"] == RUNGS[0].isoformat()
    assert substitute(secretary, since=RUNGS[1], until=RUNGS[2])["version"] == 4
    assert substitute(secretary, until=RUNGS[2])["since"] == RUNGS[0].isoformat(), "from today is earlier than stands"
    assert Event.objects.filter(code="assignment.handed").count() == 4


def test_days_and_a_substitute_are_asked_for(cell: Cell) -> None:
    secretary, today = cell.actor(cell.secretary), clock.today()
    for days in (
        {"until": today - timedelta(days=1)}, {"since": today - timedelta(days=1), "until": DUE},
        {"since": DUE, "until": DUE - timedelta(days=1)},
    ):  # fmt: skip
        assert refused(lambda days=days: substitute(secretary, **days)) == ["substitution.bad_days"]
    Assignment.objects.filter(user=cell.secretary).update(to_date=RUNGS[0])
    assert refused(lambda: substitute(secretary, until=DUE)) == ["substitution.bad_days"]
    Assignment.objects.filter(user=cell.deputy).update(to_date=RUNGS[0] - timedelta(days=1))
    assert refused(lambda: substitute(secretary, until=RUNGS[0])) == ["substitution.nobody"]
    with pytest.raises(NotPermitted):
        substitute(cell.actor(cell.deputy), until=DUE)


def test_the_story_tells_of_it_in_both_languages(cell: Cell) -> None:
    substitute(cell.actor(cell.secretary), until=RUNGS[0])
    night(RUNGS[0])
    said = {}
    for language in ("en", "vi"):
        out = StringIO()
        with override(language), as_role("chibo_jobs"):
            call_command("explain", str(cell.one.pk), stdout=out)
        said[language] = out.getvalue()
    first, last = (f"{day:%d/%m/%Y}" for day in (RUNGS[0] - timedelta(days=3), RUNGS[0]))
    assert (
        f"{first} Reminders handed to the substitute (Secretary of the cell, {cell.unit.name}): handed to the Deputy "
        f"secretary of the cell from {first} to {last}; past the legal day both are told" in said["en"]
    )
    assert (
        f"chuyển cho Phó bí thư chi bộ từ ngày {first} đến hết ngày {last}; quá thời hạn thì báo cho cả hai"
        in said["vi"]
    )
    assert f"read by: Deputy secretary of the cell, {cell.unit.name}" in said["en"]


def test_a_substitution_that_was_over_before_the_deadline_began_is_no_part_of_its_story(cell: Cell) -> None:
    began = cell.one.opened_on
    clock.move_to(began - timedelta(days=20))
    substitute(cell.actor(cell.secretary), until=began - timedelta(days=1))
    assert list(story(cell.one).answers) == []
    clock.move_to(began)
    substitute(cell.actor(cell.secretary), until=began)
    assert [event.code for event in story(cell.one).answers] == ["assignment.handed"]
