"""The commune's folder: what truth.json says is what comes out, with no invented faults beside it."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from backend.imports.reading import read_commune
from backend.imports.units import read_units
from tests.backend.imports.books import Whole, go_through

FOLDER = Path(__file__).parents[2] / "data" / "commune"
TRUTH = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
CELLS = [unit.code for unit in read_units(FOLDER / "units.csv") if unit.level == "cell"]


@pytest.fixture(scope="module")
def commune() -> Whole:
    return go_through(read_commune(FOLDER, date.fromisoformat(TRUTH["as_of"])))


def test_every_row_is_taken_or_left_out_as_planted(commune):
    report = commune.roster
    assert (report["rows"], report["taken"], report["left_out"]) == (TRUTH["rows"], 685, 32)
    assert sorted([fault["row"], fault["code"]] for fault in report["faults"]) == sorted(TRUTH["faults"])
    assert report["rows"] - len({fault["row"] for fault in report["faults"]}) == TRUTH["clean"]


def test_the_second_row_with_an_id_is_the_one_left_out(commune):
    found = [[fault["row"], fault["value"]] for fault in commune.roster["faults"] if fault["code"] == "duplicate_id"]
    assert found == TRUTH["duplicates"]


def test_a_fault_says_where_it_stands(commune):
    (fault,) = [fault for fault in commune.roster["faults"] if fault["row"] == 107]
    assert fault == {
        "row": 107, "code": "impossible_date", "column": "Ngày sinh", "value": "31/02/1980", "file": "roster.xlsx",
        "sheet": "Đảng viên", "cell": "E107",
    }  # fmt: skip


def test_what_was_mangled_is_recovered_and_nothing_else(commune):
    people = {person.row: person for person in commune.people}
    assert people[14].personal_id == "087079270973"  # a number without its leading zero
    assert people[760].card_number == "872822535486"  # with dots
    assert (people[377].born_on, people[377].born_year_only) == (date(1971, 1, 1), True)
    assert people[9].born_on == date(1971, 12, 3)  # written 3-12-1971
    assert people[761].born_on == date(1957, 3, 28)  # a real date
    assert people[302].full_name == "Nguyễn Văn Lợi"  # doubled spaces
    assert people[44].personal_id == ""
    names = [person.full_name for person in people.values()]
    assert not [name for name in names if name.isupper() or "  " in name]
    assert len([person for person in people.values() if person.other_name]) == 0


def test_standing_and_participation_follow_from_status_and_dates(commune):
    assert commune.roster["left_out"] == 32
    standings = Counter(person.standing for person in commune.people)
    attending = Counter(person.participation for person in commune.people)
    left = {"transferred_out": 11, "removed": 9, "deceased": 4}
    assert standings == {"official": 558, "candidate": 61, "probationary": 42, **left}
    assert attending == {"attending": 516, "": 85, "exempt": 44, "away": 34, "lapsed": 6}


def test_tables_lose_only_the_lines_of_people_left_out(commune):
    files = commune.files
    assert files["meetings.csv"] == {"rows": 433, "taken": 433, "left_out": 0, "faults": []}
    for name, lost in (("attendance.csv", 196), ("dues.csv", 198)):
        assert files[name]["left_out"] == lost
        assert {fault["code"] for fault in files[name]["faults"]} == {"unknown_person"}


def test_meetings_and_absences_are_those_of_the_truth(commune):
    held = {(line.cell_code, f"{line.month:%Y-%m}") for line in commune.meetings}
    months = sorted({month for _, month in held})
    missing = {}
    for unit in CELLS:
        gaps = [month for month in months if (unit, month) not in held]
        if gaps:
            missing[unit] = gaps
    assert missing == TRUTH["cells_without_a_regular_meeting"]
    assert len(CELLS) == TRUTH["cells"]
    absent = Counter(
        line.personal_id for line in commune.attendance if line.status == "unexcused" and line.month.year == 2026
    )
    assert sorted(key for key, months in absent.items() if months >= 3) == TRUTH["three_unexcused_months_in_as_of_year"]
