"""A row of the law on a page: its value in words, how surely it is known (a sign and a word), and what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.deadlines.titles import title
from workflows.catalogue import LIFECYCLES
from workflows.law import Rule
from workflows.law.model import Firmness
from workflows.law.naming import ACTS, act_named, pack_named
from workflows.law.words import confidence_of, days_of, note_of, value_of
from workflows.uses import labels, lists, uses

SIGNS: dict[Firmness, str] = {"firm": "✓", "to_confirm": "?", "unsettled": "⚠"}
LISTS: dict[str, Promise] = {
    "badges": _("The list of badges"), "dues": _("What is owed in dues"), "flags": _("What is to be considered"),
}  # fmt: skip
"""Lists that count by a rule (`workflows.uses.lists`)."""


@dataclass(frozen=True)
class Use:
    """What goes by the row; a step leads to its lifecycle's page."""

    label: str
    address: str = ""


@dataclass(frozen=True)
class Told:
    """A row in words of the reader's language. `sure` says how far one may lean on it, `sign` stands before it."""

    id: str
    title: str
    value: str
    days: str
    sign: str
    sure: str
    firm: bool
    source: str
    note: str
    pack: str
    uses: list[Use]


def told(row: Rule) -> Told:
    """What a page shows of a row of the law, or of who decides."""
    return Told(
        row.id, act_named(row.id) if row.id in ACTS else title(row.id), value_of(row), days_of(row),
        SIGNS[row.firmness], confidence_of(row), row.firmness == "firm", row.cited(), note_of(row),
        pack_named(row.pack) if row.pack else "", used_by(row.id),
    )  # fmt: skip


def used_by(rule_id: str) -> list[Use]:
    """The steps that may look the rule up, the labels that come from it and the lists that count by it."""
    steps = [_step(*key.split(".", 1)) for key in uses().get(rule_id, ())]
    drawn = [Use(": ".join(map(str, _timed()[key]))) for key in labels().get(rule_id, ())]
    return [*steps, *drawn, *(Use(str(LISTS[name])) for name in lists().get(rule_id, ()))]


def _step(lifecycle: str, step: str) -> Use:
    page = LIFECYCLES[lifecycle]
    return Use(f"{page.label}: {page.steps()[step].label}", f"{reverse('help', args=[lifecycle])}#{step}")


@cache
def _timed() -> dict[str, tuple[Promise | str, Promise | str]]:
    return {f"{page.key}.{one.key}": (page.label, one.label) for page in LIFECYCLES.values() for one in page.timed}


def unsure(rows: Iterable[Rule]) -> int:
    """How many of the rows are not firm."""
    return sum(row.firmness != "firm" for row in rows)
