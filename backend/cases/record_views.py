"""A member's record compared with what it is to say (`RecordView`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from backend.accounts.policy import Actor
from backend.cases.known import known
from backend.cases.orders import Loaded
from backend.members.amending import changes, said_of
from backend.members.models import Member
from backend.members.protected import blind_index
from workflows.situation import RecordView


def record_view(actor: Actor, loaded: Loaded) -> Callable[[Mapping[str, Any]], RecordView]:
    """Reads the record once for each set of values, and only when a guard asks."""

    @cache
    def seen(given: tuple[tuple[str, Any], ...]) -> RecordView:
        record = Member.objects.get(pk=loaded.member.pk)
        said, changed = said_of(record), changes(record, dict(given))
        others = []
        if "personal_id" in changed:
            index = blind_index("personal_id", changed["personal_id"][1])
            others = [replace(one, fact="personal_id") for one in known(actor, loaded.unit.id, index)]
        return RecordView(
            changes=changed, empty=frozenset(name for name, value in said.items() if not value),
            says=said | {name: now for name, (_, now) in changed.items()}, known=tuple(others),
        )  # fmt: skip

    return lambda given: seen(tuple(given.items()))
