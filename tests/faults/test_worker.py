"""Workers that are killed, doubled, or cannot reach the mail server: afterwards the books are in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.alerts.sweep import sweep
from tests.faults.conftest import CELLS
from tests.faults.ledger import PATIENCE, check, letters, locked, query, settled, waiting_for
from tests.faults.machines import Mailbox, Worker, until, worker

pytestmark = pytest.mark.fault
LETTERS = CELLS + 2


def test_smoke_a_worker_killed_in_a_delivery_loses_and_hides_nothing(machine: Worker, mailbox: Mailbox) -> None:
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    machine.kill()
    assert letters() == {"held": LETTERS}
    mailbox.hold = False
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the next worker delivers the rest")
    check(mailbox)
    assert letters()["possibly_twice"] >= 1, "the letter under way when the worker died may have arrived twice"


def test_a_worker_killed_at_every_stage_comes_through(machine: Worker, mailbox: Mailbox) -> None:
    kill_at("alerts_notice", machine)
    assert query("SELECT id FROM alerts_notice") == []
    sweep()  # as another worker would; one that waits for the letters' table in both its processes could not
    kill_at("alerts_letter", machine)
    assert letters() == {}
    kill_at("alerts_attempt", machine, letters)
    assert (letters(), mailbox.accepted) == ({"held": LETTERS}, {})
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "a letter reaches the server")
    with locked("alerts_attempt"):
        mailbox.hold = False
        until(lambda: waiting_for("alerts_attempt"), PATIENCE, "the answer came and is about to be written down")
        machine.kill()
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the last worker finishes")
    check(mailbox)


def kill_at(table: str, machine: Worker, before: Callable[[], Any] = lambda: True) -> None:
    """Start the worker, let it come as far as writing to the table (once `before` has come true), and kill it there."""
    with locked(table):
        machine.start()
        until(before, PATIENCE, f"what comes before {table} is done")
        until(lambda: waiting_for(table), PATIENCE, f"somebody comes as far as {table}")
        machine.kill()


def test_two_workers_with_a_beat_each_do_everything_once(
    machine: Worker, mailbox: Mailbox, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    with worker(environment, tmp_path / "second") as second:
        machine.start()
        second.start()
        until(lambda: settled(LETTERS), PATIENCE, "letters go out")
        check(mailbox)
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}


def test_while_the_mail_server_is_away_letters_wait_and_then_go_once(machine: Worker, mailbox: Mailbox) -> None:
    mailbox.close()
    machine.start()
    until(lambda: query(_TRIED) == [(LETTERS,)], PATIENCE, "every letter is tried")
    assert letters() == {"held": LETTERS}
    mailbox.open()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    check(mailbox)
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}


_TRIED = "SELECT count(DISTINCT letter_id) FROM alerts_attempt WHERE ended_at IS NOT NULL"
