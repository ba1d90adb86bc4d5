"""The port of the channels: whatever has a name, a route and a carrier is bundled, muted, tried again and proven alike."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Self

import pytest
from django.core import mail

from backend.alerts import channels, sweep
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.preferences import Preferences, choose, faults
from backend.alerts.transport import OneByOne, Reply
from backend.alerts.wording import compose
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from workflows import ladders
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


class Dove(OneByOne):
    """The in-memory twin of a channel: keeps what it was given and answers as it is told to."""

    carried: list[tuple[int, str]] = []
    answer = Reply("accepted", "coo")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def carry(self, letter_id: int) -> Reply:
        message = compose(letter_id)
        assert message is not None
        self.carried.append((letter_id, message.to[0]))
        self.unwell = self.answer.verdict == "again"
        return self.answer


@pytest.fixture(autouse=True)
def dove(monkeypatch: pytest.MonkeyPatch) -> type[Dove]:
    """A channel that ladders use beside the inbox and the mail, and that reaches everybody but those named deaf."""
    kind = type("Told", (Dove,), {"carried": []})
    monkeypatch.setitem(channels.CARRIERS, "dove", kind)
    place = "'roof ' || id AS address, full_name = 'deaf' AS dead, NULL::bigint AS device_id"
    route = f"SELECT id AS user_id, {place} FROM accounts_user"
    monkeypatch.setitem(channels.ROUTES, "dove", route)
    rows = sweep._ladder_rows()
    doves = [{**row, "channel": "dove"} for row in rows if row["channel"] == "mail"]
    monkeypatch.setattr(sweep, "_ladder_rows", lambda: rows + doves)
    return kind


def night() -> Deadline:
    cell = chain()[2]
    one = deadline(cell)
    person(Office.CELL_SECRETARY, cell)
    clock.move_to(FIRST)
    sweep.sweep()
    return one


def outcomes() -> dict[str, tuple[str, str]]:
    rows = Notice.objects.exclude(channel="inbox").values_list("channel", "outcome", "reason")
    return {channel: (outcome, reason) for channel, outcome, reason in rows}


def test_each_channel_has_a_letter_an_attempt_and_an_answer_of_its_own(dove: type[Dove]) -> None:
    one = night()
    assert deliver() == {"letters": 2, "enclosed": 2, "sent": 2}
    assert outcomes() == {"mail": ("sent", ""), "dove": ("sent", "")}
    letter = Letter.objects.get(channel="dove")
    assert dove.carried == [(letter.pk, f"roof {letter.user_id}")]
    assert len(mail.outbox) == 1
    answers = {line.channel: line.answer for line in story(one).rungs[0].told}
    assert answers == {"inbox": "", "mail": "accepted", "dove": "coo"}


def test_a_channel_that_is_not_well_holds_up_no_other(dove: type[Dove]) -> None:
    dove.answer = Reply("again", "421 tired")
    for _ in range(2):
        person(Office.CELL_SECRETARY, (cell := chain()[2]))
        deadline(cell)
    night()
    assert deliver() == {"letters": 6, "enclosed": 6, "sent": 3, "again": 1}
    assert (len(mail.outbox), len(dove.carried)) == (3, 1)
    assert outcomes() == {"mail": ("sent", ""), "dove": ("held", "")}
    dove.answer = Reply("accepted")
    assert deliver()["sent"] == 2, "those that were not tried lose no time"


def test_one_channel_is_muted_and_the_other_speaks(dove: type[Dove]) -> None:
    assert [one.code for one in faults(Preferences(muted=("dove", "inbox")))] == ["preferences.not_muted"]
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    choose(secretary, Preferences(muted=("mail",)))
    deadline(cell)
    clock.move_to(FIRST)
    sweep.sweep()
    assert deliver()["sent"] == 1
    assert outcomes() == {"mail": ("skipped", "muted_by_person"), "dove": ("sent", "")}
    assert (mail.outbox, len(dove.carried)) == ([], 1)


def test_a_place_that_was_set_aside_is_said_so(dove: type[Dove]) -> None:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    type(secretary).objects.filter(pk=secretary.pk).update(full_name="deaf")
    deadline(cell)
    clock.move_to(FIRST)
    sweep.sweep()
    assert deliver()["sent"] == 1
    assert outcomes() == {"mail": ("sent", ""), "dove": ("skipped", "address_dead")}


def test_an_error_of_a_carrier_is_final_for_its_letter_alone(dove: type[Dove], monkeypatch: pytest.MonkeyPatch) -> None:
    def carry(self: Dove, letter_id: int) -> Reply:
        raise KeyError(letter_id)

    monkeypatch.setattr(dove, "carry", carry)
    night()
    assert deliver() == {"letters": 2, "enclosed": 2, "sent": 1, "failed": 1}
    assert outcomes() == {"mail": ("sent", ""), "dove": ("failed", "not_accepted")}
    assert Attempt.objects.get(letter__channel="dove").answer == "KeyError"


def test_the_twin_is_no_channel_of_ladders() -> None:
    rung = ladders.ladder_for("PRO.CELL_REVIEW").rungs[0]
    assert "dove" not in ladders.CHANNELS
    with pytest.raises(ladders.LawError, match="channels are one or more of inbox, mail"):
        ladders.read_rung("x", {**vars(replace(rung)), "channels": ["dove"]})
