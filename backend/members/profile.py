"""From what came in about a new person to columns of Member: names tidied, personal id and phone sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from backend.members.names import tidy_name
from backend.members.protected import sealed_columns
from workflows.answers import Refusal
from workflows.guards.days import facts_ahead
from workflows.profile import PROFILE
from workflows.reading import read_all


def read_profile(raw: Mapping[str, Any], today: date) -> tuple[dict[str, Any], list[Refusal]]:
    """Columns of Member by name, and everything that is wrong with what came in (`fact` is `profile.…`)."""
    values, faults = read_all(PROFILE, raw)
    faults += facts_ahead(PROFILE, values, today)
    given = {name: value for name, value in values.items() if value is not None}
    return _columns(given), [replace(fault, fact=f"profile.{fault.fact}") for fault in faults]


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("full_name", "other_name"):
        given[name] = tidy_name(given.get(name, ""))
    if given["other_name"] == given["full_name"]:
        given["other_name"] = ""
    for column in ("personal_id", "phone"):
        given |= sealed_columns(column, given.get(column, ""))
    return given
