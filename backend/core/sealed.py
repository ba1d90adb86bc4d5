"""JSON of which the words are kept encrypted, and only codes stand open, so that the database can look for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform

from backend.core.encoding import canonical, loads
from backend.core.keyring import seal_bytes, unseal_bytes

OPEN = frozenset({"roll_call"})
"""Facts that stand open: presence by member's id. Queries read and count it, and it says neither a word nor a name."""
SEALED = "sealed"


def closed(data: Mapping[str, Any]) -> dict[str, Any]:
    """As it is kept: all of it sealed but for the facts in OPEN."""
    facts = data.get("facts", {})
    codes = {name: value for name, value in facts.items() if name in OPEN}
    words = {name: value for name, value in facts.items() if name not in OPEN}
    rest = {name: value for name, value in data.items() if name != "facts"} | ({"facts": words} if words else {})
    return ({"facts": codes} if codes else {}) | ({SEALED: seal_bytes(canonical(rest))} if rest else {})


def opened(kept: Any) -> Any:
    """What was closed; anything else as it is. Raises KeyMissing where no key opens it."""
    if not isinstance(kept, dict) or not isinstance(kept.get(SEALED), str):
        return kept
    rest = loads(unseal_bytes(kept[SEALED]).decode())
    facts = kept.get("facts", {}) | rest.get("facts", {})
    return rest | ({"facts": facts} if facts else {})


class SealedJSON(models.JSONField):
    """A JSON column that is read as what was written and kept as `closed` makes it; keys inside it are the kept ones."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        read = super().from_db_value(value, expression, connection)
        return read if isinstance(expression, KeyTransform) else opened(read)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(closed(value) if isinstance(value, Mapping) else value, connection)
