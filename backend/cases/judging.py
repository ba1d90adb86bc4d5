"""May this step be done, and what did it do? Version, rights, facts, guards, then the page's own method, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy, gettext_noop

from backend.accounts.policy import Actor, Grant, allowed
from backend.cases.frozen import shut
from backend.cases.health import told_of_health
from backend.cases.orders import Loaded, NewMember, Order
from backend.cases.record_views import record_view
from backend.cases.registry import deciding, levels_of, step_of
from backend.cases.second_cases import already_open, second_ones
from backend.cases.situation import Readings, people_of, situation
from backend.cases.targets import new_case
from backend.core.errors import NotFound, NotPermitted, Refused, Stale
from workflows.answers import Answer, Caution, Refusal, standing_on
from workflows.asking import answers, foresee
from workflows.catalogue import LIFECYCLES
from workflows.member_steps.placed import Begins
from workflows.offices import holds
from workflows.reading import read_all
from workflows.standings import OUT_OF_THE_PARTY
from workflows.vocabulary import NEW, Lifecycle, Situation, Start, Step, Trace


@dataclass
class Done:
    """A step that ran in memory, with everything its rows are made of."""

    loaded: Loaded
    step: Step
    situation: Situation
    grant: Grant
    traces: list[Trace]
    member_traces: list[Trace]
    before: Mapping[str, Any]
    cautions: list[Caution]
    is_new: bool
    begins: Begins | None = None
    amends: Mapping[str, tuple[Any, Any]] | None = None
    started: list[Done] = field(default_factory=list)


MEMBER_DATES = ("admission_decided_on", "joined_on", "official_on", "left_on", "away_until", "party_age_from")
MEMBER_FIGURES = ("badge_years",)
MEMBER_PLACES = ("unit_id", "guest_unit_id")
MEMBER_OWN = (*MEMBER_DATES, *MEMBER_FIGURES, *MEMBER_PLACES)
"""What of a member a step may set beside the states: the line of the log says it, new and old."""


def judge(actor: Actor, order: Order, loaded: Loaded | None, today: date, readings: Readings) -> Done:
    """Run one order in memory. Raises NotFound, Stale, NotPermitted or Refused, in that order of precedence."""
    if loaded is None or not visible(actor, loaded):
        raise NotFound
    subject = loaded.subject
    if order.expected_version is not None and order.expected_version != subject.version:
        raise Stale(subject.version)
    step = declared(loaded, order)
    grant = granted(actor, step, loaded, order.on)
    facts, unread = _told(step, order.facts, readings)
    faults = [*(order.target.wrong if isinstance(order.target, NewMember) else ()), *unread]
    people = people_of(actor.path)
    seen = situation(
        loaded, facts, on=order.on, today=today, readings=readings, members=people, actor=actor,
        health=lambda: told_of_health(actor, loaded.case), record=record_view(actor, loaded),
    )  # fmt: skip
    if (row := deciding(step, order.on)) is not None:
        seen.used[row.id] = row.version
    if faults:
        raise _refused([*faults, *_known_already(step, subject, seen)], step, loaded, seen)
    doubts = order.target.doubts if isinstance(order.target, NewMember) else ()
    return _run(actor, loaded, step, seen, grant, readings, doubts)


def visible(actor: Actor, loaded: Loaded) -> bool:
    """Scope by the places of the subject, and the lifecycle's own right to read.

    A case stands at its unit and where its turn is; a member (and the case that is yet to be opened about one) at the
    official cell and at the temporary place.
    """
    lifecycle = loaded.case.lifecycle if loaded.case is not None else "membership"
    if actor.is_person and not holds(actor.office, LIFECYCLES[lifecycle].read):
        return False
    if shut(actor) and _is_frozen(loaded):
        return False
    if actor.member_id is not None:
        return loaded.member is not None and loaded.member.pk == actor.member_id
    is_open = loaded.case is not None and loaded.case.pk is not None
    other = loaded.case.acting_path if is_open else getattr(loaded.member, "guest_path", None)
    return actor.sees(loaded.unit.path) or (other is not None and actor.sees(other))


def _is_frozen(loaded: Loaded) -> bool:
    """As `frozen.FROZEN`, of what was loaded."""
    closed = loaded.case is not None and loaded.case.closed_on is not None
    return closed and getattr(loaded.member, "standing", "") in OUT_OF_THE_PARTY


def declared(loaded: Loaded, order: Order) -> Step:
    """The declared step of an order; an unknown name is NotFound."""
    lifecycle = loaded.case.lifecycle if loaded.case is not None else "membership"
    step = step_of(lifecycle, order.step)
    if step is None:
        raise NotFound(gettext_noop("There is no such step."))
    return step


def granted(actor: Actor, step: Step, loaded: Loaded, on: date) -> Grant:
    """The right to do the step here, at the level that the law of the day names. Raises NotPermitted."""
    levels = levels_of(step, on)
    for path in _places(step, loaded):
        grant = allowed(actor, step.by, path, levels)
        if grant is not None:
            return grant
    raise NotPermitted


def _places(step: Step, loaded: Loaded) -> Iterable[str]:
    """Where the right must lie: at the unit that acts, or (its own side) at what above it has the turn."""
    unit = loaded.place(step.there).path
    acting = getattr(loaded.case, "acting_path", unit)
    return dict.fromkeys((unit, acting)) if unit.startswith(acting) else (unit,)


def _told(step: Step, raw: Mapping[str, Any], readings: Readings) -> tuple[dict[str, Any], list[Refusal]]:
    """As `read_all`, once for all orders of a run that were given the same mapping: a bulk step is told one thing."""
    key = (step.code, id(raw))
    if key not in readings.told:
        readings.told[key] = (raw, *read_all(step.facts, raw))  # the mapping is kept, so that its id stays its own
    _, values, faults = readings.told[key]
    return values, faults


def _known_already(step: Step, subject: Lifecycle, seen: Situation) -> list[Answer]:
    """What refuses the step whatever the facts that could not be read turn out to be."""
    missing = [fact.name for fact in step.facts if fact.name not in seen.facts]
    stands = foresee(step.guards, seen, missing).stands
    return [*starting(step, subject), *(answer for answer in stands if isinstance(answer, Refusal))]


def unmet(step: Step, subject: Lifecycle, seen: Situation) -> list[Answer]:
    """Every answer of every guard, refusals and cautions; a step that does not start here is a refusal too."""
    return [*starting(step, subject), *answers(step.guards, seen)]


def starting(step: Step, subject: Lifecycle) -> list[Answer]:
    """The refusal of a step that does not start from where its subject stands, naming from where it does."""
    if str(getattr(subject, step.field)) in step.sources:
        return []
    names = {NEW: _NOTHING_YET, **dict(LIFECYCLES[step.lifecycle].choices()[step.field].choices)}
    return [
        Refusal(
            "engine.wrong_state", gettext_noop("This step does not start from here; it starts from: %(states)s."),
            {"states": tuple(names[source] for source in step.sources)},
            remedy=gettext_noop("Look at the steps that are open now."),
        )
    ]  # fmt: skip


def _refused(reasons: Sequence[Answer], step: Step, loaded: Loaded, seen: Situation) -> Refused:
    """All reasons at once, each with its source: also the one that the database would give where there were no others."""
    opens = loaded.case is not None and loaded.case.pk is None
    return Refused(standing_on([*reasons, *(already_open(loaded, seen) if opens else ())], step.basis))


_NOTHING_YET = gettext_lazy("nothing (it opens a new one)")


def _run(
    actor: Actor,
    loaded: Loaded,
    step: Step,
    seen: Situation,
    grant: Grant,
    readings: Readings,
    doubts: Sequence[Caution] = (),
) -> Done:
    subject, member = loaded.subject, loaded.member
    said = [*unmet(step, subject, seen), *second_ones(loaded, step, seen)]
    refusals = [answer for answer in said if isinstance(answer, Refusal)]
    if refusals:
        raise _refused(refusals, step, loaded, seen)
    before = {name: getattr(member, name) for name in MEMBER_OWN} if member is not None else {}
    subject.trail = []
    if member is not None:
        member.trail, member.begins, member.amends = [], None, None
    getattr(subject, step.name)(seen)
    named = seen.facts.get(LIFECYCLES[step.lifecycle].there)
    if named:
        loaded.there = readings.unit_named(named)
    cautions = standing_on([*doubts, *(answer for answer in said if isinstance(answer, Caution))], step.basis)
    own = list(subject.trail)
    moved = list(member.trail) if member is not None and member is not subject else []
    done = Done(loaded, step, seen, grant, own, moved, before, cautions, is_new=subject.version == 0)
    if member is not None:  # before a step that starts a case runs on the member
        done.begins, done.amends = member.begins, member.amends
    done.started = [_start(actor, loaded, start, seen, readings) for start in step.starts if start.when(seen)]
    return done


def _start(actor: Actor, loaded: Loaded, start: Start, seen: Situation, readings: Readings) -> Done:
    """Open another lifecycle's case as the consequence of a step: same day, same member; its guards hold too."""
    case = new_case(start.lifecycle, loaded.unit, loaded.member)
    opened = Loaded(loaded.unit, case, loaded.member)
    step = step_of(start.lifecycle, start.step)
    if step is None:
        raise NotFound(gettext_noop("There is no such step."))
    facts, faults = read_all(step.facts, start.facts(seen))
    if faults:
        raise Refused(standing_on(faults, step.basis))
    there = situation(
        opened, facts, on=seen.on, today=seen.today, readings=readings, members=people_of(actor.path), actor=actor
    )  # fmt: skip
    return _run(actor, opened, step, there, Grant(), readings)
