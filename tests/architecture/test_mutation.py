"""The judge of `make mutation`: what must be killed, who may survive, and which strings are changed at all."""

from __future__ import annotations

import libcst
import pytest

from scripts import mutation
from scripts.mutation import Survivor, judge, listed, strings_without_sentences

ENTRY = {"where": "workflows.ballots.*", "change": "most: int = 100_000", "reason": "nobody votes so often"}
LIMIT = Survivor("workflows.ballots.votes_needed", "most: int = 100_000 → most: int = 100001")


@pytest.mark.parametrize(
    ("one", "known"),
    [
        (LIMIT, True),
        (Survivor("workflows.guards.votes.carried", LIMIT.change), False),
        (Survivor(LIMIT.where, "low, high = 0, most → low, high = 1, most"), False),
    ],
)
def test_a_survivor_is_listed_by_its_place_and_its_change(one: Survivor, known: bool) -> None:
    assert listed(one, ENTRY) is known


def found(killed: int, *alive: str) -> list[tuple[str, str]]:
    return [(f"workflows.ballots.x_is_met__mutmut_{n}", "killed") for n in range(killed)] + [
        (a, "survived") for a in alive
    ]


@pytest.mark.parametrize(
    ("killed", "alive", "entries", "faults"),
    [
        (9, ["a"], [ENTRY], []),
        (8, ["a"], [ENTRY], ["Only 88.9 % are killed, 90 must be."]),
        (9, ["a"], [], [f"Not listed: a: {LIMIT.change}"]),
        (9, [], [ENTRY], ["Killed by now, take it off the list: workflows.ballots.*: most: int = 100_000"]),
    ],
)
def test_what_is_wrong_is_said(
    killed: int, alive: list[str], entries: list[dict[str, str]], faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutation, "survivor", lambda name: LIMIT)
    monkeypatch.setattr(mutation, "entries", lambda: entries)
    assert judge(found(killed, *alive), whole=True) == faults


def test_part_of_a_run_says_nothing_of_the_rest_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation, "entries", lambda: [ENTRY])
    assert judge(found(9), whole=False) == []


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ('"PRO.VOTE"', 2),
        ('"ballot.not_carried"', 2),
        ('"The totals do not add up: yes %(yes)s, "', 0),
        ('"%(a)s of %(b)s."', 0),
    ],
)
def test_sentences_are_left_to_the_catalogue_and_keys_are_changed(written: str, changed: int) -> None:
    node = libcst.parse_expression(written)
    assert isinstance(node, libcst.SimpleString)
    assert len(list(strings_without_sentences(node))) == changed


def test_every_survivor_has_a_reason() -> None:
    for entry in mutation.entries():
        assert set(entry) == {"where", "change", "reason"}
        assert len(entry["reason"]) > 10
