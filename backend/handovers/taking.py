"""Taking a hand-over file in: an office receives the person by the step of its own, and the history is kept beside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.cases.changes import Changes
from backend.cases.engine import NewMember, Order, RequestKey, carry_out, once
from backend.cases.known import whom_to_ask
from backend.cases.orders import Outcome
from backend.cases.situation import Readings
from backend.core.db import execute
from backend.core.errors import ChiboError, Refused, Unchanged
from backend.core.ids import uuid7
from backend.handovers.histories import keep, next_version
from backend.handovers.models import History
from backend.handovers.proposing import Proposal
from backend.handovers.returning import order_of, was_voided, who_returns
from backend.members.models import Member
from backend.members.namesakes import met_before
from backend.members.profile import doubts
from workflows.answers import Refusal

LOCK = 7_190_215
"""Of the advisory lock: the same file is never taken in twice at once."""
TAKEN_IN = gettext_noop("This file was taken in already, as number %(member)s; nothing was changed.")
CAME_BEFORE = gettext_noop("This person came here with an earlier file, as number %(member)s.")


def take_in(
    actor: Actor, proposal: Proposal, *, unit_id: int, on: date, facts: Mapping[str, Any],
    request_key: RequestKey | None = None, rehearse: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Receive the person in a cell and keep the history; what it did, as `engine.perform` says it.

    Who was here before is received back, in the cell of before, by the transfer's own step.

    `facts` are those of the step that the file does not prove: that the papers were brought along, the notice slip.
    `rehearse` does everything and takes it back. Raises NotFound, NotPermitted, Unchanged where this file was taken in
    before, Refused with every unmet condition and, where the person is on a list here, whom to ask.
    """
    given = _given(facts, proposal)

    def work(days: str, key: RequestKey | None) -> dict[str, Any]:
        changes, order = Changes(), _order(proposal, unit_id, on, given)
        request_id = key.key if key else ""
        (result,) = carry_out(actor, [order], changes=changes, request_id=request_id, readings=Readings(days))
        if result.outcome is None:
            raise result.error or RuntimeError("a step without outcome")
        answer = result.outcome.as_json()
        if key is not None:
            changes.add("keys", key.row(actor, answer))
        changes.write()
        _keep(actor, proposal, result.outcome, on, request_id)
        if rehearse:
            raise _Rehearsed(answer)
        return answer

    try:
        return once(actor, ["handover", str(proposal.checked.issued.uid), unit_id], request_key, work)
    except _Rehearsed as rehearsed:
        return rehearsed.answer
    except Refused as refused:
        raise whom_to_ask(actor, refused, [(unit_id, proposal.columns.get("personal_id_index"))]) from refused


class _Rehearsed(ChiboError):
    """Everything would be done: the answer is given and nothing is kept."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("rehearsed")
        self.answer = answer


def _given(facts: Mapping[str, Any], proposal: Proposal) -> Mapping[str, Any]:
    """What a person adds. Raises Refused where it is what the file proves already."""
    twice = [name for name in facts if name in proposal.facts]
    if twice:
        message = gettext_noop("The file proves this; it is not given again.")
        raise Refused([Refusal("handover.proven", message, fact=name) for name in twice])
    return facts


def _order(proposal: Proposal, unit_id: int, on: date, given: Mapping[str, Any]) -> Order:
    """The step that receives the person: a new one, or the record that is here. No other file is taken in meanwhile."""
    execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    back = who_returns(proposal)
    _refuse_if_here(proposal, back)
    if back is not None:
        return order_of(proposal, back, unit_id, on, given)
    columns = proposal.columns
    known = met_before(unit_id, columns["full_name"], columns.get("born_on"))
    target = NewMember(unit_id, columns, proposal.wrong, (*known, *doubts(proposal.checked.file.person)))
    return Order(target, proposal.step, on, {**given, **proposal.facts})


def _refuse_if_here(proposal: Proposal, back: Member | None) -> None:
    """Whoever came with this file, or (but for who comes back) with another one from the same log, and was not taken back."""
    issued, own = proposal.checked.issued, proposal.checked.own
    same = History.objects.filter(public_key=own.head.public_key, origin_member=own.about).exclude(member__standing="")
    for known in same.order_by("-id"):
        returns, again = back is not None and known.member_id == back.pk, known.issue_uid == issued.uid
        if returns and (not again or was_voided(known)):
            continue
        if again:
            raise Unchanged(TAKEN_IN, member=known.member_id)
        raise Refused([
            Refusal(
                "handover.came_before", CAME_BEFORE, {"member": known.member_id}, fact="file",
                remedy=gettext_noop("Whoever left again since is received back by the step of the transfer."),
            )
        ])  # fmt: skip


def _keep(actor: Actor, proposal: Proposal, outcome: Outcome, on: date, request_id: str) -> UUID:
    """The histories, and the entry that says from where they came."""
    member, uid = Member.objects.get(pk=outcome.member_id or outcome.id), uuid7()
    kept = keep(proposal.checked, member.pk, uid, on)
    logs = proposal.checked.file.logs
    facts = {
        "issue": str(proposal.checked.issued.uid), "keys": [log.head.public_key.hex() for log in logs],
        "lines": sum(len(log.lines) for log in logs),
    }  # fmt: skip
    record([
        Entry(
            code=EventCode.HANDOVER_TAKEN_IN, subject_kind=SubjectKind.HISTORY, subject_id=kept[0].pk,
            version=next_version(kept[0]), who=actor.who(), on=on, unit_id=member.unit_id, unit_path=member.unit_path,
            facts=facts, member_id=member.pk, request_id=request_id, cause=outcome.event, uid=uid,
        )
    ])  # fmt: skip
    return uid
