"""The books of the drills notice what is lost, doubled or left unexplained: each law of theirs is shown to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from backend.alerts.delivery import deliver
from backend.alerts.sweep import sweep
from backend.audit.sealing import seal_all
from tests.faults import ledger
from tests.faults.machines import Mailbox
from tests.faults.test_worker import LETTERS
from tests.realdb import RealDatabase
from tests.roles import as_role

pytestmark = pytest.mark.real


@pytest.fixture
def closed(commune: RealDatabase, mailbox: Mailbox, settings: Any) -> Mailbox:
    """Everything due was said, every letter accepted once, everything sealed."""
    settings.EMAIL_BACKEND = "backend.alerts.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
    sweep()
    deliver()
    with as_role("chibo_jobs"):
        seal_all()
    return mailbox


def _accepted(change: int) -> Callable[[Mailbox], None]:
    def work(mailbox: Mailbox) -> None:
        mailbox.accepted[min(mailbox.accepted)] += change

    return work


def _from_nowhere(mailbox: Mailbox) -> None:
    mailbox.accepted["<made-up@example.org>"] += 1


def _done(sql: str) -> Callable[[Mailbox], None]:
    def work(mailbox: Mailbox) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount == 1

    return work


ONE = "WHERE id = (SELECT min(id) FROM alerts_notice WHERE outcome = 'sent')"
FAULTS: dict[str, tuple[Callable[[Mailbox], None], str]] = {
    "a letter taken twice": (_accepted(1), "doubled in silence"),
    "a letter never taken": (_accepted(-1), "a letter was lost"),
    "a letter of nobody's": (_from_nowhere, "came from nowhere"),
    "an outcome gone": (_done(f"DELETE FROM alerts_notice {ONE}"), "No outcome for"),
    "an outcome too much": (_done(f"UPDATE alerts_notice SET rung = 8 {ONE}"), "that was not due"),
    "no reason given": (_done(f"UPDATE alerts_notice SET outcome = 'skipped' {ONE}"), "nobody can say why"),
    "a failure unforeseen": (
        _done(f"UPDATE alerts_notice SET outcome = 'failed', reason = 'not_accepted' {ONE}"),
        "failed: ",
    ),
}


def test_books_in_order_are_closed(closed: Mailbox) -> None:
    seen = ledger.check(closed, {})
    assert (seen.letters, seen.accepted) == ({"sent": LETTERS}, LETTERS)
    assert sum(seen.fates.values()) == seen.due > 0


@pytest.mark.parametrize("fault", FAULTS)
def test_books_that_are_not_in_order_are_not_closed(closed: Mailbox, fault: str) -> None:
    change, words = FAULTS[fault]
    change(closed)
    with pytest.raises(AssertionError, match=words):
        ledger.check(closed, {})
