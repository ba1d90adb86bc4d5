"""The ledger of a deadline answers for every rung: said, to whom, with which answer, or why not."""

from __future__ import annotations

import pytest

from backend.alerts.delivery import deliver
from backend.alerts.ledger import RungLine, story
from backend.alerts.letters import make_letters
from backend.alerts.models import Letter
from backend.alerts.sweep import sweep
from backend.alerts.transport import Reply
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.backend.alerts.delivering import claim, settle
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


def explain_ledger(deadline_id: int) -> list[RungLine]:
    return list(story(Deadline.objects.get(pk=deadline_id)).rungs)


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
    assert {(line.state, line.reason) for line in explain_ledger(one.pk)[1:]} == {("not_needed", "met_before")}


def test_a_notice_left_out_of_a_later_attempt_shows_the_last_that_carried_it() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    one, other = deadline(cell), deadline(cell)
    clock.move_to(FIRST)
    sweep()
    make_letters()
    first = claim()
    assert first is not None
    settle(first, Reply("unknown", "TimeoutError"))
    Letter.objects.update(next_attempt_at=clock.now())
    Deadline.objects.filter(pk=one.pk).update(status="met")
    deliver()
    told = [explain_ledger(key.pk)[0].told[1] for key in (one, other)]
    assert [(line.outcome, line.reason, line.answer) for line in told] == [
        ("skipped", "closed_perhaps_said", "TimeoutError"), ("possibly_twice", "", "accepted"),
    ]  # fmt: skip


def test_an_unsettled_rule_says_which_rungs_were_left_out() -> None:
    one = deadline(chain()[2], firmness="unsettled")
    left_out = [(line.rung, line.reason) for line in explain_ledger(one.pk) if line.state == "left_out"]
    assert left_out == [(rung, "unsettled_rule") for rung in (6, 7, 8)]
