"""The files of a task as the folder that an import reads, in a private place, for as long as a worker needs it."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext

from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.core.db import WHOLE, scope
from backend.core.errors import NotFound
from backend.core.keyring import unseal_bytes
from backend.imports import months
from backend.imports.excerpt import Annotated, annotated
from backend.imports.faults import ImportRefused
from backend.imports.models import ImportFile, ImportTask
from backend.imports.units import COLUMNS

TABLES = {"meetings.csv": months.MEETINGS, "attendance.csv": months.ATTENDANCE, "dues.csv": months.DUES}
UNITS, ROSTER = "units.csv", "roster.xlsx"


@dataclass(frozen=True)
class Folder:
    """Where the files are; what was not sent is empty, and the tree is the one that stands at the office's unit."""

    path: Path

    def known(self, actor: Actor) -> frozenset[str]:
        """Codes that may be parents without standing in the file; the tree that stands is written where none was sent."""
        with transaction.atomic():
            scope(actor.path)
            units = list(selectors.units(actor).filter(closed_on=None).select_related("parent").order_by("path"))
        if not (self.path / UNITS).exists():
            lines = [(one.code, one.parent.code if one.parent else "", one.name, one.level) for one in units]
            _write(self.path / UNITS, COLUMNS, lines)
        above = {one.parent.code for one in units if one.parent is not None}
        return frozenset({one.code for one in units} | above)


@contextmanager
def unpacked(task: ImportTask) -> Iterator[Folder]:
    """The folder, named after the task: what a killed worker left of it goes first. Raises ImportRefused for other files."""
    place = Path(tempfile.gettempdir()) / f"chibo-import-{task.key}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        with transaction.atomic():
            scope(WHOLE)
            contents = {one.name: unseal_bytes(bytes(one.sealed)) for one in ImportFile.objects.filter(task=task)}
        if {name: hashlib.sha256(one).hexdigest() for name, one in contents.items()} != task.files:
            raise ImportRefused(gettext("The files are not those that were sent; send them once more."))
        for name, content in contents.items():
            (place / name).write_bytes(content)
        for name, columns in TABLES.items():
            if name not in contents:
                _write(place / name, columns, [])
        yield Folder(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def annotated_roster(task: ImportTask) -> Annotated:
    """The roster that was sent with what is wrong beside each row. Raises NotFound where it is gone."""
    sealed = ImportFile.objects.filter(task=task, name=ROSTER).values_list("sealed", flat=True).first()
    if sealed is None:
        raise NotFound
    with tempfile.TemporaryDirectory(prefix="chibo-sheet-") as place:
        path = Path(place) / ROSTER
        path.write_bytes(unseal_bytes(bytes(sealed)))
        return annotated(path, task.report["faults"])


def _write(path: Path, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *lines])
