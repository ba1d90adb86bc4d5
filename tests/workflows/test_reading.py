"""From JSON to typed facts: all that is wrong at once, and what of them the sealed line of an event still tells."""

from __future__ import annotations

from datetime import date

from tests.workflows.twins import paper
from workflows.facts import Day, Number, Paper, PaperValue, Text
from workflows.reading import read_all, read_sealed

ON = date(2027, 2, 1)
FACTS = (
    Paper("paper", "Paper", paper="cell_resolution"), Day("on", "On"), Number("months", "Months", required=False, maximum=12),
    Text("reason", "Reason"),
)  # fmt: skip
WHOLE = {"paper": {"number": "01", "issuer": "Chi bộ", "date": "2027-02-01"}, "on": "2027-02-01", "reason": "lý do"}


def test_everything_is_read_by_its_name() -> None:
    values = {"paper": paper(ON, "cell_resolution"), "on": ON, "months": None, "reason": "lý do"}
    assert read_all(FACTS, WHOLE) == (values, [])
    assert read_all(FACTS, {**WHOLE, "months": 12}) == ({**values, "months": 12}, [])


def test_all_that_is_wrong_is_said_at_once_beside_what_could_be_read() -> None:
    values, faults = read_all(FACTS, {"on": "2027-02-01", "months": 13, "colour": "red", "paper": {"number": "01"}})
    assert values == {"on": ON}
    assert [(one.code, one.fact, one.text("en")) for one in faults] == [
        ("fact.unknown", "colour", "This step asks for no such fact."),
        ("fact.required", "paper.issuer", "This is needed."),
        ("fact.required", "paper.date", "This is needed."),
        ("fact.bad_number", "months", "Give a whole number from 0 to 12."),
        ("fact.required", "reason", "This is needed."),
    ]


def test_the_sealed_line_tells_days_and_kinds_and_no_words() -> None:
    sealed = {"paper": {"kind": "court_judgment", "date": "2027-02-01"}, "on": "2027-02-01", "months": None, "else": 1}
    assert read_sealed(FACTS, sealed) == {"paper": PaperValue("court_judgment", "", "", ON), "on": ON}
    assert read_sealed(FACTS, {"on": "soon", "months": 7}) == {"months": 7}, "what cannot be read is left out"
    assert read_sealed(FACTS, {"paper": {"kind": "x", "date": "soon"}, "months": 7}) == {"months": 7}
