"""units.csv, meetings.csv, attendance.csv, dues.csv: any order, any mark, every fault by its code."""

from datetime import date

import pytest

from backend.imports.faults import ImportRefused
from backend.imports.months import read_attendance, read_dues, read_meetings
from backend.imports.reading import FILES, read_commune
from backend.imports.units import read_units

AS_OF, CELL, ID = date(2026, 10, 31), "87.107.000.000.001", "087080000001"
UNITS = (
    f"code,parent_code,name,level\n{CELL},87.107,Chi bộ 1,cell\n"
    "87.107,87,Đảng bộ xã,base_committee\n87,,Đảng bộ tỉnh,province\n"
)


def csv(tmp_path, text, name="table.csv", encoding="utf-8-sig"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_parents_come_before_children_whatever_the_order(tmp_path):
    assert [unit.code for unit in read_units(csv(tmp_path, UNITS))] == ["87", "87.107", CELL]


def test_columns_in_another_order_semicolons_and_empty_lines_are_read(tmp_path):
    text = "level;name;code;parent_code\r\n\r\nprovince;Đảng bộ  tỉnh;87;\r\n"
    units = read_units(csv(tmp_path, text, encoding="utf-8"))
    assert [(unit.line, unit.name) for unit in units] == [(3, "Đảng bộ tỉnh")]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("87.108,99,Đảng bộ,base_committee", r"line 5.*99"),
        ("87.108,87.108,Đảng bộ,base_committee", r"line 5.*87\.108"),
        ("87.108,87.109,A,base_committee\n87.109,87.108,B,base_committee", r"line \d.*87\.10"),
        ("87.107,87,Lại nữa,base_committee", r"line 5.*87\.107"),
        ("8.1,87,Đảng bộ,base_committee", r"line 5.*8\.1"),
        ("87.108,87,Đảng bộ,village", r"line 5.*village"),
        ("87.108,87,,base_committee", r"line 5"),
        (f"87.108,{CELL},Đảng bộ,base_committee", r"line 5.*87\.107\.000\.000\.001"),
    ],
)
def test_a_broken_tree_is_refused_whole_with_its_line(tmp_path, line, sentence):
    with pytest.raises(ImportRefused, match=sentence.replace("line", r"(?:line|dòng)")):
        read_units(csv(tmp_path, UNITS + line + "\n"))


def test_a_parent_that_is_known_already_need_not_stand_in_the_file(tmp_path):
    path = csv(tmp_path, "code,parent_code,name,level\n87.107,87,Đảng bộ xã,base_committee\n")
    assert len(read_units(path, frozenset({"87"}))) == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xfeabc", "UTF-8"),
        (b"code,name\n87,x\n", "parent_code, level"),
        (b"", "code"),
        (b"code,parent_code,name,level\n", "units"),
    ],
)
def test_an_unreadable_table_is_one_sentence(tmp_path, content, name):
    path = tmp_path / "units.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=name) as refusal:
        read_units(path)
    assert "units.csv" in str(refusal.value)


def codes(table):
    return [(fault.row, fault.code) for fault in table.faults]


def test_meetings_are_judged_line_by_line(tmp_path):
    path = csv(
        tmp_path,
        "cell_code,month,kind,held_on,minutes_long,minutes_filed_on\n"
        f"{CELL},2026-09,regular,2026-09-03,75,2026-09-05\n"
        f"{CELL},2026-09,regular,2026-09-04,75,\n"
        f"{CELL},2026-08,regular,2026-09-04,75,\n"
        f"{CELL},2026-08,other,2026-08-04,75,\n"
        f"87.107,2026-08,regular,2026-08-04,75,\n"
        f"{CELL},2026-13,regular,2026-08-04,75,\n"
        f"{CELL},2026-07,regular,2026-07-04,75,2026-07-01\n"
        f"{CELL},2026-06,thematic,2026-06-04,,\n",
    )
    table = read_meetings(path, {CELL}, AS_OF)
    lines = list(table)
    assert [(line.month.month, line.minutes_long) for line in lines] == [(9, 75), (6, None)]
    assert codes(table) == [
        (3, "duplicate_line"), (4, "impossible_date"), (5, "unknown_status"), (6, "unknown_cell"),
        (7, "impossible_date"), (8, "impossible_date"),
    ]  # fmt: skip


def test_attendance_needs_a_known_person_and_a_meeting(tmp_path):
    path = csv(
        tmp_path,
        "cell_code,month,personal_id,status\n"
        f"{CELL},2026-09,{ID},present\n"
        f"{CELL},2026-09,{ID[1:]},present\n"
        f"{CELL},2026-09,087080000099,present\n"
        f"{CELL},2026-08,{ID},present\n"
        f"{CELL},2026-07,{ID},asleep\n"
        f"87.107.000.000.099,2026-09,{ID},present\n"
        f"{CELL},2027-01,{ID},present\n",
    )
    table = read_attendance(path, {CELL}, AS_OF, {ID}, {(CELL, date(2026, 9, 1)), (CELL, date(2026, 7, 1))})
    lines = list(table)
    assert [(line.month.month, line.status) for line in lines] == [(9, "present")]
    assert codes(table) == [
        (3, "duplicate_line"), (4, "unknown_person"), (5, "no_meeting"), (6, "unknown_status"), (7, "unknown_cell"),
        (8, "impossible_date"),
    ]  # fmt: skip
    assert (table.rows, table.left_out) == (7, 6)


def test_dues_count_once_for_a_month(tmp_path):
    path = csv(
        tmp_path,
        "cell_code,month,personal_id,paid_on\n"
        f"{CELL},2026-09,{ID},2026-09-25\n"
        f"{CELL},2026-09,{ID},2026-09-26\n"
        f"{CELL},2026-10,{ID},2026-11-01\n",
    )
    table = read_dues(path, {CELL}, AS_OF, {ID})
    lines = list(table)
    assert [line.paid_on for line in lines] == [date(2026, 9, 25)]
    assert codes(table) == [(3, "duplicate_line"), (4, "impossible_date")]


def test_dues_are_paid_so_many_months_ahead_as_the_api_takes_and_no_more(tmp_path):
    lines = (f"{CELL},2025-11,{ID},1900-01-01", f"{CELL},2026-08,{ID},2025-07-31", f"{CELL},2026-09,{ID},2025-09-30")
    table = read_dues(
        csv(tmp_path, "\n".join(["cell_code,month,personal_id,paid_on", *lines, ""])), {CELL}, AS_OF, {ID}
    )
    assert [(line.month, line.paid_on) for line in table] == [(date(2026, 9, 1), date(2025, 9, 30))]
    assert codes(table) == [(2, "paid_too_early"), (3, "paid_too_early")]


@pytest.mark.parametrize("told", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n"])
def test_excels_own_line_about_the_mark_is_passed_over_and_lines_keep_their_numbers(tmp_path, told):
    text = f"{told}cell_code;month;personal_id;paid_on\r\n{CELL};2026-09;{ID};25/09/2026\r\n{CELL};2026-10;{ID};x\r\n"
    table = read_dues(csv(tmp_path, text), {CELL}, AS_OF, {ID})
    assert [line.paid_on for line in table] == [date(2026, 9, 25)]
    assert codes(table) == [(4, "impossible_date")]
    plain = read_dues(csv(tmp_path, text.removeprefix(told)), {CELL}, AS_OF, {ID})
    assert [line.paid_on for line in plain] == [date(2026, 9, 25)]
    assert codes(plain) == [(3, "impossible_date")]


HEADS = {
    "units.csv": ("code,parent_code,name,level", "87,,Đảng bộ tỉnh,province"),
    "meetings.csv": ("cell_code,month,kind,held_on,minutes_long,minutes_filed_on",
                     f"{CELL},2026-09,regular,2026-09-15,75,2026-09-16"),
    "attendance.csv": ("cell_code,month,personal_id,status", f"{CELL},2026-09,{ID},present"),
    "dues.csv": ("cell_code,month,personal_id,paid_on", f"{CELL},2026-09,{ID},2026-09-25"),
}  # fmt: skip


def taken(path, name):
    """What comes of a table of one line."""
    month = date(2026, 9, 1)
    reading = {
        "units.csv": lambda: read_units(path),
        "meetings.csv": lambda: read_meetings(path, {CELL}, AS_OF),
        "attendance.csv": lambda: read_attendance(path, {CELL}, AS_OF, {ID}, {(CELL, month)}),
        "dues.csv": lambda: read_dues(path, {CELL}, AS_OF, {ID}),
    }
    return list(reading[name]())


@pytest.mark.parametrize("name", HEADS)
def test_a_table_cut_off_anywhere_in_its_last_line_is_refused_or_loses_that_line_alone(tmp_path, name):
    """Wherever the cut falls: another value than the one that was written is never taken."""
    head, last = HEADS[name]
    whole = taken(csv(tmp_path, f"{head}\n{last}\n", name), name)
    assert len(whole) == 1
    assert taken(csv(tmp_path, f"{head}\n{last}", name), name) == whole, "as some programs save it"
    for length in range(1, len(last)):
        path = csv(tmp_path, f"{head}\n{last[:length]}", name)
        with pytest.raises(ImportRefused, match=rf"{name}.* 2[ :;,]"):
            taken(path, name)


@pytest.mark.parametrize(
    ("head", "last"),
    [
        ("paid_on,cell_code,month,personal_id,note", f"2026-09-25,{CELL},2026-09,{ID},"),
        ("personal_id,month,cell_code,paid_on", f"{ID},2026-09,{CELL},25/09/2026"),
    ],
)
def test_a_last_line_without_an_end_is_taken_where_nothing_can_be_missing(tmp_path, head, last):
    assert [line.paid_on for line in taken(csv(tmp_path, f"{head}\n{last}", "dues.csv"), "dues.csv")] == [
        date(2026, 9, 25)
    ]


def test_a_last_line_with_an_end_is_judged_as_every_other(tmp_path):
    table = read_dues(csv(tmp_path, f"{HEADS['dues.csv'][0]}\n{CELL},2026-09,{ID}\n"), {CELL}, AS_OF, {ID})
    assert (list(table), codes(table)) == ([], [(2, "impossible_date")])
    path = csv(tmp_path, f"{HEADS['dues.csv'][0]}\n{CELL},2026-09,087080000099,2026-09-25")
    table = read_dues(path, {CELL}, AS_OF, {ID})
    assert (list(table), codes(table)) == ([], [(2, "unknown_person")]), "what is wrong lies before the end"


def test_a_missing_folder_or_file_is_one_sentence(tmp_path):
    with pytest.raises(ImportRefused, match="nowhere"):
        read_commune(tmp_path / "nowhere", AS_OF)
    for name in FILES[:3]:
        (tmp_path / name).touch()
    with pytest.raises(ImportRefused, match=r"attendance\.csv, dues\.csv"):
        read_commune(tmp_path, AS_OF)
