"""The figures at the head of an overview, in groups; each number leads to the list behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import get_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop

from backend.accounts.policy import Actor
from backend.reports import figures as of
from backend.reports.models import PlanTarget
from backend.reports.reading import Values
from backend.reports.shares import share
from backend.web.overview.place import Place
from workflows.offices import Right, holds
from workflows.standings import MEMBERS, Participation


@dataclass(frozen=True)
class Figure:
    """A number with its name, the parameters of the list behind it, and a line below it (of which plan or whole, how many per
    cent)."""

    label: str
    number: str
    query: str
    line: str = ""
    alarms: bool = False


MEMBERS_BY_STANDING = tuple(f"standing.{one}" for one in MEMBERS)
"""Parts of which the number of members is the sum."""

OPENED_LATER = gettext_noop(
    "Deadlines count from the day on which they were opened here. One opened later is not among those of this day, though it"
    " was due before; a meeting that was not held is overdue from the end of its month all the same."
)


@dataclass(frozen=True)
class Group:
    """Figures that belong together, the large ones first; of the rest those above zero, and whether there are `others`.
    `note`: what is to be known of how they are counted."""

    title: str
    large: Sequence[Figure]
    rows: Sequence[Figure] = ()
    others: bool = False
    note: str = ""


def groups(actor: Actor, place: Place, values: Values, plans: Mapping[tuple[int, str], PlanTarget]) -> list[Group]:
    """What an office is shown of a unit; screening and flags to those alone that may see such cases."""
    one = _Tiles(place, values, plans)
    away = f"participation.{Participation.AWAY}"
    ways = [figure for figure in of.WAYS if figure != away]
    found = [
        Group(gettext("Plan of the year"), [one.against_plan(figure) for figure in of.PLANNED]),
        Group(gettext("Regular meetings of the month"), [
            one.part(of.MEETING_HELD, of.MEETING_DUE), one.figure(of.MEETING_OVERDUE, alarms=True),
        ]),
        one.group(gettext("Members"), of.MEMBER, MEMBERS_BY_STANDING),
        Group(gettext("On the road to the Party"), [one.figure(key) for key in of.STANDINGS if key not in MEMBERS_BY_STANDING]),
        one.group(gettext("How members take part"), away, ways),
        Group(
            gettext("Deadlines"), [one.figure(of.DEADLINE_OPEN), one.figure(of.DEADLINE_OVERDUE, alarms=True)],
            note=gettext(OPENED_LATER) if place.is_past else "",
        ),
    ]  # fmt: skip
    if holds(actor.office, Right.READ_RESTRICTED):
        found += [
            one.group(gettext("Flags"), of.FLAG, of.FLAGS),
            one.group(gettext("Screening"), of.SCREENED, of.SCREENING),
        ]
    return found


def number(value: int) -> str:
    """A whole number as the reader writes it: 1.793 in Vietnamese, 1,793 in English."""
    return f"{value:,}".replace(",", get_format("THOUSAND_SEPARATOR"))


def percent(value: Decimal | None) -> str:
    """61,83 % in Vietnamese, 61.83 % in English; a dash where there is no whole."""
    return f"{number_format(value, 2)} %" if value is not None else "–"


class _Tiles:
    def __init__(self, place: Place, values: Values, plans: Mapping[tuple[int, str], PlanTarget]) -> None:
        self.place, self.values, self.plans = place, values, plans

    def figure(self, key: str, line: str = "", *, alarms: bool = False) -> Figure:
        value = self.value(key)
        query = self.place.query(figure=key) if value else ""
        return Figure(str(of.FIGURES[key]), number(value), query, line, alarms and value > 0)

    def group(self, title: str, large: str, rest: Sequence[str]) -> Group:
        some = [key for key in rest if self.value(key)]
        return Group(title, [self.figure(large)], [self.figure(key) for key in some], 0 < len(some) < len(rest))

    def value(self, key: str) -> int:
        return self.values[self.place.unit.path, key, self.place.on]

    def against_plan(self, key: str) -> Figure:
        plan = self.plans.get((self.place.unit.pk, key))
        if plan is None:
            return self.figure(key, gettext("No plan was entered for %(year)s.") % {"year": self.place.on.year})
        words = {"plan": number(plan.value), "percent": percent(share(self.value(key), plan.value))}
        return self.figure(key, gettext("of %(plan)s planned: %(percent)s") % words)

    def part(self, key: str, whole: str) -> Figure:
        words = {"whole": self._listed(whole), "percent": percent(share(self.value(key), self.value(whole)))}
        return self.figure(key, format_html(gettext("of {whole}: {percent}"), **words))

    def _listed(self, key: str) -> str:
        """A number in a sentence, leading to the list behind it."""
        one = self.figure(key)
        link = '<a href="{}?{}" aria-label="{}: {}">{}</a>'
        if not one.query:
            return one.number
        return format_html(link, reverse("overview-list"), one.query, one.label, one.number, one.number)
