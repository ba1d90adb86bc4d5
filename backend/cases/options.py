"""What can be done now, and why the rest cannot: every step that leaves where a subject stands, judged without writing.

Rights come first: where the office lacks the right, no guard is asked, since its answer may reveal data. Guards that
ask for a fact not yet given stay undecided; all others answer as they will when the step is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.cases.judging import granted, levels_of, visible
from backend.cases.loading import see_case, see_member, see_unit
from backend.cases.orders import Loaded
from backend.cases.situation import situation
from backend.cases.targets import new_case
from backend.core.errors import NotFound, NotPermitted
from workflows.answers import Answer, Caution, Refusal
from workflows.catalogue import LIFECYCLES
from workflows.offices import Level, Right
from workflows.situation import Situation
from workflows.vocabulary import NEW, Step

NOT_PERMITTED = Refusal(
    "engine.not_permitted",
    gettext_noop("Your office may not do this here."),
    remedy=gettext_noop("Ask the office that holds this right."),
)
THROUGH_CASE = Refusal(
    "engine.through_case",
    gettext_noop("This happens only as the consequence of a case's step."),
    remedy=gettext_noop("Take the step in the case itself."),
)


@dataclass(frozen=True)
class Option:
    """One step from here. `opens` marks a step that opens a new case; `asks` names facts that guards wait for."""

    step: Step
    levels: tuple[Level, ...]
    opens: bool = False
    on_behalf: bool = False
    refusals: tuple[Answer, ...] = ()
    cautions: tuple[Answer, ...] = ()
    asks: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Nothing known now stands in the way; facts to be given may still."""
        return not self.refusals


def case_options(actor: Actor, case_id: int, today: date) -> list[Option]:
    """The steps of a case from where it stands. Raises NotFound."""
    loaded = _seen(actor, see_case(case_id))
    return _leaving(actor, loaded, loaded.case.lifecycle, today)


def member_options(actor: Actor, member_id: int, today: date) -> list[Option]:
    """The steps of membership from where a member stands, and the cases that can be opened. Raises NotFound."""
    loaded = _seen(actor, see_member(member_id))
    opening = _opening(actor, loaded, "member", today)
    return [*_leaving(actor, loaded, "membership", today), *opening]


def unit_options(actor: Actor, unit_id: int, today: date) -> list[Option]:
    """The cases that can be opened about a unit. Raises NotFound."""
    unit = see_unit(unit_id)
    if unit is None or not actor.sees(unit.path):
        raise NotFound("There is nothing like that here.")
    return _opening(actor, Loaded(unit), "unit", today)


def _seen(actor: Actor, loaded: Loaded | None) -> Loaded:
    if loaded is None or not visible(actor, loaded):
        raise NotFound("There is nothing like that here.")
    return loaded


def _leaving(actor: Actor, loaded: Loaded, lifecycle: str, today: date) -> list[Option]:
    steps = LIFECYCLES[lifecycle].steps().values()
    here = [step for step in steps if str(getattr(loaded.subject, step.field)) in step.sources]
    return [_option(actor, loaded, step, today, opens=False) for step in here]


def _opening(actor: Actor, loaded: Loaded, about: str, today: date) -> list[Option]:
    options = []
    for key, page in sorted(LIFECYCLES.items()):
        if page.subject != "case" or page.about != about:
            continue
        fresh = Loaded(loaded.unit, new_case(key, loaded.unit, loaded.member), loaded.member)
        if visible(actor, fresh):
            steps = [step for step in page.steps().values() if NEW in step.sources]
            options += [_option(actor, fresh, step, today, opens=True) for step in steps]
    return options


def _option(actor: Actor, loaded: Loaded, step: Step, today: date, *, opens: bool) -> Option:
    if step.by == Right.THROUGH_CASE:
        return Option(step, (), opens, refusals=(THROUGH_CASE,))
    levels = levels_of(step, today)
    try:
        grant = granted(actor, step, loaded, today)
    except NotPermitted:
        return Option(step, levels, opens, refusals=(NOT_PERMITTED,))
    answers, asks = _ask(step, situation(loaded, _Unknown(), on=today, today=today))
    return Option(
        step, levels, opens, grant.on_behalf, tuple(one for one in answers if isinstance(one, Refusal)),
        tuple(one for one in answers if isinstance(one, Caution)), asks,
    )  # fmt: skip


def _ask(step: Step, seen: Situation) -> tuple[list[Answer], tuple[str, ...]]:
    answers: list[Answer] = []
    asks: dict[str, None] = {}
    for guard in step.guards:
        try:
            answer = guard(seen)
            for one in [answer] if isinstance(answer, Answer) else answer or ():
                answers.append(one)  # noqa: PERF402  (what came before a missing fact is kept)
        except _Missing as missing:
            asks[missing.name] = None
    return answers, tuple(asks)


class _Missing(Exception):
    """A guard asked for a fact that has not been given yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Unknown(Mapping[str, Any]):
    """The facts of a step that has not been asked for yet: whoever looks at one is told so."""

    def __getitem__(self, name: str) -> NoReturn:
        raise _Missing(name)

    def get(self, key: str, default: Any = None) -> NoReturn:
        raise _Missing(key)

    def __iter__(self) -> Iterator[str]:
        raise _Missing("")

    def __len__(self) -> int:
        raise _Missing("")
