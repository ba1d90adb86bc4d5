"""Guards of the cell's meeting. What happened is recorded: late, short or thin only cautions."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.situation import Situation
from workflows.workdays import month_end, month_start, quarter_end


def _last_day(situation: Situation) -> date | None:
    month = situation.past_day("month")
    if month is None:
        return None
    return quarter_end(month) if situation.past.get("kind") == "thematic" else month_end(month)


def documents_in_time(situation: Situation) -> Caution | None:
    """The documents are out so many days before the meeting."""
    planned, sent = situation.facts.get("planned_on"), situation.facts.get("documents_on")
    if planned is None or sent is None:
        return None
    days = situation.rule("MTG.DOC_BEFORE", planned).value
    if sent <= planned - timedelta(days=days):
        return None
    message = gettext_noop("The documents were sent on %(sent)s; %(days)s day before the meeting is asked for.")
    return Caution("meeting.documents_late", message, {"sent": sent, "days": days}, "MTG.DOC_BEFORE")


def in_its_month(situation: Situation) -> Refusal | Caution | None:
    """A late meeting was still held, the caution says so; one before its month cannot be that month's."""
    month = situation.past_day("month")
    if month is None or (situation.on.year, situation.on.month) == (month.year, month.month):
        return None
    if situation.past.get("kind") == "regular" and situation.on < month_start(month):
        early = gettext_noop("Held on %(day)s, before the month it was planned for began.")
        remedy = gettext_noop("Record it as the meeting of the month in which it was held.")
        return Refusal("meeting.before_its_month", early, {"day": situation.on}, "MTG.REGULAR", remedy, "held_on")
    message = gettext_noop("Held on %(day)s, outside the month it was planned for.")
    return Caution("meeting.other_month", message, {"day": situation.on}, "MTG.REGULAR")


def long_enough(situation: Situation) -> Caution | None:
    """90 minutes, or 120 where the regular and the thematic part were held in one session."""
    length, combined = situation.facts.get("minutes_long"), bool(situation.facts.get("combined"))
    value = situation.rule("MTG.REGULAR").value
    least = value["combined_min_minutes" if combined else "min_minutes"]
    if length is None or length >= least:
        return None
    message = (
        gettext_noop("%(length)s minutes; a combined session takes at least %(least)s to count for both.")
        if combined
        else gettext_noop("%(length)s minutes; at least %(least)s are asked for.")
    )
    return Caution("meeting.too_short", message, {"length": length, "least": least}, "MTG.REGULAR")


def roll_called(situation: Situation) -> Caution | None:
    """Without a roll call, later ballots are measured against the cell's list."""
    if situation.facts.get("roll_call"):
        return None
    return Caution("meeting.no_roll", gettext_noop("No roll call was recorded."), fact="roll_call")


def quorum(situation: Situation) -> Caution | None:
    """The figure is recalled, not seen in a text: it only cautions."""
    roll = situation.facts.get("roll_call")
    if not roll:
        return None
    upper, lower = (int(part) for part in situation.rule("MTG.QUORUM").value.split("/"))
    present = sum(word == "present" for word in roll.values())
    if lower * present >= upper * len(roll):
        return None
    message = gettext_noop("%(present)s of %(all)s on the roll were present.")
    return Caution("meeting.quorum", message, {"present": present, "all": len(roll)}, "MTG.QUORUM")


def minutes_in_time(situation: Situation) -> Caution | None:
    """The minutes are filed within days of the meeting."""
    minutes = situation.facts.get("minutes")
    held = situation.past_day("held_on")
    if minutes is None or held is None:
        return None
    days = situation.rule("MTG.MIN_AFTER", held).value
    if situation.on <= held + timedelta(days=days):
        return None
    message = gettext_noop("Filed on %(day)s; within %(days)s days of the meeting is asked for.")
    return Caution("meeting.minutes_late", message, {"day": situation.on, "days": days}, "MTG.MIN_AFTER")


def month_is_over(situation: Situation) -> Refusal | None:
    """Nobody can say that no meeting was held while one can still be held."""
    last = _last_day(situation)
    if last is None or situation.on > last:
        return None
    return Refusal(
        "meeting.month_not_over", gettext_noop("A meeting can still be held until %(last)s."), {"last": last},
        "MTG.REGULAR", gettext_noop("Record it after that day."),
    )  # fmt: skip
