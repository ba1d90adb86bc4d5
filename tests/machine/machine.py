"""A Hypothesis state machine over the whole engine: people, cells, committees, and as many open cases as come together.

Whoever holds a right takes any step that can be taken from where things stand, on any day that has come, with facts in
order or out of order; days go by, meetings are held, entries are voided, orders come in bulk or twice. After each request
that was done every law of `invariants` holds and the log says what is stored; one that was refused has written nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from random import Random
from typing import Any, ClassVar
from zlib import crc32

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, NewMember, OnCase, OnMember, Order
from backend.cases.judging import granted, visible
from backend.cases.loading import see_case, see_member, see_unit
from backend.cases.models import Case
from backend.cases.options import case_options
from backend.cases.orders import Loaded, Target
from backend.cases.situation import people_of, situation
from backend.cases.targets import new_case, new_member
from backend.core import clock
from backend.core.db import WHOLE
from backend.core.errors import NotFound, NotPermitted
from backend.members.models import Member
from tests.machine.facts import MOSTLY, Held, Seen, good, spoiled
from tests.machine.play import Play, looking
from tests.machine.stage import Place, Stage
from tests.realdb import fresh_clone
from tests.world import TODAY
from workflows.answers import Refusal
from workflows.asking import foresee
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right
from workflows.vocabulary import NEW, STAY, Step
from workflows.voting import Ballot

CHANCE = st.randoms(use_true_random=True)
"""One number a rule, from which all in it follows: with a draw for each fact a run would be over after a few cases."""
ANYTHING = ("_go_on", "_go_on", "_open", "_move", "_enter")
DROPS = ("deceased", "merged")
WAIT = (31, 31, 10, 100, 400)
TRIES = 4
LONG_ROADS = ("admission", "recognition")
"""Taken up more often, or nobody would ever come to their end."""
ONE_IN_FIVE = (False,) * 4 + (True,)
ABSENT = ("away", "elsewhere", "abroad", "in_transit")


class Machine(RuleBasedStateMachine):
    """`template` and `stage` are given by the test that runs it."""

    template: ClassVar[str]
    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self._database = ExitStack()
        self._database.enter_context(fresh_clone(self.template))
        self.today, self.held = TODAY, dict[int, list[Held]]()
        self.play = Play(note)

    def teardown(self) -> None:
        try:
            if not self.play.is_broken:
                self.play.end()
        finally:
            self._database.close()

    @initialize(chance=CHANCE)
    def choose_who_it_is_about(self, chance: Random) -> None:
        """Most of what happens in a run happens to a few people, so that much is open about them at once.

        Half of the steps, others in every run, are seldom taken in it: so runs differ, and some come far.
        """
        self.chosen = chance.sample(self._people(), chance.randint(2, 4))
        self.salt = chance.randint(0, 9999)

    @rule(days=st.sampled_from((1, 3, 10, 31, 45, 100, 400)))
    def days_go_by(self, days: int) -> None:
        self._wait(days)

    def _wait(self, days: int) -> None:
        if not days:
            return
        self.today += timedelta(days=days)
        clock.move_to(self.today)
        self.play.moved()

    @invariant()
    def the_log_says_what_is_stored(self) -> None:
        self.play.replayed()

    # Cases and people
    @rule(chance=CHANCE)
    def try_anything(self, chance: Random) -> None:
        """Some steps, whether or not their time has come, with whoever comes along."""
        for _ in range(chance.randint(1, 4)):
            getattr(self, chance.choice(ANYTHING))(chance)

    @rule(chance=CHANCE)
    def see_a_case_through(self, chance: Random) -> None:
        """Many steps of one case, by the rules as far as those who take them know them."""
        case = self._running(chance, about="member")
        for _ in range(chance.randint(3, 14) if case else 0):
            self._go_on(chance, case, orderly=True)

    @rule(chance=CHANCE)
    def begin_a_case_and_see_it_through(self, chance: Random) -> None:
        """One of those that can be opened about somebody."""
        member = self._somebody(chance)
        possible, running = {}, Case.objects.filter(member_id=member, closed_on=None).exclude(state="")
        for key in set(_pages("member")) - set(running.values_list("lifecycle", flat=True)):
            fresh = self._fresh(NewCase(key, member_id=member))
            possible |= {one.code: (key, fresh, one) for one in self._ways(fresh, _beginnings(key))}
        if possible:
            key, fresh, step = possible[chance.choice(sorted(possible))]
            opened = self._take(NewCase(key, member_id=member), fresh, step, chance, orderly=True)
            for _ in range(chance.randint(3, 14) if opened else 0):
                self._go_on(chance, opened["id"], orderly=True)

    # Corrections and bulk
    @rule(chance=CHANCE)
    def void_an_entry(self, chance: Random) -> None:
        """One of the last entries; by a second person, or by somebody who may not."""
        last = list(Event.objects.filter(subject_kind__in=("case", "member")).order_by("-pk")[:6])
        event = last[chance.randint(0, len(last) - 1)]
        self.play.void(_one_of(chance, self.stage.actors), event.uid, "Ghi nhầm", self.today)

    @rule(chance=CHANCE)
    def take_one_step_for_many(self, chance: Random) -> None:
        """One mapping of facts for a whole cell, some of whom it does not fit: an answer for each."""
        key = chance.choice(("classification", "transfer", "exemption", "removal"))
        targets: list[Target] = [NewCase(key, member_id=one) for one in self._people()]
        steps = _beginnings(key)
        open_now = list(Case.objects.filter(lifecycle=key, closed_on=None).exclude(state="").order_by("pk"))
        if open_now and chance.random() < 0.5:
            state = chance.choice(sorted({one.state for one in open_now}))
            targets = [OnCase(one.pk) for one in open_now if one.state == state]
            steps = [one for one in LIFECYCLES[key].steps().values() if state in one.sources]
        first, count = chance.randint(0, len(targets) - 1), chance.randint(1, 8)
        step, some = self._a_step(chance, steps), targets[first : first + count]
        loaded = self._fresh(some[0]) if isinstance(some[0], NewCase) else self._case(some[0].id)
        seen, facts, who = self._told(loaded, step, chance)
        self.play.many(who, [Order(one, step.name, seen.on, facts) for one in some])

    # What the rules are made of
    def _running(self, chance: Random, about: str = "") -> int:
        """Of one of the lifecycles that are going on somewhere one of the newest cases; 0 where there is none."""
        found = Case.objects.filter(closed_on=None).exclude(state="").order_by("-pk").values_list("lifecycle", "pk")
        running: dict[str, list[int]] = {}
        for key, case in found:
            if LIFECYCLES[key].about == about or not about:
                running.setdefault(key, []).append(case)
        keys = [key for key in sorted(running) for _ in range(3 if key in LONG_ROADS else 1)]
        return int(chance.choice(running[chance.choice(keys)][:3])) if running else 0

    def _go_on(self, chance: Random, case: int = 0, *, orderly: bool = False) -> None:
        case = case or self._running(chance)
        if not case:
            return
        if orderly and chance.random() < 0.3:
            self._wait(chance.choice(WAIT))
        loaded = self._case(case)
        page = LIFECYCLES[loaded.case.lifecycle]
        here = [
            one for one in page.steps().values() if loaded.case.state in one.sources and one.by != Right.THROUGH_CASE
        ]
        here = self._unrepeated(chance, case, self._ways(loaded, here)) if orderly else here
        if here:
            step = self._a_step(chance, here, page.final)
            self._take(OnCase(case), loaded, step, chance, orderly=orderly)
        elif orderly:
            self._wait(chance.choice(WAIT))

    def _unrepeated(self, chance: Random, case: int, steps: list[Step]) -> list[Step]:
        """Mostly what the case has not seen yet, where there is such."""
        taken = set(Event.objects.filter(case_id=case).values_list("step", flat=True))
        return [one for one in steps if one.name not in taken or chance.random() < 0.2] or steps

    def _open(self, chance: Random) -> None:
        """A case about anybody whose record stands, on the lists or not, or about a cell."""
        key = chance.choice([*_pages("member"), *_pages("unit")])
        whom = {"unit_id": self._cell(chance).id} if LIFECYCLES[key].about == "unit" else {
            "member_id": self._somebody(chance)}  # fmt: skip
        target = NewCase(key, **whom)
        self._take(target, self._fresh(target), self._a_step(chance, _beginnings(key)), chance)

    def _move(self, chance: Random) -> None:
        """A step of membership itself."""
        with looking():
            loaded = see_member(self._somebody(chance))
        assert loaded is not None
        member = loaded.member
        steps = [one for one in LIFECYCLES["membership"].steps().values()
                 if getattr(member, one.field) in one.sources and one.by != Right.THROUGH_CASE]  # fmt: skip
        if steps:
            self._take(OnMember(member.pk), loaded, self._a_step(chance, steps, DROPS), chance)

    def _enter(self, chance: Random, step: Step | None = None) -> None:
        """Somebody new on a cell's lists; by a step that is wanted, as its rules are."""
        cell = self._cell(chance)
        profile = {"full_name": "Hồ Thị Mới Đến", "sex": "f", "born_on": date(1990, 2, 28)}
        with looking():
            home = see_unit(cell.id)
        assert home is not None
        loaded = Loaded(home, None, new_member(home, {}))
        chosen = step or self._a_step(chance, _beginnings("membership"))
        self._take(NewMember(cell.id, profile), loaded, chosen, chance, orderly=step is not None)

    def _a_step(self, chance: Random, steps: Iterable[Step], seldom: Container[str] = ()) -> Step:
        """One of the steps; what leads on comes more often than what stays, or ends what is `seldom` to be ended.

        Most often comes the first that leads on: a page tells its main road first.
        """
        named = {one.name: one for one in steps}
        leading = [
            one.name for one in named.values() if one.target not in (STAY, *one.sources) and one.target not in seldom
        ]
        weights = {
            name: (6 if name in leading[:1] else 3 if name in leading else 1)
            * (4 if crc32(f"{self.salt} {one.code}".encode()) % 2 else 1)
            for name, one in named.items()
        }
        return named[chance.choice([name for name, weight in weights.items() for _ in range(weight)])]

    def _ways(self, loaded: Loaded, steps: Iterable[Step]) -> list[Step]:
        """Of some steps those that nothing known now stands against."""
        with looking():
            seen = situation(
                loaded, {}, on=self.today, today=self.today, members=people_of(WHOLE), actor=Actor.system()
            )
            known = {one.name: foresee(one.guards, seen, [fact.name for fact in one.facts]).stands for one in steps}
        return [one for one in steps if not any(isinstance(answer, Refusal) for answer in known[one.name])]

    def _take(self, target: Target, loaded: Loaded, step: Step, chance: Random, *, orderly: bool = False) -> Any:
        """A step, by somebody who may take it (or seldom by anybody), with facts that are in order or (seldom) not."""
        if orderly:
            return self._take_orderly(target, loaded, step, chance)
        seen, facts, who = self._told(loaded, step, chance)
        how = chance.choice(("plain",) * 8 + ("stale", "twice"))
        if how == "twice":
            return self.play.ask_twice(who, target, step.name, facts, seen.on)
        versions = {"expected_version": loaded.subject.version + 1} if how == "stale" else {}
        told = self._options(target, who, step) if seen.on == self.today and chance.choice(ONE_IN_FIVE) else set()
        return self.play.ask(who, target, step.name, facts, seen.on, unless=told, **versions)

    def _take_orderly(self, target: Target, loaded: Loaded, step: Step, chance: Random) -> Any:
        """Whoever is refused reads why and asks again, otherwise."""
        for _ in range(TRIES):
            seen, facts, who = self._told(loaded, step, chance, orderly=True)
            answer = self.play.ask(who, target, step.name, facts, seen.on)
            if answer is not None:
                return answer
        return None

    def _told(
        self, loaded: Loaded, step: Step, chance: Random, *, orderly: bool = False
    ) -> tuple[Seen, dict[str, Any], Actor]:
        seen = self._seen(loaded, step, chance, (0,) * 9 + (1,) if orderly else (0, 0, 0, 1, 7, 40))
        facts = good(step, seen, chance)
        if not orderly and chance.choice(ONE_IN_FIVE):
            facts = spoiled(step, facts, seen, chance)
        may = [one for one in self.stage.actors if self._may(one, step, loaded, seen.on)]
        if not may or not (orderly or chance.choice(MOSTLY)):
            may = list(self.stage.actors)
        return seen, facts, _one_of(chance, may)

    def _seen(self, loaded: Any, step: Step, chance: Random, late: Sequence[int]) -> Seen:
        """Where it is a vote, at the cell's last meeting or at one held for it; else mostly today, and now and then late."""
        home = self.stage.cell(loaded.unit.id)
        meeting, on = None, self.today - timedelta(days=chance.choice(late))
        if any(isinstance(fact, Ballot) for fact in step.facts):
            if not self.held.get(home.id) or chance.random() < 0.5:
                self._meet(home)
            meeting = (self.held.get(home.id) or [Held(0, self.today, 0)])[-1]
            on = meeting.on
        return Seen(
            on=on, member=loaded.member, past=loaded.case.facts if loaded.case is not None else {}, home=home,
            officials=self._people(unit_id=home.id, standing="official"), everybody=self._people(),
            places=(*self.stage.cells, *self.stage.bases), meeting=meeting,
        )  # fmt: skip

    def _meet(self, cell: Place) -> None:
        """A meeting of today with its roll call: planned, held, and of the one before the minutes filed."""
        system, secretary = Actor.system(), self._secretary(cell)
        for case in Case.objects.filter(lifecycle="meeting", unit_id=cell.id, state="held").order_by("pk"):
            minutes = {"minutes": {"number": "1-BB/CB", "issuer": "Chi bộ", "date": self.today.isoformat()}}
            self.play.ask(secretary, OnCase(case.pk), "file_minutes", minutes, self.today)
        month = {"kind": "regular", "month": self.today.isoformat()}
        self.play.ask(system, NewCase("meeting", unit_id=cell.id), "plan", month, self.today)
        key = f"regular:{self.today:%Y-%m}"
        planned = Case.objects.filter(
            unit_id=cell.id, exclusive_key=key, state__in=("planned", "convened", "postponed")
        )
        roll = self._roll(cell)
        facts = {"held_on": self.today.isoformat(), "roll_call": roll, "minutes_long": 95}
        for case in planned.order_by("pk")[:1]:
            if self.play.ask(secretary, OnCase(case.pk), "hold", facts, self.today):
                present = {int(key) for key, word in roll.items() if word == "present"}
                held = Held(case.pk, self.today, len(present & set(self._people(unit_id=cell.id, standing="official"))))
                self.held.setdefault(cell.id, []).append(held)

    def _roll(self, cell: Place) -> dict[str, str]:
        words = {"suspended": "suspended", "exempt": "exempt", **dict.fromkeys(ABSENT, "away")}
        here = Member.objects.filter(unit_id=cell.id, standing__in=("official", "probationary")).order_by("pk")
        return {str(one.pk): words.get(one.participation, "present") for one in here}

    def _cell(self, chance: Random) -> Place:
        return self.stage.cells[chance.randint(0, len(self.stage.cells) - 1)]

    def _secretary(self, cell: Place) -> Actor:
        return next(one for one in self.stage.actors if one.unit_id == cell.id and one.office == "cell_secretary")

    def _somebody(self, chance: Random) -> int:
        """Mostly one of the few."""
        return int(chance.choice(self.chosen if chance.choice(MOSTLY) else self._people()))

    def _people(self, **where: Any) -> list[int]:
        found = Member.objects.filter(**where).exclude(standing__in=("", "merged")).order_by("pk")
        return list(found.values_list("pk", flat=True))

    def _fresh(self, target: NewCase) -> Loaded:
        with looking():
            known = see_member(target.member_id) if target.member_id is not None else None
            home = known.unit if known is not None else see_unit(target.unit_id or 0)
        assert home is not None
        member = known.member if known is not None else None
        return Loaded(home, new_case(target.lifecycle, home, member), member)

    def _case(self, case: int) -> Loaded:
        with looking():
            loaded = see_case(case)
        assert loaded is not None
        return loaded

    def _may(self, who: Actor, step: Step, loaded: Any, on: date) -> bool:
        try:
            granted(who, step, loaded, on)
        except NotPermitted:
            return False
        return visible(who, loaded)

    def _options(self, target: Target, who: Actor, step: Step) -> set[str]:
        """The codes for which the page that lists the steps of a case says that this one cannot be taken today."""
        if not isinstance(target, OnCase):
            return set()
        with looking():
            try:
                _, options = case_options(who, target.id, self.today)
            except NotFound:
                return set()
        return {answer.code for one in options if one.step.name == step.name for answer in one.refusals}


def _one_of(chance: Random, actors: Sequence[Actor]) -> Actor:
    named = {one.name: one for one in actors}
    return named[chance.choice(list(named))]


def _pages(about: str) -> list[str]:
    """The lifecycles of cases about members, or about units."""
    return [key for key, page in sorted(LIFECYCLES.items()) if page.subject == "case" and page.about == about]


def _beginnings(key: str) -> list[Step]:
    """The steps that somebody can take where nothing is yet."""
    return [one for one in LIFECYCLES[key].steps().values() if NEW in one.sources and one.by != Right.THROUGH_CASE]
