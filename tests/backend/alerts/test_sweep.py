"""One outcome for every due rung, office and channel; and none twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.alerts.letters import make_letters
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.deadlines.models import Deadline
from backend.deadlines.planning import hold_climb
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db


def before(days: int) -> date:
    return CALENDAR.add_working_days(DUE, -days)


def after(days: int) -> date:
    return CALENDAR.add_working_days(DUE, days)


def said(**only: Any) -> list[tuple[Any, ...]]:
    rows = Notice.objects.filter(**only).order_by("rung", "office", "unit_id", "channel")
    return list(rows.values_list("rung", "office", "unit_id", "channel", "outcome"))


def test_nothing_is_said_before_the_first_rung() -> None:
    one = deadline(chain()[2])
    report = sweep(before(16))
    assert (report.deadlines, report.rungs, Notice.objects.count()) == (0, 0, 0)
    one.refresh_from_db()
    assert (one.next_rung, one.next_rung_on, one.rungs_done) == (0, before(15), 0)


def test_a_reminder_goes_to_the_acting_office_by_both_channels() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    one = deadline(cell)
    report = sweep(before(15))
    assert said() == [
        (0, "cell_secretary", cell.pk, "inbox", "sent"),
        (0, "cell_secretary", cell.pk, "mail", "held"),
    ]
    one.refresh_from_db()
    assert (one.next_rung, one.next_rung_on, one.rungs_done) == (1, before(7), 0b1)
    assert (report.deadlines, report.rungs, report.notices) == (1, 1, {"held": 1, "sent": 1})


def test_the_whole_ladder_day_by_day_climbs_to_each_level_once() -> None:
    province, commune, cell = chain()
    one = deadline(cell)
    day = before(16)
    while day <= after(12):
        sweep(day)
        day += timedelta(days=1)
    committee = ["committee_secretary", "organisation_officer"]
    assert said(channel="mail") == [
        *((rung, "cell_secretary", cell.pk, "mail", "held") for rung in range(6)),
        *((6, office, commune.pk, "mail", "held") for office in committee),
        *((7, office, province.pk, "mail", "held") for office in committee),
        (8, "", cell.pk, "mail", "skipped"),
    ]
    skipped = Notice.objects.filter(outcome="skipped", channel="mail").values_list("reason", flat=True)
    assert list(skipped) == ["no_level_above"]
    one.refresh_from_db()
    assert (one.status, one.next_rung, one.next_rung_on, one.rungs_done) == ("open", None, None, 0b111111111)


def test_running_twice_or_with_the_clock_set_back_says_nothing_again() -> None:
    deadline(chain()[2])
    sweep(after(1))
    before_rows = list(Notice.objects.order_by("month", "id").values())
    assert sweep(after(1)).rungs == 0
    assert sweep(before(3)).rungs == 0
    assert list(Notice.objects.order_by("month", "id").values()) == before_rows


def test_after_a_gap_older_rungs_are_said_with_the_newest() -> None:
    province, commune, cell = chain()
    deadline(cell)
    sweep(after(6))
    assert said(channel="mail", office="cell_secretary") == [
        *((rung, "cell_secretary", cell.pk, "mail", "coalesced") for rung in range(5)),
        (5, "cell_secretary", cell.pk, "mail", "held"),
    ]
    older = Notice.objects.get(rung=2, channel="mail")
    assert (older.reason, older.reason_params, older.settled_at is not None) == ("said_with_later", {"rung": 5}, True)
    assert {row[2] for row in said(outcome="held") if row[1] != "cell_secretary"} == {commune.pk, province.pk}


def test_an_unsettled_rule_reminds_the_acting_office_alone() -> None:
    cell = chain()[2]
    deadline(cell, firmness="unsettled")
    sweep(after(30))
    assert {(row[1], row[2]) for row in said()} == {("cell_secretary", cell.pk)}


@pytest.mark.parametrize("status", ["met", "met_late", "missed", "cancelled"])
def test_a_closed_deadline_is_left_in_peace(status: str) -> None:
    one = deadline(chain()[2], status=status)
    sweep(after(30))
    one.refresh_from_db()
    assert (Notice.objects.count(), one.rungs_done, one.next_rung) == (0, 0, 0)


def test_a_closed_unit_and_a_rung_unknown_to_the_ladder_are_skipped_with_a_reason() -> None:
    province = unit(Level.PROVINCE)
    closed = unit(Level.BASE, province, closed_on=before(40))
    deadline(unit(Level.CELL, closed))
    other = deadline(unit(Level.CELL, unit(Level.BASE, province)))
    Deadline.objects.filter(pk=other.pk).update(ladder="gone")
    sweep(after(1))
    assert set(Notice.objects.filter(unit_id=closed.pk).values_list("outcome", "reason")) == {
        ("skipped", "unit_closed")
    }
    assert set(Notice.objects.filter(deadline_id=other.pk).values_list("outcome", "reason")) == {
        ("skipped", "rung_unknown")
    }


def test_a_limit_leaves_the_rest_for_the_next_run() -> None:
    cell = chain()[2]
    for _ in range(5):
        deadline(cell)
    assert [sweep(before(15), limit=2, batch=1).deadlines for _ in range(4)] == [2, 2, 1, 0]
    assert Notice.objects.filter(channel="mail").count() == 5


def test_notices_stand_in_the_month_of_their_rung() -> None:
    deadline(chain()[2])
    sweep(after(6))
    assert all(row.month == row.rung_on.replace(day=1) for row in Notice.objects.all())
    assert {row.month for row in Notice.objects.all()} == {date(2027, 2, 1), date(2027, 3, 1)}


def test_the_worker_sweeps_under_its_own_role() -> None:
    deadline(chain()[2])
    with as_role("chibo_jobs"):
        assert sweep(before(15)).rungs == 1


def test_a_level_that_has_acknowledged_is_not_told_itself_until_its_day() -> None:
    """Acknowledged before its rung: only the office that must act is told; a rung after the day named is said."""
    _province, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    person(Office.ORGANISATION_OFFICER, commune)
    held, later, own = deadline(cell), deadline(cell), deadline(cell)
    for one, level, until in ((held, 1, after(1)), (later, 1, DUE), (own, 0, after(9))):
        columns = hold_climb(one, level, until, CALENDAR)
        one.save(update_fields=columns)
    sweep(after(1))
    rows = Notice.objects.filter(unit_id=commune.pk, channel="inbox", office="organisation_officer")
    assert sorted(rows.values_list("deadline_id", "rung", "outcome", "reason")) == [
        (held.pk, 6, "skipped", "level_acknowledged"), (later.pk, 6, "sent", ""),
    ]  # fmt: skip
    assert rows.get(deadline_id=held.pk).settled_at is not None
    reminded = Notice.objects.filter(unit_id=cell.pk, channel="inbox", rung=5)
    assert {*reminded.values_list("deadline_id", "outcome")} == {(one.pk, "sent") for one in (held, later, own)}
    held.refresh_from_db()
    assert held.rungs_done == 0b1111111


def test_what_nobody_reads_in_the_application_is_not_called_sent() -> None:
    """As of letters: the seat's holder reads, else the substitute, else the level above where nobody sits at all."""
    province, commune, cell = chain()
    person(Office.ORGANISATION_OFFICER, commune)  # told by itself, so it fills no empty seat beside it
    person(Office.CELL_DEPUTY, cell)
    empty = unit(Level.CELL, commune)
    for at in (cell, empty):
        deadline(at)
    lonely = chain()[2]
    deadline(lonely)
    with as_role("chibo_jobs"):
        sweep(after(6))
        make_letters(after(6), force_morning=True)
    rows = Notice.objects.exclude(reason__in=["said_with_later", "no_level_above"])
    inbox = set(rows.filter(channel="inbox").values_list("unit_id", "office", "outcome", "reason"))
    nobody = ("skipped", "vacant_office")
    assert {row for row in inbox if row[0] in (cell.pk, empty.pk, commune.pk, province.pk)} == {
        (cell.pk, "cell_secretary", "sent", ""), (empty.pk, "cell_secretary", "sent", ""),
        (commune.pk, "committee_secretary", *nobody), (commune.pk, "organisation_officer", "sent", ""),
        (province.pk, "committee_secretary", *nobody), (province.pk, "organisation_officer", *nobody),
    }  # fmt: skip
    assert {row[2:] for row in inbox if row[0] == lonely.pk} == {nobody}
    mail = set(rows.filter(channel="mail").values_list("unit_id", "office", "outcome", "reason"))
    assert {row if row[3] else (*row[:2], "sent", "") for row in mail} == inbox, (
        "the letters say the same of each office"
    )
    assert not rows.filter(reason="vacant_office", settled_at=None).exists()
