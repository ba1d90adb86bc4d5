"""Words a file may use for a value: its key, or its label in English or Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from unicodedata import normalize

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from workflows.badges import Kind
from workflows.catalogue import LIFECYCLES
from workflows.dues import Status
from workflows.dues_rates import Income
from workflows.facts import Choice, Label
from workflows.flagging import Cause
from workflows.lifecycles.meeting import KIND
from workflows.offices import Level, Office
from workflows.profile import PROFILE
from workflows.standings import Participation, Standing

NONE = "none"

TABLES: Mapping[str, Mapping[str, Label]] = {
    "level": dict(Level.choices),
    "office": dict(Office.choices),
    "standing": dict(Standing.choices),
    "participation": dict(Participation.choices),
    "sex": dict(next(fact.choices for fact in PROFILE if fact.name == "sex" and isinstance(fact, Choice))),
    "lifecycle": {key: page.label for key, page in LIFECYCLES.items()},
    "meeting_kind": dict(KIND.choices),
    "status": {
        "open": _("Open"), "met": _("Met"), "met_late": _("Met late"), "missed": _("Missed"), "cancelled": _("Cancelled"),
        NONE: _("There is none"),
    },
    "badge": {**dict(Kind.choices), NONE: _("Not on the list")},
    "dues_status": dict(Status.choices),
    "income": dict(Income.choices),
    "cause": dict(Cause.choices),
    "firmness": {"firm": _("Firm"), "to_confirm": _("To be confirmed"), "unsettled": _("Unsettled")},
}  # fmt: skip


def plain(text: str) -> str:
    """A word as it is compared: one form of its letters, one space, no capitals."""
    return " ".join(normalize("NFC", text).split()).casefold()


def said(label: Label, language: str) -> str:
    """A label in a language (`en`, `vi`)."""
    with override(language):
        return str(label)


def find(choices: Mapping[str, Label], written: str) -> str | None:
    """The key that is meant: written itself, or as its label in either language; None where it is none or several."""
    if written in choices:
        return written
    meant = [key for key, label in choices.items() if plain(written) in {plain(one) for one in spoken(key, label)}]
    return meant[0] if len(meant) == 1 else None


def spoken(key: str, label: Label) -> tuple[str, str, str]:
    """All ways to write a value."""
    return key, said(label, "en"), said(label, "vi")


def known(choices: Mapping[str, Label], *, vietnamese: bool) -> Iterable[str]:
    """What could have been written, in the language of the file."""
    return (said(label, "vi") if vietnamese else key for key, label in choices.items())
