"""The log's question as a form: the same filters as the API's, units by code and accounts by their sign-in name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.audit.codes import VOIDED, VOIDED_LABEL, EventCode
from backend.desk.asking import LATEST, Asked, wrong
from backend.organizations.models import Unit
from backend.web.days import DayField
from backend.web.desk.fields import EitherField, seen
from backend.web.forms import UnitField
from backend.web.offices import offer_units
from backend.web.paging import LARGEST
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office

ANY = ("", "–")


def codes() -> list[Any]:
    """Kinds of entries, by lifecycle, then those outside of them."""
    groups: list[Any] = [ANY]
    for key, page in sorted(LIFECYCLES.items(), key=lambda one: str(one[1].label)):
        steps = [(f"{key}.{step.event}", step.label) for step in page.steps().values()]
        groups.append((page.label, [*dict(steps).items(), (f"{key}.{VOIDED}", VOIDED_LABEL)]))
    return [*groups, (_("Outside the lifecycles"), EventCode.choices)]


def lifecycles() -> list[Any]:
    return [ANY, *sorted(((key, page.label) for key, page in LIFECYCLES.items()), key=lambda one: str(one[1]))]


def _id(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=LARGEST, required=False)


class QuestionForm(forms.Form):
    """What is left empty narrows nothing."""

    narrows = True

    unit = UnitField(label=_("Unit (its code)"), max_length=60, required=False)
    alone = forms.BooleanField(label=_("This unit alone, nothing below it"), required=False)
    lifecycle = forms.ChoiceField(label=_("Lifecycle"), choices=lifecycles, required=False)
    code = forms.ChoiceField(label=_("Kind of entry"), choices=codes, required=False)
    step = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    since = DayField(label=_("Happened from"), required=False)
    until = DayField(label=_("Happened until"), required=False)
    recorded_since = DayField(label=_("Recorded from"), required=False)
    recorded_until = DayField(label=_("Recorded until"), required=False)
    late = forms.IntegerField(
        label=_("Recorded more than so many days after it happened"), min_value=0, max_value=LATEST, required=False
    )
    after_deadline = EitherField(label=_("After its deadline"))
    corrected = EitherField(label=_("Corrected (voided, or a void)"))
    unconfirmed = EitherField(label=_("Under law that is not confirmed"))
    office = forms.ChoiceField(label=_("Done in the office"), choices=lambda: [ANY, *Office.choices], required=False)
    user = forms.CharField(label=_("Done by (sign-in name)"), max_length=150, required=False)
    member = _id(_("Member (number)"))
    case = _id(_("Case (number in Chibo)"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        self.actor = actor
        self.place: Unit | None = None
        self.user_id: int | None = None
        super().__init__(*args, **kwargs)
        offer_units(self, "unit", actor)

    def clean_unit(self) -> str:
        code: str = self.cleaned_data["unit"]
        if code:
            self.place = seen(self.actor, code)
        return code

    def clean_user(self) -> str:
        name: str = self.cleaned_data["user"]
        if name:
            self.user_id = User.objects.filter(username=name).values_list("pk", flat=True).first()
            if self.user_id is None:
                raise forms.ValidationError(gettext("You see no account with this sign-in name."))
        return name

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name, sentence in wrong(typed).items():
            self.add_error(name, sentence)
        return typed

    def question(self) -> Asked:
        """Of a form that is valid."""
        typed = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        alone = typed.pop("alone", False)
        for name in ("unit", "user"):
            typed.pop(name, None)
        where: dict[str, Any] = (
            {("unit" if alone else "path"): self.place.pk if alone else self.place.path} if self.place else {}
        )
        return Asked(**typed, **where, user=self.user_id)
