"""Flags that an actor may read, with their tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import OuterRef, Q, QuerySet, Subquery

from backend.accounts.policy import Actor, visible_to
from backend.cases.models import Case
from backend.cases.selectors import deadlines, need
from backend.cases.told import of_deadlines
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from workflows.flagging import TASKS, WARNS, Cause
from workflows.offices import Right


def whose(deadline: Deadline) -> dict[str, int | None]:
    """The member or case that a deadline is about, by name of its id; nothing where it is about a unit."""
    if deadline.subject_kind == "flag":
        return {"member_id": member_of(deadline.subject_id)}
    return {f"{deadline.subject_kind}_id": deadline.subject_id} if deadline.subject_kind in {"member", "case"} else {}


def member_of(flag_id: int) -> int | None:
    """The member whom a flag is about."""
    return Flag.objects.filter(pk=flag_id).values_list("member_id", flat=True).first()


def told_of_members(members: Collection[int]) -> Q:
    """Entries of the log that answer the deadlines of flags about members."""
    return of_deadlines("flag", Flag.objects.filter(member_id__in=members).values("pk"))


def flags(actor: Actor) -> QuerySet[Flag]:
    """Flags that stand, of cells in scope, for offices that may see restricted cases (never an assigned helper)."""
    need(actor, Right.READ_RESTRICTED)
    return Flag.objects.filter(visible_to(actor, "unit_path"), cleared_on=None)


def with_tasks(actor: Actor, found: Sequence[Flag]) -> Sequence[Flag]:
    """Each flag with the deadline by which the cell is asked: its own, else the one that a case of the member has."""
    ending = {TASKS[cause] for cause in WARNS}
    of_cases = Case.objects.filter(member_id__in={one.member_id for one in found})
    own = Q(subject_kind="flag", subject_id__in=[one.pk for one in found])
    running = Q(
        subject_kind="case", status=Deadline.Status.OPEN, rule_id__in=ending, subject_id__in=of_cases.values("pk")
    )
    member = Subquery(Case.objects.filter(pk=OuterRef("subject_id")).values("member_id")[:1])
    by_flag: dict[int, Deadline] = {}
    by_member: dict[tuple[int, str], Deadline] = {}
    for one in deadlines(actor).filter(own | running).annotate(about=member).order_by("pk"):
        if one.subject_kind == "flag":
            by_flag[one.subject_id] = one
        else:
            by_member[one.about, one.rule_id] = one
    for flag in found:
        flag.task = by_flag.get(flag.pk) or by_member.get((flag.member_id, TASKS[Cause(flag.cause)]))
    return found
