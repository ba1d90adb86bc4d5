"""Somebody who was transferred out from here and comes back with a file: the record that is here already receives it.

It is found by what the file proves (lines of our own log, or of a log from which the person came before), else by the
personal id. The step is the transfer's own, in the cell of before; what the record says of the person stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from backend.audit.models import Event
from backend.cases.engine import NewCase, Order
from backend.core.errors import Refused
from backend.handovers.keys import own_keys
from backend.handovers.models import History
from backend.handovers.proposing import Proposal
from backend.members.models import Member
from workflows.answers import Refusal
from workflows.member_steps.moving import INTRODUCTION
from workflows.standings import Standing

PROVEN = (INTRODUCTION.name, "joined_on", "official_on")
"""What the file proves and the step of the return asks for."""
OTHER_CELL = gettext_noop("This person was here before, in another cell (number %(member)s).")
OTHER_STANDING = gettext_noop("By the file the person is on probation; the record here says official since %(since)s.")


def who_returns(proposal: Proposal) -> Member | None:
    """The record of the person in sight, transferred out; None for somebody who was never here."""
    logs, own = proposal.checked.file.logs, set(own_keys())
    known = Q(pk__in=[log.about for log in logs if log.head.public_key in own])
    before = proposal.checked.own
    known |= Q(
        pk__in=History.objects.filter(public_key=before.head.public_key, origin_member=before.about).values("member_id")
    )
    if index := proposal.columns.get("personal_id_index"):
        known |= Q(personal_id_index=index)
    return Member.objects.filter(known, standing=Standing.TRANSFERRED_OUT).order_by("pk").first()


def order_of(proposal: Proposal, member: Member, unit_id: int, on: date, facts: Mapping[str, Any]) -> Order:
    """The step that receives the person back. Raises Refused for another cell, or a standing the file contradicts."""
    wrong = []
    if member.unit_id != unit_id:
        remedy = gettext_noop("Receive the person back in that cell, then transfer from there.")
        wrong.append(Refusal("handover.other_cell", OTHER_CELL, {"member": member.pk}, remedy=remedy, fact="unit"))
    if member.official_on and proposal.standing == Standing.PROBATIONARY:
        remedy = gettext_noop("Ask the sending office which day is right; a record is corrected by people first.")
        since = {"since": member.official_on}
        wrong.append(Refusal("handover.other_standing", OTHER_STANDING, since, remedy=remedy, fact="file"))
    if wrong:
        raise Refused(wrong)
    proven = {name: proposal.facts[name] for name in PROVEN if name in proposal.facts}
    return Order(NewCase("transfer", member_id=member.pk), "receive_back", on, {**facts, **proven})


def was_voided(history: History) -> bool:
    """Whether the step by which a history came in was voided: then its file may be taken in anew."""
    step = Event.objects.filter(uid=history.event_uid).values("cause")
    return Event.objects.filter(voids__in=step).exists()
