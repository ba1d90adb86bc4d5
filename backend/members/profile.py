"""From what came in about a new person to columns of Member: names tidied, what is kept encrypted sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from backend.members.names import tidy_name
from backend.members.protected import sealed_columns
from workflows.answers import Caution, Refusal
from workflows.guards.days import facts_ahead
from workflows.personal_ids import contradictions
from workflows.profile import PERSON, PROFILE
from workflows.reading import read_all


def read_profile(raw: Mapping[str, Any], today: date, *, whole: bool = True) -> tuple[dict[str, Any], list[Refusal]]:
    """Columns of Member by name, and everything that is wrong with what came in (`fact` is `profile.…`).

    A record that comes from elsewhere need not be `whole`: what it lacks there it lacks here.
    """
    asked = PROFILE if whole else tuple(replace(fact, required=False) for fact in PROFILE)
    values, faults = read_all(asked, raw)
    faults += facts_ahead(asked, values, today)
    given = {name: value for name, value in values.items() if value is not None}
    return _columns(given), [replace(fault, fact=PERSON + fault.fact) for fault in faults]


def doubts(raw: Mapping[str, Any]) -> list[Caution]:
    """In what the profile contradicts itself without being wrong; `fact` is `profile.…`."""
    values, _ = read_all(PROFILE, raw)
    found = contradictions(values.get("personal_id"), values.get("born_on"), values.get("sex"))
    return [replace(caution, fact=PERSON + caution.fact) for caution in found]


def tidied(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the names that are among it written as names are."""
    return {name: tidy_name(value) if name in ("full_name", "other_name") else value for name, value in given.items()}


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    given = tidied({"full_name": "", "other_name": "", **given})
    if given["other_name"] == given["full_name"]:
        given["other_name"] = ""
    return given | sealed_columns(given)
