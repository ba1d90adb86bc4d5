"""Workbooks made while they are sent, read back by two readers that are not ours."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from backend.core import sheets
from backend.core.sheets import Marked, xlsx

HEADINGS = ["số", "tên"]


def cells(content: bytes, sheet: int = 0) -> list[list[Any]]:
    """As openpyxl reads them, after seeing that calamine reads the same."""
    book = load_workbook(BytesIO(content))
    found = [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]
    others = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(sheet).to_python()
    assert [[None if one == "" else one for one in row] for row in others] == found
    return found


def test_numbers_and_words_come_back_as_they_went() -> None:
    rows = [[1, "Trần Thị Mới"], [-7, "a < b & \"c\" > 'd'"], [3, "hai\ndòng"], [None, "  đầu và cuối  "], [4, ""]]
    found = cells(b"".join(xlsx(HEADINGS, rows)))
    assert found == [HEADINGS, *([one or None for one in row] for row in rows)]


def test_no_rows_are_a_sheet_with_its_headings() -> None:
    assert cells(b"".join(xlsx(HEADINGS, []))) == [HEADINGS]


@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "\t=1", "\r=1",
])  # fmt: skip
def test_what_begins_like_a_formula_is_quoted_text(text: str) -> None:
    book = load_workbook(BytesIO(b"".join(xlsx(HEADINGS, [[1, text]]))))
    cell = book.worksheets[0]["B2"]
    assert (cell.data_type != "f", cell.quotePrefix, cell.number_format) == (True, True, "@")
    assert str(cell.value).strip() == text.strip()
    plain = book.worksheets[0]["B1"]
    assert (plain.value, plain.quotePrefix) == ("tên", False)
    with ZipFile(BytesIO(b"".join(xlsx(HEADINGS, [[1, text]])))) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_what_xml_cannot_hold_is_replaced_and_what_is_too_long_cut() -> None:
    found = cells(b"".join(xlsx(HEADINGS, [[1, "a\x00b\x0bc\ud800d\uffff"], [2, "x" * 40_000], [10**18, True]])))
    assert found[1][1] == "a\ufffdb\ufffdc\ufffdd\ufffd"
    assert len(found[2][1]) == 32_767
    assert found[3] == ["1000000000000000000", "True"]


def test_more_rows_than_a_sheet_holds_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS", 3)
    content = b"".join(xlsx(HEADINGS, [[number, "x"] for number in range(7)]))
    assert load_workbook(BytesIO(content)).sheetnames == ["1", "2", "3"]
    assert [[row[0] for row in cells(content, sheet)] for sheet in range(3)] == [
        ["số", 0, 1, 2], ["số", 3, 4, 5], ["số", 6],
    ]  # fmt: skip
    assert load_workbook(BytesIO(b"".join(xlsx(HEADINGS, [[1, "x"]] * 3)))).sheetnames == ["1"]


def test_days_and_moments_are_days_and_moments() -> None:
    moment = datetime(2026, 11, 2, 14, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    sheet = load_workbook(
        BytesIO(b"".join(xlsx(HEADINGS, [[date(2026, 11, 2), moment], [date(1890, 1, 1), None]])))
    ).worksheets[0]
    assert [sheet["A2"].value, sheet["B2"].value] == [datetime(2026, 11, 2), datetime(2026, 11, 2, 14, 30)]  # noqa: DTZ001
    assert [sheet["A2"].number_format, sheet["B2"].number_format] == ["dd/mm/yyyy", "dd/mm/yyyy\\ hh:mm"]
    assert sheet["A3"].value == "1890-01-01"  # before the days that spreadsheets count


def test_headings_stay_in_sight_and_columns_are_as_wide_as_their_words() -> None:
    above = [["DANH SÁCH ĐẢNG VIÊN CỦA ĐẢNG BỘ XÃ MỸ PHƯỚC"], [None]]
    rows = [[1, "Nguyễn Văn An"], ["Chi bộ ấp Một (98.101.000.000.001)"], [2, "x" * 200]]
    sheet = load_workbook(BytesIO(b"".join(xlsx(HEADINGS, rows, above=above)))).worksheets[0]
    assert (sheet.freeze_panes, sheet["A3"].value, sheet["A3"].font.b, sheet["A1"].font.b) == ("A4", "số", True, False)
    assert [sheet.column_dimensions[one].width for one in "AB"] == [8, 48]
    plain = load_workbook(BytesIO(b"".join(xlsx(HEADINGS, [[1, "Nguyễn Văn An"]])))).worksheets[0]
    assert (plain.freeze_panes, plain.column_dimensions["B"].width) == ("A2", 15)


def test_a_marked_cell_has_a_colour_and_a_comment() -> None:
    content = b"".join(xlsx(HEADINGS, [[1, "tốt"], [Marked("=1", "sai & <lạ>"), Marked("", "thiếu")]]))
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert [sheet[one].comment and sheet[one].comment.text for one in ("A2", "B2", "A3", "B3")] == [
        None, None, "sai & <lạ>", "thiếu",
    ]  # fmt: skip
    assert [sheet[one].fill.fgColor.rgb for one in ("A3", "B3")] == ["FFF8D3CF"] * 2
    assert (sheet["A2"].fill.fill_type, sheet["A3"].quotePrefix, sheet["A3"].data_type) == (None, True, "s")
    assert cells(content)[2] == ["=1", None]


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Rows are drawn as they are sent, and what is held never exceeds two megabytes."""

    def rows() -> Iterator[list[Any]]:
        for number in range(30_000):
            yield [number, f"dòng {number} " * 20]

    tracemalloc.start()
    with (tmp_path / "book.xlsx").open("wb") as file:
        for piece in xlsx(HEADINGS, rows()):
            file.write(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024
    assert len(CalamineWorkbook.from_path(tmp_path / "book.xlsx").get_sheet_by_index(0).to_python()) == 30_001
