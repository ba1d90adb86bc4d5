"""Guards about days: nothing legal lies ahead, and steps follow one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.facts import Day, Fact, Paper, PaperValue
from workflows.situation import Guard, Situation


def not_yet(day: date, today: date) -> Refusal | None:
    """Only what has happened is recorded."""
    if day <= today:
        return None
    return Refusal(
        "day.ahead", gettext_noop("%(day)s has not come yet; only what has happened is recorded."), {"day": day},
        fact="on", remedy=gettext_noop("Record the step on or after that day."),
    )  # fmt: skip


def facts_ahead(facts: Iterable[Fact], values: Mapping[str, Any], today: date) -> Iterator[Refusal]:
    """Days and papers among the facts that are dated in the future, but for those declared to lie ahead."""
    for fact in facts:
        if not isinstance(fact, Day | Paper) or (isinstance(fact, Day) and fact.ahead):
            continue
        value, remedy = values.get(fact.name), gettext_noop("Check this day.")
        if isinstance(value, PaperValue):
            value, remedy = value.date, gettext_noop("Check the date written on the paper.")
        if value and value > today:
            yield Refusal(
                "day.fact_ahead", gettext_noop("%(day)s has not come yet."), {"day": value}, fact=fact.name, remedy=remedy,
            )  # fmt: skip


def nothing_ahead(facts: Iterable[Fact]) -> Guard:
    """The guard of every step: its day and the days of its facts are not in the future."""
    asked = tuple(facts)

    def guard(situation: Situation) -> Iterator[Answer]:
        ahead = not_yet(situation.on, situation.today)
        if ahead is not None:
            yield ahead
        yield from facts_ahead(asked, situation.facts, situation.today)

    return guard


def day_is(fact: str) -> Guard:
    """A day given as a fact is the step's legal day (a meeting is recorded for the day it was held)."""

    def guard(situation: Situation) -> Refusal | None:
        day = situation.facts.get(fact)
        if day is None or day == situation.on:
            return None
        return Refusal(
            "day.other_day", gettext_noop("It happened on %(given)s, but the step is recorded for %(day)s."),
            {"given": day, "day": situation.on}, fact=fact,
            remedy=gettext_noop("Set the day of the step to the day it happened."),
        )  # fmt: skip

    return guard


def ends_later(fact: str) -> Guard:
    """A last day that a step sets comes after the step's own day."""

    def guard(situation: Situation) -> Refusal | None:
        last = situation.facts.get(fact)
        if last is None or last > situation.on:
            return None
        return Refusal(
            "day.end_not_later", gettext_noop("The last day %(last)s does not come after %(day)s."),
            {"last": last, "day": situation.on}, fact=fact,
            remedy=gettext_noop("Give the last day as the paper says it."),
        )  # fmt: skip

    return guard


def not_over_by_then(fact: str) -> Guard:
    """A day on which something is to come is not over when it is set (a congress by its summons)."""

    def guard(situation: Situation) -> Refusal | None:
        if (set_for := situation.facts.get(fact)) is None or set_for >= situation.on:
            return None
        return Refusal(
            "day.set_for_the_past", gettext_noop("The day set is %(set)s; on %(day)s, the day of this step, it is over."),
            {"set": set_for, "day": situation.on}, fact=fact, remedy=gettext_noop("Check both days."),
        )  # fmt: skip

    return guard


def in_this_order(first: str, last: str) -> Guard:
    """Of two days that a step is told the second is not before the first."""

    def guard(situation: Situation) -> Refusal | None:
        begins, ends = situation.facts.get(first), situation.facts.get(last)
        if begins is None or ends is None or begins <= ends:
            return None
        return Refusal(
            "day.ends_first", gettext_noop("It would end on %(ends)s, before it begins on %(begins)s."),
            {"begins": begins, "ends": ends}, fact=last, remedy=gettext_noop("Check both days."),
        )  # fmt: skip

    return guard


def not_over_when_asked(fact: str) -> Guard:
    """What is asked for a time that is over is taken, and said to be late."""

    def guard(situation: Situation) -> Caution | None:
        last = situation.facts.get(fact)
        if last is None or last >= situation.today:
            return None
        return Caution(
            "day.over_already", gettext_noop("The time asked for ended on %(last)s: it is recorded late."),
            {"last": last}, fact=fact, remedy=gettext_noop("Check the day; if it is right, go on."),
        )  # fmt: skip

    return guard


def not_before(earlier: str) -> Guard:
    """The step's day is not before the day (or paper) that an earlier step recorded."""

    return in_order([earlier])


def in_order(papers: Iterable[str]) -> Guard:
    """The guard of every later step of a case: its day is not before the papers of the steps that brought the case here.

    `papers` are those of the page's steps that move the case; what stands beside its course (a certificate filed
    meanwhile, a contact noted) may be recorded for a later day.
    """
    named = tuple(papers)

    def guard(situation: Situation) -> Refusal | None:
        days = {name: day for name in named if (day := situation.past_day(name)) is not None}
        latest = max(days, key=lambda name: days[name], default="")
        return after(days[latest], situation, {"earlier": latest}) if latest else None

    return guard


def after(earlier: date, situation: Situation, params: Mapping[str, Any] | None = None) -> Refusal | None:
    """A step is not recorded for a day before that of the step it follows."""
    if situation.on >= earlier:
        return None
    return Refusal(
        "day.before_earlier_step", gettext_noop("%(day)s lies before %(before)s, the day of the step it follows."),
        {"day": situation.on, "before": earlier, **(params or {})}, fact="on",
        remedy=gettext_noop("Check both dates; if the earlier one is wrong, have it voided first."),
    )  # fmt: skip


def not_given_before(fact: str) -> Guard:
    """Something that can be recorded once."""

    def guard(situation: Situation) -> Refusal | None:
        if situation.past.get(fact) in (None, ""):
            return None
        return Refusal(
            "fact.given_before", gettext_noop("This has been recorded already."), fact=fact,
            remedy=gettext_noop("If it is wrong, have the earlier entry voided."),
        )  # fmt: skip

    return guard
