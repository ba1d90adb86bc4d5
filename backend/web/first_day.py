"""A new secretary's first day: a few things to do once, each ticked by what the books say, until all is done or put away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accesses.models import Access
from backend.cases.models import Case
from backend.core import clock
from backend.web.acting import Acting
from workflows.lifecycles.meeting import Meeting
from workflows.offices import CELL_OFFICES, Right, holds
from workflows.workdays import add_months, month_start

HAD = (Meeting.State.HELD, Meeting.State.FILED, Meeting.State.REPORTED)
ROLL = ("web/members/", "members/")
"""The doors of the roll, as looks are noted."""


@dataclass(frozen=True)
class Task:
    """Something to do once; `address` is empty where the page does not stand yet."""

    label: str
    address: str
    done: bool


def checklist(request: Acting, *, can_be_told: bool) -> list[Task]:
    """Empty for offices above the cell and for helpers, once all is done, and once it was put away."""
    user, office = request.user, request.actor.office
    if user.first_day_over or office not in CELL_OFFICES or not holds(office, Right.RECORD_MEETING):
        return []
    tasks = list(_tasks(request, reached=can_be_told or bool(user.email and not user.address_dead_since)))
    return [] if all(one.done for one in tasks) else tasks


def _tasks(request: Acting, *, reached: bool) -> Iterator[Task]:
    path, month = request.actor.path, month_start(request.today)
    factor = Authenticator.objects.filter(user_id=request.user.pk).exists()
    lately = add_months(month_start(clock.now().date()), -2)  # looks are noted in real time
    looks = Access.objects.filter(unit_path=path, month__gte=lately, user_id=request.user.pk)
    meeting = Case.objects.filter(lifecycle="meeting", unit_path=path, exclusive_key=f"regular:{month:%Y-%m}")
    yield Task(_("Protect the account: add a second factor beside the password"), reverse("mfa_index"), factor)
    yield Task(
        _("Say where reminders reach you: an address for letters, this phone, chat"), reverse("contacts"), reached
    )
    yield Task(_("Look through the roll of your cell"), reverse("members"), looks.filter(door__in=ROLL).exists())
    held = meeting.exclude(state="").order_by("pk").values_list("pk", "state").first()
    yield Task(
        _("Record this month's meeting"),
        reverse("meeting", args=[held[0]]) if held else "",
        held is not None and held[1] in HAD,
    )
