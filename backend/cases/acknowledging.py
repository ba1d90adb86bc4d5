"""Acknowledging a deadline: an office says it has seen it, and for some working days nobody above is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, apart, require
from backend.audit.codes import EventCode
from backend.audit.record import Entry, record
from backend.cases.engine import RequestKey, keep, once
from backend.cases.frozen import hidden
from backend.cases.models import Case
from backend.core import clock
from backend.core.errors import NotFound, NotPermitted, Refused, Stale
from backend.deadlines.calendar import calendar
from backend.deadlines.models import Deadline
from backend.deadlines.planning import first_held, hold_climb, holding_from
from workflows import law
from workflows.answers import Refusal
from workflows.offices import Right
from workflows.workdays import Calendar

BAD_DAYS = Refusal(
    "acknowledge.bad_days",
    gettext_noop("Give from 1 to %(limit)s working days."),
    fact="working_days",
    rule="ALERT.ACK_LONGEST",
)
NO_REASON = Refusal("acknowledge.no_reason", gettext_noop("Say why, in a few words."), fact="reason")
CLOSED = Refusal(
    "acknowledge.closed",
    gettext_noop("This deadline is closed already."),
    remedy=gettext_noop("Nothing is left to do."),
)
ALREADY = Refusal(
    "acknowledge.already",
    gettext_noop("This level has acknowledged the deadline before; a second time would silence those above for good."),
    remedy=gettext_noop("Act on it, or let the level above know."),
)
TOO_EARLY = Refusal(
    "acknowledge.too_early",
    gettext_noop(
        "Too early: what this would hold back is not said before %(first)s, and a level acknowledges only once."
    ),
    remedy=gettext_noop("Acknowledge from %(day)s on, or comment on it now."),
)
NOTHING_HELD = Refusal(
    "acknowledge.nothing_held",
    gettext_noop("Nobody above is still to be told of this deadline; there is nothing to hold back."),
    remedy=gettext_noop("Comment on it instead."),
)


def acknowledge(
    actor: Actor, deadline_id: int, *, working_days: int | None = None, reason: str, expected_version: int | None = None,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Stop the climb at the actor's level for some working days (else ALERT.ACK_DAYS); an event with its reason says so.

    Raises as `answer`.
    """

    def work(deadline: Deadline, level: int) -> Said:
        given = int(law.rule("ALERT.ACK_DAYS", clock.today()).value) if working_days is None else working_days
        _check(deadline, level, given, reason)
        days = calendar()
        _check_day(deadline, level, given, days)
        until = days.add_working_days(clock.today(), given)
        held = hold_climb(deadline, level, until, days)
        facts = {"level": level, "until": until.isoformat(), "working_days": given}
        told = {"level": level, "until": until.isoformat()}
        return Said(EventCode.DEADLINE_ACKNOWLEDGED, held, facts, {"reason": reason.strip()}, told)

    return answer(actor, deadline_id, work, expected_version, request_key)


@dataclass(frozen=True)
class Said:
    """What an answer did: its event's code, the columns it set, the line's facts, the words behind it, what is told."""

    code: EventCode
    columns: Sequence[str]
    facts: Mapping[str, Any]
    words: Mapping[str, str]
    told: Mapping[str, Any]


def answer(
    actor: Actor, deadline_id: int, work: Callable[[Deadline, int], Said], expected_version: int | None,
    request_key: RequestKey | None,
) -> dict[str, Any]:  # fmt: skip
    """One answer to a deadline, all or nothing: `work` gets the locked row and how far above it the actor stands.

    A known request key gives its earlier answer. Raises NotFound, Stale, NotPermitted (no right, or an office outside
    the line of the deadline), Refused, KeyReused.
    """

    def written(_days: str, key: RequestKey | None) -> dict[str, Any]:
        deadline = _locked(actor, deadline_id, expected_version)
        said = work(deadline, permitted(actor, deadline))
        deadline.version += 1
        deadline.save(update_fields=[*said.columns, "version"])
        record([_entry(actor, deadline, said, key.key if key else "")])
        told = {"id": deadline.pk, "version": deadline.version, **said.told}
        keep(actor, key, told)
        return told

    return once(actor, [deadline_id, expected_version], request_key, written)


def entitled(actor: Actor, deadline_id: int) -> None:
    """Whether the actor may acknowledge the deadline at all. Raises NotFound, NotPermitted."""
    permitted(actor, _visible(actor, Deadline.objects.filter(pk=deadline_id).first()))


def _locked(actor: Actor, deadline_id: int, expected_version: int | None) -> Deadline:
    """The deadline for whoever answers it. Raises NotFound, Stale."""
    found = _visible(actor, Deadline.objects.select_for_update(no_key=True).filter(pk=deadline_id).first())
    if expected_version is not None and expected_version != found.version:
        raise Stale(found.version)
    return found


def _visible(actor: Actor, found: Deadline | None) -> Deadline:
    if found is None or not (actor.sees(found.unit_path) or actor.sees(found.acting_path)):
        raise NotFound
    closed = found.subject_kind == "case" and found.status != Deadline.Status.OPEN  # as all those of a frozen file are
    if closed and hidden(actor).filter(pk=found.subject_id).exists():
        raise NotFound
    return found


def permitted(actor: Actor, deadline: Deadline) -> int:
    """How many levels the actor's unit stands above the one that must act. Raises NotPermitted."""
    require(actor, Right.ANSWER, deadline.unit_path if actor.sees(deadline.unit_path) else deadline.acting_path)
    if not deadline.acting_path.startswith(actor.path):
        message = gettext_noop("Only the office that must act, and those above it, can acknowledge this.")
        raise NotPermitted(message)
    apart(actor, _about(deadline) if actor.own_id is not None else None)
    return int(deadline.acting_path.count("/") - actor.path.count("/"))


def about_a_member(kind: str, whom: Callable[[int], int | None]) -> None:
    """Deadlines of this kind of subject are about a member: `whom` finds the member's id by the subject's."""
    _WHOM[kind] = whom


def _member_of(case_id: int) -> int | None:
    return Case.objects.filter(pk=case_id).values_list("member_id", flat=True).first()


_WHOM: dict[str, Callable[[int], int | None]] = {"member": lambda member_id: member_id, "case": _member_of}
"""By kind of subject; rooms above add theirs when they start (`AppConfig.ready`)."""


def _about(deadline: Deadline) -> int | None:
    """The member whom a deadline is about; None where it is about a unit."""
    whom = _WHOM.get(deadline.subject_kind)
    return whom(deadline.subject_id) if whom is not None else None


def _check(deadline: Deadline, level: int, working_days: int, reason: str) -> None:
    longest = int(law.rule("ALERT.ACK_LONGEST", clock.today()).value)
    wrong = [replace(BAD_DAYS, params={"limit": longest})] if not 1 <= working_days <= longest else []
    wrong += [NO_REASON] if not reason.strip() else []
    wrong += [CLOSED] if deadline.status != Deadline.Status.OPEN else []
    wrong += [ALREADY] if str(level) in deadline.acknowledged_levels else []
    if wrong:
        raise Refused(wrong)


def acknowledged_from(deadline: Deadline, level: int, days: Calendar) -> date | None:
    """The first day on which an acknowledgement at `level`, for as many working days as the rules propose, holds something
    back; None where none ever does: nobody above is to be told, or this level acknowledged before."""
    first = first_held(deadline, level)
    if first is None or str(level) in deadline.acknowledged_levels:
        return None
    return holding_from(first, int(law.rule("ALERT.ACK_DAYS", clock.today()).value), days)


def _check_day(deadline: Deadline, level: int, working_days: int, days: Calendar) -> None:
    """An acknowledgement that would hold nothing back uses up the level's only one. Raises Refused."""
    first = first_held(deadline, level)
    if first is None:
        raise Refused([NOTHING_HELD])
    day = holding_from(first, working_days, days)
    if clock.today() < day:
        raise Refused([replace(TOO_EARLY, params={"first": first, "day": day})])


def _entry(actor: Actor, deadline: Deadline, said: Said, request_id: str) -> Entry:
    """The event of an answer that gave the deadline its present version; what people wrote goes behind its commitment."""
    return Entry(
        code=said.code, subject_kind="deadline", subject_id=deadline.pk, version=deadline.version, who=actor.who(),
        on=clock.today(), unit_id=deadline.unit_id, unit_path=deadline.unit_path,
        facts={"rule": deadline.rule_id, **said.facts}, detail=said.words, request_id=request_id,
        case_id=deadline.subject_id if deadline.subject_kind == "case" else None, member_id=_about(deadline),
    )  # fmt: skip
