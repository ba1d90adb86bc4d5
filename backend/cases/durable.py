"""The transaction of a step: its COMMIT runs the database's checks, and what they refuse is told as people are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_noop

from backend.core.db import execute
from backend.core.errors import Refused
from backend.core.rehearsing import rehearsed_day
from workflows.answers import Refusal

ALREADY_OPEN = Refusal(
    "engine.already_open",
    gettext_noop("Such a case is open already."),
    remedy=gettext_noop("Go on with the open case, or close it first."),
)

KNOWN_ELSEWHERE = Refusal(
    "member.known_elsewhere",
    gettext_noop("Somebody with this personal id is on the lists of another unit."),
    remedy=gettext_noop("Ask the committee above yours to look the person up."),
    fact="profile.personal_id",
)
_TOLD = {"case_open_once": ALREADY_OPEN, "member_personal_id_once": KNOWN_ELSEWHERE}
"""What a constraint of the database refuses, as people are told."""


@contextmanager
def durable() -> Iterator[None]:
    """A durable transaction. Its COMMIT runs the database's deferred checks, so that a refusal is raised here.

    Inside a test's own transaction, or a rehearsal's, no COMMIT follows: there the checks are asked for by name.
    """
    nested = connection.in_atomic_block  # durable=True forbids it elsewhere
    with refusals(), transaction.atomic(durable=rehearsed_day() is None):
        if nested:
            execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        if nested:
            execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def refusals() -> Iterator[None]:
    """What the database refuses for a reason that people can be told is a refusal."""
    try:
        yield
    except IntegrityError as error:
        refusal = _TOLD.get(violated(error))
        if refusal is None:
            raise
        raise Refused([refusal]) from error


def violated(error: IntegrityError) -> str:
    """The name of the constraint that a statement broke."""
    cause = error.__cause__
    return str(getattr(getattr(cause, "diag", None), "constraint_name", "") or "")
