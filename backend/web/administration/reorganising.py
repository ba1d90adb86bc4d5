"""Mergers and divisions: which units the office may merge or divide, what is not finished, and what both forms share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.cases.engine import RequestKey
from backend.cases.reorganising import may_reorganise
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.facts.around import Around
from backend.web.facts.form import FactForm
from backend.web.refusing import said_before
from backend.web.step_form import key_of
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.facts import Day, Fact, FactError
from workflows.offices import Level
from workflows.reading import read_all

PAGE, ALONG = 50, 50
"""Units of a page; cases and deadlines that are named."""
ON = Day("on", _("Day on which it takes effect"))


@require_safe
@in_office
def reorganisations(request: Acting) -> HttpResponse:
    """`?q=` (a name's words without diacritics, or the beginning of a code), `?page=`; without `q` the units right below."""
    actor, asked = request.actor, request.GET.get("q", "").strip()
    mine = selectors.units(actor).filter(closed_on=None)
    found = selectors.units_called(actor, asked) if asked else mine.filter(parent_id=actor.unit_id).order_by("code")
    page = Paginator(found.select_related("parent"), PAGE).get_page(request.GET.get("page"))
    words = {
        "asked": asked, "page": page, "query": urlencode({"q": asked}) if asked else "",
        "rows": [(one, may_reorganise(actor, one), one.level == Level.CELL) for one in page],
        "unfinished": list(mine.filter(merges_into__isnull=False).select_related("merges_into", "parent").order_by("path")),
    }  # fmt: skip
    return render(request, "web/administration/reorganisations.html", words)


class Asked:
    """The form of a merger or division, as typed (`data`) or as begun (`initial`); made inside a scoped transaction."""

    def __init__(
        self, request: Acting, unit: Unit, facts: Sequence[Fact], data: QueryDict | None, initial: Mapping[str, Any]
    ) -> None:
        self.request, self.data, self.key = request, data, key_of(data)
        self.facts = [ON, *facts]
        self.around = Around(request.actor, unit.pk, request.today)
        begun = {"on": request.today.strftime("%d/%m/%Y"), **initial}
        self.form = FactForm(self.facts, self.around, data, initial=begun)

    def read(self) -> tuple[date, dict[str, Any]]:
        """The day, with the rest as it came in. Raises Refused for all that cannot be read."""
        raw = self.form.raw()
        faults = [*self.form.unsaid(), *read_all(self.facts, raw)[1]]
        if faults:
            raise Refused(list({one.fact: one for one in reversed(faults)}.values())[::-1])
        try:
            return ON.read(raw.pop("on")), raw
        except FactError as error:  # read above: said for whoever reads this alone
            raise Refused(error.refusals) from error

    def carry(self, work: Callable[[date, dict[str, Any]], dict[str, Any]]) -> dict[str, Any] | None:
        """What `work` makes of the form; None where it was refused: each reason stands beside its field. Raises KeyReused."""
        try:
            return work(*self.read())
        except Refused as refused:
            self.form.tell(refused.answers)
            return None

    def request_key(self) -> RequestKey:
        """The key of the form with all that it asks for."""
        return RequestKey.of(self.key, {"path": self.request.path, "typed": self.form.raw()})


def along(request: Acting, people: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What goes along with those who do: their open cases and the deadlines about them that the office sees, the first ones
    by name, and how many. Inside a scoped transaction."""
    keys, actor = [one["id"] for one in people if one["done"]], request.actor
    cases = selectors.cases(actor).filter(member_id__in=keys, closed_on=None).select_related("member").order_by("pk")
    about = Q(subject_kind="member", subject_id__in=keys) | Q(subject_kind="case", subject_id__in=cases.values("pk"))
    due = selectors.deadlines(actor).filter(about, status=Deadline.Status.OPEN).order_by("due_on", "pk")
    found = list(cases[: ALONG + 1]), list(due[: ALONG + 1])
    return {
        "cases_along": [(one, LIFECYCLES[one.lifecycle].label) for one in found[0][:ALONG]],
        "due_along": [(one, title(one.rule_id), str(shown(one.due_on))) for one in found[1][:ALONG]],
        "more_along": any(len(one) > ALONG for one in found),
    }  # fmt: skip


def sent_before(request: Acting, page: str, unit: Unit) -> HttpResponse:
    """Back to the page, for a form whose key was used for something else."""
    messages.warning(request, gettext("This form was sent once before with something else in it. Begin again."))
    return redirect(page, unit.pk)


def people_of(request: Acting, answers: Sequence[Mapping[str, Any]], door: str) -> list[dict[str, Any]]:
    """The answers with the names that the office sees; the look at them is noted. Inside a scoped transaction."""
    rows = selectors.members(request.actor).filter(pk__in=[one["id"] for one in answers]).values_list("pk", "full_name")
    names = dict(rows)
    if names:
        note(request.actor, Look(door, count=len(names)))
    return [
        {**one, "name": names[one["id"]], "said": said_before(one["said"])} for one in answers if one["id"] in names
    ]
