"""The story of a deadline as lines of text, in the current language: what `manage.py explain` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from backend.alerts.answers_told import answer_told
from backend.alerts.ledger import Addressee, Origin, RungLine, Story, Told
from backend.alerts.models import Outcome
from backend.alerts.reasons import answer_in_words, why
from backend.deadlines.explaining import explain
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from workflows import law
from workflows.answers import shown
from workflows.ladders import CHANNELS
from workflows.ladders.choosing import ladder_title
from workflows.offices import Office

BESIDE = {"chat": _("chat or SMS"), "push": _("notice on a device"), "webhook": _("webhook")}
"""Channels that carry what another one says (`channels.ALSO`)."""


def told_in_lines(story: Story) -> Iterator[str]:
    """Opening with its arithmetic, each rung with what became of it, the answers of people, and what comes next."""
    units = units_of(story)
    yield from _opening(story.deadline, units)
    yield ladder_told(story.origin)
    for line in story.rungs:
        yield _rung(line)
        yield from (f"    {notice_told(one, units)}" for one in line.told)
        if line.state == "planned":
            yield from (f"    {addressee_told(one, units)}" for one in line.to)
    yield from (answer_told(event, units) for event in story.answers)
    yield next_told(story)


def units_of(story: Story) -> dict[int, Unit]:
    """The units that a story names, by their ids; one query."""
    told = [one for line in story.rungs for one in line.told]
    named = {one.unit_id for line in story.rungs for one in line.to} | {story.deadline.unit_id}
    named |= {key or 0 for one in told for key in (one.unit_id, one.seat_unit_id)}
    return Unit.objects.in_bulk(named | {event.office_unit_id or 0 for event in story.answers})


def _opening(deadline: Deadline, units: dict[int, Unit]) -> Iterator[str]:
    unit = units[deadline.unit_id]
    number = f"#{deadline.pk} {deadline.reference}".strip()
    yield f"{number} · {title(deadline.rule_id)} · {unit.name} ({unit.code})"
    yield explain(deadline.explanation, get_language() or "en") if deadline.explanation else shown(deadline.due_on)
    words: dict[str, Any] = {"basis": law.by_version(deadline.rule_version).cited(), "version": deadline.rule_version}
    yield gettext("Legal basis: %(basis)s [%(version)s]") % words
    words = {"day": shown(deadline.opened_on), "event": deadline.occurrence}
    yield gettext("Opened on %(day)s by event %(event)s") % words
    if deadline.status != Deadline.Status.OPEN:
        words = {"status": Deadline.Status(deadline.status).label, "event": deadline.closed_by or "–"}
        yield gettext("%(status)s, by event %(event)s") % words


def ladder_told(origin: Origin) -> str:
    """Which ladder reminds, and whose choice it is."""
    name = ladder_title(origin.ladder)
    if origin.pack:
        words: dict[str, Any] = {"ladder": name, "pack": origin.pack}
        return gettext("Reminders follow the ladder “%(ladder)s” of the rule pack %(pack)s.") % words
    if origin.unit is None:
        return gettext("Reminders follow the ladder “%(ladder)s”, as delivered.") % {"ladder": name}
    until = shown(origin.until) if origin.until else "…"
    words = {"ladder": name, "unit": origin.unit.name, "since": shown(origin.since), "until": until}
    if origin.version:
        own = gettext(
            "Reminders follow the ladder “%(ladder)s”, version %(version)s of %(unit)s's own (%(since)s – %(until)s)."
        )
        return own % {**words, "version": origin.version}
    return gettext("Reminders follow the ladder “%(ladder)s”, chosen for %(unit)s (%(since)s – %(until)s).") % words


def _rung(line: RungLine) -> str:
    day = shown(line.day) if line.day else "–"
    reason = why(line.reason, get_language() or "en")
    return f"  {line.rung}. {day} {rung_told(line.kind, line.levels_up)}" + (f": {reason}" if reason else "")


def rung_told(kind: str, levels_up: int) -> str:
    """What a rung is: whether it reminds or escalates, and how far above the office that must act."""
    if not levels_up:
        return gettext("reminder")
    said = (
        gettext("escalation to level %(up)s above") if kind == "escalate" else gettext("reminder to level %(up)s above")
    )
    return said % {"up": levels_up}


def notice_told(one: Told, units: dict[int, Unit]) -> str:
    """To which office and person, by which way, what became of it, when, and the other side's words."""
    to = office_told(one.office, one.unit_id, units)
    if one.seat and (one.seat, one.seat_unit_id) != (one.office, one.unit_id):
        to = gettext("%(to)s, read by: %(seat)s") % {
            "to": to,
            "seat": office_told(one.seat, one.seat_unit_id or 0, units),
        }
    who = [f"{one.full_name} ({one.sign_in})"] if one.sign_in else []
    parts = [to, *who, channel_told(one.channel), str(Outcome(one.outcome).label)]
    parts += [_moment(one.answered_at or one.settled_at)] if one.settled_at else []
    parts += [why(one.reason, get_language() or "en")] if one.reason else []
    parts += [_moment(one.next_attempt_at)] if one.reason == "quiet_until" else []
    answer = answer_in_words(one.answer, get_language() or "en")
    return " · ".join([*parts, *filter(None, [answer, one.message_id])])


def addressee_told(one: Addressee, units: dict[int, Unit]) -> str:
    """Whom a planned rung is for, and why nobody would hear it."""
    to = office_told(one.office, one.unit_id, units)
    return f"{to}: {why(one.reason, get_language() or 'en')}" if one.reason else to


def office_told(office: str, unit_id: int, units: Mapping[int, Unit]) -> str:
    """The office with its unit, where that is in sight."""
    if not office:
        return "–"
    label, unit = str(Office(office).label), units.get(unit_id)
    return f"{label}, {unit.name} ({unit.code})" if unit else label


def channel_told(channel: str) -> str:
    """By which way; a channel that no longer is, by its name."""
    return str((CHANNELS | BESIDE).get(channel, channel))


def next_told(story: Story) -> str:
    """What will be said next, and when."""
    line = story.next
    if line is None or line.day is None:
        return gettext("Nothing more will be said.")
    return gettext("Next: step %(rung)s on %(day)s") % {"rung": line.rung, "day": shown(line.day)}


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%d/%m/%Y %H:%M:%S") if moment else ""
