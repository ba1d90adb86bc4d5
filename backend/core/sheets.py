"""Rows as a workbook (XLSX, ECMA-376), made while it is sent: in constant memory, without a file, whatever the number of rows.

Every text is an inline string, which no spreadsheet reckons as a formula; one that begins like a formula is marked as quoted
besides, so that it stays text when somebody edits the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from backend.core.tables import FORMULA

ROWS, CELL, AT_ONCE = 200_000, 32_767, 500
"""Rows of a sheet below its headings (more make another sheet), characters of a cell, rows written at once."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Pipe:
    """What a ZipFile writes to; `taken` gives it away piece by piece. It cannot be gone back in, and says so."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Everything is at hand at once."""

    def close(self) -> None:
        """Nothing was opened."""

    def taken(self) -> bytes:
        found, self._pieces = b"".join(self._pieces), []
        return found


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in pieces. Whole numbers stay numbers; all else is text as `str` gives it, None an empty cell."""
    pipe, left, sheets = _Pipe(), iter(rows), 0
    with ZipFile(pipe, "w", ZIP_DEFLATED) as packed:
        while (first := next(left, None)) is not None or not sheets:
            sheets += 1
            below = chain([] if first is None else [first], islice(left, ROWS - (first is not None)))
            with packed.open(_part(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                whole = chain([headings], below)
                while some := list(islice(whole, AT_ONCE)):
                    sheet.write("".join(map(_row, some)).encode())
                    yield pipe.taken()
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _frame(sheets).items():
            packed.writestr(_part(name), text)
    yield pipe.taken()


def _part(name: str) -> ZipInfo:
    part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    part.compress_type = ZIP_DEFLATED
    return part


def _row(values: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_cell, values))}</row>"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return f"<c><v>{value}</v></c>"
    text = _UNFIT.sub("\ufffd", str(value))[:CELL]
    style = ' s="1"' if text.startswith(FORMULA) else ""
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _frame(sheets: int) -> dict[str, str]:
    """The parts that name the sheets, by their path."""
    numbers = range(1, sheets + 1)
    named = "".join(f'<sheet name="{one}" sheetId="{one}" r:id="r{one}"/>' for one in numbers)
    related = "".join(
        f'<Relationship Id="r{one}" Type="{_REL}/worksheet" Target="worksheets/sheet{one}.xml"/>' for one in numbers
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{one}.xml" ContentType="{_KIND}.worksheet+xml"/>' for one in numbers
    )
    related += f'<Relationship Id="styles" Type="{_REL}/styles" Target="styles.xml"/>'
    return {
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">{related}</Relationships>',
        "xl/styles.xml": _STYLES,
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">'
        f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACK}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>',
    }  # fmt: skip
