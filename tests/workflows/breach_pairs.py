"""Yes and no of the guards of breaches of personal data, to the minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests.workflows.twins import member, situation
from workflows.guards import data_breaches
from workflows.situation import Situation

DETECTED = {"detected_on": "2026-06-11", "detected_hour": 14, "detected_minute": 0}


def told(day: date, hour: int, minute: int) -> Situation:
    facts = {"told_on": day, "told_hour": hour, "told_minute": minute}
    return situation(day, facts=facts, past=DETECTED, member=member())


def at(hour: int, minute: int, given: Situation) -> Situation:
    return replace(given, now=datetime.fromisoformat(f"2026-06-12T{hour:02}:{minute:02}"))


def harming(what: str) -> Situation:
    return situation(date(2026, 6, 12), past={**DETECTED, "may_harm": what}, member=member())


BREACH: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Caution:data_breach.told_late", data_breaches.told_in_time, told(date(2026, 6, 14), 14, 0),
     told(date(2026, 6, 14), 14, 1)),
    ("Caution:data_breach.told_late", data_breaches.told_in_time, told(date(2026, 6, 14), 13, 59),
     told(date(2026, 6, 14), 16, 1)),
    ("Refusal:data_breach.told_before", data_breaches.told_after_detection, told(date(2026, 6, 11), 14, 0),
     told(date(2026, 6, 11), 13, 59)),
    ("Refusal:data_breach.ahead", data_breaches.not_ahead("told"), at(14, 1, told(date(2026, 6, 12), 14, 1)),
     at(14, 0, told(date(2026, 6, 12), 14, 1))),
    ("Refusal:data_breach.ahead", data_breaches.not_ahead("told"), told(date(2026, 6, 12), 23, 59),  # a day of a demo
     at(14, 0, told(date(2026, 6, 12), 23, 59))),
    ("Caution:data_breach.harm_named", data_breaches.harm_was_named, harming("nothing"), harming("honour")),
]  # fmt: skip
