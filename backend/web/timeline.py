"""Entries of the log as a timeline: when, what, through whom, with which paper, and what is to be known about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from backend.accounts.policy import Actor
from backend.audit.codes import label_of
from backend.audit.details import with_voids
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.amending import FACT
from backend.cases.registry import step_of
from backend.desk.words import fields_of
from backend.organizations.models import Unit
from backend.web.refusing import Said, said_of_codes
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.electing import Election
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Paper
from workflows.member_steps.roster import ROSTER
from workflows.offices import Office
from workflows.voting import Ballot, BallotValue, Presence, RollCall


@dataclass(frozen=True)
class Told:
    """A fact of an entry, in words."""

    label: str
    words: str


@dataclass(frozen=True)
class Line:
    """One entry. `marks` are words for what is out of the ordinary: late, corrected, a void, erased, rules to be confirmed."""

    uid: str
    on: str
    label: str
    lifecycle: str
    office: str
    unit: str
    facts: tuple[Told, ...]
    marks: tuple[str, ...]
    moved: str
    case_id: int | None
    voided: bool
    cautions: Sequence[Said] = ()


def lines(events: QuerySet[Event] | Sequence[Event], actor: Actor) -> list[Line]:
    """Events of the log, as `selectors.history` or `timeline` gives them, in words; two queries more for all of them.

    Rows that were read already carry `voided_by` (`details.with_voids`).
    """
    rows = list(with_voids(events)) if isinstance(events, QuerySet) else events
    own = [one for one in rows if one.origin is None]
    units = dict(Unit.objects.filter(pk__in={one.office_unit_id for one in own}).values_list("pk", "name"))
    people = _names(actor, own)
    return [_line(one, units, people) if one.origin is None else _from_elsewhere(one) for one in rows]


def _from_elsewhere(one: Event) -> Line:
    """An entry that came in a hand-over file: whatever it names by an id is the other installation's, nobody's here."""
    page = LIFECYCLES.get(one.lifecycle)
    trusted = () if one.origin.trusted else (gettext("From a key that is no longer trusted"),)
    return Line(
        str(one.uid), str(shown(one.on_date)), gettext(str(label_of(one.code))), str(page.label) if page else "",
        str(Office(one.office).label), one.origin.installation, tuple(_facts(one, {})), trusted, _moved(one), None,
        voided=False, cautions=said_of_codes(one),
    )  # fmt: skip


def _line(one: Event, units: Mapping[int, str], people: Mapping[int, str]) -> Line:
    page = LIFECYCLES.get(one.lifecycle)
    return Line(
        str(one.uid), str(shown(one.on_date)), gettext(str(label_of(one.code))), str(page.label) if page else "",
        str(Office(one.office).label), units.get(one.office_unit_id or 0, ""), tuple(_facts(one, people)),
        tuple(_marks(one)), _moved(one), one.case_id, one.voided_by is not None,
        said_of_codes(one),
    )  # fmt: skip


def _marks(one: Event) -> Iterable[str]:
    if one.voided_by is not None:
        yield gettext("Voided")
    if one.voids is not None:
        yield gettext("Correction")
    if one.days_late > 0 and one.batch is None:
        yield gettext("Recorded %(days)s days late") % {"days": one.days_late}
    if one.behalf_unit_id is not None:
        yield gettext("Recorded on behalf of the cell")
    if one.batch is not None:
        yield gettext("Brought in by an import")
    if one.unconfirmed:
        yield gettext("Under rules to be confirmed")
    if one.erased:
        yield gettext("Details erased")


def _moved(one: Event) -> str:
    page = LIFECYCLES.get(one.lifecycle)
    said = []
    for field, (_source, target) in one.changes.items():
        choices = page.choices().get(field) if page else None
        if choices is not None and target in choices.values:
            said.append(str(choices(target).label))
    return ", ".join(said)


def _facts(one: Event, people: Mapping[int, str]) -> Iterable[Told]:
    step = step_of(one.lifecycle, one.step)
    if step is None:
        return
    if FACT in one.facts:
        yield Told(gettext("Corrected"), ", ".join(fields_of(one.facts[FACT])))
    for fact in (fact for fact in step.facts if not fact.private):
        sealed, beside = one.facts.get(fact.name), ((one.told or {}).get("facts") or {}).get(fact.name)
        if sealed is not None or beside is not None:
            words = words_of(fact, sealed, beside, people)
            if words:
                yield Told(str(fact.label), words)


def words_of(fact: Fact, sealed: Any, beside: Any, people: Mapping[int, str]) -> str:
    """One fact as the log keeps it: what its line says, and what stands beside the line while that is kept."""
    if isinstance(fact, Paper):
        return _paper(sealed or {}, beside or {})
    if isinstance(fact, MemberRef):
        return ", ".join(people.get(one, f"#{one}") for one in (sealed if isinstance(sealed, list) else [sealed]))
    if isinstance(fact, Election):
        return ", ".join(f"{people.get(one['member'], one['member'])}: {one['votes']}" for one in sealed["winners"])
    say: Callable[[Any, Any], str] = _SAID.get(type(fact), _plainly)
    return say(fact, beside if sealed is None else sealed)


def _plainly(_fact: Fact, value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _roll(_fact: Fact, counted: Mapping[str, int]) -> str:
    return ", ".join(f"{word.label}: {counted[word.value]}" for word in Presence if word.value in counted)


_SAID: Mapping[type[Fact], Callable[[Any, Any], str]] = {
    Day: lambda fact, value: str(shown(fact.parse(value))),
    Choice: lambda fact, value: str(dict(fact.choices).get(value, value)),
    Flag: lambda _fact, value: gettext("yes") if value else gettext("no"),
    Ballot: lambda _fact, value: _ballot(value),
    RollCall: _roll,
}
"""How a kind of fact is said; what is not here is said as it stands."""


def _paper(sealed: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    date = str(shown(Day("date", "").parse(sealed["date"]))) if sealed.get("date") else ""
    number = "" if sealed.get("kind") == ROSTER.paper else beside.get("number", "")  # an import's own, on no paper
    parts = [number, date, beside.get("issuer", "")]
    where = gettext("kept at: %(place)s") % {"place": beside["kept_at"]} if beside.get("kept_at") else ""
    return ", ".join(filter(None, [*parts, where]))


def _ballot(sealed: Mapping[str, Any]) -> str:
    said = {name: sealed[name] for name in BallotValue.__dataclass_fields__ if name != "meeting"}
    words = (
        gettext("in favour %(yes)s, against %(no)s, valid %(valid)s, collected %(collected)s, issued %(issued)s") % said
    )
    den = (sealed.get("roll") or {}).get("denominator")
    return words + (gettext("; out of %(den)s") % {"den": den} if den is not None else "")


def _names(actor: Actor, rows: Sequence[Event]) -> dict[int, str]:
    """Names of the people whom entries name, as far as they are in sight; no query where none is named."""
    wanted = set()
    for one in rows:
        step = step_of(one.lifecycle, one.step)
        for fact in step.facts if step else ():
            value = one.facts.get(fact.name)
            if isinstance(fact, MemberRef) and value is not None:
                wanted |= set(value if isinstance(value, list) else [value])
            if isinstance(fact, Election) and value is not None:
                wanted |= {winner["member"] for winner in value["winners"]}
    if not wanted:
        return {}
    return dict(selectors.members(actor).filter(pk__in=wanted).values_list("pk", "full_name"))
