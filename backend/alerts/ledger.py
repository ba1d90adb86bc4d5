"""The whole story of one deadline: every rung with what became of it, to whom, when, by which answer, or why nothing
was said; what people answered; and who is told next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from backend.accounts.models import Assignment
from backend.alerts.ledger_sql import SAID
from backend.alerts.recipients import without_readers
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.core import clock
from backend.core.db import execute
from backend.deadlines.models import Deadline
from backend.deadlines.planning import acknowledged, rung_at
from backend.organizations.laddering import ladder_history
from backend.organizations.models import Unit
from workflows.ladders import Rung, pack_of
from workflows.offices import TOLD, Level, Office

HANDED = (EventCode.ASSIGNMENT_HANDED, EventCode.ASSIGNMENT_TAKEN_BACK)


@dataclass(frozen=True)
class Told:
    """One notice: the office at the unit, by which channel, and what became of it.

    The answer is the server's to the last attempt that carried the notice; empty where none did. A notice that waits
    has the reason for which it does (`waits_for_morning`, `quiet_until` with the moment, `waits_for_server` with the next
    attempt, `template_broken`, `waits_for_address`). `seat` says in which office the letter's reader read it: a
    substitute's, or one above where nobody sat. Of several readers each has a line, whoever was not to be told too
    (`user_id` with its own reason). `sign_in` and `full_name` are that person's, where the account is in sight.
    """

    office: str
    unit_id: int
    channel: str
    outcome: str
    reason: str
    reason_params: Mapping[str, Any]
    created_at: datetime
    settled_at: datetime | None
    user_id: int | None
    answer: str
    answered_at: datetime | None
    message_id: str
    next_attempt_at: datetime | None
    seat: str
    seat_unit_id: int | None
    tried: bool = False
    hindered: str = ""
    sign_in: str = ""
    full_name: str = ""

    def waiting(self) -> Told:
        """The same with the reason for which it waits, where it does."""
        if self.outcome != "held":
            return self
        if self.message_id and self.hindered:
            return replace(self, reason=self.hindered)
        if not self.tried and self.next_attempt_at is not None and self.next_attempt_at > clock.now():
            return replace(self, reason="quiet_until")
        return replace(self, reason="waits_for_server" if self.message_id else "waits_for_morning")


Notified = tuple[date, str, int, Told]
"""The rung's day, kind and levels up as they were when it was said, and what became of it."""


@dataclass(frozen=True)
class Addressee:
    """An office at a unit; `reason` says why nobody would hear it: as things stand today, nobody holds it."""

    office: Office
    unit_id: int
    reason: str = ""


@dataclass(frozen=True)
class RungLine:
    """One rung. `told` is empty for a rung still to come (`state` planned: `to` says whom) or never to be.

    `state`: done; planned; left_out (never to be said); not_needed (closed before). `reason` says why for the last two,
    and of a planned one why nobody would be told: no such level, its unit closed, or it has acknowledged by then.
    """

    rung: int
    day: date | None
    kind: str
    levels_up: int
    channels: Sequence[str]
    state: str
    reason: str
    to: Sequence[Addressee]
    told: Sequence[Told]


@dataclass(frozen=True)
class Origin:
    """The ladder that holds, and the unit that settled it for deadlines due from a day to a day (None: as delivered).

    `version` counts the unit's own ladders for the rule; 0: it is one of those delivered, with a rule `pack` or to all.
    """

    ladder: str
    unit: Unit | None = None
    since: date | None = None
    until: date | None = None
    version: int = 0
    pack: str = ""


@dataclass(frozen=True)
class Story:
    """`answers` are the events about the deadline itself (what people answered, and what moved it), and how the letters of
    the office that must act went to another; oldest first."""

    deadline: Deadline
    rungs: Sequence[RungLine]
    answers: Sequence[Event]
    origin: Origin

    @property
    def next(self) -> RungLine | None:
        """What the sweep does next; None where nothing is left."""
        return next((one for one in self.rungs if one.rung == self.deadline.next_rung), None)


def story(deadline: Deadline) -> Story:
    """Everything about one deadline, as far as the transaction's scope reaches (letters: of the offices in it)."""
    with transaction.atomic():
        told = _told(deadline.pk)
        answers = _answers(deadline)
        chain = _chain(deadline)
        vacant = without_readers([unit.pk for unit in chain if unit], clock.today())
        origin = _origin(deadline)
    lines = [
        _line(deadline, place, rung_at(deadline, place), told[place], chain, vacant)
        for place in range(len(deadline.rung_days))
    ]
    return Story(deadline, lines, answers, origin)


def _origin(deadline: Deadline) -> Origin:
    """Whose choice the ladder is, as the choices stand now."""
    unit = Unit.objects.filter(pk=deadline.unit_id).first()
    for one, key in ladder_history(unit) if unit else ():
        if one.rule == deadline.rule_id and one.ladder == deadline.ladder and one.on(deadline.due_on):
            return Origin(deadline.ladder, Unit.objects.filter(pk=key).first(), one.since, one.until, one.version)
    return Origin(deadline.ladder, pack=pack_of(deadline.ladder))


def _answers(deadline: Deadline) -> list[Event]:
    """The events about the deadline, and those by which whoever must act handed the letters to a substitute meanwhile."""
    ended = deadline.met_on or clock.today()
    holdings = Assignment.objects.filter(unit_id=deadline.acting_unit_id, version__gt=1).values("pk")
    handed = Q(
        subject_kind=SubjectKind.ASSIGNMENT, subject_id__in=holdings, code__in=HANDED,
        facts__since__lte=ended.isoformat(), facts__until__gte=deadline.opened_on.isoformat(),
    )  # fmt: skip
    about = Q(subject_kind=SubjectKind.DEADLINE, subject_id=deadline.pk)
    return list(with_details(Event.objects.filter(about | handed)).order_by("id"))


def _told(deadline_id: int) -> dict[int, list[Notified]]:
    found: dict[int, list[Notified]] = defaultdict(list)
    for rung, day, kind, levels_up, *rest in execute(SAID, [deadline_id]):
        found[rung].append((day, kind, levels_up, Told(*rest).waiting()))
    return found


def _chain(deadline: Deadline) -> list[Unit | None]:
    """The units from the one whose office must act up to the root; None for one out of sight."""
    keys = [int(key) for key in deadline.acting_path.strip("/").split("/")]
    known = Unit.objects.in_bulk(keys)
    return [known.get(key) for key in reversed(keys)]


def _line(
    deadline: Deadline, place: int, rung: Rung | None, told: Sequence[Notified], chain: Sequence[Unit | None],
    vacant: Container[tuple[int, str]],
) -> RungLine:  # fmt: skip
    planned = deadline.rung_days[place]
    state = _state(deadline, place, planned)
    kind, up = (rung.kind, rung.up) if rung else (told[0][1], told[0][2]) if told else ("", 0)
    if state == "planned":
        reason, to = _nobody(deadline, place, rung, chain), _addressees(chain, up, vacant) if rung else ()
    else:
        reason, to = _why_not(deadline, state, up, rung), ()
    return RungLine(
        place, told[0][0] if told else planned, kind, up, rung.channels if rung else (), state, reason, to,
        tuple(one for *_, one in told),
    )  # fmt: skip


def _state(deadline: Deadline, place: int, planned: date | None) -> str:
    if deadline.rungs_done >> place & 1:
        return "done"
    if planned is None:
        return "left_out"
    return "planned" if deadline.status == Deadline.Status.OPEN else "not_needed"


def _why_not(deadline: Deadline, state: str, up: int, rung: Rung | None) -> str:
    if state == "not_needed":
        met = deadline.status in (Deadline.Status.MET, Deadline.Status.MET_LATE)
        return "met_before" if met else "closed_before"
    if state == "left_out":
        if rung is None or (deadline.ladder_from and rung.side != "last"):
            return "ladder_changed"
        return "unsettled_rule" if up and deadline.firmness == "unsettled" else "said_once"
    return ""


def _nobody(deadline: Deadline, place: int, rung: Rung | None, chain: Sequence[Unit | None]) -> str:
    """Why nobody at all would be told of a planned rung, in the sweep's own words and order."""
    if rung is None:
        return "rung_unknown"
    if rung.up >= len(chain):
        return "no_level_above"
    day, unit = deadline.rung_days[place], chain[rung.up]
    if day and unit and unit.closed_on and unit.closed_on <= day:
        return "unit_closed"
    until = acknowledged(deadline).get(rung.up)
    return "level_acknowledged" if rung.up and day and until and day <= until else ""


def _addressees(chain: Sequence[Unit | None], up: int, vacant: Container[tuple[int, str]]) -> tuple[Addressee, ...]:
    unit = chain[up] if up < len(chain) else None
    if unit is None:
        return ()
    return tuple(
        Addressee(office, unit.pk, "vacant_now" if (unit.pk, office.value) in vacant else "")
        for office in TOLD[Level(unit.level)]
    )
