"""Guards about papers: each carries the day it proves, and was written in its own time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.facts import Fact, Paper
from workflows.situation import Guard, Situation
from workflows.standings import MEMBERS


def dated_in_life(facts: Iterable[Fact]) -> tuple[Guard, ...]:
    """The guard of every step of a case about a member that asks for papers: one older than the member is, or the birth, is
    dated wrongly; one from before the joining most likely, since a case of a member seldom stands on it. None where no
    papers are asked for.
    """
    papers = tuple(fact.name for fact in facts if isinstance(fact, Paper))

    def guard(situation: Situation) -> Iterator[Caution]:
        for fact in papers:
            paper = situation.facts.get(fact)
            if paper is not None:
                yield from _of_its_time(paper.date, fact, situation.member)

    return (guard,) if papers else ()


def _of_its_time(paper: date, fact: str, member: Any) -> Iterator[Caution]:
    born, joined = member.born_on, member.joined_on if member.standing in MEMBERS else None
    if born is not None and paper < born:
        yield Caution(
            "paper.before_birth", gettext_noop("The paper is dated %(paper)s, before the person was born."),
            {"paper": paper}, fact=fact,
            remedy=gettext_noop("Check the date written on the paper, and the person's day of birth."),
        )  # fmt: skip
    elif joined is not None and paper < joined:
        yield Caution(
            "paper.before_joining", gettext_noop("The paper is dated %(paper)s; the member joined on %(joined)s only."),
            {"paper": paper, "joined": joined}, fact=fact,
            remedy=gettext_noop("Check the date written on the paper, and the day of joining; if both are right, go on."),
        )  # fmt: skip


def dated_on_the_day(fact: str) -> Guard:
    """The paper that proves a step bears the step's legal day, so that no clock can start from another."""

    def guard(situation: Situation) -> Refusal | None:
        paper = situation.facts.get(fact)
        if paper is None or paper.date == situation.on:
            return None
        return Refusal(
            "paper.other_day", gettext_noop("The paper is dated %(paper)s, but the step is recorded for %(day)s."),
            {"paper": paper.date, "day": situation.on}, fact=fact,
            remedy=gettext_noop("Set the day of the step to the date of the paper."),
        )  # fmt: skip

    return guard


def dated_by_then(*facts: str) -> Guard:
    """Papers that a step stands on existed on its day."""

    def guard(situation: Situation) -> Iterator[Answer]:
        for fact in facts:
            paper = situation.facts.get(fact)
            if paper is not None and paper.date > situation.on:
                yield Refusal(
                    "paper.dated_later", gettext_noop("The paper is dated %(paper)s, after the day of the step %(day)s."),
                    {"paper": paper.date, "day": situation.on}, fact=fact,
                    remedy=gettext_noop("Record the step for a day on which the paper was there."),
                )  # fmt: skip

    return guard


def dated_since(fact: str, earlier: str) -> Guard:
    """A paper that tells of an earlier step, or of a day it is given with (minutes, a death), was hardly written before it."""

    def guard(situation: Situation) -> Caution | None:
        paper, before = situation.facts.get(fact), situation.day(earlier)
        if paper is None or before is None or paper.date >= before:
            return None
        return Caution(
            "paper.before_its_matter", gettext_noop("Dated %(paper)s, the paper tells of what came later (%(before)s)."),
            {"paper": paper.date, "before": before}, fact=fact,
            remedy=gettext_noop("Check the date written on the paper; if it is right, go on."),
        )  # fmt: skip

    return guard
