"""Facts at their limits: the last value that is read and the first that is not, what is said of it, and the schema."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.test_facts import BALLOT, ELECTION, KINDS, PAPER
from workflows.electing import Election, ElectionValue, Winner
from workflows.entries import EntryRef
from workflows.fact_base import Fact
from workflows.facts import Choice, Day, FactError, Flag, MemberRef, Number, Paper, PaperValue, Text, day_in
from workflows.units import UnitRef
from workflows.voting import Ballot, BallotValue, Presence, Roll, RollCall

LARGEST = 2**63 - 1
BALLOT_SAID = "A ballot names its meeting and gives its totals as whole numbers."
ELECTION_SAID = (
    "An election gives its totals as whole numbers and, once each, its winners (at most 2) with their votes."
)
ENTRY_SAID = "Name at most 50 entries of the log by their uid."
UIDS = [f"00000000-0000-4000-8000-{place:012}" for place in range(51)]
UNIT_SAID = "Name a unit by its code, such as 87.107.000.000.041."
ROLL_SAID = "A roll call gives one word for each member's id."
MANY = MemberRef("f", "F", many=True)
COUNT = {"type": "integer", "minimum": 0, "maximum": 100_000}
ID = {"type": "integer", "minimum": 1, "maximum": LARGEST}


def won(*winners: tuple[int, int], **totals: Any) -> dict[str, Any]:
    return {**ELECTION, **totals, "winners": [{"member": member, "votes": votes} for member, votes in winners]}


@pytest.mark.parametrize(
    ("fact", "raw", "value"),
    [
        (Day("f", "F"), "1900-01-01", date(1900, 1, 1)),
        (Day("f", "F"), "2199-12-31", date(2199, 12, 31)),
        (Day("f", "F"), date(2027, 2, 1), date(2027, 2, 1)),
        (Text("f", "F", max_length=3), " abc ", "abc"),
        (Text("f", "F"), "x" * 2000, "x" * 2000),
        (Text("f", "F"), "a\n\tb", "a\n\tb"),
        (Number("f", "F"), 0, 0),
        (Number("f", "F"), 100_000, 100_000),
        (KINDS[4], 1, 1),
        (MemberRef("f", "F"), 1, (1,)),
        (MemberRef("f", "F"), LARGEST, (LARGEST,)),
        (MANY, list(range(1, 51)), tuple(range(1, 51))),
        (MANY, (3, 4), (3, 4)),
        (Paper("f", "F"), PAPER, PaperValue("f", "05-NQ/CB", "Chi bộ", date(2027, 2, 1))),
        (Paper("f", "F"), PAPER | {"kind": "f", "number": "x" * 60, "issuer": "y" * 200},
         PaperValue("f", "x" * 60, "y" * 200, date(2027, 2, 1))),
        (Ballot("f", "F"), BALLOT | {"meeting": LARGEST, "issued": 100_000}, BallotValue(LARGEST, 100_000, 4, 4, 3, 1)),
        (Ballot("f", "F"), dict.fromkeys(BALLOT, 0), BallotValue(0, 0, 0, 0, 0, 0)),
        (Ballot("f", "F"), BallotValue(5, 4, 4, 4, 3, 1), BallotValue(5, 4, 4, 4, 3, 1)),
        (RollCall("f", "F"), {"9" * 18: "present"}, {10**18 - 1: "present"}),
        (RollCall("f", "F"), dict.fromkeys(range(5000), "away"), dict.fromkeys(range(5000), "away")),
        (KINDS[-1], won((1, 0), (LARGEST, 100_000), issued=100_000, collected=0),
         ElectionValue(100_000, 0, 8, (Winner(1, 0), Winner(LARGEST, 100_000)))),
        (KINDS[-1], ElectionValue(9, 9, 8, (Winner(3, 8),)), ElectionValue(9, 9, 8, (Winner(3, 8),))),
        (EntryRef("f", "F"), UIDS[:50], tuple(UIDS[:50])),
        (EntryRef("f", "F"), (UIDS[1], UIDS[0], UIDS[1]), (UIDS[1], UIDS[0])),
        (EntryRef("f", "F"), ["0000000A-0000-4000-8000-000000000000"], ("0000000a-0000-4000-8000-000000000000",)),
        (UnitRef("f", "F"), "87", "87"),
        (UnitRef("f", "F"), " 87.107.000.000.041\n", "87.107.000.000.041"),
        (Election("f", "F"), won(*((one, 1) for one in range(1, 51))),
         ElectionValue(9, 9, 8, tuple(Winner(one, 1) for one in range(1, 51)))),
    ],
)  # fmt: skip
def test_the_last_value_that_is_read(fact: Fact, raw: Any, value: Any) -> None:
    assert fact.read(raw) == value


@pytest.mark.parametrize(
    ("fact", "raw", "code", "said"),
    [
        (Day("f", "F"), "1899-12-31", "bad_day", "This day is outside any calendar we keep."),
        (Day("f", "F"), "2200-01-01", "bad_day", "This day is outside any calendar we keep."),
        (Day("f", "F"), "2027-02-29", "bad_day", "Write the day as YYYY-MM-DD."),
        (Day("f", "F"), None, "required", "This is needed."),
        (Text("f", "F", max_length=3), "abcd", "bad_text", "Write at most 3 characters of plain text."),
        (Text("f", "F"), "x" * 2001, "bad_text", "Write at most 2000 characters of plain text."),
        (Text("f", "F"), 7, "bad_text", "Write at most 2000 characters of plain text."),
        (Text("f", "F", lines=False), "a\tb", "bad_text", "Write at most 2000 characters of plain text."),
        (Text("f", "F"), " \n ", "required", "This is needed."),
        (KINDS[2], "A", "bad_choice", "Choose one of: “a” (A), “b” (B)."),
        (Flag("f", "F"), 1, "bad_flag", "Say true or false."),
        (Number("f", "F"), -1, "bad_number", "Give a whole number from 0 to 100000."),
        (Number("f", "F"), 100_001, "bad_number", "Give a whole number from 0 to 100000."),
        (KINDS[4], 0, "bad_number", "Give a whole number from 1 to 9."),
        (KINDS[4], "5", "bad_number", "Give a whole number from 1 to 9."),
        (MemberRef("f", "F"), 0, "bad_member", "Name members by their id."),
        (MemberRef("f", "F"), LARGEST + 1, "bad_member", "Name members by their id."),
        (MANY, list(range(1, 52)), "bad_member", "Name members by their id."),
        (MANY, [3, "4"], "bad_member", "Name members by their id."),
        (MANY, [3, 0], "bad_member", "Name members by their id."),
        (Paper("f", "F"), "05", "bad_paper", "A paper has a number, an issuer and a date."),
        (Paper("f", "F", paper="p"), PAPER | {"kind": "f"}, "bad_paper", "A paper has a number, an issuer and a date."),
        (Paper("f", "F", paper="application"), "05", "bad_paper", "A paper of one's own hand has a date."),
        (Paper("f", "F"), PAPER | {"x" * 61: 1}, "bad_paper",
         f"A paper has a number, an issuer and a date; it has no “{'x' * 60}”."),
        (EntryRef("f", "F"), UIDS, "bad_entry", ENTRY_SAID),
        (EntryRef("f", "F"), [], "bad_entry", ENTRY_SAID),
        (EntryRef("f", "F"), UIDS[0], "bad_entry", ENTRY_SAID),
        (EntryRef("f", "F"), 7, "bad_entry", ENTRY_SAID),
        (EntryRef("f", "F"), [UIDS[0], 7], "bad_entry", ENTRY_SAID),
        (EntryRef("f", "F"), [UIDS[0].replace("-", "")], "bad_entry", ENTRY_SAID),
        (EntryRef("f", "F"), ["x" * 36, UIDS[0]], "bad_entry", ENTRY_SAID),
        (Ballot("f", "F"), "x", "bad_ballot", BALLOT_SAID),
        (Ballot("f", "F"), BALLOT | {"meeting": LARGEST + 1}, "bad_ballot", BALLOT_SAID),
        (Ballot("f", "F"), BALLOT | {"issued": 100_001}, "bad_ballot", BALLOT_SAID),
        (Ballot("f", "F"), BALLOT | {"yes": "3"}, "bad_ballot", BALLOT_SAID),
        (Ballot("f", "F"), BALLOT | {"who": 1}, "bad_ballot", BALLOT_SAID),
        (RollCall("f", "F"), [], "bad_roll_call", ROLL_SAID),
        (RollCall("f", "F"), dict.fromkeys(range(5001), "away"), "bad_roll_call", ROLL_SAID),
        (RollCall("f", "F"), {"9" * 19: "present"}, "bad_roll_call", ROLL_SAID),
        (RollCall("f", "F"), {"٣": "present"}, "bad_roll_call", ROLL_SAID),
        (RollCall("f", "F"), {True: "present"}, "bad_roll_call", ROLL_SAID),
        (RollCall("f", "F"), {"1": "unexcused", "01": "present"}, "bad_roll_call", ROLL_SAID),
        (RollCall("f", "F"), {"1": "asleep"}, "bad_presence",
         "Presence is one of: Present (present), Excused, with a reason (excused), Absent without a reason (unexcused), "
         "Working far away (away), Exempt (exempt), Suspended (suspended)."),
        (KINDS[-1], "x", "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 8)) | {"winners": {}}, "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 8)) | {"winners": [3]}, "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 8)) | {"winners": [{"member": 3, "votes": 8, "x": 1}]}, "bad_election", ELECTION_SAID),
        (KINDS[-1], won((0, 8)), "bad_election", ELECTION_SAID),
        (KINDS[-1], won((LARGEST + 1, 8)), "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 100_001)), "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 8), issued=100_001), "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 8), collected=-1), "bad_election", ELECTION_SAID),
        (KINDS[-1], won((3, 8), valid="8"), "bad_election", ELECTION_SAID),
        (UnitRef("f", "F"), 87, "bad_unit", UNIT_SAID),
        (UnitRef("f", "F"), "8", "bad_unit", UNIT_SAID),
        (UnitRef("f", "F"), "٨٧.107", "bad_unit", UNIT_SAID),
        (UnitRef("f", "F"), "87.107.000.000.041.001", "bad_unit", UNIT_SAID),
        (Election("f", "F"), won(*((one, 1) for one in range(1, 52))), "bad_election",
         ELECTION_SAID.replace("most 2", "most 50")),
    ],
)  # fmt: skip
def test_the_first_value_that_is_not_and_what_is_said(fact: Fact, raw: Any, code: str, said: str) -> None:
    with pytest.raises(FactError) as error:
        fact.read(raw)
    refusals = [(one.code, one.fact, one.text("en")) for one in error.value.refusals]
    assert refusals == [(f"fact.{code}", "f", said)]
    assert str(error.value) == f"fact.{code}"


def test_each_wrong_part_of_a_paper_is_named_with_its_limit() -> None:
    with pytest.raises(FactError) as error:
        Paper("f", "F").read({"number": "a\nb", "issuer": "x" * 201, "date": "2027"})
    assert [(one.fact, one.text("en")) for one in error.value.refusals] == [
        ("f.number", "Write at most 60 characters of plain text."),
        ("f.issuer", "Write at most 200 characters of plain text."),
        ("f.date", "Write the day as YYYY-MM-DD."),
    ]
    assert str(error.value) == "fact.bad_text, fact.bad_text, fact.bad_day"
    with pytest.raises(FactError) as error:
        Paper("f", "F").read({"number": "x" * 61, "issuer": "a\nb", "date": "2027-02-01"})
    assert [one.fact for one in error.value.refusals] == ["f.number", "f.issuer"]


WINNERS = {"type": "object", "properties": {"member": ID, "votes": COUNT}, "required": ["member", "votes"],
           "additionalProperties": False}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "schema"),
    [
        (Day("f", "F"), {"type": "string", "format": "date"}),
        (Text("f", "F", max_length=3), {"type": "string", "maxLength": 3}),
        (Choice("f", "F", choices=(("a", "A"), ("b", "B"))), {"type": "string", "enum": ["a", "b"]}),
        (Flag("f", "F"), {"type": "boolean"}),
        (KINDS[4], {"type": "integer", "minimum": 1, "maximum": 9}),
        (MemberRef("f", "F"), ID),
        (MANY, {"type": "array", "items": ID, "minItems": 1, "maxItems": 50}),
        (Paper("f", "F"), {
            "type": "object", "required": ["number", "issuer", "date"], "additionalProperties": False,
            "properties": {"number": {"type": "string", "minLength": 1, "maxLength": 60},
                           "issuer": {"type": "string", "minLength": 1, "maxLength": 200},
                           "date": {"type": "string", "format": "date"},
                           "kept_at": {"type": "string", "maxLength": 200}}}),
        (Ballot("f", "F"), {
            "type": "object", "required": ["meeting", "issued", "collected", "valid", "yes", "no"],
            "additionalProperties": False,
            "properties": {"meeting": ID, "issued": COUNT, "collected": COUNT, "valid": COUNT, "yes": COUNT, "no": COUNT}}),
        (RollCall("f", "F"), {
            "type": "object", "minProperties": 1, "maxProperties": 5000,
            "additionalProperties": {"type": "string", "enum": Presence.values}}),
        (Election("f", "F", most=2), {
            "type": "object", "required": ["issued", "collected", "valid", "winners"], "additionalProperties": False,
            "properties": {"issued": COUNT, "collected": COUNT, "valid": COUNT,
                           "winners": {"type": "array", "items": WINNERS, "minItems": 1, "maxItems": 2}}}),
        (EntryRef("f", "F"), {
            "type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1, "maxItems": 50}),
        (UnitRef("f", "F"), {"type": "string", "maxLength": 18, "example": "87.107.000.000.041"}),
        (Fact("f", "F"), {"type": "string"}),
    ],
)  # fmt: skip
def test_the_schema_of_a_fact(fact: Fact, schema: dict[str, Any]) -> None:
    assert fact.schema() == schema


def test_values_go_out_as_they_came_in() -> None:
    assert Ballot("f", "F").dump(BallotValue(5, 4, 4, 4, 3, 1)) == BALLOT
    election = Election("f", "F").read(ELECTION)
    assert Election("f", "F").dump(election) == ELECTION
    assert EntryRef("f", "F").dump((UIDS[1], UIDS[0])) == [UIDS[1], UIDS[0]]
    assert EntryRef("f", "F").dump(None) is None
    assert list(RollCall("f", "F").dump({8: "away", 7: "present"}) or ()) == ["7", "8"]


@pytest.mark.parametrize(
    ("kept", "day"),
    [({"f": "2027-02-01"}, date(2027, 2, 1)), ({"f": {"date": "2027-02-01"}}, date(2027, 2, 1)),
     ({"f": {"number": "1"}}, None), ({"f": None}, None), ({}, None)],
)  # fmt: skip
def test_a_day_is_read_out_of_what_was_kept(kept: dict[str, Any], day: date | None) -> None:
    assert day_in(kept, "f") == day


def test_who_could_be_handed_a_ballot() -> None:
    assert Roll(10, suspended=2).voters == 8
    assert Roll(10, suspended=2, present=7).voters == 7
    assert Roll(10, present=0).voters == 0


def test_what_tells_of_health_is_never_sealed() -> None:
    ground = Choice("f", "F", choices=(("a", "A"),), health=True)
    assert (ground.sealed("a"), ground.dump("a")) == (None, "a")
    assert Choice("f", "F", choices=(("a", "A"),)).sealed("a") == "a"


def test_where_a_paper_is_kept_is_told_or_not_and_never_sealed() -> None:
    fact, given = Paper("f", "F"), {"number": "05", "issuer": "Chi bộ", "date": "2027-02-01"}
    told = fact.read({**given, "kept_at": " Tủ 3, ngăn 2 "})
    assert told == PaperValue("f", "05", "Chi bộ", date(2027, 2, 1), "Tủ 3, ngăn 2")
    assert fact.sealed(told) == {"kind": "f", "date": "2027-02-01"}
    assert fact.detail(told) == {"number": "05", "issuer": "Chi bộ", "kept_at": "Tủ 3, ngăn 2"}
    assert fact.read(fact.dump(told)) == told
    assert fact.detail(fact.read({**given, "kept_at": " "})) == {"number": "05", "issuer": "Chi bộ"}
    for bad in ("x" * 201, "Tủ 3\nngăn 2"):
        with pytest.raises(FactError) as wrong:
            fact.read({**given, "kept_at": bad})
        assert [(one.code, one.fact) for one in wrong.value.refusals] == [("fact.bad_text", "f.kept_at")]
