"""Lists: what is late, what comes soon, and whose it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.core.db import scoped
from backend.deadlines import selectors
from tests.backend.alerts.rows import DUE, chain, deadline, unit
from tests.roles import as_role
from workflows.offices import Level

pytestmark = pytest.mark.django_db


def test_overdue_begins_the_day_after_the_legal_day() -> None:
    _, commune, cell = chain()
    one = deadline(cell)
    deadline(cell, status="met")
    assert list(selectors.overdue(commune.path, DUE)) == []
    assert list(selectors.overdue(commune.path, DUE + timedelta(days=1))) == [one]
    assert list(selectors.overdue(unit(Level.BASE).path, DUE + timedelta(days=1))) == []


def test_due_soon_takes_the_earlier_reading_and_leaves_out_what_is_late() -> None:
    _, commune, cell = chain()
    one = deadline(cell)
    two = deadline(cell, due=DUE + timedelta(days=40), early_on=DUE)
    assert list(selectors.due_soon(commune.path, DUE - timedelta(days=14))) == [one, two]
    assert list(selectors.due_soon(commune.path, DUE - timedelta(days=15))) == []
    assert list(selectors.due_soon(commune.path, DUE + timedelta(days=1))) == []


def test_counts_are_of_the_units_that_must_act() -> None:
    _, commune, cell = chain()
    deadline(cell)
    deadline(cell, due=date(2030, 3, 1))
    deadline(cell, acting=commune)
    late = DUE + timedelta(days=1)
    assert selectors.counts_by_unit(commune.path, late) == {cell.pk: (2, 1), commune.pk: (1, 1)}
    assert selectors.counts_by_unit(cell.path, late) == {cell.pk: (2, 1), commune.pk: (1, 1)}


def test_a_list_never_leaves_its_scope() -> None:
    mine, other = chain()[2], chain()[2]
    one = deadline(mine)
    deadline(other)
    with as_role("chibo_app"), scoped(mine.path):
        assert list(selectors.open_under("/")) == [one]
