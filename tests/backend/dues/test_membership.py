"""Who owed dues in a month: whoever was a member by the history of the day, in this membership or in one before it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from backend.core.partitions import ensure_month
from backend.dues.book import read_book
from backend.members.models import Member, Spell
from backend.participation.models import DuesEntry
from tests.world import BEGUN, TODAY, World, make_world
from workflows.dues import status

pytestmark = pytest.mark.django_db
LEFT, AGAIN = date(2026, 4, 1), date(2026, 8, 18)


@pytest.fixture
def world() -> World:
    return make_world()


def readmitted(world: World) -> Member:
    """On the list since January, removed on 1 April, admitted again on 18 August."""
    member = world.member("Lê Thị Trở Lại")
    first = Spell.objects.get(member=member)
    Spell.objects.filter(pk=first.pk).update(valid=DateRange(BEGUN, LEFT))
    for standing, since, until in (("removed", LEFT, AGAIN), ("probationary", AGAIN, None)):
        Spell.objects.create(
            member=member, unit=first.unit, unit_path=first.unit_path, standing=standing, participation="attending",
            valid=DateRange(since, until), recorded_at=timezone.now(), event_uid=uuid4(),
        )  # fmt: skip
    Member.objects.filter(pk=member.pk).update(joined_on=AGAIN)
    return member


def said(member: Member) -> dict[int, str]:
    book = read_book([member.pk], date(2026, 1, 1), date(2026, 12, 1), TODAY)
    return {month: status(book.month(member.pk, date(2026, month, 1)), TODAY).value for month in range(1, 11)}


def test_months_of_the_first_membership_are_owed_and_those_between_are_not(world: World) -> None:
    member = readmitted(world)
    for month in (1, 3):
        ensure_month("participation_duesentry", date(2026, month, 1))
        DuesEntry.objects.create(
            month=date(2026, month, 1), member_id=member.pk, status="unpaid", unit_id=member.unit_id,
            unit_path=member.unit_path,
        )  # fmt: skip
    between = dict.fromkeys(range(4, 8), "not_due")
    assert said(member) == {1: "unpaid", 2: "open", 3: "unpaid", **between, 8: "open", 9: "open", 10: "open"}
    book = read_book([member.pk], date(2026, 1, 1), date(2026, 12, 1), TODAY)
    assert list(book.unpaid(member.pk)) == [date(2026, 1, 1), date(2026, 3, 1)]


def test_a_list_that_is_older_than_the_first_ceremony_makes_nobody_owe(world: World) -> None:
    member = world.member("Trần Mới", "import_probationary", joined_on="2026-07-20")
    assert said(member) == {**dict.fromkeys(range(1, 7), "not_due"), **dict.fromkeys(range(7, 11), "open")}
