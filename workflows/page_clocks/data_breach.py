"""The clock of a breach of personal data: hours from the moment of detection, over weekends and holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from workflows.clocks import day_of
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock


def moment(situation: Situation, what: str) -> datetime | None:
    """The moment of which this step or an earlier one told the day, the hour and the minute; None before all are told."""
    day, hour, minute = situation.day(f"{what}_on"), situation.told(f"{what}_hour"), situation.told(f"{what}_minute")
    return None if day is None or hour is None or minute is None else datetime.combine(day, time(hour, minute))


def notice_due(situation: Situation) -> datetime | None:
    """The moment until which the authority is to be told."""
    detected = moment(situation, "detected")
    if detected is None:
        return None
    return detected + timedelta(hours=situation.rule("PDP.BREACH", detected.date()).value)


def _last_day(situation: Situation, start: date) -> date:
    due = notice_due(situation)
    return due.date() if due else start


NOTIFY = Clock("PDP.BREACH", day_of("detected_on"), Level.BASE, _("Detection of the breach"), due=_last_day,
               until=notice_due)  # fmt: skip
