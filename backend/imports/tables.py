"""CSV files as offices save them: UTF-8 with or without a mark, commas or semicolons, columns in any order."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from django.utils.translation import gettext as _

from backend.imports.faults import ImportRefused

csv.field_size_limit(10_000)
MAX_BYTES = 2_000_000_000
_LONGEST_LINE = 100_000


def rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and the named columns' values, stripped, in the order named; empty lines are passed over.

    Raises ImportRefused for a file that is missing, not UTF-8, too large, no table, or without one of the columns.
    """
    with _opened(path) as stream:
        head = stream.readline(_LONGEST_LINE)
        mark = max(",;\t", key=head.count)
        names = [name.strip().lower() for name in next(csv.reader([head], delimiter=mark), [])]
        missing = [name for name in columns if name not in names]
        if missing:
            raise ImportRefused(
                _("%(file)s: these columns are missing: %(names)s.") % {"file": path.name, "names": ", ".join(missing)}
            )
        places = [names.index(name) for name in columns]
        reader = csv.reader(_lines(path, stream), delimiter=mark, strict=True)
        for row in reader:
            if any(row):
                if len(row) > len(names) and any(row[len(names) :]):
                    raise _torn(path, reader.line_num + 1)
                yield reader.line_num + 1, [row[place].strip() if place < len(row) else "" for place in places]


def _lines(path: Path, stream: TextIOWrapper) -> Iterator[str]:
    """Lines as they stand; what a table cannot hold is refused with its line."""
    for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), ""), 2):
        if "\x00" in line or len(line) == _LONGEST_LINE:
            raise _torn(path, number)
        yield line


def _torn(path: Path, line: int) -> ImportRefused:
    """More cells than the header, a sign that no text holds, a line without an end."""
    sentence = _("%(file)s, line %(line)s does not fit the header; mend it, or save the table as “CSV UTF-8” again.")
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
