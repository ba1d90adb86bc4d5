"""Opens a workbook without trusting it: size before content, values before formulas, one row at a time."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from backend.imports.faults import ImportRefused

MAX_BYTES = 1_000_000_000
"""All parts of the file, unpacked. A hundred thousand rows of a roster take about a third of it."""
MAX_ROWS, MAX_COLUMNS = 200_000, 100
"""A sheet is held as a full rectangle: one stray cell far out would ask for all the memory there is."""
_CHUNK = 1 << 20
_LONGEST_ROW = 8 << 20
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP, _TORN = b"PK\x03\x04", (zipfile.BadZipFile, zlib.error, EOFError)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PLACE = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb'<c [^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<f[ >/](.*?)</c>', re.DOTALL)
_SHEET = re.compile(r'<sheet (?=[^>]*\br:id="([^"]*)")[^>]*?\bname="([^"]*)"')
_TARGET = re.compile(r'<Relationship (?=[^>]*\bId="([^"]*)")[^>]*?\bTarget="([^"]*)"')
_ERROR = re.compile(rb'<c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]+\d+)"')


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` counts from row 1 to the last one with a value."""

    name: str
    rows: int
    _sheet: Any

    def head(self, count: int) -> list[list[Any]]:
        """The first rows, from row 1 and column A on."""
        found: list[list[Any]] = self._sheet.to_python(skip_empty_area=False, nrows=count)
        return found

    def __iter__(self) -> Iterator[list[Any]]:
        """Every row, from row 1 and column A on."""
        before = [""] * (self._sheet.start or (0, 0))[1]
        for row in self._sheet.iter_rows():
            yield before + row if before else row


def sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook. Raises ImportRefused for what cannot be read as one."""
    _refuse_strange(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            yield Sheet(name, (sheet.end or (-1, 0))[0] + 1, sheet)
    except (CalamineError, OSError, ValueError) as error:
        raise _no_workbook(path) from error


def _refuse_strange(path: Path) -> None:
    """Not a zip of sheets, larger inside than any roster, cells far out, or values that nobody computed."""
    try:
        with zipfile.ZipFile(path) as packed:
            left = MAX_BYTES
            for part in packed.infolist():
                part.file_size = (
                    left + 2 * _CHUNK
                )  # what it says of its own size may be a lie: it is read until it ends
                with packed.open(part) as stream:
                    left -= _read_part(path, part.filename, stream, left)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _no_workbook(path, torn=isinstance(error, _TORN)) from error


def _no_workbook(path: Path, *, torn: bool = False) -> ImportRefused:
    if torn and _begins_with(path, _ZIP):
        sentence = _("%(file)s is damaged, or was cut off on its way; bring the whole file once more.")
    elif _is_encrypted(path):
        sentence = _("%(file)s is protected by a password; save a copy without one.")
    else:
        sentence = _("%(file)s is no Excel workbook; save the roster as .xlsx.")
    return ImportRefused(sentence % {"file": path.name})


def _begins_with(path: Path, sign: bytes) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(sign)) == sign
    except OSError:
        return False


def _is_encrypted(path: Path) -> bool:
    """Excel wraps a protected workbook into an old Office file with a part of this name."""
    try:
        with path.open("rb") as stream:
            return stream.read(8) == _OLD_OFFICE and _ENCRYPTED in stream.read(_CHUNK)
    except OSError:
        return False


def _read_part(path: Path, name: str, stream: IO[bytes], left: int) -> int:
    """Read one part of the zip to its end, looking at each row where it is a sheet; its size in bytes."""
    page = PurePosixPath(name)
    is_sheet = page.match("xl/worksheets/*.xml")
    size, rest = 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > left:
            raise ImportRefused(
                _("%(file)s unpacks to more than %(limit)s MB; save only the roster's own sheet.")
                % {"file": path.name, "limit": MAX_BYTES // 1_000_000}
            )
        if is_sheet:
            *rows, rest = (rest + chunk).split(b"</row>")
            for row in rows:
                _refuse_strange_cells(path, page.stem, row)
            if len(rest) > _LONGEST_ROW:
                raise _no_workbook(path)
    return size


def _refuse_strange_cells(path: Path, page: str, row: bytes) -> None:
    """A formula is read as the value the office saw; one without a value, or with an error, would be read as empty."""
    if b"<f" in row:
        for cell, inside in _FORMULA.findall(row):
            if not re.search(rb"<v>[^<]", inside):
                raise _refusal(
                    path, page, cell, _("the formula in %(cell)s was never computed; save the file again in Excel")
                )
    if b't="e"' in row and (error := _ERROR.search(row)):
        raise _refusal(path, page, error[1], _("%(cell)s holds an error; put the right value there"))
    last = row.rfind(b"<c ", 0, max(row.rfind(b"<v"), row.rfind(b"<is")) + 1)
    if last >= 0 and (place := _PLACE.match(row, last)):
        column = sum((letter - 64) * 26**power for power, letter in enumerate(reversed(place[1])))
        if column > MAX_COLUMNS or int(place[2]) > MAX_ROWS:
            far = _(
                "%(cell)s lies beyond column %(columns)s or row %(rows)s; keep only the roster, split by base committee"
            )
            raise _refusal(path, page, place[1] + place[2], far)


def _refusal(path: Path, page: str, cell: bytes, what: str) -> ImportRefused:
    said = what % {"cell": f"{_name_of(path, page)}!{cell.decode()}", "columns": MAX_COLUMNS, "rows": MAX_ROWS}
    return ImportRefused(_("%(file)s: %(what)s.") % {"file": path.name, "what": said})


def _name_of(path: Path, page: str) -> str:
    """The sheet's name as people see it, by the name of its part; that one where the workbook does not say it."""
    with zipfile.ZipFile(path) as packed:
        try:
            book, targets = (_beginning(packed, f"xl/{name}") for name in ("workbook.xml", "_rels/workbook.xml.rels"))
        except KeyError:
            return page
    parts = {key: PurePosixPath(target).stem for key, target in _TARGET.findall(targets)}
    return next((unescape(name) for key, name in _SHEET.findall(book) if parts.get(key) == page), page)


def _beginning(packed: zipfile.ZipFile, name: str) -> str:
    with packed.open(name) as stream:
        return stream.read(_CHUNK).decode(errors="replace")
