"""A month that nobody was there for, against the same month lived day by day; and a clock that is set back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.alerts.delivery import deliver
from backend.alerts.letters import make_letters
from backend.alerts.models import Enclosure, Heartbeat, Letter, Notice
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.deadlines.planning import hold_climb
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
Plan = tuple[str, str, int, int, int | None]
"""Rule, firmness, working days from the start of the month to the due day, early days before it, and who has seen it."""
PLANS = st.lists(
    st.tuples(
        st.sampled_from(["PRO.CELL_REVIEW", "ADM.DECIDE", "MTG.REGULAR", "ADM.CERT_VALID", "PRO.ANNOUNCE", "MTG.DOC_BEFORE"]),
        st.sampled_from(["firm", "to_confirm", "unsettled"]),
        st.integers(-15, 40),
        st.integers(0, 12),
        st.sampled_from([None, 0, 1]),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


def tree() -> Unit:
    """A cell with everybody above it in office, each with an address."""
    province, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    for at in (commune, province):
        person(Office.COMMITTEE_SECRETARY, at)
        person(Office.ORGANISATION_OFFICER, at)
    return cell


def opened(cell: Unit, plans: Sequence[Plan], start: date) -> list[int]:
    keys = []
    for rule_id, firmness, ahead, early, seen in plans:
        due = CALENDAR.add_working_days(start, ahead)
        early_on = CALENDAR.add_working_days(due, -early) if early else None
        fields = {"opened_on": min(start, CALENDAR.add_working_days(due, -30)), "early_on": early_on}
        one = deadline(cell, due=due, rule_id=rule_id, firmness=firmness, **fields)
        if seen is not None:
            hold_climb(one, seen, CALENDAR.add_working_days(start, 5), CALENDAR)
            one.save()
        keys.append(one.pk)
    return keys


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def lived(plans: Sequence[Plan], start: date, mornings: Sequence[date]) -> list[Any]:
    """The plans in a tree of their own, swept and delivered on these days; what stands of each deadline at the end."""
    Heartbeat.objects.all().delete()  # the same days are lived more than once: their letters were not made yet
    keys = opened(tree(), plans, start)
    for day in mornings:
        clock.move_to(day)
        sweep(day)
        deliver(day)
    found = [state(key) for key in keys]
    Deadline.objects.filter(pk__in=keys).update(status="cancelled")
    return found


def state(key: int) -> tuple[Any, ...]:
    one = Deadline.objects.get(pk=key)
    told: dict[tuple[Any, ...], list[str]] = {}
    for row in Notice.objects.filter(deadline_id=key):
        told.setdefault(
            (row.rung, row.rung_on, row.levels_up, row.office, row.channel, row.reason in UNTOLD), []
        ).append(row.outcome)
    return one.rungs_done, one.next_rung, one.next_rung_on, told


UNTOLD = {"no_level_above", "no_office", "unit_closed", "rung_unknown"}


@pytest.mark.slow
@pytest.mark.nightly
@settings(max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=PLANS, offset=st.integers(0, 250))
def test_a_month_skipped_is_the_month_lived_but_for_what_is_said_together(plans: list[Plan], offset: int) -> None:
    start = CALENDAR.add_working_days(date(2026, 12, 1), offset)
    back = CALENDAR.on_or_after(start + timedelta(days=31))
    by_day = lived(plans, start, list(days(start, back)))
    mail_before = len(mail.outbox)
    after_gap = lived(plans, start, [start, back])
    assert len(mail.outbox) - mail_before <= 2 * 5, "two mornings, five readers"
    for one, other in zip(by_day, after_gap, strict=True):
        assert one[:3] == other[:3]
        assert one[3].keys() == other[3].keys()
        for rung, outcomes in one[3].items():
            assert len(outcomes) == 1
            assert (outcomes[0], other[3][rung][0]) in {
                ("sent", "sent"), ("sent", "coalesced"), ("coalesced", "coalesced"), ("skipped", "skipped"),
            }  # fmt: skip


def test_three_days_down_one_sweep_brings_everything_to_its_rung_and_one_letter_tells_of_it() -> None:
    cell = tree()
    one = deadline(cell)
    clock.move_to(CALENDAR.add_working_days(DUE, -3))
    sweep()
    deliver()
    before = len(mail.outbox)
    clock.move_to(CALENDAR.add_working_days(DUE, 1))  # the rungs of the day before, the day, and the day after
    assert sweep().rungs == 4
    deliver()
    outcomes = Counter(Notice.objects.filter(rung__gte=3, channel="mail").values_list("rung", "office", "outcome"))
    assert outcomes == Counter(
        [
            (3, "cell_secretary", "coalesced"), (4, "cell_secretary", "coalesced"), (5, "cell_secretary", "sent"),
            (6, "committee_secretary", "sent"), (6, "organisation_officer", "sent"),
        ]
    )  # fmt: skip
    assert len(mail.outbox) - before == 3  # one to the secretary, one to each of the two above
    one.refresh_from_db()
    assert (one.next_rung, one.rungs_done) == (7, 0b1111111)
    assert sweep().rungs == 0
    assert deliver()["letters"] == 0


def test_a_clock_set_back_sends_nothing_again() -> None:
    deadline(tree())
    for day in (
        CALENDAR.add_working_days(DUE, 1),
        CALENDAR.add_working_days(DUE, -15),
        CALENDAR.add_working_days(DUE, 1),
    ):
        clock.move_to(day)
        sweep()
        make_letters(force_morning=True)
        deliver()
    assert len(mail.outbox) == Letter.objects.count() == 3
    assert Enclosure.objects.count() == Notice.objects.filter(channel="mail", outcome="sent").count() == 3
