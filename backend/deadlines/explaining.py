"""The arithmetic of a deadline in words: kept as codes and values, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext, gettext_noop, override

from workflows.answers import shown
from workflows.law import Rule
from workflows.reminders import Reminder
from workflows.workdays import Calendar

MESSAGES = {
    "working_days": gettext_noop("%(amount)s working days from %(start)s → %(due)s"),
    "working_days_without": gettext_noop("%(amount)s working days from %(start)s, without %(off)s → %(due)s"),
    "days": gettext_noop("%(amount)s days from %(start)s → %(due)s"),
    "months": gettext_noop("%(amount)s months from %(start)s → %(due)s"),
    "hours": gettext_noop("%(amount)s hours from %(from)s on %(start)s, days off too → %(at)s on %(due)s"),
    "own": gettext_noop("Due on %(due)s"),
}
REMINDED = {
    "": gettext_noop("%(said)s; reminders come before and on %(day)s, the reminder day that the unit has set"),
    "rule": gettext_noop("%(said)s; reminders come before and on %(day)s, the reminder day that the province has set"),
}
WORKED = gettext_noop("%(said)s; %(days)s was a working day")


def arithmetic(
    rule: Rule, start: date, due: date, calendar: Calendar, *, own: bool = False, amount: int | None = None
) -> dict[str, Any]:
    """Code and values of the sum. `own`: the day follows from the clock itself; its working days are counted anew."""
    if own and rule.unit == "working_days":
        amount = calendar.working_days_between(start, due)
        own = calendar.add_working_days(start, amount) != due
    if own:
        return {"code": "own", "due": due.isoformat()}
    base = {"start": start.isoformat(), "due": due.isoformat(), "amount": rule.value if amount is None else amount}
    if rule.unit != "working_days":
        return {"code": str(rule.unit), **base}
    off = [[day.isoformat(), str(name)] for day, name in calendar.off_days_between(start, due)]
    worked = [day.isoformat() for day, _ in calendar.worked_days_between(start, due)]
    return {"code": "working_days_without" if off else "working_days", **base, "off": off, "worked": worked}


def in_hours(rule: Rule, until: datetime) -> dict[str, Any]:
    """A term of hours that ends at a moment; the moment of its start follows from it."""
    began = until - timedelta(hours=rule.value)
    days = {"start": began.date().isoformat(), "due": until.date().isoformat()}
    return {"code": "hours", **days, "amount": rule.value, "from": f"{began:%H:%M}", "at": f"{until:%H:%M}"}


def reminding(reminder: Reminder | None, early: date | None) -> dict[str, Any]:
    """The part of an explanation that says which reminder day the unit has; kept to be counted anew."""
    if reminder is None:
        return {}
    on = early.isoformat() if early else None
    return {"remind": {"day": reminder.day, "until": reminder.until, "version": reminder.version, "on": on}}


def reminder_of(explanation: Mapping[str, Any]) -> Reminder | None:
    """What `reminding` kept."""
    kept = explanation.get("remind")
    return Reminder(kept["day"], kept["until"], kept["version"]) if kept else None


def explain(explanation: Mapping[str, Any], language: str) -> str:
    """The sentence, e.g. "30 working days from 10/02/2026, without 16/02/2026–20/02/2026 (Tết) → 31/03/2026"."""
    values = {name: shown(_day(value)) for name, value in explanation.items() if name in ("start", "due")}
    values |= {name: explanation.get(name, "") for name in ("amount", "from", "at")}
    values["off"] = _runs(explanation.get("off", ()))
    worked = ", ".join(str(shown(_day(day))) for day in explanation.get("worked", ()))
    with override(language):
        said = gettext(MESSAGES[explanation["code"]]) % values
        if worked:
            said = gettext(WORKED) % {"said": said, "days": worked}
        remind = explanation.get("remind")
        if remind and remind["on"]:
            by = REMINDED["rule" if remind["version"] else ""]
            said = gettext(by) % {"said": said, "day": shown(_day(remind["on"]))}
        return said


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _runs(off: Any) -> str:
    """Days off as runs: neighbours (over a weekend too) of one name become "from–to (name)"."""
    runs: list[list[Any]] = []
    for text, name in off:
        day = _day(text)
        if runs and runs[-1][2] == name and (day - runs[-1][1]).days <= 3:
            runs[-1][1] = day
        else:
            runs.append([day, day, name])
    said = []
    for first, last, name in runs:
        until = f"–{shown(last)}" if last != first else ""
        said.append(f"{shown(first)}{until} ({name})")
    return ", ".join(said)
