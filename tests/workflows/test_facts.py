"""Facts: what comes in as JSON is read or refused with the fact's name; what was read goes out and in again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_walk import value_for
from workflows.catalogue import LIFECYCLES
from workflows.electing import Election, ElectionValue, Winner
from workflows.facts import Choice, Day, Fact, FactError, Flag, MemberRef, Number, Paper, PaperValue, Text
from workflows.papers import BY_HAND
from workflows.voting import Ballot, BallotValue, RollCall

PAPER = {"number": "05-NQ/CB", "issuer": "Chi bộ", "date": "2027-02-01"}
BALLOT = {"meeting": 5, "issued": 4, "collected": 4, "valid": 4, "yes": 3, "no": 1}
ELECTION: dict[str, Any] = {
    "issued": 9, "collected": 9, "valid": 8, "winners": [{"member": 3, "votes": 8}, {"member": 4, "votes": 5}],
}  # fmt: skip
KINDS: list[Fact] = [
    Day("f", "F"), Text("f", "F"), Choice("f", "F", choices=(("a", "A"), ("b", "B"))), Flag("f", "F"),
    Number("f", "F", minimum=1, maximum=9), MemberRef("f", "F"), MemberRef("f", "F", many=True), Paper("f", "F", paper="p"),
    Ballot("f", "F"), RollCall("f", "F"), Election("f", "F", most=2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "raw", "value"),
    [
        (Day("f", "F"), "2027-02-01", date(2027, 2, 1)),
        (Text("f", "F"), "  lý do  ", "lý do"),
        (KINDS[2], "b", "b"),
        (Flag("f", "F"), False, False),
        (KINDS[4], 9, 9),
        (MemberRef("f", "F"), 3, (3,)),
        (MemberRef("f", "F"), (3,), (3,)),
        (MemberRef("f", "F", many=True), [3, 4, 3], (3, 4)),
        (Paper("f", "F", paper="p"), PAPER, PaperValue("p", "05-NQ/CB", "Chi bộ", date(2027, 2, 1))),
        (Ballot("f", "F"), BALLOT, BallotValue(5, 4, 4, 4, 3, 1)),
        (RollCall("f", "F"), {"7": "present", 8: "away"}, {7: "present", 8: "away"}),
        (KINDS[-1], ELECTION, ElectionValue(9, 9, 8, (Winner(3, 8), Winner(4, 5)))),
    ],
)
def test_a_fact_reads_json(fact: Fact, raw: Any, value: Any) -> None:
    assert fact.read(raw) == value
    assert fact.read(fact.dump(value)) == value


@pytest.mark.parametrize(
    ("fact", "raw", "code"),
    [
        (Day("f", "F"), "01/02/2027", "fact.bad_day"),
        (Day("f", "F"), "1066-10-14", "fact.bad_day"),
        (Day("f", "F"), 20270201, "fact.bad_day"),
        (Day("f", "F"), "20270201", "fact.bad_day"),
        (Day("f", "F"), "2027-W05-1", "fact.bad_day"),
        (Text("f", "F"), "a\u202eb", "fact.bad_text"),
        (Text("f", "F", lines=False), "a\nb", "fact.bad_text"),
        (Text("f", "F", max_length=3), "abcd", "fact.bad_text"),
        (Text("f", "F"), "a\x00", "fact.bad_text"),
        (KINDS[2], "c", "fact.bad_choice"),
        (Flag("f", "F"), "true", "fact.bad_flag"),
        (KINDS[4], 10, "fact.bad_number"),
        (KINDS[4], True, "fact.bad_number"),
        (KINDS[4], 1.0, "fact.bad_number"),
        (MemberRef("f", "F"), (3, 4), "fact.bad_member"),
        (MemberRef("f", "F"), [3], "fact.bad_member"),
        (MemberRef("f", "F"), 2**63, "fact.bad_member"),
        (MemberRef("f", "F", many=True), [], "fact.bad_member"),
        (Paper("f", "F"), PAPER | {"scan": "x"}, "fact.bad_paper"),
        (Paper("f", "F"), "05-NQ/CB", "fact.bad_paper"),
        (Paper("f", "F"), {"number": "1", "issuer": "x"}, "fact.required"),
        (Ballot("f", "F"), {k: v for k, v in BALLOT.items() if k != "no"}, "fact.bad_ballot"),
        (Ballot("f", "F"), BALLOT | {"yes": -1}, "fact.bad_ballot"),
        (Ballot("f", "F"), BALLOT | {"who": "x"}, "fact.bad_ballot"),
        (RollCall("f", "F"), {}, "fact.bad_roll_call"),
        (RollCall("f", "F"), {"x": "present"}, "fact.bad_roll_call"),
        (RollCall("f", "F"), {"1": "asleep"}, "fact.bad_presence"),
        (KINDS[-1], ELECTION | {"winners": []}, "fact.bad_election"),
        (KINDS[-1], ELECTION | {"winners": ELECTION["winners"] + [{"member": 5, "votes": 5}]}, "fact.bad_election"),
        (KINDS[-1], ELECTION | {"winners": [{"member": 3, "votes": 5}] * 2}, "fact.bad_election"),
        (KINDS[-1], ELECTION | {"winners": [{"member": 3, "votes": -1}]}, "fact.bad_election"),
        (KINDS[-1], ELECTION | {"valid": True}, "fact.bad_election"),
        (KINDS[-1], ELECTION | {"who": "x"}, "fact.bad_election"),
        (Day("f", "F"), None, "fact.required"),
        (Text("f", "F"), "", "fact.required"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(fact: Fact, raw: Any, code: str) -> None:
    with pytest.raises(FactError) as error:
        fact.read(raw)
    assert error.value.refusals[0].code == code
    assert error.value.refusals[0].text("vi") != error.value.refusals[0].text("en")


def test_every_part_of_a_paper_that_is_wrong_is_told_at_once() -> None:
    for raw, told in (
        ({}, [("fact.required", "f.number"), ("fact.required", "f.issuer"), ("fact.required", "f.date")]),
        (
            {"number": "x" * 61, "date": "01/02/2027", "scan": "x"},
            [
                ("fact.bad_paper", "f"),
                ("fact.bad_text", "f.number"),
                ("fact.required", "f.issuer"),
                ("fact.bad_day", "f.date"),
            ],
        ),
    ):
        with pytest.raises(FactError) as error:
            Paper("f", "F").read(raw)
        assert [(one.code, one.fact) for one in error.value.refusals] == told


def test_a_paper_of_ones_own_hand_needs_no_number_and_nobody_else_issues_it() -> None:
    own, value = Paper("f", "F", paper="application"), {"date": "2027-02-01"}
    read = own.read(value)
    assert (read.number, read.issuer, read.date) == ("", "", date(2027, 2, 1))
    assert own.dump(read) == {"kind": "application", "date": "2027-02-01"}
    assert own.detail(read) == {}
    assert own.schema()["required"] == ["date"]
    assert Paper("f", "F").schema()["required"] == ["number", "issuer", "date"]
    full = own.read({**value, "number": "7", "issuer": "Lê Thị Mai"})
    assert own.detail(full) == {"number": "7", "issuer": "Lê Thị Mai"}
    with pytest.raises(FactError) as error:
        own.read({"number": "7"})
    assert [(one.code, one.fact) for one in error.value.refusals] == [("fact.required", "f.date")]


def test_every_paper_of_ones_own_hand_is_asked_for_somewhere() -> None:
    asked = {fact.paper for page in LIFECYCLES.values() for step in page.steps().values() for fact in step.facts
             if isinstance(fact, Paper)}  # fmt: skip
    assert asked >= BY_HAND


def test_a_paper_with_too_much_is_told_what_is_too_much() -> None:
    with pytest.raises(FactError) as error:
        Paper("f", "F").read({**PAPER, "scan": "x", "title": "y"})
    said = error.value.refusals[0].text("en")
    assert said == "A paper has a number, an issuer and a date; it has no “scan, title”."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=6),
    max_leaves=8,
)


@given(fact=st.sampled_from(KINDS), raw=JSON)
def test_no_json_breaks_a_fact(fact: Fact, raw: Any) -> None:
    try:
        value = fact.read(raw)
    except FactError as error:
        assert all(one.fact for one in error.refusals)  # noqa: PT017  (either way is right; nothing else may be raised)
    else:
        assert fact.read(fact.dump(value)) == value


def test_optional_facts_may_be_left_out() -> None:
    assert Day("f", "F", required=False).read(None) is None
    assert Text("f", "F", required=False).read("") is None


def test_every_fact_of_the_pages_goes_out_and_in_again_and_has_a_schema() -> None:
    for page in LIFECYCLES.values():
        for step in page.steps().values():
            for fact in step.facts:
                value = value_for(fact)
                again = fact.read(fact.dump(value))
                assert fact.dump(again) == fact.dump(value), f"{step.code} {fact.name}"
                assert fact.schema()["type"]
                assert str(fact.label)


@pytest.mark.parametrize(
    ("fact", "value", "sealed", "detail"),
    [
        (KINDS[0], date(2027, 2, 1), "2027-02-01", None),
        (KINDS[1], "lý do", None, "lý do"),
        (KINDS[2], "b", "b", None),
        (KINDS[3], False, False, None),
        (KINDS[4], 9, 9, None),
        (KINDS[5], (3,), 3, None),
        (KINDS[6], (3, 4), [3, 4], None),
        (KINDS[7], PaperValue("p", "05-NQ/CB", "Chi bộ", date(2027, 2, 1)), {"kind": "p", "date": "2027-02-01"},
         {"number": "05-NQ/CB", "issuer": "Chi bộ"}),
        (KINDS[8], BallotValue(5, 4, 4, 4, 3, 1), BALLOT, None),
        (KINDS[9], {7: "present", 8: "away", 9: "present"}, {"present": 2, "away": 1},
         {"7": "present", "8": "away", "9": "present"}),
    ],
)  # fmt: skip
def test_a_value_is_parted_between_the_line_and_its_detail(fact: Fact, value: Any, sealed: Any, detail: Any) -> None:
    assert (fact.sealed(value), fact.detail(value)) == (sealed, detail)


@pytest.mark.parametrize("fact", KINDS)
def test_what_was_not_given_stands_nowhere(fact: Fact) -> None:
    assert (fact.sealed(None), fact.detail(None)) == (None, None)
