"""Who holds which office at a unit and below it, from when to when; an office is given and ended on a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.administration import in_reach, user_named
from backend.accounts.assigning import end_office, give_office
from backend.accounts.listing import holdings
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day, done
from workflows.answers import shown
from workflows.offices import GIVEN_OFFICES, LEVELS_OF, Level, Office

PAGE = 50


class OfficeForm(forms.Form):
    """An office of a person at the unit; a helper's is for one member."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150)
    office = forms.ChoiceField(label=_("Office"))
    member = forms.IntegerField(
        label=_("Whom the helper helps"), required=False, min_value=1, help_text=_("the number of the member's record")
    )

    def __init__(self, *args: Any, at: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office: Any = self.fields["office"]
        office.choices = [(one.value, one.label) for one in GIVEN_OFFICES if Level(at.level) in LEVELS_OF[one]]


class GiveForm(OfficeForm):
    """From a day on, up to a last one if it is known."""

    says = {"from": "since", "to": "until", "unit": "since"}
    since = a_day(_("From"))
    until = a_day(_("Up to"), required=False)


class EndForm(OfficeForm):
    """With a last day."""

    last_day = a_day(_("Last day"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def offices(request: Acting, unit_id: int) -> HttpResponse:
    """`?past=1` shows offices that ended too; `?page=`. 404 for a unit that the office does not administer."""
    with reading(request):
        chosen = get_object_or_404(selectors.units(request.actor), pk=unit_id)
        in_reach(request.actor, chosen.pk)
    do = request.POST.get("do", "")
    giving = GiveForm(
        request.POST if do == "give" else None, prefix="give", at=chosen, initial={"since": request.today}
    )
    ending = EndForm(request.POST if do == "end" else None, prefix="end", at=chosen, initial=_picked(request))
    if do == "give" and done(request, giving, lambda typed: _given(request.actor, chosen, typed)):
        return redirect("admin-offices", chosen.pk)
    if do == "end" and done(request, ending, lambda typed: _ended(request.actor, chosen, typed)):
        return redirect("admin-offices", chosen.pk)
    past = request.GET.get("past") == "1"
    with reading(request):
        page = Paginator(_rows(request, chosen, past=past), PAGE).get_page(request.GET.get("page"))
        words = {
            "unit": chosen, "page": page, "past": past, "query": urlencode({"past": 1}) if past else "",
            "rows": [_row(one, chosen, request.today) for one in page], "giving": giving, "ending": ending,
        }  # fmt: skip
        return render(request, "web/administration/offices.html", words)


def _rows(request: Acting, chosen: Unit, *, past: bool) -> QuerySet[Assignment]:
    return holdings(chosen, None if past else request.today).order_by("unit_path", "office", "from_date", "id")


def _row(one: Assignment, chosen: Unit, today: date) -> dict[str, Any]:
    """One line; only offices of this very unit are ended or handed over here."""
    query = {"username": one.user.username, "office": one.office, "member": one.member_id or ""}
    return {
        "office": Office(one.office).label, "name": one.user.full_name, "user": one.user.username, "unit": one.unit,
        "from": shown(one.from_date), "to": shown(one.to_date) if one.to_date else "", "member": one.member_id,
        "hand": one.pk if one.member_id is None and one.unit_id == chosen.pk and (one.to_date or today) >= today else None,
        "end": urlencode(query) if one.unit_id == chosen.pk and one.to_date is None else "",
    }  # fmt: skip


def _picked(request: Acting) -> dict[str, Any]:
    """What the link of a line fills in."""
    picked = {name: request.GET.get(name, "") for name in ("username", "office", "member")}
    return picked | {"last_day": request.today}


def _given(actor: Actor, chosen: Unit, typed: dict[str, Any]) -> str:
    held = give_office(
        actor, user_named(typed["username"], fact="username"), Office(typed["office"]), chosen.pk,
        since=typed["since"], until=typed["until"], member_id=typed["member"],
    )  # fmt: skip
    return _told(held, gettext("%(user)s: %(office)s, %(unit)s."))


def _ended(actor: Actor, chosen: Unit, typed: dict[str, Any]) -> str:
    user = user_named(typed["username"], fact="username")
    held = end_office(
        actor, user, Office(typed["office"]), chosen.pk, last_day=typed["last_day"], member_id=typed["member"]
    )
    return _told(held, gettext("%(user)s: %(office)s, %(unit)s, up to %(last)s."))


def _told(held: Assignment, sentence: str) -> str:
    words = {"user": held.user.username, "office": Office(held.office).label, "unit": held.unit.name}
    return sentence % {**words, "last": shown(held.to_date) if held.to_date else ""}
