"""Putting a new person on a cell's lists: the profile is read, and the step that enters them takes the one road."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.accounts.policy import Actor
from backend.cases.engine import NewMember, RequestKey, perform
from backend.cases.known import may_ask, whom_to_ask
from backend.cases.registry import steps_of
from backend.core import clock
from backend.core.db import scoped
from backend.core.errors import Refused
from backend.members.namesakes import met_before
from backend.members.profile import doubts, read_profile


def enter(
    actor: Actor, unit_id: int, step: str, facts: Mapping[str, Any], *, profile: Mapping[str, Any], on: date,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """As `engine.perform`, about somebody who is on no list yet.

    Faults of `profile` are told with those of the facts, and with them that the person is known already. Cautions of the
    outcome say in what the profile contradicts itself, and who of the cell it may be. Raises TooOften besides.
    """
    columns, wrong = read_profile(profile, clock.today())
    if columns.get("personal_id_index") is not None:
        may_ask(actor)
    with scoped(actor.path):
        known = met_before(unit_id, columns["full_name"], columns.get("born_on"))
    target = NewMember(unit_id, columns, tuple(wrong), (*known, *doubts(profile)))
    try:
        return perform(actor, target, step, facts, on=on, request_key=request_key)
    except Refused as refused:
        basis = steps_of("membership")[step].basis
        raise whom_to_ask(actor, refused, [(unit_id, columns.get("personal_id_index"))], basis) from refused
