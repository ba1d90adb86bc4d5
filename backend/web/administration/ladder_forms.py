"""The forms by which a unit settles who is told of a kind of deadline: one of the ladders there are, or one of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.web.administration.fields import a_day, a_paper
from workflows import ladders
from workflows.ladders import CHANNELS, Ladder, Rung
from workflows.ladders.choosing import ladder_title
from workflows.ladders.own import LONGEST, MOST, NAME, place
from workflows.ladders.rungs import LONGEST as DAYS
from workflows.ladders.words import CRITICAL, SIDES, UNITS, whom

BLANK = 2
"""Lines that are left empty for more rungs."""
BOTH = "+".join(CHANNELS)
SMALL = _("Small letters without marks, such as: rieng")


class ChooseForm(forms.Form):
    """One of the delivered ladders, from a day to a day."""

    says = {"ladders": "ladder"}
    ladder = forms.ChoiceField(label=_("Ladder"), required=False)
    since = a_day(_("For what is due from"))
    until = a_day(_("Up to"), required=False)
    source = a_paper(_("The paper that settles it"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ladder: Any = self.fields["ladder"]
        known = [(one.name, ladder_title(one.name)) for one in ladders.ladders()]
        ladder.choices = [("", _("As delivered")), *known]


class OwnForm(forms.Form):
    """A ladder of the unit's own; its rungs stand in lines of their own (`RungForm`)."""

    name = forms.RegexField(
        rf"^{NAME.pattern}$", label=_("What it is called"), max_length=LONGEST, initial="rieng", help_text=SMALL,
        error_messages={"invalid": SMALL},
    )  # fmt: skip
    since = a_day(_("For what is due from"))
    reason = forms.CharField(label=_("Why"), max_length=500)
    key = forms.UUIDField(widget=forms.HiddenInput)


class BackForm(forms.Form):
    """From a day on the unit has no ladder of its own for the rule."""

    since = a_day(_("For what is due from"))
    reason = forms.CharField(label=_("Why"), max_length=500)
    key = forms.UUIDField(widget=forms.HiddenInput)


class RungForm(forms.Form):
    """A rung: when, who, how. Without a side it is left out."""

    use_required_attribute = False
    side = forms.ChoiceField(
        label=_("When it is said"), required=False, choices=[("", _("leave this line out")), *SIDES.items()]
    )
    offset = forms.IntegerField(label=_("How many days"), required=False, min_value=0, max_value=DAYS)
    unit = forms.ChoiceField(label=_("Counted in"), choices=list(UNITS.items()), initial="working_days")
    to = forms.ChoiceField(label=_("Who is told"))
    ways = forms.ChoiceField(
        label=_("How"), choices=[(BOTH, _("in the application and by e-mail")), *CHANNELS.items()], initial=BOTH
    )
    critical = forms.BooleanField(label=CRITICAL, required=False)

    def __init__(self, *args: Any, whoms: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = whoms

    def rung(self) -> dict[str, Any] | None:
        """As a document of ladders has it; None for a line that was left out."""
        typed = self.cleaned_data
        if not typed.get("side"):
            return None
        kind, _dash, up = typed["to"].partition("-")
        return {
            "side": typed["side"], "offset": typed["offset"] or 0, "unit": typed["unit"], "up": int(up), "kind": kind,
            "channels": typed["ways"].split("+"), "critical": typed["critical"],
        }  # fmt: skip


def rungs_of(ladder: Ladder, levels: int) -> list[dict[str, Any]]:
    """What the lines show at first: the rungs of a ladder, as far as there are levels for them."""
    return [
        {"side": one.side, "offset": one.offset, "unit": one.unit, "to": f"{one.kind}-{one.up}",
         "ways": "+".join(one.channels), "critical": one.critical}
        for one in ladder.rungs if one.up <= levels
    ]  # fmt: skip


def lines(data: Any, ladder: Ladder, levels: int) -> Any:
    """The lines of the rungs, as they were sent or else as the ladder has them, with some more that are empty."""
    first = rungs_of(ladder, levels)
    kinds = {(one.kind, one.up) for one in ladder.rungs if one.up <= levels}
    asked = {("remind", 0)} | {("escalate", up) for up in range(1, levels + 1)} | kinds
    whoms = [(f"{kind}-{up}", _whom(kind, up)) for kind, up in sorted(asked, key=lambda one: (one[1], one[0]))]
    made = forms.formset_factory(RungForm, extra=BLANK, max_num=MOST, absolute_max=MOST + BLANK)
    return made(data, prefix="rung", initial=first, form_kwargs={"whoms": whoms})


def _whom(kind: str, up: int) -> str:
    """Above, to be told is an escalation; a mere reminder there is named as one."""
    return f"{whom(up)} ({_('reminder')})" if up and kind == "remind" else str(whom(up))


def document(name: str, rule: str, rungs: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The ladder in the form of docs/ladders.schema.json, its rungs in the order of their days."""
    in_order = sorted(rungs, key=lambda row: place(Rung(**{**row, "channels": tuple(row["channels"])})))
    return {"defaults": {}, "ladders": {name: in_order}, "rules": {rule: name}}
