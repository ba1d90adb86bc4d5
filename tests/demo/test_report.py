"""What the demo prints and writes."""

from __future__ import annotations

import json
from typing import Any

from demo.checks import Check, letters
from demo.figures import HEADS, with_total
from demo.report import as_json, as_text, table, verdicts


def test_table_puts_words_left_and_numbers_right() -> None:
    said = table("Times", ("reason", "times"), [("stale", 12), ("not_found", 3)])
    assert said == "Times\n  reason     times\n  stale         12\n  not_found      3"


def test_empty_table_says_so() -> None:
    assert table("Times", ("reason", "times"), []) == "Times\n  reason  times\n  –"


def test_totals_are_sums_of_columns() -> None:
    assert with_total([("A", 1, 2), ("B", 3, 4)])[-1] == ("together", 4, 6)
    assert with_total([]) == []


def test_check_that_counted_nothing_does_not_hold() -> None:
    assert not Check("Nothing.", 0).holds
    assert not Check("Something.", 3, ["A fault."]).holds
    assert Check("Something.", 3).holds


def test_verdict_shows_the_first_faults_and_counts_the_rest() -> None:
    said = verdicts([Check("All is well.", 3, [f"Fault {number}." for number in range(12)])])
    assert said.startswith("Checks\n  NO  All is well. (3 counted)\n        Fault 0.")
    assert said.endswith("        Fault 9.\n        … and 2 more")


def test_letters_are_compared_by_message_id() -> None:
    outcomes = {"<a>": "sent", "<b>": "sent", "<c>": "failed", "<d>": "possibly_twice"}
    assert letters(outcomes, {"<a>": 1, "<b>": 1, "<d>": 2}, 0).holds
    check = letters(outcomes, {"<a>": 2, "<c>": 1, "<e>": 1}, 3)
    assert check.faults == [
        "3 notices still wait for their letter.",
        "Letter <a> is marked sent; the server accepted it 2 times.",
        "Letter <b> is marked sent; the server accepted it 0 times.",
        "Letter <c> is marked failed; the server accepted it 1 times.",
        "The server accepted <e>, which no letter knows.",
    ]


def test_file_holds_the_same_figures_with_their_names() -> None:
    figures: dict[str, list[tuple[Any, ...]]] = {name: [] for name in HEADS} | {"refusals": [("stale", 2)]}
    found = json.loads(as_text(as_json(figures, [Check("All is well.", 3)], seconds=1.5)))
    assert found["refusals"] == [{"reason": "stale", "times": 2}]
    assert found["checks"] == [{"sentence": "All is well.", "counted": 3, "ok": True, "faults": []}]
    assert found["seconds"] == 1.5
