"""Start-up check: no route without an entry in the table of doors."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from backend.accounts.door_table import unlisted


def every_route_has_a_door(**kwargs: Any) -> list[CheckMessage]:
    """One error for each route or method that the table does not name, or names in vain."""
    return [Error(sentence, id="chibo.E002") for sentence in unlisted()]
