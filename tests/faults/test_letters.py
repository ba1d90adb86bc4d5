"""A template that cannot be rendered, and ten thousand notices at once: afterwards the books are in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.organizations.models import Unit
from tests.backend.alerts.rows import deadline
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, letters, query, settled
from tests.faults.machines import ROOT, Mailbox, Worker, until
from tests.faults.test_worker import LETTERS

pytestmark = pytest.mark.fault
TEMPLATE = "alerts/letter.html"
POISON = '{% include "alerts/there-is-no-such-template.html" %}'
DEADLINES = 1000
NOTICES = 10_000


@pytest.mark.drill(
    broken="A template that cannot be rendered in one reader's language",
    expected="All others' letters go out; that reader's waits without using up an attempt, says why, and goes out once, under"
    " its own Message-ID, when the template is mended",
)
def test_a_poisoned_template_stops_one_letter_only(
    machine: Worker, mailbox: Mailbox, environment: dict[str, str], tmp_path: Path, drill: Drill
) -> None:
    reader = User.objects.get(username="secretary1")
    User.objects.filter(pk=reader.pk).update(language="en")
    machine.environment = {**environment, **poisoned(tmp_path, '{% if language == "en" %}', "{% endif %}")}
    machine.start()
    until(lambda: letters() == {"sent": LETTERS - 1, "held": 1}, PATIENCE, "all others go out")
    until(lambda: query(HINDERED) == [(reader.email, 0)], PATIENCE, "that reader's letter says why it waits")
    mend_and_check(machine, environment, mailbox, drill)


@pytest.mark.drill(
    broken="A template that cannot be rendered for anybody",
    expected="No letter is lost or counted as tried; the same letters go out once when the template is mended",
)
def test_a_template_poisoned_for_everyone_stops_letters_until_it_is_mended(
    machine: Worker, mailbox: Mailbox, environment: dict[str, str], tmp_path: Path, drill: Drill
) -> None:
    machine.environment = {**environment, **poisoned(tmp_path)}
    machine.start()
    until(lambda: [tries for _, tries in query(HINDERED)] == [0] * LETTERS, PATIENCE, "every letter says why it waits")
    assert (letters(), mailbox.accepted) == ({"held": LETTERS}, {})
    mend_and_check(machine, environment, mailbox, drill)


def mend_and_check(machine: Worker, environment: dict[str, str], mailbox: Mailbox, drill: Drill) -> None:
    """A worker with the true template brings everything out by itself, once, as the letters that waited."""
    made = query("SELECT message_id, day FROM alerts_letter ORDER BY id")
    machine.kill()
    machine.environment = environment
    drill.mended()
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    seen = drill.check(mailbox)
    assert seen.letters == {"sent": LETTERS}
    assert query("SELECT message_id, day FROM alerts_letter ORDER BY id") == made
    assert query("SELECT count(*) FROM alerts_attempt") == [(LETTERS,)]


def poisoned(folder: Path, before: str = "", after: str = "") -> dict[str, str]:
    """A worker's environment in which the letters' template includes one that does not exist."""
    place = folder / "templates" / TEMPLATE
    place.parent.mkdir(parents=True)
    place.write_text(before + POISON + after + (ROOT / "backend/alerts/templates" / TEMPLATE).read_text())
    return {"DJANGO_SETTINGS_MODULE": "tests.faults.poisoned", "DRILL_TEMPLATES": str(folder / "templates")}


HINDERED = """
SELECT address, attempts FROM alerts_letter WHERE outcome = 'held' AND hindered = 'template_broken' ORDER BY id"""


@pytest.mark.drill(
    broken=f"More than {NOTICES:,} notices at once, and the worker killed in its first delivery",
    expected="One outcome each, one letter for each reader, only what was under way possibly twice",
)
def test_ten_thousand_notices_at_once(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
    cells = list(Unit.objects.filter(level="cell").order_by("pk"))
    with transaction.atomic():
        for number in range(DEADLINES):
            deadline(cells[number % len(cells)])
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    machine.kill()
    mailbox.hold = False
    drill.mended()
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    seen = drill.check(mailbox)
    assert seen.due >= NOTICES
    assert seen.letters["possibly_twice"] >= 1
    assert seen.letters["possibly_twice"] <= 2, "the worker has two processes"
