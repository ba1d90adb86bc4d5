"""Whether deadlines are those that the events of their subjects opened, closed and moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.cases.crossing import met_there
from backend.cases.loading import see_units
from backend.cases.orders import UnitRow
from backend.cases.registry import step_of
from backend.deadlines.calendar import calendar
from backend.deadlines.counting import Counted, count_again
from backend.deadlines.models import Deadline
from backend.deadlines.recompute import ladders_now
from workflows.ladders import Ladder
from workflows.offices import Level
from workflows.uses import clocked_by

Events = Mapping[int, Sequence[Event]]
MOVES = (EventCode.DEADLINE_MOVED, EventCode.DEADLINE_REPLANNED)


@dataclass(frozen=True)
class Log:
    """What the log says that the deadlines of some subjects are held against."""

    known: Mapping[UUID, Event]
    """Every event that opened or closed one of them, whatever it is about."""
    moves: Mapping[int, Sequence[Event]]
    voided: frozenset[UUID]
    counted: Mapping[int, Counted]
    """The open ones, counted as the law and the calendar stand now."""
    ladders: Mapping[int, Ladder]
    """Which ladder of reminders holds for each of them now."""
    units: Mapping[int, UnitRow]
    """The units in which their subjects stand, by id."""


def deadline_differences(kind: str, rows: Mapping[int, Any], events: Events) -> dict[int, list[str]]:
    """One sentence for each difference, by the subject's id. Inside the caller's transaction."""
    found: dict[int, list[str]] = {}
    deadlines = list(Deadline.objects.filter(subject_kind=kind, subject_id__in=events).order_by("pk"))
    log = _log(deadlines, rows, events)
    for one in deadlines:
        about = {"subject": subject_name(kind, one.subject_id), "id": one.pk, "rule": one.rule_id}
        said = [
            _("%(subject)s, deadline %(id)s (%(rule)s): %(said)s") % {**about, "said": wrong}
            for wrong in _wrong(one, rows.get(one.subject_id), log)
        ]
        found.setdefault(one.subject_id, []).extend(said)
    there = {(one.rule_id, one.occurrence) for one in deadlines}
    for key, told in events.items():
        for event in told:
            for rule_id in sorted(_opened(event)):
                if (rule_id, event.uid) not in there:
                    words = {
                        "subject": subject_name(kind, key),
                        "version": event.version,
                        "code": event.code,
                        "rule": rule_id,
                    }
                    sentence = _("%(subject)s: version %(version)s (%(code)s) opened %(rule)s, which is not there")
                    found.setdefault(key, []).append(sentence % words)
    return found


def subject_name(kind: str, key: int) -> str:
    """What the subject of a sentence is called, in the current language."""
    return f"{SubjectKind(kind).label} {key}"


def _log(deadlines: Sequence[Deadline], rows: Mapping[int, Any], events: Events) -> Log:
    uids = {uid for one in deadlines for uid in (one.occurrence, one.closed_by) if uid is not None}
    known = {event.uid: event for told in events.values() for event in told}
    missing = list(Event.objects.filter(uid__in=uids - set(known)).defer("line", "commitment"))
    moves: dict[int, list[Event]] = {}
    moved = Event.objects.filter(subject_kind="deadline", subject_id__in=[one.pk for one in deadlines], code__in=MOVES)
    for event in moved.order_by("version").defer("line", "commitment"):
        moves.setdefault(event.subject_id, []).append(event)
    others = Event.objects.filter(voids__in=[event.uid for event in missing]).values_list("voids", flat=True)
    voids = (*(event.voids for event in known.values()), *others)
    voided = frozenset(uid for uid in voids if uid is not None)
    waiting = [one for one in deadlines if one.status == Deadline.Status.OPEN]
    counted = count_again(waiting, calendar())
    ladders = ladders_now(waiting, counted)
    units = see_units({rows[one.subject_id].unit_id for one in waiting if one.subject_id in rows})
    return Log(known | {event.uid: event for event in missing}, moves, voided, counted, ladders, units)


def _opened(event: Event) -> frozenset[str]:
    """The rules of its clocks that an event must have opened: noted in it, and looked up by nothing else of its step."""
    if event.voids is not None or step_of(event.lifecycle, event.step) is None:
        return frozenset()
    return clocked_by(event.lifecycle, event.step) & frozenset(event.rules)


def _wrong(one: Deadline, row: Any, log: Log) -> Iterator[str]:
    opener = log.known.get(one.occurrence)
    if opener is None:
        yield _("no event opened it")
        return
    yield from _wrong_days(one, opener, log)
    if one.status == Deadline.Status.OPEN:
        if one.closed_by is not None or one.met_on is not None:
            yield _("is open, and names what closed it")
        if opener.uid in log.voided:
            yield _("is open, and the event that opened it was voided")
        if getattr(row, "closed_on", None) is not None and opener.case_id == row.pk:
            yield _("is open, and its case is closed")
        if row is not None:
            yield from _wrong_place(one, log.units[row.unit_id])
        return
    closer = log.known.get(one.closed_by) if one.closed_by else None
    if closer is None:
        yield _("is %(status)s, and no event closed it") % {"status": one.status}
    elif closer.uid in log.voided:
        yield _("is %(status)s, and the event that closed it was voided") % {"status": one.status}
    else:
        yield from _wrong_end(one, closer)


def _wrong_place(one: Deadline, unit: UnitRow) -> Iterator[str]:
    """An open one stands where its subject does, and is met by the unit of its level there."""
    acting_id, acting_path = unit.at_level(Level(one.acting_level))
    if (one.unit_id, one.unit_path) != (unit.id, unit.path):
        yield _("stands in unit %(unit)s, its subject in unit %(subject)s") % {"unit": one.unit_id, "subject": unit.id}
    elif one.rule_id not in met_there() and (one.acting_unit_id, one.acting_path) != (acting_id, acting_path):
        yield _("is to be met by unit %(unit)s, at its level that is unit %(acting)s") % {
            "unit": one.acting_unit_id,
            "acting": acting_id,
        }


def _wrong_end(one: Deadline, closer: Event) -> Iterator[str]:
    """How the step that closed it ends deadlines of this rule."""
    step = step_of(closer.lifecycle, closer.step) if closer.voids is None else None
    if one.subject_kind == "unit":
        yield from _wrong_end_of_unit(one, closer, by_step=step is not None)
    own = (closer.subject_kind, closer.subject_id) == (one.subject_kind, one.subject_id)
    if step is None or not own:
        return
    late = closer.on_date > one.due_on
    ends = {**dict.fromkeys(step.cancels, "missed" if late else "cancelled"), **dict.fromkeys(step.misses, "missed"),
            **dict.fromkeys(step.closes, "met_late" if late else "met")}  # fmt: skip
    expected = ends.get(one.rule_id)
    if expected is not None and one.status != expected:
        yield _wrong_status(one, closer, expected)
    yield from _wrong_day(one, closer, closer.on_date)


def _wrong_end_of_unit(one: Deadline, closer: Event, *, by_step: bool) -> Iterator[str]:
    """A task of a unit is met by a step, or by what was missing being there again; whatever else closes it cancels it."""
    by_step = by_step or closer.code in (EventCode.UNIT_SEAT_FILLED, EventCode.UNIT_IN_REACH)
    day = max(closer.on_date, one.opened_on)  # it is found when it is counted: nothing meets it sooner
    met = "met_late" if day > one.due_on else "met"
    if one.status not in ({met, "cancelled"} if by_step else {"cancelled"}):
        yield _wrong_status(one, closer, met if by_step else "cancelled")
    yield from _wrong_day(one, closer, day)


def _wrong_status(one: Deadline, closer: Event, said: str) -> str:
    return _("is %(status)s, %(code)s says %(said)s") % {"status": one.status, "code": closer.code, "said": said}


def _wrong_day(one: Deadline, closer: Event, day: date) -> Iterator[str]:
    if one.status in ("met", "met_late") and one.met_on != day:
        words = {"day": one.met_on, "code": closer.code, "said": day}
        yield _("was met on %(day)s, %(code)s says %(said)s") % words


def _wrong_days(one: Deadline, opener: Event, log: Log) -> Iterator[str]:
    """Its version and its days: as opened, then as each move left them; an open one as it is counted today."""
    moves = log.moves.get(one.pk, ())
    version = moves[0].facts.get("version_was", one.rule_version) if moves else one.rule_version
    noted = opener.rules.get(one.rule_id, version)
    if noted != version:
        yield _("was opened under %(version)s, its event says %(said)s") % {"version": version, "said": noted}
    due = one.explanation.get("due", one.due_on.isoformat())
    said = moves[-1].facts["due"] if moves else due
    if not one.due_on.isoformat() == due == said:
        words = {"day": one.due_on, "due": due, "moved": said}
        last = _("is due on %(day)s, its arithmetic says %(due)s, its last move %(moved)s")
        yield (last if moves else _("is due on %(day)s, its arithmetic says %(due)s")) % words
    if one.status == Deadline.Status.OPEN:
        counted = log.counted[one.pk]
        if counted.due != one.due_on:
            words = {"day": one.due_on, "counted": counted.due}
            yield _("is due on %(day)s, counted today %(counted)s; manage.py law recompute moves it") % words
        elif counted.start != one.started_on:
            words = {"day": one.started_on, "counted": counted.start}
            yield _("runs from %(day)s, counted today %(counted)s; manage.py law recompute mends it") % words
        elif log.ladders[one.pk].name != one.ladder:
            words = {"stored": one.ladder, "now": log.ladders[one.pk].name}
            yield (
                _("stands on the ladder “%(stored)s”, today it is “%(now)s”; manage.py law recompute mends it") % words
            )
