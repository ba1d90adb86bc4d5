"""The local folder and the small private files in it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from backend.config.errors import ConfigurationError


def cannot_write(path: Path, error: OSError) -> ConfigurationError:
    """The one sentence for a folder or file that this user may not use."""
    reason = error.strerror or "not allowed"
    return ConfigurationError(
        "Chibo cannot write to %(path)s (%(why)s): give your user that folder, or set CHIBO_LOCAL_DIR to another one.",
        path=path,
        why=reason,
    )


def folder(local_dir: Path) -> Path:
    """The local folder, made if it is missing; raises ConfigurationError when it cannot be written to."""
    local = local_dir.absolute()
    try:
        if not local.exists():
            local.mkdir(mode=0o711, parents=True, exist_ok=True)
            inherit_owner(local)
    except OSError as error:
        raise cannot_write(local, error) from None
    if not os.access(local, os.R_OK | os.W_OK | os.X_OK):
        raise cannot_write(local, PermissionError(13, "Permission denied"))
    return local


def inherit_owner(path: Path) -> None:
    """As root in another user's clone, what we make belongs to that user, who must be able to go on alone."""
    if os.geteuid() == 0:
        parent = path.parent.stat()
        os.chown(path, parent.st_uid, parent.st_gid)


def keep(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Read a small private file (mode 0600); the first caller makes it, and two first callers agree on one."""
    try:
        if not path.exists():
            write(path, make(), replace=False)
        kept: dict[str, str] = json.loads(path.read_text())
    except OSError as error:
        raise cannot_write(path, error) from None
    except ValueError:
        raise ConfigurationError(
            "%(path)s is damaged: put back a copy of it, or remove the folder it is in.", path=path
        ) from None
    return kept


def write(path: Path, values: dict[str, str], *, replace: bool = True) -> None:
    """Put a private file in place as a whole; with `replace=False` a file that stands already stays."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(values, indent=1) + "\n")
    inherit_owner(fresh)
    if replace:
        fresh.replace(path)
        return
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
