"""The ledger of a unit and a period: what was said in it, of which deadlines, to which offices, and what they answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.accounts.policy import Actor, visible_to
from backend.alerts import register
from backend.alerts.models import Notice, Outcome
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.frozen import hidden
from backend.core.db import scoped
from backend.deadlines.models import Deadline
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right

ANSWERS = (EventCode.DEADLINE_ACKNOWLEDGED, EventCode.DEADLINE_SNOOZED, EventCode.DEADLINE_COMMENTED)


@dataclass(frozen=True)
class Entry:
    """A deadline (None where it is out of sight) with what was said of it in the period and what offices answered, ever."""

    key: int
    deadline: Deadline | None
    told: Sequence[Notice]
    answers: Sequence[Event]


def notices(actor: Actor, wanted: register.Asked) -> QuerySet[Notice]:
    """What was said about deadlines in its scope, or to offices there; nothing about a case that the office may not read."""
    selectors.need(actor, Right.READ)
    found = Notice.objects.filter(visible_to(actor, "about_path", "unit_path"), wanted.filter())
    if len(selectors.readable(actor)) < len(LIFECYCLES):  # what a deadline out of sight is about cannot be told
        found = found.filter(deadline_id__in=selectors.deadlines(actor).values("pk"))
    shut = Deadline.objects.filter(subject_kind="case", subject_id__in=hidden(actor).values("pk"))
    return found.exclude(deadline_id__in=shut.values("pk"))


def entries(rows: QuerySet[Notice], keys: Sequence[int]) -> list[Entry]:
    """The deadlines of `keys`, in their order; three queries for all of them. Said with a later notice is said there."""
    told, answers = defaultdict[int, list[Notice]](list), defaultdict[int, list[Event]](list)
    for one in rows.filter(deadline_id__in=keys).exclude(outcome=Outcome.COALESCED).order_by("rung_on", "id"):
        told[one.deadline_id].append(one)
    about = Event.objects.filter(subject_kind=SubjectKind.DEADLINE, subject_id__in=keys, code__in=ANSWERS)
    for event in about.order_by("id"):
        answers[event.subject_id].append(event)
    known = Deadline.objects.in_bulk(keys)
    return [Entry(key, known.get(key), told[key], answers[key]) for key in keys]


def table(actor: Actor, rows: QuerySet[Notice], language: str, channel: str = "") -> Iterator[str]:
    """`rows` as `register.table` has them, read in a transaction of their own: the view's has ended when they are sent."""
    with scoped(actor.path):
        yield from register.table(rows, language, channel)
