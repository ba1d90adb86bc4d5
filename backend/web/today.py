"""Today: what is overdue, due this week and coming, for the office in which the reader acts, and what was passed up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from backend.accesses.noting import Look, note
from backend.accounts.policy import Actor
from backend.accounts.welcoming import end_first_day
from backend.alerts.contents import sunday_of
from backend.alerts.models import Notice
from backend.cases import selectors
from backend.cases.models import Case
from backend.contacts.devices import devices_of
from backend.deadlines.models import Deadline
from backend.web.acting import Acting, in_office
from backend.web.first_day import checklist
from backend.web.lines import Line, closers, lines
from backend.web.navigation import Way, ways
from workflows.catalogue import LIFECYCLES
from workflows.drawing import label_of
from workflows.offices import SUBTREE_OFFICES, Office, Right, holds
from workflows.workdays import add_months, month_start

PAGE = 20
"""Lines of one part; the rest stands on the page of all deadlines."""
FEW = 100
"""With fewer open deadlines than these, one statement reads them all."""
MANY = 100
"""So many notices are counted, and no further."""
NEWS_DAYS = 7
ABOVE = {"overview", "desk", "administration"}
"""Pages where an office above the cell finds its work, as far as they are open to it."""
CLIMBED, CLIMBED_MONTHS = 500, 3
"""Of so many notices at most, and so far back, is told what was passed up; a province may have had thousands."""
PARTS: dict[str, Promise] = {"overdue": _("Overdue"), "week": _("Due this week"), "later": _("Coming")}


@dataclass(frozen=True)
class Part:
    """A part of the day's work; `count` is of all, `lines` are the first of them."""

    key: str
    label: str
    count: int
    lines: Sequence[Line]

    @property
    def has_more(self) -> bool:
        return self.count > len(self.lines)


@in_office
def today(request: Acting) -> HttpResponse:
    """The reader's page to begin with."""
    devices = devices_of(request.user.pk)
    words: dict[str, Any] = {"gone": any(one.gone_at for one in devices), "days": NEWS_DAYS}
    if holds(request.actor.office, Right.READ):
        words |= _work(request.actor, request.today)
        words["first_day"] = checklist(request, can_be_told=bool(devices))
    words["onward"] = onward(request.actor.office)
    return render(request, "web/today.html", words)


def onward(office: Office) -> list[Way]:
    """Where the work of an office above the cell stands on a day on which nothing was passed up to it."""
    return [one for one in ways(office) if one.name in ABOVE] if office in SUBTREE_OFFICES else []


@require_POST
@in_office
def first_day_over(request: Acting) -> HttpResponse:
    """The list for the first day is put away, for good."""
    end_first_day(request.user.pk)
    return redirect("home")


def _work(actor: Actor, day: date) -> dict[str, Any]:
    counts, first = _first(_waiting(actor), day)
    climbed = list(_climbed(actor, day)) if actor.office in SUBTREE_OFFICES else []
    shown = lines(actor, [*climbed, *(row for rows in first.values() for row in rows)], day)
    waiting = _cases(actor)
    if shown or waiting:
        note(actor, Look("web/", count=len(shown) + len(waiting)))
    above, own = shown[: len(climbed)], iter(shown[len(climbed) :])
    parts = [Part(key, str(PARTS[key]), counts[key], list(islice(own, len(rows)))) for key, rows in first.items()]
    return {
        "cases": waiting,
        "parts": [one for one in parts if one.count], "climbed": above[:PAGE], "climbed_more": len(above) > PAGE,
        "calm": not counts["overdue"] and not counts["week"], "notices": _told(actor, day), "notices_at": reverse("notices"),
    }  # fmt: skip


def _first(mine: QuerySet[Deadline], day: date) -> tuple[dict[str, int], dict[str, list[Deadline]]]:
    """How many there are of each part, and the first of them: by one statement, unless they are many."""
    sunday, found = sunday_of(day), list(mine.order_by("due_on", "id")[:FEW])
    if len(found) < FEW:
        parts: dict[str, list[Deadline]] = {key: [] for key in PARTS}
        for one in found:
            parts["overdue" if one.due_on < day else "week" if one.due_on <= sunday else "later"].append(one)
        return {key: len(rows) for key, rows in parts.items()}, {key: rows[:PAGE] for key, rows in parts.items()}
    spans = {
        "overdue": Q(due_on__lt=day), "week": Q(due_on__gte=day, due_on__lte=sunday), "later": Q(due_on__gt=sunday)
    }  # fmt: skip
    counts = mine.aggregate(**{key: Count("pk", filter=span) for key, span in spans.items()})
    return counts, {key: list(mine.filter(span).order_by("due_on", "id")[:PAGE]) for key, span in spans.items()}


def _waiting(actor: Actor) -> QuerySet[Deadline]:
    """The open deadlines that the reader's own unit must meet; a helper's are those of the one member."""
    found = selectors.deadlines(actor).filter(status=Deadline.Status.OPEN)
    if not holds(actor.office, Right.ANSWER):  # told of no deadlines: what its own steps meet
        found = found.filter(rule_id__in=[
            rule for rule, steps in closers().items() if any(holds(actor.office, one.by) for _, one in steps)
        ])  # fmt: skip
    return found if actor.member_id is not None else found.filter(acting_path=actor.path)


def _cases(actor: Actor) -> list[tuple[str, str, Case]]:
    """Cases of units below whose turn it is here while no deadline says so: the kind, the state and the case."""
    if actor.office not in SUBTREE_OFFICES or not holds(actor.office, Right.ANSWER):
        return []
    due = Deadline.objects.filter(
        subject_kind="case", subject_id=OuterRef("pk"), status=Deadline.Status.OPEN, acting_path=actor.path
    )
    mine = selectors.cases(actor).filter(~Exists(due), acting_path=actor.path, closed_on=None)
    rows = mine.exclude(unit_path=actor.path).select_related("member", "unit").order_by("opened_on", "pk")[:PAGE]
    pages = [LIFECYCLES[one.lifecycle] for one in rows]
    return [
        (str(page.label), label_of(page, "state", one.state), one) for page, one in zip(pages, rows, strict=True)
    ]  # fmt: skip


def _climbed(actor: Actor, day: date) -> QuerySet[Deadline]:
    """Deadlines of units below that nobody met, so that this level was told; one more than are shown."""
    since = add_months(month_start(day), -CLIMBED_MONTHS)
    above = Notice.objects.filter(unit_path=actor.path, kind="escalate", month__gte=since)
    told = above.order_by("-id").values("deadline_id")[:CLIMBED]
    found = selectors.deadlines(actor).filter(status=Deadline.Status.OPEN, pk__in=told)
    return found.exclude(acting_path=actor.path).order_by("due_on", "id")[: PAGE + 1]


def _told(actor: Actor, day: date) -> int:
    """Deadlines of which this office was told in the last days: the page of notices has a line for each."""
    since = day - timedelta(days=NEWS_DAYS)
    mine = Notice.objects.filter(unit_path=actor.path, office=actor.office, month__gte=month_start(since))
    return mine.filter(rung_on__gte=since, rung_on__lte=day).values("deadline_id").distinct()[:MANY].count()
