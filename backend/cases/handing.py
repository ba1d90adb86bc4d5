"""A level above hands the reminders of an office below to another office of that unit: its holder cannot do it.

By an office of a unit above that gives offices, or by the operator. Kept is why in one word of a closed list that says nothing
of health, the day on which that was so, and the days: no words and no paper. The holder goes on seeing everything, may take the
reminders back, and is told again together with the substitute once a deadline is past its legal day. It ends as a hand-over by
the holder does (`substituting`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.acting import held
from backend.accounts.administration import in_reach
from backend.accounts.models import Assignment
from backend.accounts.persons import is_one_of
from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.cases.engine import RequestKey, keep, once
from backend.cases.substituting import NOT_HANDED, faults, handed_json, sitting, stands_in, take_back, write
from backend.core import clock
from backend.core.errors import NotPermitted, Refused, Unchanged
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.offices import STAND_INS, Cause, Office

NOT_HELD = Refusal(
    "substitution.not_held", gettext_noop("Nobody holds the office “%(office)s” here today."), fact="office",
    remedy=gettext_noop("An empty seat needs no substitute: its reminders go to the deputy, or to the level above."),
)  # fmt: skip
NO_STAND_IN = Refusal(
    "substitution.no_stand_in", gettext_noop("The office “%(to)s” cannot stand in for “%(office)s”."),
    remedy=gettext_noop("Choose one of these: %(known)s."), fact="to",
)  # fmt: skip
NO_OFFICE = Refusal(
    "substitution.no_office", gettext_noop("No other office stands in for “%(office)s”."), fact="office"
)
TO_ONESELF = Refusal(
    "substitution.to_oneself",
    gettext_noop("Nobody hands reminders to oneself, or away from oneself, in an office above."),
    remedy=gettext_noop("Let somebody else of the level above do it, or hand them over in the office itself."),
    fact="to",
)
AHEAD = Refusal("substitution.said_ahead", gettext_noop("The day on which it was so lies ahead."), fact="said_on")


def hand_over(
    actor: Actor, unit_id: int, office: Office, *, to: Office | None = None, until: date, since: date | None = None,
    cause: Cause, said_on: date | None = None, request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """From a day (today) to a last day the letters of an office at a unit below go to another one (the usual one) there.

    An event for each holder says so. Raises NotFound, NotPermitted, Unchanged where every holder's stand so already, Refused
    with all that is wrong, KeyReused.
    """
    first, said = since or clock.today(), said_on or clock.today()

    def work(holding: Assignment) -> tuple[EventCode, dict[str, Any]] | None:
        named = to or STAND_INS[office][0]
        asked = {"to": named.value, "cause": cause.value, "until": until, "since": since, "said_on": said_on}
        if _stands(holding, asked):
            return None
        if wrong := _faults(actor, holding, named, first, until, said):
            raise Refused(wrong)
        holding.handed_from, holding.handed_until, holding.handed_to = first, until, named.value
        days = {"since": first.isoformat(), "until": until.isoformat(), "said_on": said.isoformat()}
        return EventCode.ASSIGNMENT_HANDED, {"to": named.value, "cause": cause.value, **days}

    return _each(actor, unit_id, office, work, request_key)


def take_back_from(
    actor: Actor, unit_id: int, office: Office, *, request_key: RequestKey | None = None
) -> dict[str, Any]:
    """From today on the letters come to the holder again, whoever had handed them over. Raises as
    `hand_over`, but not Unchanged."""

    def work(holding: Assignment) -> tuple[EventCode, dict[str, Any]]:
        to = stands_in(holding)
        first, last = take_back(holding)
        return EventCode.ASSIGNMENT_TAKEN_BACK, {
            "to": to.value, "since": first.isoformat(), "until": last.isoformat(),
        }  # fmt: skip

    return _each(actor, unit_id, office, work, request_key, handed=True)


def may_hand_over(actor: Actor, unit_id: int) -> Unit:
    """The unit, if the actor gives offices there and stands above it. Raises NotFound, NotPermitted."""
    unit = in_reach(actor, unit_id)
    if unit.pk == actor.unit_id:
        raise NotPermitted(gettext_noop("The level above hands reminders over; your own you hand over in your office."))
    return unit


def _each(
    actor: Actor, unit_id: int, office: Office, work: Callable[[Assignment], tuple[EventCode, dict[str, Any]] | None],
    request_key: RequestKey | None, *, handed: bool = False,
) -> dict[str, Any]:  # fmt: skip
    def written(_days: str, key: RequestKey | None) -> dict[str, Any]:
        unit = may_hand_over(actor, unit_id)
        holdings = _holdings(unit, office, handed=handed)
        changed = [(holding, found) for holding in holdings if (found := work(holding)) is not None]
        if not changed:
            raise Unchanged
        for holding, (code, facts) in changed:
            write(actor, holding, code, facts, key)
        answer = {"results": [handed_json(holding) for holding in holdings]}
        keep(actor, key, answer)
        return answer

    return once(actor, ["hand_over", unit_id, office.value], request_key, written)


def _holdings(unit: Unit, office: Office, *, handed: bool) -> Sequence[Assignment]:
    """Those who hold the office at the unit today, all or with reminders handed over, locked. Raises Refused."""
    if office not in STAND_INS:
        raise Refused([replace(NO_OFFICE, params={"office": office.label})])
    found = Assignment.objects.select_for_update(no_key=True).filter(held(clock.today()), unit=unit, office=office)
    holdings = list(found.filter(member_id=None).order_by("id"))
    if handed:
        holdings = [one for one in holdings if one.handed_until is not None and one.handed_until >= clock.today()]
        if not holdings:
            raise Refused([NOT_HANDED])
    if not holdings:
        raise Refused([replace(NOT_HELD, params={"office": office.label})])
    return holdings


def _stands(holding: Assignment, asked: Mapping[str, Any]) -> bool:
    """Whether a holder's reminders were last handed over as is asked; what was left out (None) may be as it was."""
    today = clock.today()
    if holding.handed_from is None or holding.handed_until is None or holding.handed_until < today:
        return False
    if asked["since"] is None and holding.handed_from > today:
        return False
    turns = Event.objects.filter(
        subject_kind=SubjectKind.ASSIGNMENT, subject_id=holding.pk,
        code__in=(EventCode.ASSIGNMENT_HANDED, EventCode.ASSIGNMENT_TAKEN_BACK),
    )  # fmt: skip
    last = turns.order_by("version").last()
    return last is not None and all(
        last.facts.get(name) == str(value) for name, value in asked.items() if value is not None
    )


def _faults(actor: Actor, holding: Assignment, to: Office, first: date, last: date, said_on: date) -> Sequence[Refusal]:
    office = Office(holding.office)
    if to not in STAND_INS[office]:
        known = ", ".join(str(one.label) for one in STAND_INS[office])
        return [replace(NO_STAND_IN, params={"office": office.label, "to": to.label, "known": known})]
    wrong = faults(holding, to, first, last) + ([AHEAD] if said_on > clock.today() else [])
    those = {holding.user_id, *sitting(holding.unit_id, to, first, last).values_list("user_id", flat=True)}
    return [*wrong, TO_ONESELF] if is_one_of(actor, those) else wrong
