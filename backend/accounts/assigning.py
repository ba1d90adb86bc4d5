"""Giving an office to a person from a day, and ending it on a day, by an office that may (Right.ADMINISTER).

Rows are never deleted and days never overlap, so that who held an office on a day can always be told; each change is
an event. Whoever holds no assignment on a day has no door to open on it: sign-in alone gives nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from backend.accounts import helping
from backend.accounts.administration import in_reach
from backend.accounts.models import Assignment, User
from backend.accounts.persons import is_one_of
from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import Refused, Unchanged
from backend.core.nudge import nudge
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.facts import FAR_FUTURE, FAR_PAST
from workflows.offices import GIVEN_OFFICES, LEVELS_OF, SINGLE_OFFICES, Level, Office

NOT_GIVEN = Refusal("office.not_given", gettext_noop("This office is not given to a person at a unit."), fact="office")
ENDS_FIRST = Refusal("office.ends_first", gettext_noop("The last day lies before the first."), fact="to")
NO_DAY = Refusal("office.no_day", gettext_noop("This day is outside any calendar we keep."), fact="from")
OVER = Refusal(
    "office.over", gettext_noop("The last day of this office is over: it would allow nothing any more."), fact="to",
    remedy=gettext_noop("Check the last day."),
)  # fmt: skip
HELPS_ONE = Refusal("office.helps_one", gettext_noop("A helper is assigned to one member: say to whom."), fact="member")
HELPS_ONESELF = Refusal("office.helps_oneself", gettext_noop("Nobody is assigned to help themselves."), fact="member")
OF_THE_UNIT = Refusal("office.of_the_unit", gettext_noop("Only a helper is assigned to one member."), fact="member")
BEGIN_LATER = Refusal(
    "office.begin_later", gettext_noop("%(count)s offices there begin only after %(day)s."), fact="on",
    remedy=gettext_noop("Have whoever administers look at them, or choose a later day."),
)  # fmt: skip
TO_ONESELF = Refusal(
    "office.to_oneself", gettext_noop("Nobody gives an office to themselves."), fact="username",
    remedy=gettext_noop("Ask another administrator, or the people at the server."),
)  # fmt: skip
NOT_HELD = Refusal("office.not_held", gettext_noop("This person does not hold this office there then."), fact="office")


def give_office(
    actor: Actor, user: User, office: Office, unit_id: int, *, since: date, until: date | None = None,
    member_id: int | None = None,
) -> Assignment:  # fmt: skip
    """An office at a unit for a person, from a day on, up to a last day if one is known; a helper's is for one member.

    Raises NotFound, NotPermitted, Unchanged where it is so already, Refused: no such office at this level, a unit that
    does not stand on these days, days that overlap with another holding (of the person; of anybody, where the office
    has one holder at a time), a member of whom the rooms above say that nobody helps there (`accounts.helping`).
    """
    with transaction.atomic(durable=True):
        scope(actor.path)
        unit = locked_unit(actor, unit_id)
        given = Assignment(
            user=user, office=office, unit=unit, unit_path=unit.path, member_id=member_id, from_date=since, to_date=until,
            version=1,
        )  # fmt: skip
        seat(actor, given)
    nudge("jobs.seal")
    return given


def seat(actor: Actor, given: Assignment) -> None:
    """In the caller's transaction, which has locked the unit: judge the assignment, save it, and record it.

    Whether the actor may give it was judged before, but for one thing: nobody gives an office to the own account. Raises
    Unchanged, Refused.
    """
    others = list(_overlapping(given))
    if any(_is_same(one, given) for one in others):
        raise Unchanged
    own = [TO_ONESELF] if is_one_of(actor, [given.user_id]) else []
    wrong = [*own, *_faults(given), *[_overlap(one) for one in others]]
    if wrong:
        raise Refused(wrong)
    given.save(force_insert=True)
    record([_entry(actor, given, EventCode.ASSIGNMENT_GIVEN, given.from_date)])


def end_office(
    actor: Actor, user: User, office: Office, unit_id: int, *, last_day: date, member_id: int | None = None
) -> Assignment:
    """The person holds the office up to and with the last day. Raises NotFound, NotPermitted, Unchanged, Refused."""
    with transaction.atomic(durable=True):
        scope(actor.path)
        unit = locked_unit(actor, unit_id)
        holding = _holding(unit, office, member_id).filter(user=user, from_date__lte=last_day)
        held = holding.select_related("user", "unit").order_by("from_date").last()  # told of when the scope is gone
        if held is None or (held.to_date is not None and held.to_date < last_day):
            raise Refused([NOT_HELD])
        if held.to_date == last_day:
            raise Unchanged
        end(actor, [held], last_day)
    nudge("jobs.seal")
    return held


def end_all(actor: Actor, unit: Unit, *, last_day: date) -> list[Assignment]:
    """Every office held at a unit after a last day ends with it; in the caller's transaction, which has locked the unit and
    judged the actor. Raises Refused where some begin only after that day."""
    beyond = Assignment.objects.select_for_update(no_key=True).filter(lasts_to(last_day + timedelta(days=1)), unit=unit)
    held = list(beyond.order_by("id"))
    later = [one for one in held if one.from_date > last_day]
    if later:
        raise Refused([replace(BEGIN_LATER, params={"count": len(later), "day": last_day})])
    end(actor, held, last_day)
    return held


def end(actor: Actor, held: Sequence[Assignment], last_day: date) -> None:
    """Holdings end with a last day; in the caller's transaction, which has locked the unit and judged the actor."""
    for one in held:
        one.to_date, one.version = last_day, one.version + 1
        one.save(update_fields=["to_date", "version"])
    record([_entry(actor, one, EventCode.ASSIGNMENT_ENDED, last_day) for one in held])


def holders_at(unit_id: int, day: date) -> int:
    """How many offices are held at the unit on the day or after it (they keep the unit open)."""
    return Assignment.objects.filter(lasts_to(day), unit_id=unit_id).count()


def locked_unit(actor: Actor, unit_id: int) -> Unit:
    """Under its lock offices of one unit are given one after the other: overlaps are seen."""
    in_reach(actor, unit_id)
    return Unit.objects.select_for_update(no_key=True).get(pk=unit_id)


def lasts_to(day: date) -> Q:
    return Q(to_date__isnull=True) | Q(to_date__gte=day)


def _holding(unit: Unit, office: Office, member_id: int | None) -> QuerySet[Assignment]:
    return Assignment.objects.filter(unit=unit, office=office, member_id=member_id)


def _overlapping(given: Assignment) -> QuerySet[Assignment]:
    office = Office(given.office)
    others = _holding(given.unit, office, given.member_id)
    others = others.filter(lasts_to(given.from_date), from_date__lte=given.to_date or FAR_FUTURE)
    others = others if office in SINGLE_OFFICES else others.filter(user=given.user)
    return others.select_related("user").order_by("from_date", "id")


def _is_same(one: Assignment, other: Assignment) -> bool:
    names = ("user_id", "from_date", "to_date")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _faults(given: Assignment) -> list[Refusal]:
    office, unit = Office(given.office), given.unit
    wrong = [] if office in GIVEN_OFFICES else [NOT_GIVEN]
    wrong += _about_member(given, office)
    if Level(unit.level) not in LEVELS_OF[office]:
        wrong.append(_wrong_level(office, unit))
    if not FAR_PAST <= given.from_date <= FAR_FUTURE:
        wrong.append(NO_DAY)
    if given.to_date is not None and given.to_date < given.from_date:
        wrong.append(ENDS_FIRST)
    elif given.to_date is not None and given.to_date < clock.today():
        wrong.append(OVER)
    last = given.to_date or FAR_FUTURE
    if (unit.opened_on and given.from_date < unit.opened_on) or (unit.closed_on and last >= unit.closed_on):
        wrong.append(_not_open(unit))
    return wrong


def _about_member(given: Assignment, office: Office) -> list[Refusal]:
    if office != Office.HELPER:
        return [OF_THE_UNIT] if given.member_id is not None else []
    if given.member_id is not None and given.member_id == given.user.member_id:
        return [HELPS_ONESELF]
    return [HELPS_ONE] if given.member_id is None else helping.reasons_against(given.member_id, given.unit_id)


def _wrong_level(office: Office, unit: Unit) -> Refusal:
    return Refusal(
        "office.wrong_level", gettext_noop("There is no “%(office)s” at %(unit)s (%(level)s)."),
        {"office": office.label, "unit": unit.name, "level": Level(unit.level).label}, fact="office",
    )  # fmt: skip


def _not_open(unit: Unit) -> Refusal:
    return Refusal(
        "office.unit_not_open", gettext_noop("%(unit)s does not stand on all of these days."), {"unit": unit.name},
        remedy=gettext_noop("Choose days between its opening and its closing."), fact="unit",
    )  # fmt: skip


def _overlap(other: Assignment) -> Refusal:
    known: dict[str, Any] = {"holder": other.user.username, "since": other.from_date}
    message = gettext_noop("%(holder)s holds this office there since %(since)s.")
    if other.to_date is not None:
        message, known["until"] = (
            gettext_noop("%(holder)s holds this office there from %(since)s to %(until)s."),
            other.to_date,
        )
    return Refusal(
        "office.overlaps", message, known,
        remedy=gettext_noop("End that one before, or choose other days."), fact="from",
    )  # fmt: skip


def _entry(actor: Actor, held: Assignment, code: EventCode, on: date) -> Entry:
    until = held.to_date.isoformat() if held.to_date else None
    facts: dict[str, Any] = {
        "user": held.user_id,
        "office": held.office,
        "from": held.from_date.isoformat(),
        "to": until,
    }
    if held.member_id is not None:
        facts["member"] = held.member_id
    return Entry(
        code=code, subject_kind=SubjectKind.ASSIGNMENT, subject_id=held.pk, version=held.version, who=actor.who(), on=on,
        unit_id=held.unit_id, unit_path=held.unit_path, facts=facts,
    )  # fmt: skip
