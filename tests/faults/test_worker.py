"""Workers that are killed, doubled, or cannot reach the mail server: afterwards the books are in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from backend.alerts.sweep import sweep
from backend.core import clock
from tests.backend.alerts.rows import CALENDAR, DUE
from tests.faults.conftest import CELLS
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, at_gate, gate, letters, locked, query, settled, waiting_for
from tests.faults.machines import Beat, Mailbox, Redis, Worker, until, worker
from tests.realdb import RealDatabase

pytestmark = pytest.mark.fault
LETTERS = CELLS + 2
LATER = CALENDAR.add_working_days(DUE, 6)


@pytest.mark.drill(
    broken="The worker is killed (-9) while the mail server has a letter and has not answered",
    expected="The next worker delivers the rest; the letter under way is tried again and marked possibly twice",
)
def test_smoke_a_worker_killed_in_a_delivery_loses_and_hides_nothing(
    machine: Worker, mailbox: Mailbox, drill: Drill
) -> None:
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    machine.kill()
    assert letters() == {"held": LETTERS}
    mailbox.hold = False
    drill.mended()
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the next worker delivers the rest")
    drill.check(mailbox)
    assert letters()["possibly_twice"] >= 1, "the letter under way when the worker died may have arrived twice"


@pytest.mark.drill(
    broken="The worker is killed (-9) before it writes notices, before it writes letters, before an attempt (nothing sent"
    " yet), and after a letter was accepted, before that is written down",
    expected="The next worker goes on from there; only the letter that was accepted is possibly twice",
)
def test_a_worker_killed_at_every_stage_comes_through(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
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
    drill.mended()
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the last worker finishes")
    seen = drill.check(mailbox)
    assert seen.letters["possibly_twice"] >= 1


def kill_at(table: str, machine: Worker, before: Callable[[], Any] = lambda: True) -> None:
    """Start the worker, let it come as far as writing to the table (once `before` has come true), and kill it there."""
    with locked(table):
        machine.start()
        until(before, PATIENCE, f"what comes before {table} is done")
        until(lambda: waiting_for(table), PATIENCE, f"somebody comes as far as {table}")
        machine.kill()


@pytest.mark.drill(
    broken="Two workers at once, and two beats that both say when",
    expected="Everything is done once",
)
def test_two_workers_with_a_beat_each_do_everything_once(
    machine: Worker, mailbox: Mailbox, environment: dict[str, str], tmp_path: Path, drill: Drill
) -> None:
    drill.mended()
    with worker(environment, tmp_path / "second") as second:
        machine.start()
        second.start()
        until(lambda: settled(LETTERS), PATIENCE, "letters go out")
        drill.check(mailbox)
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}


@pytest.mark.drill(
    broken="The mail server is not there",
    expected="Letters wait and go once when it comes back",
)
def test_while_the_mail_server_is_away_letters_wait_and_then_go_once(
    machine: Worker, mailbox: Mailbox, drill: Drill
) -> None:
    mailbox.close()
    machine.start()
    until(lambda: query(_TRIED) == [(LETTERS,)], PATIENCE, "every letter is tried")
    assert letters() == {"held": LETTERS}
    mailbox.open()
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    drill.check(mailbox)
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}


_TRIED = "SELECT count(DISTINCT letter_id) FROM alerts_attempt WHERE ended_at IS NOT NULL"


@pytest.mark.drill(
    broken="The worker is killed (-9) while its sweep has claimed and written everything and not committed it",
    expected="Nothing of that sweep stays, and the next one does all of it",
)
def test_a_sweep_killed_between_claim_and_commit_leaves_nothing(
    commune: RealDatabase, machine: Worker, mailbox: Mailbox, drill: Drill
) -> None:
    with gate(commune, "alerts_notice"):
        machine.start()
        until(at_gate, PATIENCE, "a sweep has written everything and not committed it")
        with transaction.atomic():
            assert query(_FREE) == [], "every deadline that is due is claimed"
        machine.kill()
    until(lambda: query(_FREE) == [(CELLS * 3,)], PATIENCE, "the server lets go of what was claimed")
    assert query("SELECT id FROM alerts_notice") == []
    drill.mended()
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the next worker delivers")
    drill.check(mailbox)
    assert letters() == {"sent": LETTERS}


_FREE = """
SELECT count(*) FROM (
  SELECT FROM deadlines_deadline WHERE next_rung_on <= (SELECT day FROM core_businessdate) FOR UPDATE SKIP LOCKED) free
HAVING count(*) > 0
"""


@pytest.mark.drill(
    broken="Beat is killed (-9) in a process of its own, and a day passes without it",
    expected="Nothing happens without it; started again, everything due is done",
)
def test_beat_killed_delays_and_loses_nothing(
    machine: Worker, mailbox: Mailbox, broker: Redis, environment: dict[str, str], tmp_path: Path, drill: Drill
) -> None:
    machine.beat = False
    with worker(environment, tmp_path / "beat-alone", Beat) as beat:
        machine.start()
        beat.start()
        until(lambda: settled(LETTERS), PATIENCE, "letters go out")
        beat.kill()
        until(lambda: not broker.client().llen("celery"), PATIENCE, "what it had said is done")
        time.sleep(2)
        runs = query(_SWEEPS)
        clock.move_to(LATER)
        time.sleep(4)
        assert query(_SWEEPS) == runs, "nobody says that it is time"
        drill.mended()
        beat.start()
        seen = drill.check(mailbox)
    assert query("SELECT count(*) FROM alerts_notice WHERE rung = 7")[0][0] > 0, "the later day's rungs were handled"
    assert "possibly_twice" not in seen.letters


_SWEEPS = "SELECT count(*) FROM alerts_heartbeat WHERE job = 'sweep'"
