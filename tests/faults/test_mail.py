"""A mail server that hangs, refuses for now or for good, or cuts the line: afterwards the books are in order."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.backend.alerts.cutter import BEFORE_THE_LETTER, Cutter, cutting
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, letters, query, settled
from tests.faults.machines import Mailbox, Worker, until
from tests.faults.test_worker import LETTERS

pytestmark = pytest.mark.fault
UNANSWERED = "SELECT count(*) FROM alerts_attempt WHERE ended_at IS NOT NULL AND accepted IS NULL"
REFUSED = "SELECT count(DISTINCT letter_id) FROM alerts_attempt WHERE accepted = false AND answer LIKE %s"
ENCLOSED = """
SELECT count(*) FROM alerts_enclosure e JOIN alerts_letter l ON l.id = e.letter_id WHERE l.address = ANY(%s)"""


@pytest.mark.drill(
    broken="The mail server hangs: first it takes lines and says nothing, then it takes a letter and does not answer",
    expected="Letters wait; silence before a letter counts as not taken, silence after it as possibly twice",
)
def test_a_mail_server_that_hangs(machine: Worker, mailbox: Mailbox, environment: dict[str, str], drill: Drill) -> None:
    environment["EMAIL_TIMEOUT"] = "2"
    mailbox.be_silent()
    machine.start()
    until(lambda: query(REFUSED, "SMTPServerDisconnected") >= [(3,)], PATIENCE, "three letters meet with silence")
    assert letters() == {"held": LETTERS}
    assert query(UNANSWERED) == [(0,)]
    mailbox.hold = True
    mailbox.open()
    until(lambda: query(UNANSWERED) >= [(2,)], PATIENCE, "two letters are taken without an answer")
    mailbox.hold = False
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    drill.check(mailbox)
    twice = {key for key, count in mailbox.accepted.items() if count > 1}
    assert twice
    assert letters()["possibly_twice"] >= len(twice)


@pytest.mark.drill(
    broken="The mail server answers 4xx to every recipient",
    expected="Letters wait and go once when it takes them",
)
def test_a_mail_server_that_refuses_for_now(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
    mailbox.to_rcpt["*"] = "451 4.7.1 come again later"
    machine.start()
    until(lambda: query(REFUSED, "451 4.7.1%") == [(LETTERS,)], PATIENCE, "every letter is refused for now")
    assert (letters(), mailbox.accepted) == ({"held": LETTERS}, {})
    mailbox.to_rcpt.clear()
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    drill.check(mailbox)
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}


@pytest.mark.drill(
    broken="The mail server answers 5xx: to one recipient, and to the content of another one's letter",
    expected="These two letters fail at once, each reminder in them with its reason; all others go out",
)
def test_a_mail_server_that_refuses_for_good(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
    nobody, unwanted = "secretary1@example.org", "secretary2@example.org"
    mailbox.to_rcpt[nobody] = "550 5.1.1 no such mailbox"
    mailbox.to_data[unwanted] = "554 5.7.1 we do not want this"
    machine.start()
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "every letter has its outcome")
    lost = query(ENCLOSED, [nobody, unwanted])[0][0]
    assert lost > 0
    drill.check(mailbox, Counter({"not_accepted": lost}))
    assert letters() == {"sent": LETTERS - 2, "failed": 2}
    tried = query("SELECT attempts FROM alerts_letter WHERE outcome = 'failed'")
    assert tried == [(1,), (1,)], "what is refused for good is not tried again"


@pytest.mark.drill(
    broken="The mail server takes letters and drops the line after DATA, before it answers",
    expected="Each such letter is tried again under the same Message-ID and marked possibly twice",
)
def test_a_mail_server_that_drops_the_line_after_data(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
    mailbox.drop = True
    machine.start()
    until(lambda: query(UNANSWERED) >= [(2,)], PATIENCE, "two answers are lost")
    mailbox.drop = False
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    seen = drill.check(mailbox)
    twice = {key for key, count in mailbox.accepted.items() if count > 1}
    assert twice, "a letter was taken twice"
    assert seen.letters["possibly_twice"] == len(twice)
    assert seen.fates["possibly_twice"] > 0


@pytest.mark.drill(
    broken="The mail server cuts the line at each place before a letter has left: instead of its greeting, and instead of"
    " answering EHLO, MAIL, RCPT and DATA, twice each",
    expected="Nothing was taken, and the books know it: each letter goes out once, none is called possibly twice",
)
def test_a_mail_server_that_cuts_the_line_before_a_letter_left(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
    mailbox.close()
    cuts = Counter(dict.fromkeys(BEFORE_THE_LETTER, 2))
    with cutting(Cutter(cuts, accepted=mailbox.accepted, port=mailbox.port)):
        machine.start()
        until(lambda: not cuts.total(), PATIENCE, "the line was cut everywhere")
        drill.mended()
        until(lambda: settled(LETTERS), PATIENCE, "letters go out")
        drill.check(mailbox)
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}
    assert query(UNANSWERED) == [(0,)]
