"""Everything that can go wrong on the road of a step, by name. Doors translate these; nothing else is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Answer


class ChiboError(Exception):
    """Base of errors that have an answer for the user; `code` is stable, the message one English sentence."""

    code = "error"


class NotFound(ChiboError):
    """Not there, or not visible to this actor: the two are never told apart."""

    code = "not_found"


class NotPermitted(ChiboError):
    """The office does not hold the right, or not here."""

    code = "not_permitted"


class Stale(ChiboError):
    """Somebody was faster: the version asked for is not the version that stands."""

    code = "stale"

    def __init__(self, current: int) -> None:
        super().__init__(f"The version is {current} now; look at what changed, then try again.")
        self.current = current


class Refused(ChiboError):
    """Every unmet guard, all at once."""

    code = "refused"

    def __init__(self, answers: Sequence[Answer]) -> None:
        super().__init__(", ".join(answer.code for answer in answers))
        self.answers = list(answers)


class Unchanged(ChiboError):
    """What was asked for stands already: nothing was changed, and nothing is wrong."""

    code = "unchanged"

    def __init__(self) -> None:
        super().__init__(gettext_noop("It is like this already; nothing was changed."))


class KeyReused(ChiboError):
    """A request key that was used before with another body."""

    code = "request_key_reused"


class CannotVoid(ChiboError):
    """Later events were built on the one to be voided; `blockers` are their uids."""

    code = "cannot_void"

    def __init__(self, message: str, blockers: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.blockers = list(blockers)


class DateNotMovable(ChiboError):
    """The business date may be moved in demo and tests only."""

    code = "date_not_movable"
