"""Files that attack whoever reads them: bombs, entities, names of ten million signs, formulas for somebody's spreadsheet."""

from __future__ import annotations

import csv
import resource
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from time import monotonic

import pytest

from backend.core.tables import FORMULA, as_csv
from backend.imports import workbook
from backend.imports.faults import ImportRefused
from tests.backend.imports.books import GOOD, faults, read, write_roster

SECRET = "không ai được đọc dòng này"
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 10))
BOMB = b'<!DOCTYPE worksheet [<!ENTITY a0 "' + b"x" * 10 + b'">' + LAUGHS + b"]>"
"""Ten signs that ten times nine entities make ten thousand million of."""
NAME = str(GOOD["full_name"]).encode()


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The workbook with each of its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, change(name, content))
    return path


def named(value: bytes, doctype: bytes = b"") -> Callable[[str, bytes], bytes]:
    """The sheet with another name of the person, and something before its first element."""

    def change(part: str, content: bytes) -> bytes:
        if not part.endswith("sheet1.xml"):
            return content
        assert content.count(NAME) == 1
        assert not content.startswith(b"<?xml")
        return doctype + content.replace(NAME, value)

    return change


@pytest.mark.parametrize("kind", ["bomb", "file"])
def test_an_entity_is_never_opened(tmp_path: Path, kind: str) -> None:
    """It stays what it is, or the file is refused; in neither case is anything unpacked or read."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    outside = f'<!DOCTYPE sst [<!ENTITY a9 SYSTEM "{secret.as_uri()}">]>'.encode()
    roster = write_roster(tmp_path / "roster.xlsx", [GOOD])
    repacked(roster, named(b"&a9;", BOMB if kind == "bomb" else outside))
    began, memory = monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        gone = read(roster)
    except ImportRefused as refused:
        said = str(refused)
    else:
        assert [one for one in gone.people if len(one.full_name) > 100] == []
        said = repr(gone)
    assert SECRET not in said
    assert len(said) < 10_000
    assert monotonic() - began < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 200_000  # KB


def test_a_bomb_of_zeros_is_unpacked_no_further_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandth of it lies on the disk; the limit is made small so that the test is quick."""
    monkeypatch.setattr(workbook, "MAX_BYTES", 5_000_000)
    bomb = write_roster(tmp_path / "roster.xlsx", [GOOD])
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.png", bytes(20_000_000))
    assert bomb.stat().st_size < 100_000
    with pytest.raises(ImportRefused, match="5 MB"):
        read(bomb)


def test_a_name_of_ten_million_signs_is_one_sentence(tmp_path: Path) -> None:
    roster = repacked(write_roster(tmp_path / "roster.xlsx", [GOOD]), named(b"L" * 10_000_000))
    with pytest.raises(ImportRefused) as refusal:
        read(roster)
    assert len(str(refusal.value)) < 200


def test_a_name_of_a_million_signs_is_a_fault_of_its_cell_which_does_not_repeat_it(tmp_path: Path) -> None:
    gone = read(repacked(write_roster(tmp_path / "roster.xlsx", [GOOD]), named(b"L" * 1_000_000)))
    assert (gone.people, faults(gone)) == ([], [("name_too_long", "B4")])
    assert gone.faults[0].value == "L" * 199 + "…"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_no_cell_of_a_table_is_a_formula_whatever_a_spreadsheet_takes_for_its_mark(mark: str) -> None:
    """Excel splits by the mark of the country: what stands behind it in a text begins a cell of its own."""
    attacks = [f"{before}{sign}HYPERLINK(1)" for sign in FORMULA for before in ("", "Ấp Một;", "Ấp Một\t", "Ấp Một\n")]
    text = as_csv([[attack, "Ấp Hai", 3, -4] for attack in attacks])
    cells = [cell for row in csv.reader(StringIO(text), delimiter=mark) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA) and not cell.lstrip("-").isdigit()] == []
    assert text.count("HYPERLINK(1)") == len(attacks)


def test_what_is_no_formula_stays_as_it_was() -> None:
    plain = [
        "Chi bộ ấp Một; ấp Hai",
        "Sinh hoạt - học tập",
        "a=b",
        "2 + 3",
        "lan@example.org",
        "01/10/2026",
        "12-NQ/CB",
    ]
    assert next(csv.reader(StringIO(as_csv([plain])))) == plain
