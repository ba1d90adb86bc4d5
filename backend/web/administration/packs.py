"""The provincial rule packs of a unit: what is in each, since when it is on and for whom; turned on or off from a day."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.administration import in_reach
from backend.cases import selectors
from backend.cases.engine import RequestKey
from backend.cases.settling import Turn, settle, settle_once
from backend.core.errors import Unchanged
from backend.organizations.models import Unit
from backend.organizations.settings import pack_history, packs_on
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day, a_paper, done
from backend.web.administration.moves import told as moved
from backend.web.law.rows import told
from workflows import law
from workflows.answers import shown
from workflows.law.naming import PACKS, pack_named


class TurnForm(forms.Form):
    """A pack, on or off from a day, by a paper."""

    says = {"packs": "pack"}
    pack = forms.ChoiceField(label=_("Rules of a province"), choices=list(PACKS.items()))
    on = forms.ChoiceField(
        label=_("They are to"), choices=[("on", _("hold for this unit")), ("off", _("hold for it no longer"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    since = a_day(_("From"))
    source = a_paper(_("The paper that settles it"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def wanted(self) -> Turn:
        typed = self.cleaned_data
        return Turn(typed["pack"], typed["since"], typed["on"] == "on", typed["source"])


@require_safe
@in_office
def own_packs(request: Acting) -> HttpResponse:
    """Those of the office's own unit."""
    return redirect("admin-packs", request.actor.unit_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def packs(request: Acting, unit_id: int) -> HttpResponse:
    """`do` is `preview` or `set`. 404 for a unit that the office does not administer."""
    with reading(request):
        unit = get_object_or_404(selectors.units(request.actor), pk=unit_id)
        in_reach(request.actor, unit.pk)
    do = request.POST.get("do", "")
    form = TurnForm(request.POST if do else None, initial={"key": uuid4(), "since": request.today, "on": "on"})
    words: dict[str, Any] = {"unit": unit, "form": form}
    if do == "set" and done(request, form, lambda _typed: _turned(request, unit, form)):
        return redirect("admin-packs", unit.pk)
    if do == "preview":
        done(request, form, lambda _typed: _tried(request, unit, form, words))
    with reading(request):
        words["packs"] = _packs(request, unit)
        return render(request, "web/administration/packs.html", words)


def _turned(request: Acting, unit: Unit, form: TurnForm) -> str:
    wanted = form.wanted()
    key = RequestKey.of(str(form.cleaned_data["key"]), vars(wanted))
    if not settle_once(request.actor, unit.pk, wanted, request_key=key)["changed"]:
        raise Unchanged
    said = gettext("%(pack)s: on from %(day)s.") if wanted.on else gettext("%(pack)s: off from %(day)s.")
    return said % {"pack": pack_named(wanted.pack), "day": shown(wanted.since)}


def _tried(request: Acting, unit: Unit, form: TurnForm, words: dict[str, Any]) -> str:
    found = settle(request.actor, unit.pk, form.wanted(), dry_run=True)
    if not found.changed:
        raise Unchanged
    with reading(request):
        words.update(moved(request.actor, found.moves))
    return ""


def _packs(request: Acting, unit: Unit) -> list[dict[str, Any]]:
    """Each pack there is, with its rows of the law and every stretch over which it is or was on here."""
    on = packs_on([(unit.pk, request.today)])[unit.pk, request.today]
    history = pack_history(unit)
    names = dict(Unit.objects.filter(pk__in={key for _one, key in history}).values_list("pk", "name"))
    rows = [row for row in law.rules(packs=law.packs()) if row.pack]
    return [
        {
            "name": pack_named(pack), "on": pack in on, "rows": [told(row) for row in rows if row.pack == pack],
            "history": [
                (shown(one.since), shown(one.until) if one.until else "…", names.get(key, ""))
                for one, key in history if one.pack == pack
            ],
        }
        for pack in sorted(law.packs())
    ]  # fmt: skip
