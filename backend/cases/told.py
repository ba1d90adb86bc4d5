"""Which entries of the log are about a member though their line does not name one: what was said of the cases and deadlines."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from backend.cases.amending import merged_into
from backend.cases.models import Case
from backend.deadlines.models import Deadline


def of_members(members: Collection[int]) -> Q:
    """Entries of their cases, and answers to the deadlines of those and of the members themselves."""
    cases = Case.objects.filter(member_id__in=members).values("pk")
    return Q(case_id__in=cases) | of_deadlines("member", members) | of_deadlines("case", cases)


def of_deadlines(kind: str, subjects: Collection[int] | QuerySet[Any, Any]) -> Q:
    """Answers to the deadlines of some subjects."""
    deadlines = Deadline.objects.filter(subject_kind=kind, subject_id__in=subjects).values("pk")
    return Q(subject_kind="deadline", subject_id__in=deadlines)


def other_records(members: Collection[int]) -> list[int]:
    return [key for key, _path in merged_into(members)]
