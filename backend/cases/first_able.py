"""Of many members, or many open cases: the first for whom a step can be taken; what stands in the way of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from backend.accounts.policy import Actor
from backend.cases.loading import see_members
from backend.cases.options import Judge, Option
from backend.cases.orders import Loaded
from backend.cases.second_cases import open_about
from workflows.vocabulary import Step


def first_able(
    actor: Actor, members: Iterable[int], steps: Iterable[tuple[Step, Sequence[int]]], today: date
) -> list[tuple[int, Option]]:
    """For each step with the members it is asked for, the first of them in whose way nothing stands, with the option; where
    something does for all of them, the first. All are of `members`, who are in sight."""
    known = see_members(members)
    judge = Judge(actor, today, open_cases=open_about(known))
    found = []
    for step, ids in steps:
        opens = step.lifecycle != "membership"
        rows = (judge.fresh(known[key], step) if opens else known[key] for key in ids)
        found.append(_first_able(judge, step, rows, opens=opens))
    return found


def first_able_case(
    actor: Actor, steps: Sequence[tuple[Step, Sequence[Loaded]]], today: date
) -> list[tuple[int, Option]]:  # fmt: skip
    """The same of open cases about members (`loading.see_cases_about`), for steps of their pages: the member it is about."""
    about = {one.member.pk for _, rows in steps for one in rows}
    judge = Judge(actor, today, open_cases=open_about(about) if about else ())
    return [_first_able(judge, step, rows) for step, rows in steps]


def _first_able(judge: Judge, step: Step, rows: Iterable[Loaded], *, opens: bool = False) -> tuple[int, Option]:
    found: list[tuple[int, Option]] = []
    for one in rows:
        found.append((one.member.pk, judge.option(one, step, opens=opens)))
        if found[-1][1].allowed:
            return found[-1]
    return found[0]
