"""What an actor may read, as querysets: the doors fetch through these and never from the tables directly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from backend.accounts.policy import Actor, visible_to
from backend.audit import details
from backend.audit.models import Event
from backend.cases.frozen import FROZEN, hidden, shut
from backend.cases.models import Case
from backend.core.errors import NotPermitted
from backend.deadlines.models import Deadline
from backend.members.models import Member, NameWord
from backend.members.names import words
from backend.members.protected import INDEXED, blind_index
from backend.organizations import tree
from backend.organizations.models import Unit, UnitSpell
from backend.participation.models import Attendance
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right, holds
from workflows.standings import Standing


def need(actor: Actor, right: Right) -> None:
    """Raise NotPermitted where the office does not hold the right at all."""
    if not holds(actor.office, right):
        raise NotPermitted


def readable(actor: Actor) -> list[str]:
    """Keys of the lifecycles whose cases the office may read."""
    return [key for key, page in sorted(LIFECYCLES.items()) if holds(actor.office, page.read)]


def units(actor: Actor) -> QuerySet[Unit]:
    """Units in scope, but for those that were taken back; a helper sees the one unit of the assignment."""
    mine = Q(path=actor.path) if actor.member_id is not None else visible_to(actor, "path")
    return Unit.objects.filter(mine).exclude(code="")


def units_called(actor: Actor, asked: str) -> QuerySet[Unit]:
    """Open units whose code begins as asked, or whose name has a word beginning with each word asked (without diacritics)."""
    standing = units(actor).filter(closed_on=None).order_by("path")
    if asked[:1].isdigit() and all(sign.isdigit() or sign == "." for sign in asked):
        return standing.filter(code__startswith=asked)
    parts = words(asked)
    named = standing.values_list("pk", "name").iterator() if parts else ()
    return standing.filter(pk__in=[key for key, name in named if _begins_with(words(name), parts)])


def _begins_with(name: Sequence[str], parts: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in name) for part in parts)


def units_as_of(actor: Actor, day: date) -> QuerySet[UnitSpell]:
    """The units in scope today as they stood on a day, those that have moved or closed since as well."""
    mine = Q(unit_path=actor.path) if actor.member_id is not None else visible_to(actor, "unit_path")
    return tree.as_of(day).filter(mine).select_related("unit")


def members(actor: Actor) -> QuerySet[Member]:
    """Members of units in scope and guests there; a helper sees the one assigned member."""
    need(actor, Right.READ)
    return Member.objects.filter(visible_to(actor, "unit_path", "guest_path", member="pk")).exclude(
        standing__in=("", Standing.MERGED)
    )


def kept_record(actor: Actor, member_id: int) -> Member | None:
    """The record that the one with this id was merged into, where the actor sees both; None for any other id."""
    mine = Event.objects.filter(visible_to(actor, "unit_path", member="member_id"), code="membership.merged")
    kept, merges = None, details.standing(mine).filter(subject_kind="member").order_by("-id")
    while (found := merges.filter(subject_id=kept or member_id).first()) is not None:
        kept = found.facts["kept"]
    return members(actor).filter(pk=kept).first() if kept else None


def cases(actor: Actor) -> QuerySet[Case]:
    """Cases of units in scope, and those whose turn it is there, of lifecycles the office may read; no frozen file that
    is shut to it."""
    need(actor, Right.READ)
    mine = visible_to(actor, "unit_path", "acting_path", member="member_id")
    found = Case.objects.filter(mine, lifecycle__in=readable(actor)).exclude(state="")
    return found.exclude(FROZEN) if shut(actor) else found


def with_details(case: Case) -> Case:
    """The case with what the lines of its events leave out."""
    case.left_out, case.erased = details.of_subject("case", case.pk)
    return case


def deadlines(actor: Actor) -> QuerySet[Deadline]:
    """Deadlines of units in scope, or to be met there; none of a case that the office may not read."""
    need(actor, Right.READ)
    if actor.member_id is not None:
        own = Q(subject_kind="member", subject_id=actor.member_id)
        return Deadline.objects.filter(own | Q(subject_kind="case", subject_id__in=cases(actor).values("pk")))
    mine = visible_to(actor, "unit_path", "acting_path")
    if len(readable(actor)) < len(LIFECYCLES):
        mine &= ~Q(subject_kind="case") | Q(subject_id__in=cases(actor).values("pk"))
    return Deadline.objects.filter(mine).exclude(subject_kind="case", subject_id__in=hidden(actor).values("pk"))


def events(actor: Actor, case: int | None = None) -> QuerySet[Event]:
    """The log of units in scope, for offices that may read it; of a `case` that can be seen, what others wrote too."""
    need(actor, Right.READ_EVENTS)
    seen = case is not None and cases(actor).filter(pk=case).exists()
    return _events(actor, Q(subject_kind="case", subject_id=case) if seen else Q())


def subject_version(event: Event) -> int | None:
    """The version in which the case or member of an event stands; None where it is out of sight, or of another kind."""
    kinds: dict[str, type[Case] | type[Member]] = {"case": Case, "member": Member}
    kind = kinds.get(event.subject_kind)
    return kind._default_manager.filter(pk=event.subject_id).values_list("version", flat=True).first() if kind else None


def timeline(actor: Actor, member: Member) -> QuerySet[Event]:
    """What happened to a member whom the actor sees; the right to read the member is enough.

    Where the member is a guest, the own history alone: the cases are the official cell's. What happened before a
    transfer is told too, and of the cases that came along.
    """
    need(actor, Right.READ)
    came = Q(subject_kind="case", subject_id__in=cases(actor).filter(member_id=member.pk).values("pk"))
    return _events(actor, Q(subject_kind="member", subject_id=member.pk) | came).filter(member_id=member.pk)


def history(actor: Actor, case: Case) -> QuerySet[Event]:
    """What happened in a case that the actor sees, whoever recorded it; the right to read the case is enough, as for
    `timeline`: its facts tell the same."""
    need(actor, LIFECYCLES[case.lifecycle].read)
    return _events(actor, Q(subject_kind="case", subject_id=case.pk)).filter(case_id=case.pk)


def _events(actor: Actor, besides: Q) -> QuerySet[Event]:
    mine = visible_to(actor, "unit_path", member="member_id") | besides
    found = Event.objects.filter(mine, lifecycle__in=["", *readable(actor)])
    of_hidden = ~Q(subject_kind="member") & Q(case_id__in=hidden(actor).values("pk"))
    return details.with_details(found.exclude(of_hidden))


def attendance(actor: Actor, member: Member, year: int) -> QuerySet[Attendance]:
    """What the roll calls of a year say of a member whom the actor sees, at cells in scope; for offices that may see
    restricted matters."""
    need(actor, Right.READ_RESTRICTED)
    mine = Attendance.objects.filter(visible_to(actor, "unit_path", member="member_id"), member_id=member.pk)
    return mine.filter(month__range=(date(year, 1, 1), date(year, 12, 1))).order_by("month", "kind")


def found(people: QuerySet[Member], asked: str) -> QuerySet[Member]:
    """Members whose name has a word beginning with each word asked for, without diacritics; or whose personal id,
    phone or card number is exactly what was asked for. What holds no letter or digit finds nobody."""
    parts = words(asked)
    if not parts:
        return people.none()
    if any(sign.isdigit() for sign in asked):
        whole = (Q(**{column: blind_index(field, asked) or b""}) for field, column in INDEXED.items())
        return people.filter(reduce(or_, whole))
    for part in parts:
        people = people.filter(pk__in=NameWord.objects.filter(word__gte=part, word__lt=f"{part}~").values("member_id"))
    return people
