"""Everything that can go wrong on the road of a step, by name. Doors translate these; nothing else is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop

from workflows.answers import Answer


class ChiboError(Exception):
    """Base of errors that have an answer for the user.

    `code` is stable; the message is an English msgid (`gettext_noop`) with `%(name)s` parameters, else the class's own.
    """

    code = "error"
    sentence = ""

    def __init__(self, message: str = "", **params: Any) -> None:
        self.message, self.params = message or self.sentence, params
        super().__init__(self.message % params if params else self.message)

    def said(self) -> str:
        """The sentence in the language of whoever reads it."""
        return gettext(self.message) % self.params if self.params else gettext(self.message)


class NotFound(ChiboError):
    """Not there, or not visible to this actor: the two are never told apart."""

    code = "not_found"
    sentence = gettext_noop("There is nothing like that here.")


class NotPermitted(ChiboError):
    """The office does not hold the right, or not here."""

    code = "not_permitted"
    sentence = gettext_noop("Your office may not do this here.")


class Stale(ChiboError):
    """Somebody was faster: the version asked for is not the version that stands."""

    code = "stale"

    def __init__(self, current: int) -> None:
        super().__init__(
            gettext_noop("The version is %(current)s now; look at what changed, then try again."), current=current
        )
        self.current = current


class Refused(ChiboError):
    """Every unmet guard, all at once."""

    code = "refused"

    def __init__(self, answers: Sequence[Answer]) -> None:
        super().__init__(", ".join(answer.code for answer in answers))
        self.answers = list(answers)

    def said(self) -> str:
        """Each reason with what to do about it, a line each; “this is needed” says of which fact."""
        language = get_language() or "en"
        named = [f"{one.fact}: " if one.code.startswith("fact.") else "" for one in self.answers]
        pairs = zip(named, self.answers, strict=True)
        return "\n".join(f"{name}{one.text(language)} {one.advice(language)}".strip() for name, one in pairs)


class TooOften(ChiboError):
    """Asked more often than one person may; `seconds` until it may be asked again."""

    code = "throttled"

    def __init__(self, seconds: int) -> None:
        super().__init__(gettext_noop("Too many tries. Wait %(seconds)s seconds."), seconds=seconds)
        self.seconds = seconds


class Unchanged(ChiboError):
    """What was asked for stands already: nothing was changed, and nothing is wrong."""

    code = "unchanged"
    sentence = gettext_noop("It is like this already; nothing was changed.")


class KeyReused(ChiboError):
    """A request key that was used before with another body."""

    code = "request_key_reused"
    sentence = gettext_noop("This Idempotency-Key was used for another request; choose a new one.")


class CannotVoid(ChiboError):
    """Later events were built on the one to be voided; `blockers` are their uids."""

    code = "cannot_void"

    def __init__(self, message: str, blockers: Sequence[Any] = (), **params: Any) -> None:
        super().__init__(message, **params)
        self.blockers = list(blockers)


class DateNotMovable(ChiboError):
    """The business date may be moved in demo and tests only."""

    code = "date_not_movable"
    sentence = gettext_noop("The business date cannot be moved here.")
