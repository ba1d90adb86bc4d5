"""Deadlines as lines of a page: what is to be done, about whom, by when and why, and the button that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop

from backend.accounts.policy import Actor, allowed
from backend.cases import selectors
from backend.cases.models import Case
from backend.deadlines.explaining import explain
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.flags.models import Flag
from backend.flags.selectors import flags
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.web.naming import named_unit
from backend.web.weights import from_day, goes_last
from workflows import law
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.facts import day_in
from workflows.flagging import tasks_met_by
from workflows.offices import Right, holds
from workflows.vocabulary import NEW, Act, Lifecycle, Step

OF_THE_FLOW = {("meeting", "hold"), ("meeting", "file_minutes")}
"""Steps that the page of the month's meeting takes, all in one (`web.meetings`)."""


@dataclass(frozen=True)
class Button:
    """A step that meets the deadline, and the page on which it is taken; `from_on`: not before that day, in words."""

    label: str
    address: str
    from_on: str = ""
    begins: bool = False
    """Whether it begins what a task asks for."""
    leads: bool = True
    """Whether it may be the one of weight."""


@dataclass(frozen=True)
class Line:
    """One deadline; `left` says in words how long there is still time, `why` the arithmetic of the day.

    Of a case the button is that of the step its page names first, of a task the one that begins what it asks for: what else
    may meet the deadline (a vote that failed, a proposal to remove) is rarer, and stands with everything that can be done
    (`others`).
    """

    id: int
    title: str
    about: str
    place: str
    due: str
    left: str
    late: bool
    soon: bool
    to_confirm: bool
    why: str
    basis: str
    buttons: Sequence[Button] = ()
    others: bool = False

    @property
    def can_act(self) -> bool:
        """Whether something can be done today by a button."""
        return any(not one.from_on for one in self.buttons)


@dataclass
class Seen:
    """What the lines of a page name, read once for all: cases, flags, members and units by their ids."""

    cases: Mapping[int, Case] = field(default_factory=dict)
    flags: Mapping[int, Flag] = field(default_factory=dict)
    members: Mapping[int, Member] = field(default_factory=dict)
    units: Mapping[int, Unit] = field(default_factory=dict)

    def begun(self, lifecycle: str, row: Deadline) -> Case | None:
        """The open case of this kind about the member whom a task is about."""
        about = row.subject_id if row.subject_kind == "member" else None
        found = (one for one in self.cases.values() if about and (one.member_id, one.lifecycle) == (about, lifecycle))
        return next((one for one in found if one.closed_on is None), None)

    def member(self, row: Deadline) -> Member | None:
        """The member whom a deadline is about, as far as the reader may know."""
        match row.subject_kind:
            case "case":
                key = self.cases[row.subject_id].member_id if row.subject_id in self.cases else None
            case "flag":
                key = self.flags[row.subject_id].member_id if row.subject_id in self.flags else None
            case kind:
                key = row.subject_id if kind == "member" else None
        return self.members.get(key) if key else None


def lines(actor: Actor, rows: Sequence[Deadline], today: date) -> list[Line]:
    """The lines of these deadlines, which the actor sees; four queries, however many they are."""
    seen = seen_of(actor, rows)
    return [_line(actor, row, seen, today) for row in rows]


def seen_of(actor: Actor, rows: Sequence[Deadline]) -> Seen:
    """What these deadlines are about, as far as the actor may see it."""
    of = {kind: {one.subject_id for one in rows if one.subject_kind == kind} for kind in ("case", "flag", "member")}
    asked = Q(pk__in=of["case"]) | Q(member_id__in=of["member"], lifecycle__in=begun_by_tasks(), closed_on=None)
    known = of["case"] or of["member"]
    cases = {one.pk: one for one in selectors.cases(actor).filter(asked)} if known else {}
    may_see = of["flag"] and holds(actor.office, Right.READ_RESTRICTED)
    raised = {one.pk: one for one in flags(actor).filter(pk__in=of["flag"])} if may_see else {}
    about = {one.member_id for one in cases.values()} | {one.member_id for one in raised.values()} | of["member"]
    people = {key for key in about if key}
    members = selectors.members(actor).only("full_name", "standing", "participation").in_bulk(people) if people else {}
    below = {one.unit_id for one in rows if one.unit_id != actor.unit_id}
    return Seen(cases, raised, members, selectors.units(actor).in_bulk(below) if below else {})


def _line(actor: Actor, row: Deadline, seen: Seen, today: date) -> Line:
    days = (row.due_on - today).days
    place = seen.units.get(row.unit_id)
    taken = _buttons(actor, row, seen, today)
    wanted = [one for one in taken if one.begins] or taken
    buttons = wanted[:1] if row.subject_kind == "case" else wanted
    return Line(
        row.pk, title(row.rule_id), about(row, seen) or row.reference, named_unit(place),
        str(shown(row.due_on)), days_left(days), days < 0, 0 <= days <= 7, row.firmness != "firm", why(row), basis(row),
        buttons, len(buttons) < len(taken),
    )  # fmt: skip


SAID = {-1: gettext_noop("one day overdue"), 0: gettext_noop("today"), 1: gettext_noop("tomorrow")}
"""Days until then that have words of their own."""


def days_left(days: int) -> str:
    """How long there is still time, in words: 0 is today, less than that is overdue."""
    if days in SAID:
        return gettext(SAID[days])
    if days < 0:
        return gettext("%(days)s days overdue") % {"days": -days}
    return gettext("%(days)s days left") % {"days": days}


def why(row: Deadline) -> str:
    """From what the day is counted, and the arithmetic."""
    return f"{gettext(row.start_label)} ({shown(row.started_on)}). {explain(row.explanation, get_language() or 'vi')}"


def basis(row: Deadline) -> str:
    """The paragraph that sets the day, in the version that held when it began to run."""
    try:
        return law.rule(row.rule_id, on=row.started_on).cited()
    except KeyError:  # no version of it stood on that day
        return ""


def month_of(case: Case) -> str:
    """The month of a meeting of the cell, in words; empty for every other case."""
    month = day_in(case.facts, "month") if case.lifecycle == "meeting" else None
    return gettext("month %(month)s") % {"month": f"{month:%m/%Y}"} if month else ""


def about(row: Deadline, seen: Seen) -> str:
    """Whom or what a deadline is about: a name and the kind of case, or the month of a meeting."""
    member, case = seen.member(row), seen.cases.get(row.subject_id) if row.subject_kind == "case" else None
    said = [member.full_name] if member else []
    if case is not None:
        said.append(month_of(case) or str(LIFECYCLES[case.lifecycle].label))
    return " · ".join(said)


def _buttons(actor: Actor, row: Deadline, seen: Seen, today: date) -> list[Button]:
    """Of the steps that meet the deadline from where its subject stands, those that the office may take here; of a case that
    is begun already, the case."""
    case, found = seen.cases.get(row.subject_id) if row.subject_kind == "case" else None, []
    for page, step in closers().get(row.rule_id, ()):
        address = address_of(page, step, row, seen)
        levels = () if isinstance(step.at, Act) else step.at
        if address and allowed(actor, step.by, row.acting_path, levels):
            begins = row.rule_id in step.begins
            if begins and (begun := seen.begun(page.key, row)):
                return [Button(f"{page.label} {begun.number}", reverse("case", args=[begun.pk]), begins=True)]
            day = from_day(step, case.facts, today) if case else ""
            found.append(Button(_label(page, step, row, seen), address, day, begins, not goes_last(step)))
    return found


def _label(page: type[Lifecycle], step: Step, row: Deadline, seen: Seen) -> str:
    month = day_in(seen.cases[row.subject_id].facts, "month") if (page.key, step.name) == ("meeting", "hold") else None
    return gettext("Record the meeting of %(month)s") % {"month": f"{month:%m/%Y}"} if month else str(step.label)


@cache
def closers() -> dict[str, list[tuple[type[Lifecycle], Step]]]:
    """By rule: the steps that begin what its tasks ask for, those that meet its deadlines, and those by which what a flag asks
    is answered; what no page suggests stands last."""
    found: dict[str, list[tuple[type[Lifecycle], Step]]] = {}
    for page in LIFECYCLES.values():
        for step in page.steps().values():
            for rule in {*met_by(step), *step.begins} if step.by != Right.THROUGH_CASE else ():
                found.setdefault(rule, []).append((page, step))
    return {rule: sorted(all_of_it, key=partial(_place, rule)) for rule, all_of_it in found.items()}


def _place(rule: str, one: tuple[type[Lifecycle], Step]) -> tuple[bool, int]:
    return rule not in one[1].begins, goes_last(one[1])


def met_by(step: Step) -> tuple[str, ...]:
    """The rules of the deadlines that a step meets; what a flag asks is met by the steps that answer it."""
    return (*step.closes, *tasks_met_by(f"{step.lifecycle}.{step.name}"))


@cache
def begun_by_tasks() -> frozenset[str]:
    """The lifecycles whose cases do what some task asks for."""
    return frozenset(key for key, page in LIFECYCLES.items() if any(one.begins for one in page.steps().values()))


def address_of(page: type[Lifecycle], step: Step, row: Deadline, seen: Seen) -> str:
    """Where the step is taken; empty where it does not start from where the subject stands."""
    case = seen.cases.get(row.subject_id) if row.subject_kind == "case" else None
    if case is not None:
        if page.key != case.lifecycle or case.state not in step.sources:
            return ""
        flow = (page.key, step.name) in OF_THE_FLOW
        return reverse("meeting", args=[case.pk]) if flow else reverse("case-step", args=[case.pk, step.name])
    if (member := seen.member(row)) is not None:
        if page.subject == "member":
            stands = getattr(member, step.field) in step.sources
            return reverse("member-step", args=[member.pk, step.name]) if stands else ""
        opens = page.about == "member" and NEW in step.sources
        return reverse("member-open", args=[member.pk, page.key, step.name]) if opens else ""
    opens = row.subject_kind == "unit" and page.about == "unit" and NEW in step.sources
    return reverse("unit-open", args=[row.unit_id, page.key, step.name]) if opens else ""
