"""What is asked about a person: what a name and a number may be, and what a personal id says of its holder."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.fact_base import FactError
from workflows.facts import Text
from workflows.personal_ids import OTHER_BIRTH, OTHER_SEX, contradictions, sex, year_of_birth
from workflows.profile import PROFILE, Grouped, Name, PersonalId, Phone, reads

NAME = Name("full_name", "Full name")


@pytest.mark.parametrize(
    "written", ["Nguyễn Văn Tám", "Võ X. Xuân", "Y Moan Êban", "Trần Thị Bé (Ba)", "K'Sor H'Nuê", "Lê-na", "A" * 120]
)
def test_a_name_is_taken_as_it_is(written: str) -> None:
    assert NAME.parse(written) == written


@pytest.mark.parametrize(
    "sign",
    ["@", "#", "&", "%", "*", "/", "\\", "[", "]", "{", "}", "_", "!", "?", ";", ":", "<", "=", "+", "$", "→", "^"],
)
def test_no_name_has_such_a_sign(sign: str) -> None:
    with pytest.raises(FactError) as refused:
        NAME.parse(f"Nguyễn{sign}Tám")
    assert (refused.value.refusals[0].code, str(refused.value.refusals[0].message)) == (
        "fact.bad_name",
        "Write a name.",
    )


@pytest.mark.parametrize("written", ["12", "- - -", "()"])
def test_a_name_has_a_letter(written: str) -> None:
    with pytest.raises(FactError) as refused:
        NAME.parse(written)
    assert refused.value.refusals[0].code == "fact.bad_name"


def test_a_name_is_not_endless() -> None:
    with pytest.raises(FactError) as refused:
        NAME.parse("A" * 121)
    assert refused.value.refusals[0].code == "fact.bad_text"


@pytest.mark.parametrize(
    ("fact", "written", "read"),
    [
        (PersonalId("i", "I"), "087080000077", "087080000077"), (PersonalId("i", "I"), "087 080.000-077", "087080000077"),
        (Phone("p", "P"), "(0912) 345 678", "0912345678"), (Phone("p", "P"), "+84 912.345.678", "+84912345678"),
        (Phone("p", "P"), "12345678", "12345678"), (Phone("p", "P"), "1" * 15, "1" * 15),
    ],
)  # fmt: skip
def test_how_a_number_is_grouped_makes_no_difference(fact: Grouped, written: str, read: str) -> None:
    assert fact.parse(written) == read


@pytest.mark.parametrize(
    ("fact", "written", "code", "said"),
    [
        (PersonalId("i", "I"), "08708000007", "fact.bad_personal_id", "A personal id has 12 digits."),
        (PersonalId("i", "I"), "0870800000771", "fact.bad_personal_id", "A personal id has 12 digits."),
        (PersonalId("i", "I"), "08708000007x", "fact.bad_personal_id", "A personal id has 12 digits."),
        (Phone("p", "P"), "1234567", "fact.bad_phone", "A phone number has 8 to 15 digits."),
        (Phone("p", "P"), "1" * 16, "fact.bad_phone", "A phone number has 8 to 15 digits."),
        (Phone("p", "P"), "0912/345678", "fact.bad_phone", "A phone number has 8 to 15 digits."),
    ],
)  # fmt: skip
def test_what_is_no_such_number(fact: Grouped, written: str, code: str, said: str) -> None:
    with pytest.raises(FactError) as refused:
        fact.parse(written)
    assert (refused.value.refusals[0].code, str(refused.value.refusals[0].message)) == (code, said)


def test_every_column_is_asked_once() -> None:
    names = [fact.name for fact in PROFILE]
    assert len(set(names)) == len(names) == 22
    assert len({str(fact.label) for fact in PROFILE}) == 22
    assert {fact.name for fact in PROFILE if fact.required} == {"full_name", "sex", "born_on"}


def test_how_long_what_is_written_may_be() -> None:
    assert {fact.name: fact.max_length for fact in PROFILE if isinstance(fact, Text)} == {
        "full_name": 120, "other_name": 120, "personal_id": 30, "phone": 30, "old_personal_id": 20, "card_number": 20,
        "card_place": 120, "old_card_number": 20, "ethnicity": 60, "religion": 60, "birth_province": 80,
        "birth_commune": 80, "native_province": 80, "native_commune": 80, "home_province": 80, "home_commune": 80,
        "home_detail": 200, "note": 2000,
    }  # fmt: skip


@pytest.mark.parametrize(("raw", "is_one"), [("Tám", True), ("<Tám>", False), ("", False), (None, False), (7, False)])
def test_whether_something_reads_as_a_name(raw: object, is_one: bool) -> None:
    assert reads(NAME, raw) is is_one


@pytest.mark.parametrize(
    ("digits", "year", "of"),
    [("001080", 1980, "m"), ("001199", 1999, "f"), ("001200", 2000, "m"), ("001307", 2007, "f"), ("001401", 2101, "m"),
     ("001999", 2399, "f")],
)  # fmt: skip
def test_what_a_personal_id_says(digits: str, year: int, of: str) -> None:
    personal_id = f"{digits}000077"
    assert (year_of_birth(personal_id), sex(personal_id)) == (year, of)


def test_what_contradicts_a_personal_id() -> None:
    born, personal_id = date(1980, 5, 1), "087080000077"
    assert list(contradictions(personal_id, born, "m")) == []
    assert list(contradictions(personal_id, date(1981, 5, 1), "m")) == [OTHER_BIRTH]
    assert list(contradictions(personal_id, born, "f")) == [OTHER_SEX]
    assert list(contradictions(personal_id, date(1979, 12, 31), "f")) == [OTHER_BIRTH, OTHER_SEX]


@pytest.mark.parametrize(
    "known",
    [
        (None, date(1981, 5, 1), "f"),
        ("", date(1981, 5, 1), "f"),
        ("087080000077", None, None),
        ("087080000077", None, ""),
    ],
)
def test_what_is_not_known_contradicts_nothing(known: tuple[str | None, date | None, str | None]) -> None:
    assert list(contradictions(*known)) == []
