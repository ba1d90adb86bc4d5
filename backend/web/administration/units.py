"""The tree of units: looked through by name or code, and a unit's own page, where it is opened below, moved and closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.administration import close_unit, in_reach, move_unit, open_unit, unit_coded
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day, done
from backend.web.forms import UnitField
from workflows.offices import LADDER, Level

PAGE = 50


class OpenForm(forms.Form):
    """A unit below the one whose page it is."""

    says = {"parent": "level"}
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("such as 87.107.000.000.001, or shorter"))
    name = forms.CharField(label=_("Name"), max_length=200)
    level = forms.ChoiceField(label=_("Level"))
    on = a_day(_("Opens on"))

    def __init__(self, *args: Any, above: Level, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level: Any = self.fields["level"]
        level.choices = [(one.value, one.label) for one in LADDER[: LADDER.index(above)]]


class MoveForm(forms.Form):
    """Another place in the tree."""

    says = {"unit": "parent"}
    parent = UnitField(label=_("Code of the unit it stands below from then on"), max_length=20)
    on = a_day(_("Moves on"))


class CloseForm(forms.Form):
    """An end."""

    says = {"unit": "on"}
    on = a_day(_("From this day on the unit no longer is"))


@require_safe
@in_office
def units(request: Acting) -> HttpResponse:
    """`?q=` (a name's words without diacritics, or the beginning of a code), `?page=`; without `q` the office's own unit."""
    asked = request.GET.get("q", "").strip()
    if not asked and request.actor.unit_id is not None:
        return redirect("admin-unit", request.actor.unit_id)
    page = Paginator(selectors.units_called(request.actor, asked), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "web/administration/units.html", {"asked": asked, "page": page, "query": urlencode({"q": asked})}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def unit(request: Acting, unit_id: int) -> HttpResponse:
    """404 for a unit that the office does not administer."""
    with reading(request):
        chosen = get_object_or_404(selectors.units(request.actor), pk=unit_id)
        in_reach(request.actor, chosen.pk)
    do = request.POST.get("do", "")
    pages = _forms(request, do, chosen)
    act = {"open": _opened, "move": _moved, "close": _closed}.get(do)
    if act is not None and done(request, pages[do], lambda typed: act(request.actor, chosen, typed)):
        return redirect("admin-unit", chosen.pk)
    with reading(request):
        words = {
            "unit": chosen, "above": _above(request.actor, chosen), "level": Level(chosen.level).label,
            "page": _below(request, chosen), "forms": pages, "opens": LADDER.index(Level(chosen.level)) > 0,
        }  # fmt: skip
        return render(request, "web/administration/unit.html", words)


def _forms(request: Acting, do: str, chosen: Unit) -> dict[str, Any]:
    def posted(name: str) -> Any:
        return request.POST if do == name else None

    today = {"on": request.today}
    return {
        "open": OpenForm(posted("open"), prefix="open", initial=today, above=Level(chosen.level)),
        "move": MoveForm(posted("move"), prefix="move", initial=today),
        "close": CloseForm(posted("close"), prefix="close", initial=today),
    }  # fmt: skip


def _opened(actor: Actor, above: Unit, typed: dict[str, Any]) -> str:
    new = open_unit(
        actor, code=typed["code"], name=typed["name"], level=Level(typed["level"]), parent_id=above.pk, on=typed["on"]
    )
    return gettext("%(unit)s is open.") % {"unit": new.name}


def _moved(actor: Actor, chosen: Unit, typed: dict[str, Any]) -> str:
    parent = unit_coded(actor, typed["parent"], fact="parent")
    moved = move_unit(actor, chosen.pk, parent.pk, on=typed["on"])
    return gettext("%(unit)s stands below %(parent)s now.") % {"unit": moved.name, "parent": parent.name}


def _closed(actor: Actor, chosen: Unit, typed: dict[str, Any]) -> str:
    return gettext("%(unit)s is closed.") % {"unit": close_unit(actor, chosen.pk, on=typed["on"]).name}


def _above(actor: Actor, chosen: Unit) -> Sequence[Unit]:
    """The units above it that the office sees, from the top."""
    keys = [int(key) for key in chosen.path.strip("/").split("/")[:-1]]
    return list(selectors.units(actor).filter(pk__in=keys).order_by("path"))


def _below(request: Acting, chosen: Unit) -> Page[Any]:
    """The units right below it, those that stand first."""
    rows = selectors.units(request.actor).filter(parent=chosen)
    ordered = rows.order_by(F("closed_on").asc(nulls_first=True), "code")
    return Paginator(ordered, PAGE).get_page(request.GET.get("page"))
