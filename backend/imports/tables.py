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


def rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and the named columns' values, stripped, in the order named; empty lines are passed over.

    Raises ImportRefused for a file that is missing, not UTF-8, too large or without one of the columns.
    """
    with _opened(path) as stream:
        head = stream.readline()
        mark = max(",;\t", key=head.count)
        names = [name.strip().lower() for name in next(csv.reader([head], delimiter=mark), [])]
        missing = [name for name in columns if name not in names]
        if missing:
            raise ImportRefused(
                _("%(file)s: these columns are missing: %(names)s.") % {"file": path.name, "names": ", ".join(missing)}
            )
        places = [names.index(name) for name in columns]
        reader = csv.reader(stream, delimiter=mark)
        for row in reader:
            if any(row):
                yield reader.line_num + 1, [row[place].strip() if place < len(row) else "" for place in places]


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
