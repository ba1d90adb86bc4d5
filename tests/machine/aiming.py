"""Going for a step: along the shortest road of its page, waiting and doing what else can be done where it is barred.

Runs of chance alone seldom come to the end of a long road. A lifecycle that is added is walked too; what its own roads do not
tell of a step, the tables below do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

from django_fsm import TransitionNotAllowed
from hypothesis.stateful import rule

from backend.cases.engine import NewCase, OnCase, OnMember
from backend.cases.loading import see_member
from backend.cases.models import Case
from backend.cases.orders import Loaded
from tests.machine.machine import CHANCE, WAIT, Machine
from tests.machine.play import DONE, looking
from tests.workflows.test_walk import CASE_STEPS, begin, people, run
from workflows.catalogue import LIFECYCLES, event_codes
from workflows.offices import Right
from workflows.vocabulary import NEW, STAY, Step

AFTER: Mapping[str, Sequence[str]] = {
    "admission.referral_received": ("admission.decided", "admission.handed_over"),
    "discipline.decided_there": ("temporary_transfer.taken_in",),
    "discipline.noted": ("temporary_transfer.taken_in", "discipline.decided_there"),
    "meeting.called_off": ("meeting.minutes_filed",),
    "membership.restored_official": ("removal.appealed",),
    "recognition.taken_over": ("membership.imported_probationary",),
}
"""What must have happened before a step though no road of its own page leads over it."""
LATE: Mapping[str, int] = {"appeal.taken_in_late": 100}
"""For how many days what leads to a step waits."""
OPENED_BY: Mapping[str, str] = {
    "membership.received_probationary": "transfer.received_back",
    "membership.restored_official": "appeal.annulled",
}
"""What a step does to the member in some cases only, which no situation built by hand shows."""
STEPS = event_codes()
BY_HAND = tuple(one for one in CASE_STEPS if one.by != Right.THROUGH_CASE)


class Aiming(Machine):
    """The machine, which also goes for a step now and then."""

    @rule(chance=CHANCE)
    def aim_at_a_step(self, chance: Random) -> None:
        """Any step of a case, from nothing or from where a case of its page stands."""
        self.aim(chance, chance.choice(BY_HAND), 12)

    def aim(self, chance: Random, wanted: Step, far: int) -> bool:
        """Try for so many steps at most to take one; whether it was taken."""
        for earlier in AFTER.get(wanted.code, ()):
            self.aim(chance, STEPS[earlier], far)
        before, case = DONE[wanted.code], 0
        roads = carriers()[wanted.code]
        road = chance.choice(roads)
        for _ in range(far):
            if DONE[wanted.code] > before:
                break
            if road.lifecycle == "membership":
                self._towards_membership(chance, road)
            else:
                self._wait(LATE.get(wanted.code, 0) if case else 0)
                case = self._on(chance, case, road) if case else self._begin(chance, road)
            road = road if case else chance.choice(roads)
        return DONE[wanted.code] > before

    def _towards_membership(self, chance: Random, wanted: Step) -> None:
        """A step of membership itself, on somebody for whom it can be taken; on others what leads there."""
        if NEW in wanted.sources:
            self._enter(chance, wanted)
            return
        for member in chance.sample(self._people(), len(self._people())):
            with looking():
                loaded = see_member(member)
            assert loaded is not None
            here = getattr(loaded.member, wanted.field) in wanted.sources and self._ways(loaded, [wanted])
            if here and self._take_orderly(OnMember(member), loaded, wanted, chance):
                return
        self._move(chance)

    def _begin(self, chance: Random, wanted: Step) -> int:
        """One of the newest cases from which the step can be come to, or a new one about somebody or a cell; 0: none."""
        page = LIFECYCLES[wanted.lifecycle]
        away = distances(wanted)
        running = Case.objects.filter(lifecycle=page.key, state__in=away).exclude(state="")
        found = running.order_by("-pk").values_list("pk", flat=True)
        if found and NEW not in wanted.sources and chance.random() < 0.5:
            return int(chance.choice(list(found)[:2]))
        first = [one for one in page.steps().values() if NEW in one.sources and one.by != Right.THROUGH_CASE]
        steps = [wanted] if NEW in wanted.sources else [one for one in first if one.target in away]
        for target in self._about(chance, page.key, page.about):
            fresh = self._fresh(target)
            ways = self._ways(fresh, steps)
            answer = self._take_orderly(target, fresh, chance.choice(ways), chance) if ways else None
            if answer:
                return int(answer["id"])
        self._wait(chance.choice(WAIT))
        self._move(chance)
        return 0

    def _about(self, chance: Random, key: str, about: str) -> list[NewCase]:
        if about == "unit":
            return [NewCase(key, unit_id=one.id) for one in chance.sample(self.stage.cells, len(self.stage.cells))]
        return [NewCase(key, member_id=one) for one in chance.sample(self._people(), len(self._people()))]

    def _on(self, chance: Random, case: int, wanted: Step) -> int:
        """One step of a case towards the one that is wanted, or a wait; 0 where it can no longer be come to."""
        loaded, away = self._case(case), distances(wanted)
        state = str(loaded.case.state)
        if state not in away:
            return 0
        here = [one for one in LIFECYCLES[wanted.lifecycle].steps().values()
                if state in one.sources and one.by != Right.THROUGH_CASE]  # fmt: skip
        near = [wanted] if state in wanted.sources else [one for one in here if away.get(one.target, 99) < away[state]]
        if chance.random() < 0.8 and self._takes_one(chance, case, loaded, near):
            return case
        if chance.random() < 0.15:  # whatever stands in the way may never go
            return 0
        if wanted.name == "end" and loaded.member is not None and chance.random() < 0.5:
            self._dies(chance, loaded)
            return case
        staying = [one for one in here if one != wanted and (one.target == STAY or one.target in away)]
        if chance.random() < 0.5 or not self._takes_one(chance, case, self._case(case), staying):
            self._wait(chance.choice(WAIT))
        return case

    def _takes_one(self, chance: Random, case: int, loaded: Loaded, steps: list[Step]) -> bool:
        ways = self._ways(loaded, steps)
        return bool(ways and self._take_orderly(OnCase(case), loaded, chance.choice(ways), chance))

    def _dies(self, chance: Random, loaded: Loaded) -> None:
        """Whoever the case is about leaves."""
        with looking():
            known = see_member(loaded.case.member_id)
        assert known is not None
        self._take_orderly(OnMember(known.member.pk), known, STEPS["membership.died"], chance)


@cache
def distances(wanted: Step) -> Mapping[str, int]:
    """How many steps each state of a page is from one in which the step can be taken; those from where it cannot are out."""
    plain = [one for one in LIFECYCLES[wanted.lifecycle].steps().values() if one.by != Right.THROUGH_CASE]
    found = dict.fromkeys(wanted.sources, 0)
    for far in range(1, 30):
        found |= {
            source: far
            for one in plain for source, target in one.moves if found.get(target) == far - 1 and source not in found
        }  # fmt: skip
    return found


@cache
def carriers() -> Mapping[str, list[Step]]:
    """By the code of each step what people do to take it: itself, or what opens its case, or what moves the member so."""
    found: dict[str, list[Step]] = {}
    for page in LIFECYCLES.values():
        for one in page.steps().values():
            if one.by != Right.THROUGH_CASE:
                found.setdefault(one.code, []).append(one)
            for start in one.starts:
                found.setdefault(LIFECYCLES[start.lifecycle].steps()[start.step].code, []).append(one)
    for one in BY_HAND:
        for code in sorted(_moved(one)):
            found.setdefault(code, []).append(one)
    return found | {code: [STEPS[by]] for code, by in OPENED_BY.items()}


def _moved(step: Step) -> set[str]:
    """The codes of the member's own steps that a case's step calls, for members in whatever states."""
    found = set()
    for person in people():
        try:
            run(begin(step.lifecycle, state=step.sources[0]), step, person)
        except TransitionNotAllowed:
            continue
        found |= {one.step.code for one in getattr(person, "trail", [])[:1]}
    return found
