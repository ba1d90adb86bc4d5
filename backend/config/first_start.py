"""What `make run` does before the first page can be shown: tables, the sample commune, accounts to sign in with."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable

import psycopg

from backend.config import env
from backend.config.database import conninfo
from backend.config.words import gettext as _

SAMPLE = env.BASE_DIR / "sample" / "commune"
IMPORT = "backend.imports.management.commands.import_commune"
ACCOUNTS = "backend.accounts.management.commands.create_demo_accounts"


class StepFailed(Exception):
    """A command of the first start failed; it has said why on stderr."""


def with_sample() -> bool:
    """Whether the sample commune and its accounts are wanted. Raises ConfigurationError for neither yes nor no."""
    return env.flag("CHIBO_SAMPLE", default=True)


def prepare(say: Callable[[str], None]) -> None:
    """Migrate; where the database has no unit yet, bring in the sample commune (CHIBO_SAMPLE=0 leaves it empty)."""
    _manage("migrate", "--verbosity", "0")
    if not with_sample() or not _is_empty():
        return
    if not _exists(IMPORT) or not SAMPLE.is_dir():
        say(_("There is no sample commune to load."))
        return
    say(_("Loading the sample commune (once) …"))
    as_of = json.loads((SAMPLE / "truth.json").read_text())["as_of"]
    _manage("import_commune", str(SAMPLE), "--as-of", as_of)


def accounts() -> list[str]:
    """Lines for people: who can sign in with which password. The command makes what is missing and prints all."""
    if not with_sample() or not _exists(ACCOUNTS):
        return []
    lines = _manage("create_demo_accounts", capture=True).splitlines()
    _manage("create_demo_plans", capture=True)
    return lines


def _is_empty() -> bool:
    with psycopg.connect(conninfo(env.services_for("owner").database_url)) as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM organizations_unit)").fetchone()
    return row == (False,)


def _exists(command: str) -> bool:
    try:
        return importlib.util.find_spec(command) is not None
    except ModuleNotFoundError:
        return False


def _manage(*arguments: str, capture: bool = False) -> str:
    """manage.py in a process of its own, so that each command runs under its own database role."""
    done = subprocess.run(  # noqa: S603 - the arguments are our own
        [sys.executable, "manage.py", *arguments],
        cwd=env.BASE_DIR,
        env=env.child(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepFailed
    return done.stdout or ""
