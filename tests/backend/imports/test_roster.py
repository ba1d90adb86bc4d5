"""Rosters as offices keep them, one thing wrong at a time: a sentence, a fault, or nothing at all."""

import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from backend.imports import workbook
from backend.imports.columns import HEADERS
from backend.imports.faults import ImportRefused
from tests.backend.imports.books import CELL, GOOD, faults, read, write_roster


@pytest.fixture
def path(tmp_path):
    return tmp_path / "roster.xlsx"


def test_columns_may_stand_in_any_order_and_unknown_ones_are_passed_over(path):
    columns = ["Tuổi", *reversed(HEADERS)]
    roster = read(write_roster(path, [{**GOOD, "Tuổi": 46}], columns=columns))
    assert [(person.full_name, person.joined_on) for person in roster.people] == [("Lê Văn Tám", date(2005, 2, 3))]
    assert faults(roster) == []


def test_the_header_is_found_by_its_names_decomposed_and_in_capitals(path):
    names = {key: unicodedata.normalize("NFD", name.upper()) for key, name in HEADERS.items()}
    write_roster(path, [GOOD], before=[("A",), (), ("B",), ()])
    book = openpyxl.load_workbook(path)
    for cell in book.active[5]:
        cell.value = next((names[key] for key, name in HEADERS.items() if name == cell.value), cell.value)
    book.save(path)
    assert len(read(path).people) == 1


def test_missing_columns_are_named_in_one_sentence(path):
    columns = [key for key in HEADERS if key not in {"status", "official_on"}]
    with pytest.raises(ImportRefused, match=r"Ngày chính thức, Trạng thái sinh hoạt") as refusal:
        read(write_roster(path, [GOOD], columns=columns))
    assert "\n" not in str(refusal.value)


def test_a_column_that_stands_twice_is_refused(path):
    with pytest.raises(ImportRefused, match="Ngày sinh"):
        read(write_roster(path, [GOOD], columns=[*HEADERS, "born_on"]))


@pytest.mark.parametrize(
    "written",
    ["2-3-1980", "02/03/1980", "2.3.1980", "1980-03-02", date(1980, 3, 2), datetime(1980, 3, 2)],  # noqa: DTZ001  (sheets)
)
def test_a_day_is_read_in_every_style(path, written):
    (person,) = read(write_roster(path, [{**GOOD, "born_on": written}])).people
    assert (person.born_on, person.born_year_only) == (date(1980, 3, 2), False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"born_on": "31/02/1980"}, "impossible_date"),
        ({"born_on": "3/2/80"}, "impossible_date"),
        ({"born_on": None}, "impossible_date"),
        ({"born_on": "01/11/2026"}, "future_birth"),
        ({"joined_on": "13/13/2005"}, "impossible_date"),
        ({"joined_on": "2005"}, "impossible_date"),
        ({"official_on": "01/11/2026"}, "impossible_date"),
        ({"joined_on": None}, "impossible_date"),
        ({"official_on": "02/02/2005"}, "official_before_joined"),
        ({"joined_on": "28/02/1998", "official_on": "28/02/1999"}, "under_18_at_admission"),
        ({"joined_on": "01/01/1979", "official_on": None}, "under_18_at_admission"),
        ({"status": "Từ trần", "left_on": "02/02/2006"}, "impossible_date"),
        ({"personal_id": "08708000001"}, "bad_id_length"),
        ({"personal_id": "0870800000012"}, "bad_id_length"),
        ({"personal_id": "08708000000A"}, "bad_id_length"),
        ({"personal_id": 870800001}, "bad_id_length"),
        ({"status": "???"}, "unknown_status"),
        ({"status": None}, "unknown_status"),
        ({"status": "Cảm tình Đảng"}, "unknown_status"),
        ({"full_name": " "}, "name_missing"),
        ({"full_name": "123"}, "name_missing"),
        ({"full_name": "Lê Văn " + "Tám " * 29}, "name_too_long"),
        ({"full_name": "<b>Lê Văn Tám</b>"}, "bad_name"),
        ({"full_name": "Lê\u202eVăn Tám"}, "bad_name"),
        ({"full_name": "Lê Văn Tám @"}, "bad_name"),
    ],
)
def test_a_fault_leaves_the_row_out_under_its_code(path, change, expected):
    roster = read(write_roster(path, [{**GOOD, **change}]))
    assert roster.people == []
    assert {code for code, _ in faults(roster)} == {expected}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"personal_id": None}, [("id_missing", "H4")]),
        ({"card_number": None}, [("card_missing", "I4")]),
        ({"born_on": 1980}, [("year_only_birth", "E4")]),
        ({"born_on": "1980"}, [("year_only_birth", "E4")]),
        (
            {"born_on": "1987", "joined_on": "03/02/2005", "personal_id": None},
            [("id_missing", "H4"), ("year_only_birth", "E4")],
        ),  # 18 or not: nobody knows
        ({"personal_id": "087081000001"}, [("id_other_birth", "H4")]),
        ({"personal_id": "087280000001"}, [("id_other_birth", "H4")]),  # 2080
        ({"personal_id": "087180000001"}, [("id_other_sex", "H4")]),
        ({"personal_id": "087179000001"}, [("id_other_birth", "H4"), ("id_other_sex", "H4")]),
        ({"personal_id": "087180000001", "sex": None}, []),
        ({"born_on": "1981"}, [("year_only_birth", "E4"), ("id_other_birth", "H4")]),
        ({"official_on": None, "card_number": None}, []),  # a probationer has no card yet
        ({"joined_on": "01/03/1998", "official_on": "01/03/1999"}, []),  # 18 by the month
        ({"card_issued_on": "04/11/2026"}, []),
    ],
)
def test_a_warning_takes_the_row(path, change, expected):
    roster = read(write_roster(path, [{**GOOD, **change}]))
    assert len(roster.people) == 1
    assert faults(roster) == expected


def test_every_fault_of_a_row_is_told_at_once_whatever_its_status(path):
    wrong = {"status": "???", "official_on": "02/02/2005", "card_number": None, "personal_id": "087181000001"}
    assert faults(read(write_roster(path, [{**GOOD, **wrong}]))) == [
        ("unknown_status", "Z4"), ("official_before_joined", "V4"), ("card_missing", "I4"), ("id_other_birth", "H4"),
        ("id_other_sex", "H4"),
    ]  # fmt: skip


def test_other_texts_with_signs_that_the_api_refuses_are_left_out_alone(path):
    strange = {"used_name": "Tám <script>", "note": "ghi\u2066chú", "home_detail": "số 5/2, <ấp>"}
    (person,) = (gone := read(write_roster(path, [{**GOOD, **strange}]))).people
    assert (person.full_name, person.other_name) == ("Lê Văn Tám", "")
    assert person.texts == {"home_detail": "số 5/2, <ấp>"}  # text may have them, a name may not
    assert [code for code, _ in faults(gone)] == ["value_left_out"] * 2


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (87080000001, "087080000001"),
        ("87080000001", "087080000001"),
        ("087.080.000.001", "087080000001"),
        (1080000001, "001080000001"),
    ],
)
def test_lost_zeros_and_dots_of_an_id_are_recovered(path, raw, found):
    (person,) = read(write_roster(path, [{**GOOD, "personal_id": raw}])).people
    assert person.personal_id == found


def test_the_second_row_with_an_id_is_left_out_even_where_the_first_was(path):
    second = {**GOOD, "full_name": "Trần Thị Chín", "personal_id": 87080000001}
    roster = read(write_roster(path, [{**GOOD, "status": "?"}, second]))
    assert faults(roster) == [("unknown_status", "Z4"), ("duplicate_id", "H5")]


def test_totals_signatures_and_empty_rows_are_no_people(path):
    after = [(), (None, "Cộng: 1 đồng chí"), (None,) * 19 + ("T/M ĐẢNG ỦY",), tuple(f"({n})" for n in range(1, 29))]
    roster = read(write_roster(path, [GOOD], after=after))
    assert (roster.rows, len(roster.people), roster.ignored) == (1, 1, [6, 7])


@pytest.mark.parametrize("group", ["Chi bộ lạ (87.107.000.000.099)", "Chi bộ không mã"])
def test_people_of_no_known_cell_are_left_out(path, group):
    roster = read(write_roster(path, [GOOD], group=group))
    assert roster.people == []
    assert [fault.code for fault in roster.faults] == ["unknown_cell"]


def test_a_file_that_is_no_workbook_is_one_sentence(path):
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ImportRefused, match=r"roster\.xlsx"):
        read(path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(ImportRefused, match=r"roster\.xlsx"):
        read(path)


def test_an_empty_sheet_and_a_sheet_without_people_are_one_sentence(path):
    openpyxl.Workbook().save(path)
    with pytest.raises(ImportRefused, match="Họ và tên khai sinh"):
        read(path)
    with pytest.raises(ImportRefused, match=r"roster\.xlsx"):
        read(write_roster(path, []))


def test_a_huge_sheet_is_refused_before_it_is_read(path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_BYTES", 1_000_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(ImportRefused, match="1 MB"):
        read(path)


def test_too_many_rows_are_refused(path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    with pytest.raises(ImportRefused, match="2"):
        read(write_roster(path, [GOOD]))


def test_a_formula_without_a_value_is_refused_by_its_address(path):
    with pytest.raises(ImportRefused, match="G4"):
        read(write_roster(path, [{**GOOD, "religion": "=1+1"}]))


def test_several_sheets_need_a_name_to_choose_by(path):
    write_roster(path, [GOOD], sheet="Một")
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book.active).title = "Hai"
    book.save(path)
    with pytest.raises(ImportRefused, match="Một, Hai"):
        read(path)
    book["Hai"].title = "Đảng viên"
    book.save(path)
    assert len(read(path).people) == 1


def test_every_spelling_of_a_status_is_known(path):
    words = {
        "Đang sinh hoạt": "attending", "ĐANG SHĐ": "attending", "Tạm miễn SH (đi làm xa)": "away", "Miễn SH": "exempt",
        "Bỏ sinh hoạt": "lapsed",
    }  # fmt: skip
    people = [{**GOOD, "personal_id": f"0870800000{n:02}", "status": word} for n, word in enumerate(words)]
    found = [person.participation for person in read(write_roster(path, people)).people]
    assert found == list(words.values())
    assert CELL == "87.107.000.000.001"
