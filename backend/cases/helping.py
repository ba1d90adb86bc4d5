"""Who is helped by an assigned member: whoever is on the way to become a member, and whoever a screening put on its list."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from backend.cases.models import Case
from backend.members.models import Member
from workflows.answers import Refusal
from workflows.lifecycles.screening import Screening
from workflows.standings import ON_THE_LISTS, Standing

ON_THE_WAY = (Standing.CANDIDATE, Standing.APPROVED, Standing.PROBATIONARY)
NOT_THERE = Refusal(
    "office.member_not_there",
    gettext_noop("There is nobody with this number on the unit's lists."),
    remedy=gettext_noop("Name the person's official cell and the number of the record."),
    fact="member",
)
NOT_HELPED = Refusal(
    "office.member_not_helped",
    gettext_noop("Helpers are assigned to candidates, to probationary members and to those on a screening's list."),
    fact="member",
)


def reasons_against(member_id: int, unit_id: int) -> list[Refusal]:
    """Điều lệ Đảng Điều 5 (candidates, probation); 02-HD/BTCTW 12/04/2021 (screening)."""
    member = Member.objects.filter(pk=member_id, unit_id=unit_id, standing__in=ON_THE_LISTS).first()
    if member is None:
        return [NOT_THERE]
    listed = Case.objects.filter(member_id=member_id, lifecycle=Screening.key, state=Screening.State.HELPED)
    return [] if member.standing in ON_THE_WAY or listed.exists() else [NOT_HELPED]
