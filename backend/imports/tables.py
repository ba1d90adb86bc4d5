"""CSV files as offices save them: UTF-8 with or without a mark, commas or semicolons, columns in any order."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from backend.imports.faults import ImportRefused

csv.field_size_limit(10_000)
MAX_BYTES = 2_000_000_000
_LONGEST_LINE = 100_000
_MARK_TOLD = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)
"""Excel's own line above the header, which says by which sign the columns are separated."""
_MAY_GO_ON = re.compile(r"|\d{1,4}|\d{4}-\d{1,2}-\d")
"""A cell that reads well and may yet be the beginning of another: nothing, a number, a day of one digit."""


class Row(NamedTuple):
    """A line of a table: its number, the named columns' values, and the column at which a line without an end stops."""

    line: int
    values: list[str]
    stops_in: str = ""


def rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The named columns of each line, stripped, in the order named; empty lines are passed over.

    Raises ImportRefused for a file that is missing, not UTF-8, too large, no table, without one of the columns, or cut
    off: its last line has no end, and fewer cells than the header or a last one that may have gone on.
    """
    with _opened(path) as stream:
        head, above = stream.readline(_LONGEST_LINE), 1
        if told := _MARK_TOLD.fullmatch(head.strip()):
            head, above = stream.readline(_LONGEST_LINE), 2
        mark = told[1] if told else max(",;\t", key=head.count)
        names = [name.strip().lower() for name in next(csv.reader([head], delimiter=mark), [])]
        missing = [name for name in columns if name not in names]
        if missing:
            raise ImportRefused(
                _("%(file)s: these columns are missing: %(names)s.") % {"file": path.name, "names": ", ".join(missing)}
            )
        places = [names.index(name) for name in columns]
        lines = _Lines(path, stream, above)
        for row in csv.reader(lines, delimiter=mark, strict=True):
            if any(row):
                if len(row) > len(names) and any(row[len(names) :]):
                    raise _torn(path, lines.number)
                found = Row(lines.number, [row[place].strip() if place < len(row) else "" for place in places])
                if not lines.ended:
                    found = found._replace(stops_in=names[-1])
                    if len(row) < len(names) or (names[-1] in columns and _MAY_GO_ON.fullmatch(row[-1].strip())):
                        raise cut_off(path, found.line)
                yield found


class _Lines:
    """Lines as they stand, and whether the last one given has an end; what a table cannot hold is refused with its line."""

    def __init__(self, path: Path, stream: TextIOWrapper, above: int) -> None:
        self.path, self.stream = path, stream
        self.number, self.ended = above, True

    def __iter__(self) -> Iterator[str]:
        while line := self.stream.readline(_LONGEST_LINE):
            self.number += 1
            if "\x00" in line or len(line) == _LONGEST_LINE:
                raise _torn(self.path, self.number)
            self.ended = line.endswith(("\n", "\r"))
            yield line


def _torn(path: Path, line: int) -> ImportRefused:
    """More cells than the header, a sign that no text holds, a line without an end."""
    sentence = _("%(file)s, line %(line)s does not fit the header; mend it, or save the table as “CSV UTF-8” again.")
    return ImportRefused(sentence % {"file": path.name, "line": line})


def cut_off(path: Path, line: int) -> ImportRefused:
    """The last line stops before it is whole."""
    sentence = _(
        "%(file)s breaks off in line %(line)s; bring the whole file, or end the line with a line break if nothing is missing."
    )
    return ImportRefused(sentence % {"file": path.name, "line": line})


@contextmanager
def _opened(path: Path) -> Iterator[TextIOWrapper]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportRefused(_("%(file)s is larger than any table we read; split it.") % {"file": path.name})
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
    except UnicodeDecodeError as error:
        raise ImportRefused(_("%(file)s is not UTF-8; save it as “CSV UTF-8”.") % {"file": path.name}) from error
    except csv.Error as error:
        raise ImportRefused(_("%(file)s is no CSV table; save it as “CSV UTF-8”.") % {"file": path.name}) from error
    except OSError as error:
        raise ImportRefused(_("%(file)s is missing or cannot be read.") % {"file": path.name}) from error
