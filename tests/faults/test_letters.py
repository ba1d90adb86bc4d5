"""A template that cannot be rendered, and ten thousand notices at once: afterwards the books are in order."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.core import clock
from backend.organizations.models import Unit
from tests.backend.alerts.rows import deadline
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, letters, query, settled
from tests.faults.machines import ROOT, Mailbox, Worker, until
from tests.faults.test_mail import ENCLOSED
from tests.faults.test_services import LATER
from tests.faults.test_worker import LETTERS

pytestmark = pytest.mark.fault
TEMPLATE = "alerts/letter.html"
POISON = '{% if language == "en" %}{% include "alerts/there-is-no-such-template.html" %}{% endif %}'
DEADLINES = 1000
NOTICES = 10_000


@pytest.mark.drill(
    broken="A template that cannot be rendered in one reader's language",
    expected="That reader's letter fails, each reminder in it with its reason; all others go out, and so does the"
    " reader's next letter once the template is mended",
)
def test_a_poisoned_template_stops_one_letter_only(
    machine: Worker, mailbox: Mailbox, environment: dict[str, str], tmp_path: Path, drill: Drill
) -> None:
    reader = User.objects.get(username="secretary1")
    User.objects.filter(pk=reader.pk).update(language="en")
    poisoned = tmp_path / "templates" / TEMPLATE
    poisoned.parent.mkdir(parents=True)
    poisoned.write_text(POISON + (ROOT / "backend/alerts/templates" / TEMPLATE).read_text())
    own = {"DJANGO_SETTINGS_MODULE": "tests.faults.poisoned", "DRILL_TEMPLATES": str(tmp_path / "templates")}
    machine.environment = {**environment, **own}
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "every letter has its outcome")
    assert letters() == {"sent": LETTERS - 1, "failed": 1}
    assert query("SELECT address, answer FROM alerts_letter WHERE outcome = 'failed'") == [
        (reader.email, "TemplateDoesNotExist")
    ]
    lost = query(ENCLOSED, [reader.email])[0][0]
    machine.kill()
    machine.environment = environment
    clock.move_to(LATER)
    deadline(Unit.objects.get(name="Chi bộ 1"))
    drill.mended()
    machine.start()
    until(lambda: query(_SENT, reader.email) == [(1,)], PATIENCE, "the reader's next letter goes out")
    drill.check(mailbox, Counter({"not_accepted": lost}))
    assert query("SELECT address_dead_since FROM accounts_user WHERE id = %s", reader.pk) == [(None,)]


_SENT = "SELECT count(*) FROM alerts_letter WHERE address = %s AND outcome = 'sent'"


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
