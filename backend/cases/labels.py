"""Labels drawn from days (`workflows.timed`) for cases and members that somebody looks at; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member
from workflows.catalogue import LIFECYCLES
from workflows.timed import Days, carried

_MEMBER_DAYS = ("joined_on", "official_on", "away_until")


def label_cases(cases: Sequence[Case], today: date) -> Sequence[Case]:
    """The cases with the `labels` they carry today; one query for the due days of all."""
    due: dict[int, dict[str, date]] = {case.pk: {} for case in cases}
    running = Deadline.objects.filter(subject_kind="case", subject_id__in=due, status=Deadline.Status.OPEN)
    for key, rule, day in running.values_list("subject_id", "rule_id", "due_on"):
        due[key][rule] = day
    for case in cases:
        case.labels = carried(LIFECYCLES[case.lifecycle].timed, case.state, Days(case.facts, due[case.pk]), today)
    return cases


def label_members(members: Sequence[Member], today: date) -> Sequence[Member]:
    """The members with the `labels` they carry today."""
    for member in members:
        days = {name: day.isoformat() for name in _MEMBER_DAYS if (day := getattr(member, name))}
        member.labels = carried(LIFECYCLES["membership"].timed, member.standing, Days(days), today)
    return members
