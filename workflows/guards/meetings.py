"""Guards of the cell's meeting. What happened is recorded: late, short or thin only cautions."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.facts import day_in
from workflows.situation import Situation
from workflows.standings import Participation
from workflows.timed import Days
from workflows.voting import Presence
from workflows.workdays import add_months, month_end, month_start, quarter, quarter_end, quarter_start


def _span(situation: Situation) -> tuple[date, date] | None:
    """First and last day of the month a regular meeting is for, or of the quarter a thematic one is for."""
    return _time_of(situation.facts.get("kind") or situation.past.get("kind"), situation.day("month"))


def _time_of(kind: str | None, month: date | None) -> tuple[date, date] | None:
    if month is None:
        return None
    return (quarter_start(month), quarter_end(month)) if kind == "thematic" else (month_start(month), month_end(month))


def first_of_its_time(days: Days) -> date | None:
    """The first day on which a planned meeting can have been held (`in_its_time`)."""
    span = _time_of(days.facts.get("kind"), day_in(days.facts, "month"))
    return span[0] if span else None


def not_over_yet(situation: Situation) -> Refusal | None:
    """A meeting is planned for a time that is not over; what is over is opened as such, lest a slip in the year pass."""
    span = _span(situation)
    if span is None or span[1] >= situation.today:
        return None
    return Refusal(
        "meeting.time_is_over", gettext_noop("The time of this meeting ended on %(last)s."), {"last": span[1]},
        "MTG.REGULAR",
        gettext_noop("Check the month. For a meeting held then and not recorded, take “Open a past month or quarter”."),
        "month",
    )  # fmt: skip


def lately_over(situation: Situation) -> Refusal | None:
    """Of times that are over, those of the last months are made good; a still open one is planned."""
    span, back = _span(situation), situation.rule("MTG.MAKE_GOOD", situation.today).value
    if span is None:
        return None
    if span[1] >= situation.today:
        return Refusal(
            "meeting.time_not_over", gettext_noop("The time of this meeting is not over; it ends on %(last)s."),
            {"last": span[1]}, "MTG.REGULAR", gettext_noop("Plan the meeting instead."), "month",
        )  # fmt: skip
    oldest = add_months(month_start(situation.today), -back)
    if span[1] >= oldest:
        return None
    return Refusal(
        "meeting.long_past", gettext_noop("The time of this meeting ended on %(last)s, before %(oldest)s."),
        {"last": span[1], "oldest": oldest}, "MTG.MAKE_GOOD",
        gettext_noop("Check the month. Older meetings are taken over by the base committee (“Take over a past meeting”)."),
        "month",
    )  # fmt: skip


def time_key(situation: Situation) -> str:
    """The month of a regular meeting, the quarter of a thematic one, as the key that its cases share."""
    kind, month = situation.facts.get("kind") or situation.past.get("kind"), situation.day("month")
    if kind is None or month is None:
        return ""
    return f"{kind}:{month:%Y}-Q{quarter(month)}" if kind == "thematic" else f"{kind}:{month:%Y-%m}"


def in_addition(situation: Situation) -> bool:
    """Whether the cell has had its meeting of this time: a further one replaces nothing, and nobody has to hold it.

    No two are planned at once (`exclusive_key`), so the first to be held is the one that the law asks for.
    """
    key = time_key(situation)
    return bool(key) and not set(situation.ended(key)) <= {"not_held", "called_off"}


def one_each(situation: Situation) -> Caution | None:
    """One regular meeting a month, one thematic a quarter: another one is an extra one and replaces nothing."""
    if not in_addition(situation):
        return None
    if situation.facts.get("kind") == "thematic":
        message = gettext_noop(
            "The cell has had its thematic meeting of this quarter already; this one is held in addition."
        )
        return Caution("meeting.quarter_has_one", message, rule="MTG.THEMATIC", fact="month")
    message = gettext_noop("The cell has had its regular meeting of this month already; this one is held in addition.")
    return Caution("meeting.month_has_one", message, rule="MTG.REGULAR", fact="month")


def only_in_addition(situation: Situation) -> Refusal | None:
    """The meeting that the law asks for is not called off: it is postponed, held, or found not held by the level above."""
    if in_addition(situation):
        return None
    return Refusal(
        "meeting.is_due",
        gettext_noop("The cell has not had its meeting of this month or quarter yet; this one is not called off."),
        rule=_rule(situation),
        remedy=gettext_noop("Postpone it. If none is held in that time, the base committee records so."),
    )  # fmt: skip


def not_in_addition(situation: Situation) -> Refusal | None:
    """Of a time that had its meeting nobody says that none was held."""
    if not in_addition(situation):
        return None
    return Refusal(
        "meeting.was_held", gettext_noop("The cell has had its meeting of this month or quarter; this one is an extra one."),
        rule=_rule(situation), remedy=gettext_noop("Call it off (step: call off an extra meeting)."),
    )  # fmt: skip


def _rule(situation: Situation) -> str:
    return "MTG.THEMATIC" if situation.past.get("kind") == "thematic" else "MTG.REGULAR"


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


def in_its_time(situation: Situation) -> Refusal | Caution | None:
    """A late meeting was still held, the caution says so; one before its month or quarter cannot be that one's."""
    span = _span(situation)
    if span is None or span[0] <= situation.on <= span[1]:
        return None
    rule = _rule(situation)
    days = {"day": situation.on, "first": span[0], "last": span[1]}
    if situation.on < span[0]:
        early = gettext_noop("Held on %(day)s, before the time it was planned for (%(first)s to %(last)s) began.")
        remedy = gettext_noop("Record it as the meeting of the month or quarter in which it was held.")
        return Refusal("meeting.before_its_time", early, days, rule, remedy, "held_on")
    message = gettext_noop("Held on %(day)s, after the time it was planned for (%(first)s to %(last)s).")
    return Caution("meeting.after_its_time", message, days, rule)


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


def no_strangers(situation: Situation) -> Refusal | None:
    """A roll call names the cell's own people of that day and its guests; attendance is kept of nobody else."""
    roll = situation.facts.get("roll_call") or {}
    strangers = len(roll) - len(situation.lists(roll))
    if not strangers:
        return None
    return Refusal(
        "meeting.strangers",
        gettext_noop("%(count)s on the roll call were neither on this cell's lists on that day nor its guests."),
        {"count": strangers}, remedy=gettext_noop("Take them off the roll call, or look their ids up."), fact="roll_call",
    )  # fmt: skip


def nobody_suspended(situation: Situation) -> Caution | None:
    """Whoever is suspended from party activity may not attend (P4); what happened is recorded all the same."""
    called = situation.facts.get("roll_call") or {}
    came = situation.takes_part([one for one, word in called.items() if word == Presence.PRESENT])
    barred = sum(way == Participation.SUSPENDED for way in came.values())
    if not barred:
        return None
    message = gettext_noop(
        "%(count)s called present were suspended from party activity on that day and may not attend."
    )
    remedy = gettext_noop("Check the roll call, and the days of the suspension.")
    return Caution("meeting.suspended_present", message, {"count": barred}, remedy=remedy, fact="roll_call")


def guests_here_by_then(situation: Situation) -> Caution | None:
    """A guest comes from the first day of the stay on; up to then the history has the guest attending at home."""
    called = situation.facts.get("roll_call") or {}
    guests = [one for one, own in situation.lists(called).items() if not own]
    ways = situation.takes_part(guests) if guests else {}
    early = sum(ways.get(one) == Participation.ATTENDING for one in guests)  # no history of that day says nothing
    if not early:
        return None
    message = gettext_noop("The stay of %(count)s guests on the roll call had not begun on that day.")
    remedy = gettext_noop("Check the roll call, and the day from which they stay here.")
    return Caution("meeting.guests_not_yet", message, {"count": early}, remedy=remedy, fact="roll_call")


def quorum(situation: Situation) -> Caution | None:
    """Of the cell's own who were to come; the figure is recalled, not seen in a text: it only cautions."""
    called = situation.facts.get("roll_call") or {}
    own = situation.lists(called)
    roll = {one: word for one, word in called.items() if own.get(one)}
    present = sum(word == Presence.PRESENT for word in roll.values())
    wanted = sum(word not in (Presence.AWAY, Presence.EXEMPT, Presence.SUSPENDED) for word in roll.values())
    upper, lower = (int(part) for part in situation.rule("MTG.QUORUM").value.split("/"))
    if lower * present >= upper * wanted:
        return None
    message = gettext_noop("%(present)s of %(all)s who were to come were present.")
    return Caution("meeting.quorum", message, {"present": present, "all": wanted}, "MTG.QUORUM")


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
    span = _span(situation)
    if span is None or situation.on > span[1]:
        return None
    return Refusal(
        "meeting.month_not_over", gettext_noop("A meeting can still be held until %(last)s."), {"last": span[1]},
        "MTG.REGULAR", gettext_noop("Record it after that day."),
    )  # fmt: skip
