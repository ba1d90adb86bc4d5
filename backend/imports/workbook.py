"""Opens a workbook without trusting it: size before content, values before formulas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from backend.imports.faults import ImportRefused

MAX_BYTES = 1_000_000_000
"""All parts of the file, unpacked. A hundred thousand rows of a roster take about a tenth of it."""
MAX_ROWS = 200_000
_CHUNK = 1 << 20
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[ >/](.*?)</c>', re.DOTALL)
_LONGEST_CELL = 40_000


def sheets(path: Path) -> Iterator[tuple[str, list[list[Any]]]]:
    """Name and rows (from row 1 on) of each sheet. Raises ImportRefused for what cannot be read as a workbook."""
    _refuse_strange(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > MAX_ROWS:
                raise ImportRefused(
                    _("%(file)s: sheet %(sheet)s has more than %(limit)s rows; split it by base committee.")
                    % {"file": path.name, "sheet": name, "limit": MAX_ROWS}
                )
            yield name, sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise _no_workbook(path) from error


def _refuse_strange(path: Path) -> None:
    """Not a zip of sheets, larger inside than any roster, or a formula whose value was never computed."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > MAX_BYTES:
                raise ImportRefused(
                    _("%(file)s unpacks to more than %(limit)s MB; save only the roster's own sheet.")
                    % {"file": path.name, "limit": MAX_BYTES // 1_000_000}
                )
            pages = [part for part in parts if part.filename.startswith("xl/worksheets/sheet")]
            for part in pages:
                with packed.open(part) as stream:
                    _refuse_uncomputed(path, stream)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _no_workbook(path) from error


def _no_workbook(path: Path) -> ImportRefused:
    return ImportRefused(_("%(file)s is no Excel workbook; save the roster as .xlsx.") % {"file": path.name})


def _refuse_uncomputed(path: Path, stream: Any) -> None:
    """A formula is read as the value the office saw; one that has no value would be read as empty."""
    for column, row, inside in _formulas(stream):
        if b"<v>" not in inside or b"<v></v>" in inside:
            sentence = _("%(file)s: the formula in %(cell)s was never computed; save the file again in Excel.")
            raise ImportRefused(sentence % {"file": path.name, "cell": f"{column}{row}"})


def _formulas(stream: BinaryIO) -> Iterator[tuple[str, str, bytes]]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        rest += chunk
        if b"<f" not in rest:
            rest = rest[-_LONGEST_CELL:]
            continue
        end = 0
        for match in _CELL.finditer(rest):
            yield match[1].decode(), match[2].decode(), match[3]
            end = match.end()
        rest = rest[max(end, len(rest) - _LONGEST_CELL) :]
