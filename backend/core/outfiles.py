"""Files that commands write where people tell them to: over nothing that is something else, and never half of one."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from errno import EACCES, EISDIR
from pathlib import Path

from django.utils.translation import gettext_noop

from backend.core.errors import ChiboError


class CannotWrite(ChiboError):
    """The folder or the file says no."""

    code = "cannot_write"
    sentence = gettext_noop("%(file)s cannot be written (%(why)s): name another file.")


class Occupied(ChiboError):
    """Something else stands there."""

    code = "file_occupied"
    sentence = gettext_noop("%(file)s is there already and nothing that this command wrote: name another file.")


class OutFile:
    """Claimed before the work begins, since afterwards it is too late to refuse; written beside its place, then renamed.

    What stands there is replaced only where `is_ours` says so of its text, or where it is empty. What is no ordinary
    file (`/dev/stdout`, a pipe) is written to as it is. Raises CannotWrite, Occupied.
    """

    def __init__(self, path: Path, is_ours: Callable[[str], bool]) -> None:
        self.path = path
        try:
            self.place = path.resolve()
            stands = self.place.exists()
            if self.place.is_dir():
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
            self.passes_on = path.is_relative_to("/dev") or (stands and not self.place.is_file())
            if self.passes_on:
                return
            if stands and not _may_go(self.place, is_ours):
                raise Occupied(file=path)
            self.fresh = self.place.with_name(f".chibo-{secrets.token_hex(8)}")
            self.fresh.open("x").close()
            if stands:
                shutil.copymode(self.place, self.fresh)
        except OSError as error:
            raise CannotWrite(file=path, why=error.strerror) from error

    def write(self, lines: Iterable[str]) -> int:
        """Put the lines in place, all or none of them; answers how many. Raises OSError, with nothing left behind."""
        count = 0
        try:
            with (self.place if self.passes_on else self.fresh).open("a", encoding="utf-8") as target:
                for line in lines:
                    target.write(line)
                    count += 1
                if not self.passes_on:
                    target.flush()
                    os.fsync(target.fileno())
                    self.fresh.replace(self.place)
        except BaseException:
            self.drop()
            raise
        return count

    def drop(self) -> None:
        """Nothing is to be written after all: what stood there stands, and nothing else."""
        if not self.passes_on:
            self.fresh.unlink(missing_ok=True)


def json_object(*names: str) -> Callable[[str], bool]:
    """For `is_ours`: a JSON object that has all these names."""

    def is_one(text: str) -> bool:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return False
        return isinstance(found, dict) and found.keys() >= {*names}

    return is_one


def _may_go(place: Path, is_ours: Callable[[str], bool]) -> bool:
    if not os.access(place, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    if not place.stat().st_size:
        return True
    try:
        return is_ours(place.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return False
