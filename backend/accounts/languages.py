"""The language in which a person is spoken to, in letters and on pages."""

from __future__ import annotations

from django.db import transaction

from backend.accounts.keeping import by_owner, keep, locked
from backend.audit.codes import EventCode
from backend.core.nudge import nudge


def set_own_language(user_id: int, language: str) -> None:
    """The person chooses one of LANGUAGES; the same again changes nothing."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        if user.language == language:
            return
        user.language = language
        keep(user, by_owner(user), EventCode.USER_PREFERRED, "language", facts={"language": language})
    nudge("jobs.seal")
