"""Where scenarios run: a database of its own that is dropped again, and in it one transaction each that never commits.

Nothing is done in the office's own database: even a step rolled back there would wait for its locks and draw its numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils.translation import gettext_noop

from backend.core.errors import ChiboError

NO_BROKER = "memory://"


class NoSandbox(ChiboError):
    """The role may not make a database."""

    code = "no_sandbox"
    sentence = gettext_noop(
        "Scenarios run in a database of their own, and this role may not make one: give the owner role CREATEDB."
    )


@contextmanager
def scratch_database() -> Iterator[None]:
    """Django's connection on a freshly migrated database of this process, dropped at the end; no worker is woken."""
    name = f"{connection.settings_dict['NAME']}_scenarios_{os.getpid()}"
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        made = setup_databases(verbosity=0, interactive=False)
    except ProgrammingError as error:
        raise NoSandbox from error
    try:
        with override_settings(CELERY_BROKER_URL=NO_BROKER):
            yield
    finally:
        teardown_databases(made, verbosity=0)


@contextmanager
def rolled_back() -> Iterator[None]:
    """One transaction in which the engine's durable ones nest, and of which nothing stays. Days may be moved in it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own TestCase lets durable blocks nest
    with override_settings(CHIBO_MOVABLE_DATE=True), block:
        yield
        transaction.set_rollback(True)
