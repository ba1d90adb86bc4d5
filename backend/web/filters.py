"""What the lists of members and of cases are narrowed by, read from an address: the same for list, view, bulk and export."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from backend.accounts.policy import Actor
from backend.cases import listing, selectors
from backend.cases.models import Case
from backend.core.db import scoped
from backend.core.encoding import fit
from backend.core.ids import BIG
from backend.flags.selectors import flags
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.web.forms import UnitField
from backend.web.offices import offer_units
from workflows.catalogue import LIFECYCLES
from workflows.flagging import Cause
from workflows.offices import SUBTREE_OFFICES, Right, holds
from workflows.standings import Participation, Standing

HIDDEN = ("", Standing.MERGED)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", _("Any")), *choices], required=False, widget=forms.Select({"class": "form-select"})
    )


class Asked(forms.Form):
    """The filters of a page as its address names them. `turns`: what else an address may hold; `told`: the fields of which it
    is said beside them what is wrong."""

    narrows = True
    turns = frozenset({"before"})
    told: frozenset[str] = frozenset()

    def __init__(self, given: QueryDict) -> None:
        """Raises Http404 for what no form of ours asks."""
        super().__init__(given)
        self.narrowed()
        known = {*self.fields} | self.turns
        if any(name not in known or len(values) > 1 or not fit(values[0]) for name, values in given.lists()):
            raise Http404
        if not self.is_valid() and self.errors.keys() - self.told:
            raise Http404

    def narrowed(self) -> None:
        """Leave out what the office cannot ask."""


class ListFilter(Asked):
    """A list's filters. `place` is the unit whose list it is, with all below it; None for everything in sight."""

    unit = forms.IntegerField(required=False, min_value=1, max_value=BIG, widget=forms.HiddenInput)
    code = UnitField(label=_("Unit (code)"), required=False, max_length=20)
    place: Unit | None = None
    turns = frozenset({"cursor", "form"})
    told = frozenset({"code"})

    def __init__(self, actor: Actor, given: QueryDict) -> None:
        """Inside a transaction of the actor's scope. Raises as above."""
        self.actor = actor
        super().__init__(given)

    def narrowed(self) -> None:
        if self.actor.office not in SUBTREE_OFFICES:
            del self.fields["code"]
        else:
            offer_units(self, "code", self.actor)

    @classmethod
    def kept(cls, actor: Actor, given: QueryDict) -> dict[str, str]:
        """The filters of an address by name, without what was searched for: that may be somebody's name or number."""
        with scoped(actor.path):
            asked = cls(actor, given).asked()
        return {name: value for name, value in asked.items() if name != "q"}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        units = selectors.units(self.actor)
        if code := typed.pop("code", ""):
            self.place = units.filter(code=code).first()
            if self.place is None:
                self.add_error("code", _("You see no unit with this code."))
        elif typed.get("unit"):
            self.place = units.filter(pk=typed["unit"]).first()
            if self.place is None:
                raise Http404
        typed["unit"] = self.place.pk if self.place is not None else None
        return typed

    def asked(self) -> dict[str, str]:
        """What is asked for, by name, as an address says it."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def query(self) -> str:
        return urlencode(self.asked())

    @property
    def words(self) -> list[str]:
        """What was chosen, in words."""
        fields: list[tuple[Any, str]] = [(one, self.word(name)) for name, one in self.fields.items()]
        return [str(dict(one.choices)[value]) for one, value in fields if value and hasattr(one, "choices")]

    @property
    def below(self) -> str:
        return self.place.path if self.place is not None else ""

    def word(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")


class MemberFilter(ListFilter):
    """Which members are looked for."""

    q = forms.CharField(label=_("Name, or a whole card, id or phone number"), required=False, max_length=200)
    standing = _choice(_("Standing"), [one for one in Standing.choices if one[0] not in HIDDEN])
    participation = _choice(_("Participation"), Participation.choices)
    stage = _choice(_("Open case"), ())
    flag = _choice(_("To be considered"), Cause.choices)

    def narrowed(self) -> None:
        super().narrowed()
        stage: Any = self.fields["stage"]
        pages = [LIFECYCLES[key] for key in selectors.readable(self.actor)]
        about = [(page.key, page.label) for page in pages if (page.subject, page.about) == ("case", "member")]
        stage.choices = [("", _("Any")), *about]
        if not holds(self.actor.office, Right.READ_RESTRICTED):
            del self.fields["flag"]

    def rows(self, today: date) -> QuerySet[Member]:
        """The members that the filters keep, in no order yet; none for a unit's code that finds no unit."""
        if self.errors:
            return Member.objects.none()
        q, standing, participation, stage = map(self.word, ("q", "standing", "participation", "stage"))
        asked = listing.People(q, standing, participation, below=self.below, stage=stage)
        rows = listing.people(self.actor, asked, today)
        if cause := self.word("flag"):
            rows = rows.filter(pk__in=flags(self.actor).filter(cause=cause).values("member_id"))
        return rows


class CaseFilter(ListFilter):
    """Which cases are looked for; those that are open, unless it is asked otherwise."""

    lifecycle = _choice(_("Lifecycle"), ())
    show = forms.ChoiceField(
        label=_("Which"), required=False, widget=forms.Select({"class": "form-select"}),
        choices=[("", _("Open")), ("overdue", _("Open, with a deadline overdue")), ("closed", _("Closed")),
                 ("all", _("All"))],
    )  # fmt: skip

    def narrowed(self) -> None:
        super().narrowed()
        lifecycle: Any = self.fields["lifecycle"]
        keys = [key for key in selectors.readable(self.actor) if LIFECYCLES[key].subject == "case"]
        lifecycle.choices = [("", _("Any")), *((key, LIFECYCLES[key].label) for key in keys)]

    def rows(self, today: date) -> QuerySet[Case]:
        """The cases that the filters keep, in no order yet; none for a unit's code that finds no unit."""
        if self.errors:
            return Case.objects.none()
        show = self.word("show")
        is_open = {"": True, "overdue": True, "closed": False}.get(show)
        asked = listing.Cases(
            lifecycle=self.word("lifecycle"), below=self.below, is_open=is_open, overdue=True if show == "overdue" else None
        )  # fmt: skip
        return listing.cases(self.actor, asked, today)
