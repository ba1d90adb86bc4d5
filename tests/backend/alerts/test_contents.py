"""What stands in a letter: bounded for whoever is told of thousands, complete in its sums, and news without a word of
what was written."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.alerts.contents import LISTED, NEWS, UNITS, Contents, contents_of
from backend.alerts.delivery import deliver
from backend.alerts.letters import make_letters
from backend.alerts.models import Letter, Notice
from backend.alerts.sweep import sweep
from backend.alerts.wording import compose, sections_of
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
CLIMBED = {1: CALENDAR.add_working_days(DUE, 1), 2: CALENDAR.add_working_days(DUE, 6)}
"""The day on which the level so far above hears of what was due on DUE."""


def told_of(letter_id: int, today: date) -> Contents:
    return contents_of([letter_id], today)[letter_id]


def letters_on(day: date) -> None:
    clock.move_to(day)
    sweep()
    make_letters(force_morning=True)


def letter_to(user: User) -> Letter:
    return Letter.objects.get(user=user)


def many_communes(communes: int, cells: int) -> tuple[User, list[Unit]]:
    """A province with so many communes, each with so many cells whose deadline is missed; the province's secretary."""
    province = chain()[0]
    reader = person(Office.COMMITTEE_SECRETARY, province, language="en")
    below = []
    for place in range(communes):
        below.append(unit(Level.BASE, province))
        for _ in range(cells + (place == 0)):
            deadline(unit(Level.CELL, below[-1]))
    return reader, below


def test_an_officer_above_thousands_gets_counts_by_the_units_right_below() -> None:
    reader, communes = many_communes(UNITS + 3, 2)
    letters_on(CLIMBED[2])
    letter = letter_to(reader)
    with transaction.atomic():
        contents = told_of(letter.pk, CLIMBED[2])
    total = 2 * (UNITS + 3) + 1
    assert (contents.counts, contents.lines) == ({"overdue": total}, [])
    (section,) = sections_of(contents)
    assert (len(section.tallies), section.units, section.more) == (UNITS, 3, 0)
    assert section.tallies[0].count == 3, "the longest first"
    assert section.tallies[0].unit == f"{communes[0].name} ({communes[0].code})"
    assert section.tallies[0].link == f"http://localhost:8000/deadlines/?part=overdue&unit={communes[0].code}"
    assert section.rest + sum(one.count for one in section.tallies) == total
    message = compose(letter.pk)
    assert message is not None
    assert f"in 3 more units: {section.rest}\n  http://localhost:8000/deadlines/?part=overdue\n" in str(message.body)


def test_a_letter_does_not_grow_with_what_it_tells_of() -> None:
    sizes, queries = {}, {}
    for cells in (2, 12):
        reader, _ = many_communes(LISTED, cells)
        letters_on(CLIMBED[2])
        with CaptureQueriesContext(connection) as asked:
            message = compose(letter_to(reader).pk)
        assert message is not None
        sizes[cells], queries[cells] = len(message.message().as_bytes()), len(asked)
    assert abs(sizes[12] - sizes[2]) < 600  # digits: of the counts, and of the codes of units made later
    assert queries[12] == queries[2]


@pytest.mark.parametrize(("cells", "listed"), [(LISTED, LISTED), (LISTED + 1, 0)])
def test_few_are_listed_and_more_are_counted(cells: int, listed: int) -> None:
    commune = chain()[1]
    reader = person(Office.COMMITTEE_SECRETARY, commune)
    for _ in range(cells):
        deadline(unit(Level.CELL, commune))
    letters_on(CLIMBED[1])
    with transaction.atomic():
        contents = told_of(letter_to(reader).pk, CLIMBED[1])
    assert (len(contents.lines), len(contents.units)) == (listed, 0 if listed else cells)
    (section,) = sections_of(contents)
    assert (
        section.count
        == cells
        == sum(len(group.lines) for group in section.groups) + sum(one.count for one in section.tallies)
    )


def test_what_waits_for_the_own_office_is_listed_and_the_rest_of_it_is_a_number() -> None:
    cell = chain()[2]
    reader = person(Office.CELL_SECRETARY, cell, language="en")
    for place in range(LISTED + 4):
        deadline(cell, reference=f"CN-{place:03d}")
    letters_on(DUE)
    with transaction.atomic():
        (section,) = sections_of(told_of(letter_to(reader).pk, DUE))
    assert (section.key, section.count, section.more, section.tallies) == ("week", LISTED + 4, 4, [])
    assert [line.reference for line in section.groups[0].lines] == [f"CN-{place:03d}" for place in range(LISTED)]
    message = compose(letter_to(reader).pk)
    assert message is not None
    assert "and 4 more for your office:\n  http://localhost:8000/deadlines/?part=week\n" in str(message.body)


def test_a_committee_that_must_act_itself_sees_its_own_beside_the_counts() -> None:
    commune = chain()[1]
    reader = person(Office.COMMITTEE_SECRETARY, commune)
    for _ in range(LISTED + 1):
        deadline(unit(Level.CELL, commune))
    own = deadline(unit(Level.CELL, commune), acting=commune, rule_id="PRO.DECIDE", reference="CN-OWN")
    letters_on(CLIMBED[1])
    with transaction.atomic():
        (section,) = sections_of(told_of(letter_to(reader).pk, CLIMBED[1]))
    assert [(group.unit, [line.reference for line in group.lines]) for group in section.groups] == [
        (f"{own.unit.name} ({own.unit.code})", ["CN-OWN"])
    ]
    assert sum(one.count for one in section.tallies) == LISTED + 1
    assert section.count == LISTED + 2


def happened(one: Deadline, code: str, by: User | None, version: int = 2, **facts: Any) -> None:
    """An event about a deadline, as the engine writes it."""
    who = Who(office="organisation_officer", user_id=by.pk if by else None, name="Nguyễn Văn Kín")
    record([
        Entry(
            code=code, subject_kind=SubjectKind.DEADLINE, subject_id=one.pk, version=version, who=who, on=clock.today(),
            unit_id=one.unit_id, unit_path=one.unit_path, facts=facts, detail={"comment": "lời kín"}, uid=uuid4(),
        )
    ])  # fmt: skip


def news(user: User, day: date) -> list[tuple[str, str]]:
    letter = Letter.objects.filter(user=user).latest("pk")
    with transaction.atomic():
        return [(row["code"], row["reference"]) for row in told_of(letter.pk, day).news]


def test_news_are_what_others_did_to_the_offices_deadlines_since_the_last_letter() -> None:
    _, commune, cell = chain()
    reader, other = person(Office.CELL_SECRETARY, cell, language="en"), person(Office.COMMITTEE_SECRETARY, commune)
    first, later = deadline(cell, reference="CN-1"), deadline(cell, reference="CN-2")
    foreign = deadline(unit(Level.CELL, commune), reference="CN-3")
    met = deadline(cell, reference="CN-4")
    start = CALENDAR.add_working_days(DUE, -15)
    happened(later, EventCode.DEADLINE_MOVED, other, due="2027-03-12")
    letters_on(start)
    assert news(reader, start) == [("deadline.moved", "CN-2")]
    happened(first, EventCode.DEADLINE_COMMENTED, other)
    happened(first, EventCode.DEADLINE_SNOOZED, reader, version=3)
    happened(foreign, EventCode.DEADLINE_COMMENTED, other)
    happened(met, EventCode.DEADLINE_COMMENTED, other)
    happened(later, "deadline.replanned", other, version=3)
    Deadline.objects.filter(pk=met.pk).update(status="met")
    Notice.objects.filter(outcome="held").update(outcome="sent")
    Letter.objects.update(outcome="sent")
    day = CALENDAR.add_working_days(DUE, -7)
    clock.move_to(day)
    sweep()
    deliver()
    assert news(reader, day) == [("deadline.commented", "CN-1")], (
        "not the own, not another cell's, not before, not closed"
    )
    (sent,) = (one for one in mail.outbox if one.to == [reader.email])
    assert re.search(
        r"== News \(1\)\n- Comment on a deadline: CN-1 · Consider the recognition in the cell", str(sent.body)
    )
    assert not {"Kín", "lời kín"} & set(re.findall(r"\w+", f"{sent.body}{sent.alternatives}"))


def test_news_are_a_few_and_a_sum() -> None:
    cell = chain()[2]
    reader, other = person(Office.CELL_SECRETARY, cell, language="en"), person(Office.CELL_DEPUTY, cell)
    one = deadline(cell)
    for version in range(NEWS + 5):
        happened(one, EventCode.DEADLINE_COMMENTED, other, version=version + 2)
    letters_on(DUE)
    assert len(news(reader, DUE)) == NEWS
    message = compose(letter_to(reader).pk)
    assert message is not None
    assert "== News (15)" in str(message.body)
    assert "and 5 more\n" in str(message.body)


def test_the_worker_reads_the_contents_under_its_own_role_and_an_urgent_letter_has_no_news() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell, language="en")
    one = deadline(cell)
    happened(one, EventCode.DEADLINE_COMMENTED, None)
    clock.move_to(DUE)
    sweep()
    Notice.objects.filter(channel="mail").update(critical=True)
    with as_role("chibo_jobs"):
        assert deliver()["sent"] == 1
    (sent,) = mail.outbox
    assert sent.subject == "URGENT: 1 deadline, 10/03/2027"
    assert "News" not in str(sent.body)


def test_every_deadline_of_a_letter_is_in_one_sum(django_assert_num_queries: Any) -> None:
    """Whatever the seats: listed, counted and left to the list together are all that was enclosed."""
    province, commune, cell = chain()
    reader = person(Office.COMMITTEE_SECRETARY, province)
    for level, count in ((commune, LISTED + 2), (province, 3)):
        for _ in range(count):
            deadline(unit(Level.CELL, commune), acting=level, rule_id="PRO.DECIDE")
    for _ in range(5):
        deadline(cell, due=CALENDAR.add_working_days(DUE, 2))
    letters_on(CALENDAR.add_working_days(DUE, 8))
    letter = letter_to(reader)
    with transaction.atomic(), django_assert_num_queries(1):
        contents = told_of(letter.pk, clock.today())
    said: Counter[str] = Counter()
    for section in sections_of(contents):
        said[section.key] += sum(len(group.lines) for group in section.groups) + section.more + section.rest
        said[section.key] += sum(one.count for one in section.tallies)
    enclosed = {one.deadline_id for one in Notice.objects.filter(id__in=letter.enclosures.values("notice_id"))}
    assert said == contents.counts
    assert said.total() == len(enclosed)
