"""Files that are not what they should be: one sentence that says what to do, in either language, and nothing changed."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from openpyxl.utils import get_column_letter

from backend.core.db import WHOLE, scoped
from backend.imports import workbook
from backend.imports.columns import HEADERS
from backend.imports.months import read_dues
from backend.members.models import Member
from tests.backend.imports.books import CELL, GOOD, PROBATIONER, TABLES, faults, read, write_folder, write_roster
from tests.backend.imports.running import counted
from tests.realdb import RealDatabase
from tests.roles import as_role

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
Change = Callable[[Path], object]


def roster(content: bytes) -> Change:
    return lambda folder: (folder / "roster.xlsx").write_bytes(content)


def sheet(change: Callable[[Any], object]) -> Change:
    """Change the roster's workbook as openpyxl has it."""

    def apply(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "roster.xlsx")
        change(book)
        book.save(folder / "roster.xlsx")

    return apply


def packed(change: Callable[[bytes], bytes]) -> Change:
    """Change the XML of the roster's sheet."""

    def apply(folder: Path) -> None:
        path = folder / "roster.xlsx"
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in parts.items():
                new.writestr(name, content)

    return apply


def table(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))


def line(name: str, words: str) -> Change:
    return table(name, lambda content: content + words.encode())


def instead(name: str) -> Change:
    """A folder in the place of a file."""

    def apply(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return apply


def cell(address: str, value: Any) -> Change:
    return sheet(lambda book: book.active.__setitem__(address, value))


def without_header(book: Any) -> None:
    book.active.delete_rows(2)


def renamed(book: Any) -> None:
    book.active["E2"] = "Sinh nhật"


def twice(book: Any) -> None:
    book.copy_worksheet(book.active).title = "Cũ"
    book.active.title = "Mới"


def uncomputed(book: Any) -> None:
    book.active.title = "Ấp Hai & Ba"
    book.active["G4"] = "=A1&B1"


def error_value(content: bytes) -> bytes:
    return re.sub(rb'<c r="H4".*?</c>', b'<c r="H4" t="e"><v>#REF!</v></c>', content, count=1)


def utf16(content: bytes) -> bytes:
    return content.decode("utf-8-sig").encode("utf-16")


def windows1258(content: bytes) -> bytes:
    return content.decode("utf-8-sig").encode("cp1258", errors="ignore")


STRANGE: dict[str, tuple[Change, str]] = {
    "no workbook at all": (roster(b"STT,H\xe1\xbb\x8d"), r"roster\.xlsx.*\.xlsx"),
    "an empty file": (roster(b""), r"roster\.xlsx"),
    "a zip cut short": (lambda folder: roster((folder / "roster.xlsx").read_bytes()[:3000])(folder), r"bị cắt|cut off"),
    "an old .xls": (roster(OLD_OFFICE + bytes(600)), r"roster\.xlsx.*\.xlsx"),
    "behind a password": (roster(OLD_OFFICE + bytes(504) + "EncryptedPackage".encode("utf-16-le")), r"mật khẩu|password"),
    "no sheet with people": (sheet(without_header), "Họ và tên khai sinh.*Trạng thái sinh hoạt"),
    "a column renamed": (sheet(renamed), "Ngày sinh"),
    "two sheets with people": (sheet(twice), "Mới, Cũ"),
    "a formula never computed": (sheet(uncomputed), r" Ấp Hai & Ba!G4 "),
    "an error in a cell": (packed(error_value), r"Đảng viên!H4"),
    "a stray cell far to the right": (cell("XFD3", "x"), r"Đảng viên!XFD3.*100"),
    "a stray cell far below": (cell("B1048576", "x"), r"Đảng viên!B1048576.*200000"),
    "nobody below the header": (sheet(lambda book: book.active.delete_rows(4, 3)), r"roster\.xlsx"),
    "a table in UTF-16": (table("dues.csv", utf16), r"dues\.csv.*CSV UTF-8"),
    "units in windows-1258": (table("units.csv", windows1258), r"units\.csv.*CSV UTF-8"),
    "a NUL in the last line": (line("dues.csv", f"{CELL},2026-09,\0,2026-09-25"), r"dues\.csv.* 3 "),
    "a torn line": (line("attendance.csv", f"{CELL},2026-09,087080000002,present,excused"), r"attendance\.csv.* 3 "),
    "dues cut off on their way": (line("dues.csv", f"{CELL},2026-09,087080000002,2026-09-2"), r"dues\.csv.* 3;"),
    "a quote without its end": (line("dues.csv", f'"{CELL},2026-09,087080000002,2026-09-25'), r"dues\.csv"),
    "no column of months": (table("meetings.csv", lambda content: content.replace(b"month", b"thang")), "month"),
    "an empty table": (table("dues.csv", lambda content: b""), r"dues\.csv"),
    "a folder for a file": (instead("dues.csv"), r"dues\.csv"),
    "a file missing": (lambda folder: (folder / "units.csv").unlink(), r"units\.csv"),
    "a circle of units": (
        lambda folder: (folder / "units.csv").write_text(
            "code,parent_code,name,level\n87,87.107,A,province\n87.107,87,B,base_committee\n"
            f"{CELL},87.107,C,cell\n"
        ),
        r"units\.csv.*87",
    ),
    "two roots": (line("units.csv", "88,,Đảng bộ khác,province"), r"units\.csv.* 5.*88.*87"),
    "a parent that is nowhere": (line("units.csv", "87.108,99,Đảng bộ khác,base_committee"), r"units\.csv.* 5.*99"),
}  # fmt: skip


@pytest.fixture
def app(committed_db: RealDatabase) -> Iterator[RealDatabase]:
    with as_role("chibo_app"):
        yield committed_db


def refused(*words: str) -> str:
    """The sentence with which the command ends, exit code 2."""
    with pytest.raises(CommandError) as refusal:
        call_command("import_commune", *words, stdout=io.StringIO())
    assert refusal.value.returncode == 2
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.real
def test_a_strange_file_is_one_sentence_in_either_language_and_changes_nothing(
    app: RealDatabase, tmp_path: Path
) -> None:
    before = counted()
    for number, (name, (change, expected)) in enumerate(STRANGE.items()):
        folder = write_folder(tmp_path / str(number), [GOOD, PROBATIONER], tables=TABLES)
        change(folder)
        said = {}
        for language in ("vi", "en"):
            with translation.override(language):
                said[language] = refused(str(folder), "--as-of", "2026-10-31")
            assert re.search(expected, said[language]), (name, said)
        assert said["vi"] != said["en"], name
        assert counted() == before, name


@pytest.mark.real
def test_days_and_reports_that_cannot_be_are_one_sentence(app: RealDatabase, tmp_path: Path) -> None:
    folder = str(write_folder(tmp_path / "xa", [GOOD], tables=TABLES))
    before = counted()
    for words in (
        ["--as-of", "2199-01-01"], ["--as-of", "31/10/2026"], ["--as-of", "2026-10-31", "--report", str(tmp_path)],
        ["--as-of", "2026-10-31", "--report", str(tmp_path / "nowhere" / "report.json")],
    ):  # fmt: skip
        said = set()
        for language in ("vi", "en"):
            with translation.override(language):
                said.add(refused(folder, *words))
        assert len(said) == 2
    assert counted() == before
    refused("x" * 5_000, "--as-of", "2026-10-31")


@pytest.mark.real
def test_a_refused_import_leaves_no_report_and_spoils_none(app: RealDatabase, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "xa", [GOOD], tables=TABLES)
    line("dues.csv", "\0")(folder)
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    earlier = json.dumps(dict.fromkeys(("as_of", "files", "faults", "counts", "unit_differs")))
    old.write_text(earlier)
    for path in (old, new):
        refused(str(folder), "--as-of", "2026-10-31", "--report", str(path))
    assert (old.read_text(), new.exists()) == (earlier, False)


@pytest.mark.real
def test_a_disk_that_is_full_at_the_end_is_said_and_what_is_done_stays(app: RealDatabase, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "xa", [GOOD], tables=TABLES)
    with pytest.raises(CommandError, match="/dev/full") as refusal:
        call_command(
            "import_commune", str(folder), "--as-of", "2026-10-31", "--report", "/dev/full", stdout=io.StringIO()
        )
    assert refusal.value.returncode == 1
    with scoped(WHOLE):
        assert Member.objects.count() == 1


def test_a_part_that_lies_about_its_size_is_read_no_further_than_the_limit(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(workbook, "MAX_BYTES", 3_000_000)
    path = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", bytes(50_000_000))
    content = path.read_bytes()
    assert len(content) < 60_000
    path.write_bytes(content.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 1_000)))
    with pytest.raises(workbook.ImportRefused, match="3 MB"):
        read(path)


def test_a_hundred_thousand_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "roster.xlsx", [GOOD])
    book = openpyxl.load_workbook(path)
    for row in range(6, 100_006):
        book.active.cell(row, 1).number_format = "0"
    book.active.cell(100_007, 2, "Cộng: 1")
    book.save(path)
    gone = read(path)
    assert (gone.rows, len(gone.people), gone.ignored, gone.faults) == (1, 1, [100_007], [])


def test_merged_cells_speak_for_the_first_of_their_rows_alone(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "roster.xlsx", [GOOD, {**PROBATIONER, "status": None}])
    book = openpyxl.load_workbook(path)
    status = get_column_letter(list(HEADERS).index("status") + 1)
    book.active.merge_cells(f"{status}4:{status}5")
    book.active.merge_cells("A1:AB1")
    book.save(path)
    gone = read(path)
    assert [person.full_name for person in gone.people] == ["Lê Văn Tám"]
    assert faults(gone) == [("unknown_status", f"{status}5")]


def test_a_formula_is_read_as_the_value_the_office_saw(tmp_path: Path) -> None:
    write_folder(tmp_path, [{**GOOD, "religion": "=1"}])
    packed(lambda xml: re.sub(rb"<f>1</f><v ?/>|<f>1</f><v></v>", b"<f>1</f><v>0</v>", xml))(tmp_path)
    (person,) = read(tmp_path / "roster.xlsx").people
    assert person.texts["religion"] == "0"


def test_a_sheet_that_begins_further_right_and_down_is_read_with_its_addresses(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "roster.xlsx", [{**GOOD, "born_on": "31/02/1980"}], before=[("ĐẢNG BỘ",), ()])
    book = openpyxl.load_workbook(path)
    book.active.delete_rows(1)
    book.active.insert_rows(1, 7)
    book.active.insert_cols(1, 2)
    book.save(path)
    assert faults(read(path)) == [("impossible_date", "G11")]


def test_a_cell_without_its_code_takes_nobody_into_the_cell_before_it(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "roster.xlsx", [GOOD, PROBATIONER])
    book = openpyxl.load_workbook(path)
    book.active.insert_rows(5)
    book.active["A5"] = "Chi bộ 2"
    book.save(path)
    gone = read(path)
    assert [person.full_name for person in gone.people] == ["Lê Văn Tám"]
    assert [(fault.code, fault.cell, fault.value) for fault in gone.faults] == [("unknown_cell", "M6", "Chi bộ 2")]


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ({"phone": "0912345678 / 0987654321"}, "Y4"), ({"phone": "không có"}, "Y4"), ({"sex": "?"}, "D4"),
        ({"card_number": "đang làm"}, "I4"), ({"old_personal_id": "1" * 21}, "X4"), ({"note": "x" * 10_001}, "AB4"),
        ({"home_detail": "x" * 201}, "T4"), ({"used_name": "x" * 121}, "C4"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_kept_as_it_stands_is_left_out_and_told(tmp_path: Path, change, address) -> None:
    gone = read(write_roster(tmp_path / "roster.xlsx", [{**GOOD, **change}]))
    (person,) = gone.people
    assert faults(gone) == [("value_left_out", address)]
    ((name, _value),) = change.items()
    assert (person.other_name if name == "used_name" else getattr(person, name, person.texts.get(name, ""))) == ""


def test_the_same_tables_with_semicolons_tabs_and_other_columns_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "dues.csv"
    found = []
    for mark in ",;\t":
        head, row = (
            ["note", "paid_on", "month", "personal_id", "cell_code"],
            ["x", "2026-09-25", "2026-09", GOOD["personal_id"], CELL],
        )
        path.write_text(f"{mark.join(head)}\r\n{mark.join(row)}\r\n", encoding="utf-8")
        found += list(read_dues(path, {CELL}, date(2026, 10, 31), {GOOD["personal_id"]}))
    assert found == [found[0]] * 3
