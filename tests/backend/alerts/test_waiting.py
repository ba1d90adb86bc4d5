"""Letters that wait: for another address, for their template, or behind others of their batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from backend.accounts.addresses import set_aside, set_own_address
from backend.accounts.models import User
from backend.alerts import delivery, transport, wording
from backend.alerts.delivery import CROWD, Claimed, deliver, hand_over
from backend.alerts.health import look
from backend.alerts.ledger import story
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.sweep import sweep
from backend.alerts.transport import HOPELESS, Postman, Reply
from backend.alerts.watch import watch
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.deadlines.models import Deadline
from tests.backend.alerts.delivering import claim, settle
from tests.backend.alerts.looking import looks
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.backend.alerts.test_delivery import due_again, letter, more_letters, notice
from tests.roles import as_role
from workflows.offices import Office

__all__ = ["letter"]
pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
NEW = "new@example.org"


def reader() -> User:
    return User.objects.get(pk=Letter.objects.values_list("user_id", flat=True)[0])


def waits() -> str:
    """The reason for which the only letter's notice waits, in the ledger."""
    with scoped(WHOLE):
        lines = story(Deadline.objects.get()).rungs
    return next(one.reason for line in lines for one in line.told if one.channel == "mail")


def to() -> list[str]:
    return [message.to[0] for message in mail.outbox]


# ---- addresses


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize("tried", [False, True])
def test_a_waiting_letter_goes_to_where_its_reader_is_reached_by_then(tried: bool) -> None:
    if tried:
        first = claim()
        assert first is not None
        settle(first, Reply("again", "451 later"))
        due_again()
    set_own_address(reader().pk, NEW)
    assert deliver()["sent"] == 1
    assert (to(), Letter.objects.get().address) == ([NEW], NEW)


@pytest.mark.usefixtures("letter")
def test_a_letter_waits_while_its_address_is_set_aside_and_goes_to_another_one() -> None:
    set_aside(reader().pk, FIRST, 3)
    assert (deliver()["sent"], Attempt.objects.count(), notice()) == (0, 0, ("held", ""))
    assert waits() == "waits_for_address"
    with as_role("chibo_app"):
        assert not [part for part in look().stuck if part.key == "letters"], "nobody can help but its reader"
    set_own_address(reader().pk, NEW)
    assert deliver()["sent"] == 1
    assert (to(), notice()) == ([NEW], ("sent", ""))


@pytest.mark.usefixtures("letter")
@pytest.mark.parametrize(
    ("first", "outcome", "reason"),
    [
        (None, "skipped", "address_dead"),
        (Reply("again", "451"), "skipped", "address_dead"),
        (Reply("unknown", "TimeoutError"), "failed", "never_answered"),
    ],
    ids=["never tried", "not taken", "no answer known"],
)
def test_the_next_day_nobody_waits_for_another_address_any_more(first: Reply | None, outcome: str, reason: str) -> None:
    if first is not None:
        tried = claim()
        assert tried is not None
        settle(tried, first)
        due_again()
    set_aside(reader().pk, FIRST, 3)
    deliver()
    clock.move_to(CALENDAR.add_working_days(FIRST, 1))
    deliver()
    assert (Letter.objects.get().outcome, notice()) == ("skipped", (outcome, reason))
    set_own_address(reader().pk, NEW)
    deliver()
    assert to() == []


@pytest.fixture
def unsaid() -> Iterator[User]:
    """This morning's letter was not made, since its reader's address had been set aside."""
    cell = chain()[2]
    user = person(Office.CELL_SECRETARY, cell)
    set_aside(user.pk, FIRST, 3)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    deliver()
    assert notice() == ("skipped", "address_dead")
    assert not Letter.objects.exists()
    return user


def test_what_this_morning_could_not_say_is_said_today_once_there_is_an_address(unsaid: User) -> None:
    assert deliver()["sent"] == 0
    set_own_address(unsaid.pk, NEW)
    assert deliver()["sent"] == 1
    assert (to(), notice(), Letter.objects.get().day) == ([NEW], ("sent", ""), FIRST)
    assert deliver()["letters"] == 0


def test_what_was_closed_or_is_of_another_day_is_not_said_for_a_new_address(unsaid: User) -> None:
    Deadline.objects.update(status="met")
    set_own_address(unsaid.pk, NEW)
    deliver()
    assert notice() == ("skipped", "address_dead")
    Deadline.objects.update(status="open")
    clock.move_to(CALENDAR.add_working_days(FIRST, 1))
    sweep()
    deliver()
    assert Notice.objects.get(channel="mail", rung_on=FIRST).reason == "address_dead"
    assert to() == []


# ---- templates


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No letter can be rendered, until this is undone."""
    with monkeypatch.context() as broken:

        def render(*_: Any) -> str:
            raise LookupError("broken")

        broken.setattr(wording, "render_to_string", render)
        yield broken


def test_a_broken_template_costs_no_letter_and_no_attempt(
    letter: Letter,
    poison: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    settings.CHIBO_DELIVERY_ATTEMPTS = 1
    for _ in range(3):
        due_again()
        assert deliver()["again"] == 1
    found = Letter.objects.get()
    assert (found.outcome, found.attempts, found.hindered, Attempt.objects.count()) == ("held", 0, "template_broken", 0)
    assert found.next_attempt_at is not None
    assert found.next_attempt_at > clock.now()
    assert (notice(), waits(), mail.outbox) == (("held", ""), "template_broken", [])
    poison.undo()
    due_again()
    assert deliver()["sent"] == 1
    (message,) = mail.outbox
    found.refresh_from_db()
    assert (found.outcome, found.hindered, found.attempts, found.day) == ("sent", "", 1, letter.day)
    assert message.extra_headers["Message-ID"] == letter.message_id == found.message_id


@pytest.mark.usefixtures("letter")
def test_administrators_are_told_once_of_a_broken_template(poison: pytest.MonkeyPatch) -> None:
    person(Office.ADMINISTRATOR, chain()[0], email="admin@example.org")
    deliver()
    with as_role("chibo_app"):
        told = looks()
    assert ["templates" in parts for parts in told] == [False, True, False]
    assert to() == ["admin@example.org"]
    assert "mẫu thư" in str(mail.outbox[0].body)
    poison.undo()
    due_again()
    deliver()
    with as_role("chibo_app"):
        watch()
        assert "templates" not in [part.key for part in look().stuck]


@pytest.mark.usefixtures("letter", "poison")
def test_a_run_does_not_try_every_letter_with_a_template_that_is_broken_for_all() -> None:
    more_letters(HOPELESS + 5)
    assert deliver()["again"] == HOPELESS
    assert Letter.objects.exclude(hindered="").count() == HOPELESS


# ---- batches


@pytest.fixture
def many(letter: Letter) -> list[int]:
    more_letters(4)
    return list(Letter.objects.order_by("pk").values_list("pk", flat=True))


def batch() -> list[Claimed]:
    return delivery.claim(10, channels=["mail"])


def test_a_batch_is_read_together_and_settled_together(many: list[int]) -> None:
    claimed = batch()
    assert [one.letter_id for one in claimed] == many
    with Postman() as postman:
        assert hand_over(claimed, postman, clock.now() + delivery.LONGEST_RUN) == ["sent"] * 5
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 5
    assert set(Notice.objects.filter(channel="mail").values_list("outcome", flat=True)) == {"sent"}
    assert batch() == []


def test_who_dies_with_a_batch_in_hand_leaves_nothing_doubled_in_silence(many: list[int]) -> None:
    claimed = batch()
    with Postman() as postman:
        postman.look_at(many)
        postman.carry(many[0])  # and here the worker is gone
    assert deliver()["sent"] == 0, "the lease holds"
    due_again()
    assert deliver()["possibly_twice"] == len(claimed)
    assert set(Letter.objects.values_list("outcome", "attempts")) == {("possibly_twice", 2)}
    assert [message.extra_headers["Message-ID"] for message in mail.outbox].count(
        Letter.objects.get(pk=many[0]).message_id
    ) == 2


def test_what_a_batch_did_not_come_to_is_given_back_as_it_was(many: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter([Reply("accepted", "250"), Reply("unknown", "TimeoutError")])

    class Failing(Postman):
        def send(self, message: Any) -> Reply:
            reply = next(replies)
            self.unwell = reply.verdict == "unknown"
            return reply

    with Failing() as postman:
        assert hand_over(batch(), postman, clock.now() + delivery.LONGEST_RUN) == ["sent", "again"]
    assert list(Letter.objects.order_by("pk").values_list("outcome", "attempts")) == [
        ("sent", 1), ("held", 1), ("held", 0), ("held", 0), ("held", 0),
    ]  # fmt: skip
    assert Attempt.objects.count() == 2
    assert deliver()["sent"] == 3


def test_one_letter_that_cannot_be_read_spoils_no_batch(many: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    honest = transport.compose_all

    def compose_all(keys: Any) -> Any:
        if many[2] in keys:
            raise KeyError(many[2])
        return honest(keys)

    monkeypatch.setattr(transport, "compose_all", compose_all)
    with Postman() as postman:
        became = hand_over(batch(), postman, clock.now() + delivery.LONGEST_RUN)
    assert became == ["sent", "sent", "failed", "sent", "sent"]


def test_few_letters_are_taken_one_by_one_and_a_crowd_together(
    many: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Postman() as postman:
        assert delivery._at_once("mail", postman) == 1
        monkeypatch.setattr(delivery, "CROWD", 2)
        assert delivery._at_once("mail", postman) == 3
        monkeypatch.setattr(postman, "at_once", 2)
        assert delivery._at_once("mail", postman) == 2
    assert (CROWD, Postman.at_once) == (100, 50)


@pytest.mark.usefixtures("many")
def test_of_a_worker_that_dies_only_what_it_had_in_hand_is_marked() -> None:
    """Bounded, not exact: of a batch nobody can tell which letter was in conversation (adr/0020)."""
    dead = delivery.claim(2)
    due_again()
    assert deliver()["possibly_twice"] == 2
    marked = Letter.objects.filter(outcome="possibly_twice").values_list("pk", flat=True)
    assert set(marked) == {one.letter_id for one in dead}
    assert Letter.objects.filter(outcome="sent").count() == Letter.objects.count() - 2 == 3


def test_a_notice_in_two_letters_of_one_batch_is_judged_once() -> None:
    cell = chain()[2]
    for _ in range(2):
        person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    make_letters()
    with Postman() as postman:
        assert hand_over(batch(), postman, clock.now() + delivery.LONGEST_RUN) == ["sent", "sent"]
    assert notice() == ("sent", "")
