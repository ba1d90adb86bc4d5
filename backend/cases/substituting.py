"""Handing one's reminders to the substitute for some days (a leave, a journey): the letters go to the other office.

For the office as a whole and not for single deadlines: whoever is away is away for what is opened meanwhile too. What is
kept is "replaced until a day": nothing about where anybody is, and no reason. It is bound to the holder (a successor is not
replaced), and ends by itself with its last day, with the holding, or when nobody sits in the substitute's office any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from backend.accounts.acting import held
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor, require, visible_to
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.cases.engine import RequestKey, keep, once
from backend.core import clock
from backend.core.errors import NotPermitted, Refused, Unchanged
from workflows.answers import Refusal
from workflows.offices import SUBSTITUTES, Office, Right

BAD_DAYS = Refusal(
    "substitution.bad_days",
    gettext_noop(
        "Give days from today on, the first not after the last, all of them within the holder's time in the office."
    ),
    fact="until",
)
NOBODY = Refusal(
    "substitution.nobody",
    gettext_noop("Nobody holds the office “%(office)s” here from %(since)s to %(until)s."),
    remedy=gettext_noop("Ask the administrator to give that office first, or choose other days."),
    fact="until",
)
NOT_HANDED = Refusal("substitution.not_handed", gettext_noop("The reminders are not handed to anybody."))


def substitute(
    actor: Actor, *, until: date, since: date | None = None, request_key: RequestKey | None = None
) -> dict[str, Any]:
    """From a day (today) to a last day the letters of the actor's office go to its substitute at the unit; an event says so.

    A later one takes the place of an earlier. Past the legal day of a deadline both are told, and those above on their days
    as ever: nothing gets late unseen. Raises NotPermitted (an office without a substitute), Unchanged where the actor's own
    word says so already, Refused, KeyReused.
    """

    def work(holding: Assignment) -> tuple[EventCode, date, date]:
        first = since or clock.today()
        if _stands(holding, first, since, until):
            raise Unchanged
        if wrong := faults(holding, SUBSTITUTES[Office(holding.office)], first, until):
            raise Refused(wrong)
        holding.handed_from, holding.handed_until, holding.handed_to = first, until, ""
        return EventCode.ASSIGNMENT_HANDED, first, until

    asked = ["substitute", since and since.isoformat(), until.isoformat()]
    return _once(actor, asked, work, request_key)


def end_substitution(actor: Actor, *, request_key: RequestKey | None = None) -> dict[str, Any]:
    """From today on the letters come to the actor again. Raises as `substitute`."""

    def work(holding: Assignment) -> tuple[EventCode, date, date]:
        first, last = take_back(holding)
        return EventCode.ASSIGNMENT_TAKEN_BACK, first, last

    return _once(actor, ["end_substitution"], work, request_key)


def take_back(holding: Assignment) -> tuple[date, date]:
    """From today on the letters come to the holder again; gives the days for which they were handed. Raises Refused."""
    first, last = holding.handed_from, holding.handed_until
    if first is None or last is None or last < clock.today():
        raise Refused([NOT_HANDED])
    eve = clock.today() - timedelta(days=1)
    holding.handed_from, holding.handed_until = (first, eve) if first <= eve else (None, None)
    return first, last


def substituted(actor: Actor, today: date) -> QuerySet[Assignment]:
    """The offices in the actor's scope that are replaced today or from a later day on."""
    lasts = Q(to_date__isnull=True) | Q(to_date__gte=today)
    return Assignment.objects.filter(visible_to(actor, "unit_path"), lasts, handed_until__gte=today)


def may_be_substituted(actor: Actor) -> Office:
    """The office that stands in for the actor's. Raises NotPermitted."""
    require(actor, Right.ANSWER, actor.path)
    if actor.assignment_id is None or actor.office not in SUBSTITUTES:
        raise NotPermitted(gettext_noop("No other office stands in for yours."))
    return SUBSTITUTES[actor.office]


def _once(
    actor: Actor, asked: Any, work: Callable[[Assignment], tuple[EventCode, date, date]],
    request_key: RequestKey | None,
) -> dict[str, Any]:  # fmt: skip
    assignment = actor.assignment_id or 0
    may_be_substituted(actor)

    def written(_days: str, key: RequestKey | None) -> dict[str, Any]:
        holding = Assignment.objects.select_for_update(no_key=True).get(pk=assignment)
        was = stands_in(holding)
        code, first, last = work(holding)
        to = was if code == EventCode.ASSIGNMENT_TAKEN_BACK else stands_in(holding)
        write(actor, holding, code, {"to": to.value, "since": first.isoformat(), "until": last.isoformat()}, key)
        told = handed_json(holding)
        keep(actor, key, told)
        return told

    return once(actor, asked, request_key, written)


def write(actor: Actor, holding: Assignment, code: EventCode, facts: Mapping[str, Any], key: RequestKey | None) -> None:
    """Save the days of a holding with the event about them."""
    if holding.handed_from is None:
        holding.handed_to = ""
    holding.version += 1
    holding.save(update_fields=["handed_from", "handed_until", "handed_to", "version"])
    entry = Entry(
        code=code, subject_kind=SubjectKind.ASSIGNMENT, subject_id=holding.pk, version=holding.version,
        who=actor.who(), on=clock.today(), unit_id=holding.unit_id, unit_path=holding.unit_path,
        facts={"office": holding.office, **facts}, request_id=key.key if key else "",
    )  # fmt: skip
    record([entry])


def _stands(holding: Assignment, first: date, since: date | None, until: date) -> bool:
    """Whether the holder's own word, none of a level above, is in force with these days; a first day left out may be past."""
    if holding.handed_to or holding.handed_from is None or holding.handed_until != until or until < clock.today():
        return False
    return holding.handed_from == first or (since is None and holding.handed_from < first)


def stands_in(holding: Assignment) -> Office:
    """The office that stands in for a holding: the one that a level above named, else the usual one."""
    return Office(holding.handed_to) if holding.handed_to else SUBSTITUTES[Office(holding.office)]


def handed_json(holding: Assignment) -> dict[str, Any]:
    """An office with the one that stands in for it, and the days (null: it is not replaced)."""
    days = {"since": holding.handed_from, "until": holding.handed_until}
    return {
        "assignment_id": holding.pk, "office": holding.office, "unit_id": holding.unit_id,
        "to": stands_in(holding).value, **{name: day and day.isoformat() for name, day in days.items()},
        "version": holding.version,
    }  # fmt: skip


def faults(holding: Assignment, to: Office, first: date, last: date) -> list[Refusal]:
    """What speaks against handing the letters to an office of the unit on these days."""
    if not (clock.today() <= first <= last) or (holding.to_date is not None and last > holding.to_date):
        return [BAD_DAYS]
    if sitting(holding.unit_id, to, first, last).exclude(user_id=holding.user_id).exists():
        return []
    return [replace(NOBODY, params={"office": to.label, "since": first, "until": last})]


def sitting(unit_id: int, office: Office, first: date, last: date) -> QuerySet[Assignment]:
    """Those with an active account who hold an office at a unit from a day to a day."""
    return Assignment.objects.filter(held(first), held(last), unit_id=unit_id, office=office, user__is_active=True)
