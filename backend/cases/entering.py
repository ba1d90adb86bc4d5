"""Putting a new person on a cell's lists: the profile is read, and the step that enters them takes the one road.

A personal id belongs to one person. That it stands somewhere already is the database's word, which sees every unit;
where the actor sees the person too, the answer names them, and otherwise it names the committee to ask and no more: the
nearest one above both places, which is the lowest that sees both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.cases.durable import KNOWN_ELSEWHERE
from backend.cases.engine import NewMember, RequestKey, perform
from backend.core import clock
from backend.core.db import execute, scoped
from backend.core.errors import Refused
from backend.members.profile import read_profile
from backend.organizations.models import Unit
from workflows.answers import Refusal

_MET = "SELECT chibo_personal_id_met(%s, path) FROM organizations_unit WHERE id = %s"


def enter(
    actor: Actor, unit_id: int, step: str, facts: Mapping[str, Any], *, profile: Mapping[str, Any], on: date,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """As `engine.perform`, about somebody who is on no list yet; faults of `profile` are told with those of the facts."""
    columns, wrong = read_profile(profile, clock.today())
    target = NewMember(unit_id, columns, tuple(wrong))
    with saying_where_known(actor, target):
        return perform(actor, target, step, facts, on=on, request_key=request_key)


@contextmanager
def saying_where_known(actor: Actor, target: NewMember) -> Iterator[None]:
    """Where entering somebody is refused, it is said too whether the person is on a list already, and whom to ask."""
    try:
        yield
    except Refused as refused:
        others = [one for one in refused.answers if one != KNOWN_ELSEWHERE]
        index = target.profile["personal_id_index"]
        raise Refused([*others, *_known(actor, target.unit_id, index)]) from refused


def _known(actor: Actor, unit_id: int, index: bytes | None) -> Iterator[Refusal]:
    if index is None:
        return
    with scoped(actor.path):
        member = selectors.members(actor).filter(personal_id_index=index).first()
        asked = _asked(unit_id, index) if member is None else None
    if member is not None:
        yield Refusal(
            "member.known_here", gettext_noop("This person is on your lists already, as number %(member)s."),
            {"member": member.pk}, remedy=gettext_noop("Take the steps from there."), fact="profile.personal_id",
        )  # fmt: skip
    elif asked is not None:
        yield Refusal(
            KNOWN_ELSEWHERE.code, gettext_noop("This person is on the lists of another unit; ask: %(unit)s."),
            {"unit": asked.name}, remedy=gettext_noop("It sees both units and can look the person up."),
            fact=KNOWN_ELSEWHERE.fact,
        )  # fmt: skip


def _asked(unit_id: int, index: bytes) -> Unit | None:
    """The nearest unit above the one with this id and the one on whose lists the person stands."""
    found = [key for (key,) in execute(_MET, [index, unit_id])]
    return Unit.objects.filter(pk__in=found).first()
