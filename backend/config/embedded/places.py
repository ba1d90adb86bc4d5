"""Where the servers keep their data and under which account they run.

PostgreSQL refuses to run as root. As root the servers therefore run as the owner of `.local/`, or, where that is root
too, as the system account `chibo-postgres`. If that account cannot reach the folder (a clone under /root), the data
goes to /var/lib/chibo-… and `.local/home.json` says so; no permission of a folder on the way is ever changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.config.embedded import files
from backend.config.errors import ConfigurationError

SYSTEM_ACCOUNT = "chibo-postgres"
CLEAN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}
LONGEST_SOCKET_FOLDER = 85  # the whole path of a socket may have 103 bytes on every system


@dataclass(frozen=True)
class Account:
    """The user the servers run as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """The folders of one clone: `local` holds locks and keys, `home` the servers' data, `sockets` the socket."""

    local: Path
    home: Path
    sockets: Path
    account: Account | None

    def run(self, command: Sequence[str | Path], *, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as the servers' account; never fails by itself, the caller looks at the return code."""
        return run_as(self.account, command, cwd=self.home, timeout=timeout)

    def own(self, path: Path) -> Path:
        """A private folder of the servers' account, made if it is missing; one of another user is refused."""
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError:
            pass  # it is no folder: refused below
        except OSError as error:
            raise files.cannot_write(path.parent, error) from None
        found, own = path.lstat(), os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {own, self.account.uid if self.account else own}:
            raise ConfigurationError("%(path)s belongs to another user: remove it, or set CHIBO_LOCAL_DIR.", path=path)
        # Just made: by this process, or by one that has not come as far as this.
        if self.account and found.st_uid == own:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def copied(self, package: Path, *, probe: str) -> Path:
        """The folder of a wheel's programs, or a copy of it beside the data if the account cannot run `probe` in it."""
        if run_as(self.account, [package / probe, "--version"]).returncode == 0:
            return package
        copy = self.home / "programs" / package.name
        if not copy.exists():
            draft = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
            shutil.copytree(package, draft, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, copy.with_name(libraries.name), dirs_exist_ok=True)
            draft.rename(copy)
        return copy


def find(local_dir: Path) -> Place:
    """The place of the clone whose local folder this is; raises ConfigurationError when it cannot be used."""
    local = files.folder(local_dir)
    account = _account(local) if os.geteuid() == 0 else None
    home = local if _can_enter(account, local) else _elsewhere(local)
    place = Place(local=local, home=home, sockets=_sockets(home), account=account)
    place.own(place.sockets)
    return place


def run_as(
    account: Account | None, command: Sequence[str | Path], *, cwd: Path = Path("/"), timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program with a clean environment; its output goes to a file, since servers keep inherited pipes open."""
    user: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as output:
        try:
            done = subprocess.run(  # noqa: S603 - programs and arguments are our own
                words,
                cwd=cwd,
                env=CLEAN_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=timeout,
                check=False,
                **user,
            )
        except OSError as error:
            return subprocess.CompletedProcess(words, 126, f"{words[0]}: {error.strerror}")
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(words, 124, f"{words[0]} did not end within {timeout:.0f} s")
        output.seek(0)
        return subprocess.CompletedProcess(words, done.returncode, output.read())


def _account(local: Path) -> Account:
    owner = local.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        made = run_as(None, ["useradd", "--system", "--shell", "/usr/sbin/nologin", "--no-create-home", SYSTEM_ACCOUNT])
        if made.returncode:
            raise ConfigurationError(
                "PostgreSQL does not run as root and the account %(account)s could not be made (%(why)s): run Chibo as an"
                " ordinary user, or set DATABASE_URL.",
                account=SYSTEM_ACCOUNT, why=made.stdout.strip(),
            ) from None  # fmt: skip
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def _can_enter(account: Account | None, folder: Path) -> bool:
    return account is None or run_as(account, ["/bin/sh", "-c", 'cd -- "$0"', str(folder)]).returncode == 0


def _elsewhere(local: Path) -> Path:
    """A home under /var/lib with a name of its own: a later clone in the same folder must not find this one's data."""
    pointer = local / "home.json"
    kept = files.keep(pointer, lambda: _new_home(local))
    original = Path(kept["of"])
    if original != local and (original / "home.json").exists():  # a copied clone, not a moved one
        kept = _new_home(local)
        files.write(pointer, kept)
    home = Path(kept["home"])
    home.mkdir(mode=0o711, exist_ok=True)
    return home


def _new_home(local: Path) -> dict[str, str]:
    return {"home": f"/var/lib/chibo-{secrets.token_hex(4)}", "of": str(local)}


def _sockets(home: Path) -> Path:
    near = home / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    return Path(tempfile.gettempdir()) / f"chibo-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
