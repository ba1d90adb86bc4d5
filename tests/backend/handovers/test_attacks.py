"""A file that was edited, cut, reordered or signed anew is refused, and the first line that does not hold is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import override_settings

from backend.audit import heads, merkle
from backend.audit.models import Event
from backend.audit.record import FORMAT as LINE_FORMAT
from backend.core.encoding import canonical
from backend.core.errors import Refused
from backend.handovers.checking import check, shown_key
from backend.handovers.form import FileLine, FileLog, HandOver, read
from backend.handovers.proposing import propose, said_by
from tests.backend.handovers.test_taking_in import traces
from tests.installations import Installation, arrive, handed_over, on_the_way, person, proposed
from tests.roles import as_role
from tests.world import TODAY
from workflows.answers import Refusal

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.nightly]
PERSON, LOG, FIRST, LAST = 2, 3, 4, 9
"""Lines of the file: the person, the head, the first entry, and the list that closes the log."""
Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Real:
    """The file of one person, that of another from the same log, and the key that signs it."""

    text: str
    other: str
    later: str
    key: bytes

    @property
    def rows(self) -> Rows:
        return [json.loads(line) for line in self.text.splitlines()]


_MADE: list[Real] = []


@pytest.fixture
def real(request: pytest.FixtureRequest) -> Real:
    """Made once by a real installation: what is done to it here needs no database."""
    if not _MADE:
        sender: Installation = request.getfixturevalue("sender")
        with sender.here() as world:
            text = handed_over(sender, on_the_way(world, person(world))).write()
            other = handed_over(sender, on_the_way(world, world.member("Lê Văn Khác"))).write()
            _MADE.append(Real(text, other, head_of(other), sender.public_key))
    return _MADE[0]


def head_of(text: str) -> str:
    return text.splitlines()[LOG - 1]


def refused(text: str, *keys: bytes) -> Refusal:
    with pytest.raises(Refused) as caught:
        check(read(text), dict.fromkeys(keys, "Bên gửi"))
    (answer,) = caught.value.answers
    return answer


def told(rows: Rows, key: bytes) -> tuple[str, int]:
    """Code and line of the refusal of a file of these lines."""
    answer = refused("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), key)
    assert str(answer.params["line"]) in answer.text("vi")
    assert answer.fact == "file"
    return answer.code, answer.params["line"]


def edited(row: Row, was: str, becomes: str) -> Row:
    assert was in row["event"]
    return {**row, "event": row["event"].replace(was, becomes)}


def with_row(rows: Rows, number: int, row: Row) -> Rows:
    return [*rows[: number - 1], row, *rows[number:]]


def without(rows: Rows, number: int) -> Rows:
    return [*rows[: number - 1], *rows[number:]]


def swapped(rows: Rows, one: int, other: int) -> Rows:
    return with_row(with_row(rows, one, rows[other - 1]), other, rows[one - 1])


def changed(number: int, **values: Any) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: with_row(rows, number, {**rows[number - 1], **values})


def in_person(**values: Any) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: with_row(rows, PERSON, {"person": {**rows[PERSON - 1]["person"], **values}})


def in_head(**values: Any) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: with_row(rows, LOG, {"log": {"head": {**rows[LOG - 1]["log"]["head"], **values}}})


def in_told(number: int, **values: Any) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: with_row(
        rows, number, {**rows[number - 1], "told": {**rows[number - 1]["told"], **values}}
    )


ATTACKS: dict[str, tuple[Callable[[Rows, Rows], Rows], str, int]] = {
    "a day of an entry is another one": (
        lambda rows, other: with_row(rows, 5, edited(rows[4], "2026-11-10", "2026-11-09")), "entry", 5),
    "the standing of the first entry is another one": (
        lambda rows, other: with_row(rows, 4, edited(rows[3], "2016-01-05", "2006-01-05")), "entry", 4),
    "an entry is about another number": (
        lambda rows, other: with_row(rows, 6, edited(rows[5], '"member":', '"member":9')), "entry", 6),
    "an entry is taken out": (lambda rows, other: without(rows, 6), "place", 6),
    "the first entry is taken out": (lambda rows, other: without(rows, 4), "place", 4),
    "the last entry before the list is taken out": (lambda rows, other: without(rows, 8), "place", 8),
    "the list is taken out": (lambda rows, other: without(rows, 9), "list", 8),
    "every entry is taken out": (lambda rows, other: rows[:LOG], "list", 3),
    "two entries change places": (lambda rows, other: swapped(rows, 5, 6), "place", 5),
    "the list stands first": (lambda rows, other: swapped(rows, 4, 9), "list", 9),
    "an entry stands twice": (lambda rows, other: [*rows[:5], rows[4], *rows[5:]], "place", 6),
    "a true entry about somebody else is put in": (lambda rows, other: [*rows[:5], other[4], *rows[5:]], "entry", 6),
    "the list is made to fit what was taken out": (
        lambda rows, other: with_row(without(rows, 6), 8, edited(rows[8], "13,14,15,16", "13,15,16")), "entry", 8),
    "the list is that of somebody else": (lambda rows, other: with_row(rows, 9, other[8]), "entry", 9),
    "place and proof of an entry are those of another": (
        lambda rows, other: with_row(rows, 5, {**rows[5], "event": rows[4]["event"]}), "entry", 5),
    "an entry has another place": (changed(5, position=14), "entry", 5),
    "an entry has a place that the log does not have": (changed(5, position=10**12), "entry", 5),
    "a proof is shorter": (
        lambda rows, other: with_row(rows, 7, {**rows[6], "proof": rows[6]["proof"][:-1]}), "entry", 7),
    "a proof is empty": (changed(4, proof=[]), "entry", 4),
    "what is told is another paper": (in_told(7, data={"facts": {"introduction": {"number": "1"}}}), "told", 7),
    "what is told has another salt": (in_told(6, salt="00" * 16), "told", 6),
    "what was told is left out": (changed(5, told=None), "opened", 5),
    "something is told that was not": (changed(8, told={"salt": "00" * 16, "data": {"who": "x"}}), "told", 8),
    "the name is another one": (in_person(full_name="Trần Thị Khác"), "person", 2),
    "the personal id is another one": (in_person(personal_id="087080000078"), "person", 2),
    "a word is added about the person": (in_person(religion="Không"), "person", 2),
    "the place of origin is another one": (changed(1, **{"from": ["Đảng bộ khác"]}), "person", 2),
    "the nonce is another one": (changed(1, nonce="00" * 16), "person", 2),
    "the person is somebody else with a true history": (lambda rows, other: [*rows[:2], *other[2:]], "person", 2),
    "the head has another size": (in_head(size=16), "head", 3),
    "the head has another root": (in_head(root="00" * 32), "head", 3),
    "the head has another time": (in_head(signed_at="2026-11-29T00:00:00.000000Z"), "head", 3),
    "the signature is another one": (in_head(signature="00" * 64), "head", 3),
    "the head is a later one of the same log": (lambda rows, other: with_row(rows, 3, other[2]), "entry", 4),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_first_line_that_does_not_hold_is_named(real: Real, attack: str) -> None:
    change, code, line = ATTACKS[attack]
    other = [json.loads(row) for row in real.other.splitlines()]
    assert told(change(real.rows, other), real.key) == (f"handover.{code}", line)


def test_control_the_file_holds_as_it_was_made_and_however_it_is_spaced(real: Real) -> None:
    assert len(real.rows) == LAST
    keys = {real.key: "Bên gửi"}
    assert check(read(real.text), keys).installations == ("Bên gửi",)
    spaced = "\r\n".join(json.dumps(row, indent=None, separators=(" , ", " : ")) for row in real.rows)
    assert check(read(f"\n{spaced}\n\n"), keys).file.person == read(real.text).person


def test_a_key_that_nobody_confirmed_is_shown_to_be_compared(real: Real) -> None:
    answer = refused(real.text, b"\1" * 32)
    assert (answer.code, answer.params) == ("handover.unknown_key", {"line": 3, "key": shown_key(real.key)})
    assert len(answer.params["key"].split()) == 16
    assert "trusted_keys add" in answer.advice("en")


UNREADABLE: dict[str, tuple[Callable[[list[str]], Sequence[str]], int]] = {
    "nothing": (lambda lines: [], 1),
    "a line that is no JSON": (lambda lines: [*lines[:4], lines[4][:-20], *lines[5:]], 5),
    "cut in the middle of its end": (lambda lines: [*lines[:-1], lines[-1][:100]], 9),
    "another version": (lambda lines: [lines[0].replace("handover/1", "handover/2"), *lines[1:]], 1),
    "no head": (lambda lines: [*lines[:2], *lines[3:]], 3),
    "no person": (lambda lines: [lines[0], *lines[2:]], 2),
    "only the person": (lambda lines: lines[:2], 2),
    "a key too many": (lambda lines: [*lines[:3], lines[3].replace('{"event"', '{"x":1,"event"'), *lines[4:]], 4),
    "a list for an object": (lambda lines: [lines[0], "[]", *lines[2:]], 2),
    "an entry of another form": (lambda lines: [*lines[:3], lines[3].replace("event/2", "event/3"), *lines[4:]], 4),
    "a word for a number": (lambda lines: [*lines[:3], lines[3].replace('"position":1', '"position":"1"'), *lines[4:]], 4),
    "a sign that would move the cursor of a terminal": (
        lambda lines: [lines[0].replace("Đảng bộ xã", "\\u001b[2J"), *lines[1:]], 1),
    "no hexadecimal": (lambda lines: [lines[0].replace('"nonce":"', '"nonce":"zz'), *lines[1:]], 1),
    "a nest without end": (lambda lines: [*lines[:2], '{"log":' + "[" * 3000, *lines[3:]], 3),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_has_another_form_is_refused_at_its_line(real: Real, kind: str) -> None:
    change, line = UNREADABLE[kind]
    answer = refused("".join(f"{one}\n" for one in change(real.text.splitlines())), real.key)
    assert (answer.code, answer.params["line"]) == ("handover.unreadable", line)


# Attackers with a key of their own, and a sender that breaks its word


def body(line: bytes) -> dict[str, Any]:
    return json.loads(line.partition(b"\t")[2])  # type: ignore[no-any-return]


def line(said: dict[str, Any]) -> bytes:
    return LINE_FORMAT + b"\t" + canonical(said)


def signed(lines: Sequence[bytes], seed: bytes, tolds: Sequence[Any]) -> FileLog:
    """A log of these lines alone, with true proofs under a head signed by this seed."""
    tree, nodes = merkle.Frontier(), dict[tuple[int, int], bytes]()
    for place, one in enumerate(lines):
        nodes[0, place] = merkle.leaf_hash(one)
        nodes |= {(level, index): value for level, index, value in tree.append(nodes[0, place])}
    with override_settings(CHIBO_SIGNING_KEY=seed.hex()):
        head = heads.sign(1, len(lines), tree.root(), datetime(2026, 11, 29, tzinfo=UTC))
    size = len(lines)
    proofs = [merkle.inclusion_proof(place, size, lambda names: nodes) for place in range(size)]
    return FileLog(head, tuple(
        FileLine(place + 1, one, tuple(proofs[place]), tolds[place]) for place, one in enumerate(lines)
    ))  # fmt: skip


def built(real: Real, seed: bytes, change: Callable[[list[dict[str, Any]]], None] = lambda bodies: None) -> HandOver:
    """The same history told by a log of its own, in which everything is as it must be but for `change`."""
    file = read(real.text)
    rows = file.logs[0].lines
    bodies = [body(one.line) for one in rows]
    bodies[-1]["facts"] |= {"positions": [1, 2, 3, 4, 5], "opened": [1, 2, 3, 4]}
    change(bodies)
    return replace(file, own=signed([line(one) for one in bodies], seed, [one.told for one in rows]))


SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()


def test_whoever_signs_anew_signs_with_another_key(real: Real) -> None:
    """Everything fits, the official day is ten years older; only the key tells."""

    def older(bodies: list[dict[str, Any]]) -> None:
        bodies[0]["facts"]["official_on"] = "2006-01-05"

    text = built(real, SEED, older).write()
    assert check(read(text), {KEY: "Kẻ gian"}).installations == ("Kẻ gian",)
    answer = refused(text, real.key)
    assert (answer.code, answer.params) == ("handover.unknown_key", {"line": 3, "key": shown_key(KEY)})


def test_the_head_of_another_log_does_not_hold_its_lines(real: Real) -> None:
    """Both keys are trusted: it is the tree that tells."""
    other = built(real, SEED)
    rows = real.rows
    rows[LOG - 1] = {"log": {"head": other.logs[0].head.as_json()}}
    answer = refused("".join(f"{json.dumps(row)}\n" for row in rows), real.key, KEY)
    assert (answer.code, answer.params["line"]) == ("handover.entry", 4)


def test_a_sender_that_breaks_its_word_is_refused_too(real: Real) -> None:
    """Under a trusted key: an entry about somebody else, a gap, one who is no member any more."""

    def fault(change: Callable[[list[dict[str, Any]]], None]) -> tuple[str, int | None]:
        text = built(real, SEED, change).write()
        with pytest.raises(Refused) as caught:
            said_by(check(read(text), {KEY: "Bên gửi"}), TODAY)
        (answer,) = caught.value.answers
        return answer.code, answer.params.get("line")

    def somebody_else(bodies: list[dict[str, Any]]) -> None:
        bodies[2]["member"] = 77

    def gap(bodies: list[dict[str, Any]]) -> None:
        bodies[4]["subject"][2] = 3

    def removed(bodies: list[dict[str, Any]]) -> None:
        bodies[4]["changes"] = {"standing": ["official", "removed"]}

    def unlisted(bodies: list[dict[str, Any]]) -> None:
        bodies[-1]["facts"]["positions"] = "1-5"

    assert fault(somebody_else) == ("handover.other", 6)
    assert fault(gap) == ("handover.gap", 8)
    assert fault(removed) == ("handover.no_member", None)
    assert fault(unlisted) == ("handover.list", 9)


def attacked(real_text: str) -> Iterator[str]:
    lines = real_text.splitlines()
    yield "\n".join([*lines[:4], lines[4].replace("2026-11-10", "2026-11-09"), *lines[5:]])
    yield "\n".join([*lines[:5], *lines[6:]])
    yield "\n".join([*lines[:4], lines[5], lines[4], *lines[6:]])


def test_nothing_is_written_of_a_file_that_does_not_hold(sender: Installation, receiver: Installation) -> None:
    with sender.here() as world:
        text = handed_over(sender, on_the_way(world, person(world))).write()
    with receiver.here():
        before = traces()
        with pytest.raises(Refused, match=r"handover\.unknown_key"):
            proposed(receiver, text)
        assert traces() == before
    receiver.trusts(sender)
    with receiver.here():
        before = traces()
        for one in attacked(text):
            with pytest.raises(Refused), as_role("chibo_app"):
                propose(one)
        assert traces() == before
        arrive(receiver, proposed(receiver, text))
        assert Event.objects.count() == before[0][0] + 2
