"""The ledger of a deadline answers for every rung: said, to whom, with which answer, or why not."""

from __future__ import annotations

import pytest

from backend.alerts.delivery import deliver
from backend.alerts.ledger import explain_ledger
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


def test_every_rung_is_answered_for() -> None:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    one = deadline(cell)
    clock.move_to(FIRST)
    sweep()
    deliver()
    found = explain_ledger(one.pk)
    assert [(line.rung, line.state) for line in found] == [(0, "done"), *((rung, "planned") for rung in range(1, 9))]
    assert [(line.kind, line.levels_up) for line in found[5:]] == [
        ("remind", 0), ("escalate", 1), ("escalate", 2), ("escalate", 3),
    ]  # fmt: skip
    inbox, by_mail = found[0].told
    assert (inbox.channel, inbox.outcome, inbox.user_id, inbox.answer) == ("inbox", "sent", None, "")
    assert (by_mail.channel, by_mail.outcome, by_mail.user_id, by_mail.answer) == (
        "mail",
        "sent",
        secretary.pk,
        "accepted",
    )
    Deadline.objects.filter(pk=one.pk).update(status="met")
    assert {line.state for line in explain_ledger(one.pk)[1:]} == {"not_needed"}


def test_an_unsettled_rule_says_which_rungs_were_left_out() -> None:
    one = deadline(chain()[2], firmness="unsettled")
    assert [line.rung for line in explain_ledger(one.pk) if line.state == "left_out"] == [6, 7, 8]


def test_no_such_deadline() -> None:
    with pytest.raises(Deadline.DoesNotExist):
        explain_ledger(0)
