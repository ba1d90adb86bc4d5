"""Files that commands write where people tell them to: over nothing that is something else, and never half of one."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from errno import EACCES, EEXIST, EISDIR
from pathlib import Path

OWN = (Path("/dev/stdout"), Path("/dev/stderr"))
"""Names of this process's own streams, wherever they lead: a shell has opened that file and may have emptied it already."""


class Occupied(FileExistsError):
    """Something else stands there; as text an English sentence."""

    def __init__(self, path: Path) -> None:
        super().__init__(EEXIST, "is there already and nothing that this command wrote", str(path))

    def __str__(self) -> str:
        return f"{self.filename} {self.strerror}: name another file."


class OutFile:
    """Claimed before the work begins, since afterwards it is too late to refuse; written beside its place, then renamed.

    What stands there is replaced only where `is_ours` says so of its bytes, or where it is empty. What is no ordinary
    file (`/dev/stdout`, a pipe) is written to as it is. Raises OSError, of which Occupied is one.

    A `private` one is for its owner's eyes alone: it tells of people. Knows nothing of Django: the demo claims its file
    before there are settings.
    """

    def __init__(self, path: Path, is_ours: Callable[[bytes], bool], *, private: bool = False) -> None:
        self.path, self.place = path, path.resolve()
        stands = path.exists()
        self.passes_on = path in OWN or (stands and not (path.is_file() or path.is_dir()))
        if self.passes_on:
            return
        if stands:
            _may_go(self.place, is_ours)
        self.fresh = self.place.with_name(f".chibo-{secrets.token_hex(8)}")
        self.fresh.touch(0o600 if private else 0o666, exist_ok=False)
        if stands and not private:
            shutil.copymode(self.place, self.fresh)

    def write(self, parts: Iterable[str] | Iterable[bytes]) -> int:
        """Put the parts in place (lines of text, or bytes as they are), all or none of them; answers how many.

        Raises OSError, with nothing left behind.
        """
        count = 0
        try:
            with (self.path if self.passes_on else self.fresh).open("ab") as target:
                for part in parts:
                    target.write(part.encode() if isinstance(part, str) else part)
                    count += 1
                if not self.passes_on:
                    target.flush()
                    os.fsync(target.fileno())
                    self.fresh.replace(self.place)
                    _settle(self.place.parent)
        except BaseException:
            self.drop()
            raise
        return count

    def drop(self) -> None:
        """Nothing is to be written after all: what stood there stands, and nothing else."""
        if not self.passes_on:
            self.fresh.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Let the folder's own entry for the new file outlive a power cut too, where the file system can: the file is in place."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def pdf_of(creator: str) -> Callable[[bytes], bool]:
    """For `is_ours`: a PDF that names this creator."""
    return lambda content: content.startswith(b"%PDF-") and f"/Creator ({creator})".encode() in content


def json_object(*names: str) -> Callable[[bytes], bool]:
    """For `is_ours`: a JSON object that has all these names."""

    def is_one(content: bytes) -> bool:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            return False
        return isinstance(found, dict) and found.keys() >= {*names}

    return is_one


def _may_go(place: Path, is_ours: Callable[[bytes], bool]) -> None:
    for forbids, number in ((place.is_dir(), EISDIR), (not os.access(place, os.W_OK), EACCES)):
        if forbids:
            raise OSError(number, os.strerror(number))
    if place.stat().st_size and not is_ours(place.read_bytes()):
        raise Occupied(place)
