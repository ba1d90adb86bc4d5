"""The file of somebody who is out of the Party: its closed cases are seen by the organisation function alone (A.7).

An open case (the hand-over, an appeal, a readmission) stays in sight of those who work on it, and the member's own history
of standing with it. Where the person comes back, by restoration or readmission, the file is an ordinary one again.
"""

from __future__ import annotations

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from backend.accounts.policy import Actor, visible_to
from backend.cases.models import Case
from backend.members.models import Member
from workflows.offices import Right, holds
from workflows.standings import OUT_OF_THE_PARTY

_HERE = Member.objects.filter(pk=OuterRef("member_id"))
_IS_OUT = Func(F("pk"), function="chibo_is_out", output_field=BooleanField())
"""Asked of a case whose person the second wall hides from where it waited."""
_OUT = Q(Exists(_HERE.filter(standing__in=OUT_OF_THE_PARTY))) | Q(~Exists(_HERE), _IS_OUT, member__isnull=False)
FROZEN = Q(_OUT, closed_on__isnull=False)


def shut(actor: Actor) -> bool:
    """Whether such files are shut to the office in which a person acts."""
    return actor.is_person and not holds(actor.office, Right.READ_FROZEN)


def hidden(actor: Actor) -> QuerySet[Case]:
    """The cases of units in scope that are shut to the office for this reason."""
    if not shut(actor):
        return Case.objects.none()
    return Case.objects.filter(FROZEN, visible_to(actor, "unit_path", "acting_path", member="member_id"))
