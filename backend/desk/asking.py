"""What an auditor looks for in the log: one frozen question, and the events it keeps of those in sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, Q, QuerySet, Value
from django.utils.translation import gettext

from backend.accounts.policy import Actor
from backend.audit.codes import VOIDED, EventCode
from backend.audit.models import Event
from backend.cases import selectors
from backend.core import clock
from backend.core.models import under
from backend.deadlines.models import Deadline
from backend.organizations.laddering import ENDS_FIRST
from backend.organizations.models import Unit
from workflows import law
from workflows.catalogue import LIFECYCLES, event_codes

LATE = (Deadline.Status.MET_LATE, Deadline.Status.MISSED)
STEPS = frozenset(step for page in LIFECYCLES.values() for step in page.steps())
CODES = frozenset({*event_codes(), *EventCode.values, *(f"{key}.{VOIDED}" for key in LIFECYCLES)})
PERIODS = (("since", "until"), ("recorded_since", "recorded_until"))
LATEST = 36_500
"""The most days after which something can be asked to have been recorded."""


@dataclass(frozen=True)
class Asked:
    """A question to the log; what is None narrows nothing. Both ends of a period belong to it.

    `path` stands for the unit of that path with all below it, `since` and `until` are legal days, `recorded_since` and
    `recorded_until` local days of writing. `late` keeps what was recorded more than so many days after it happened;
    `after_deadline` what met a deadline after its day, or gave up one that had passed; `corrected` what was voided and
    the voids; `unconfirmed` what was decided under a row of the law that is not firm as it is known today.
    """

    path: str | None = None
    unit: int | None = None
    member: int | None = None
    case: int | None = None
    user: int | None = None
    office: str | None = None
    lifecycle: str | None = None
    step: str | None = None
    code: str | None = None
    since: date | None = None
    until: date | None = None
    recorded_since: date | None = None
    recorded_until: date | None = None
    late: int | None = None
    after_deadline: bool | None = None
    corrected: bool | None = None
    unconfirmed: bool | None = None

    def said(self) -> dict[str, Any]:
        """What it asks, by name: ids, codes, days, numbers; nothing that people wrote."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in told.items() if value is not None}


def wrong(wanted: Mapping[str, Any]) -> dict[str, str]:
    """By name, what cannot be asked and why, in the current language: of the filters as a door has read them."""
    found = {}
    code, step, page = wanted.get("code"), wanted.get("step"), LIFECYCLES.get(wanted.get("lifecycle") or "")
    if code and code not in CODES:
        found["code"] = gettext("There is no kind of entry “%(code)s”.") % {"code": code}
    if step and step not in (page.steps() if page else STEPS):
        found["step"] = gettext("There is no step “%(step)s” here.") % {"step": step}
    for first, last in PERIODS:
        since, until = wanted.get(first), wanted.get(last)
        if since and until and until < since:
            found[last] = gettext(ENDS_FIRST.message)
    return found


_COLUMNS = {
    "unit": "unit_id", "member": "member_id", "case": "case_id", "user": "user_id", "office": "office",
    "lifecycle": "lifecycle", "step": "step", "code": "code", "since": "on_date__gte", "until": "on_date__lte",
}  # fmt: skip


def events(actor: Actor, asked: Asked) -> QuerySet[Event]:
    """The events in the actor's sight that the question keeps. Raises NotPermitted where the office reads no log."""
    found = selectors.events(actor, asked.case).alias(
        versions=Func(
            F("rules"), Value("$.*"), function="jsonb_path_query_array", output_field=JSONField(),
            template="%(function)s(%(expressions)s::jsonpath)",
        )
    )  # fmt: skip
    return found.filter(*_kept(actor, asked))


def _kept(actor: Actor, asked: Asked) -> Iterable[Q]:
    said = asked.said()
    yield Q(**{column: said[name] for name, column in _COLUMNS.items() if name in said})
    if asked.unit is not None:  # said by its path too, of which there is an index
        yield Q(unit_path=Unit.objects.filter(pk=asked.unit).values("path")[:1])
    known = event_codes().get(asked.code or "")
    if known is not None:  # likewise
        yield Q(lifecycle=known.lifecycle, step=known.name)
    if asked.path is not None:
        yield under("unit_path", asked.path)
    if asked.recorded_since is not None:
        yield Q(recorded_at__gte=clock.midnight(asked.recorded_since))
    if asked.recorded_until is not None:
        yield Q(recorded_at__lt=clock.midnight(asked.recorded_until + timedelta(days=1)))
    if asked.late is not None:
        yield Q(days_late__gt=asked.late)
    flags: Mapping[str, Any] = {
        "after_deadline": lambda: Q(uid__in=_after_deadline(actor)),
        "corrected": lambda: Q(voids__isnull=False) | Q(uid__in=_voided()),
        "unconfirmed": lambda: Q(versions__has_any_keys=sorted(law.unconfirmed())),
    }
    for name, keeps in flags.items():
        if name in said:
            yield keeps() if said[name] else ~keeps()


def kept_late(actor: Actor, uids: Iterable[UUID]) -> set[UUID]:
    """Of these events, those that met a deadline after its day or gave up one that had passed."""
    return {
        one
        for one in _after_deadline(actor).filter(closed_by__in=list(uids)).values_list("closed_by", flat=True)
        if one
    }


def _after_deadline(actor: Actor) -> QuerySet[Deadline, Any]:
    closed = selectors.deadlines(actor).filter(status__in=LATE, closed_by__isnull=False)
    return closed.values("closed_by")


def _voided() -> QuerySet[Event, Any]:
    return Event.objects.filter(voids__isnull=False).values("voids")
