"""A step as a page asks for it: its facts with the legal day, what stands around it, and the road to the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from backend.cases.engine import NewCase, NewMember, OnCase, OnMember, RequestKey, perform
from backend.cases.entering import enter
from backend.cases.options import step_ahead
from backend.cases.orders import Target
from backend.core.errors import NotFound, Refused
from backend.members.profile import read_profile
from backend.organizations.models import Unit
from backend.web.acting import Acting
from backend.web.facts.around import Around
from backend.web.facts.form import FactForm
from backend.web.facts.typed import day, shown_day, whole
from workflows.answers import Refusal
from workflows.facts import Day, Fact, FactError, Paper
from workflows.offices import Level
from workflows.profile import PERSON, PROFILE
from workflows.reading import read_all
from workflows.vocabulary import NEW
from workflows.voting import Ballot

ON = Day("on", _("Day on which it happened"))
"""The legal day. No page has a fact of this name (tests/web/test_facts.py)."""
OF_A_CELL = frozenset({"cell_note", "cell_report", "cell_resolution", "meeting_minutes", "score_report"})
"""Kinds of papers that a cell writes itself."""


def key_of(data: QueryDict | None) -> str:
    """The key that a form was shown with; another one where there is none."""
    try:
        return str(UUID(data.get("key", "") if data is not None else ""))
    except ValueError:
        return str(uuid4())


class StepForm:
    """One request about one step: what was typed (`data`), the form, the version looked at and the request's key.

    Made inside a transaction of the actor's scope. Raises NotFound for what is not there; that the office may
    not do it, the option says. `for_many`: what only the target's own case says does not stand in the form.
    """

    def __init__(
        self, request: Acting, target: Target, name: str, data: QueryDict | None = None, *, for_many: bool = False
    ) -> None:
        self.request, self.target, self.name, self.data, self.for_many = request, target, name, data, for_many
        typed = data if data is not None else request.GET
        self.ahead = step_ahead(request.actor, target, name, request.today, self._day(typed))
        step, loaded = self.ahead.option.step, self.ahead.loaded
        if isinstance(target, NewCase | NewMember) and NEW not in step.sources:
            raise NotFound
        about = loaded.member.pk if loaded.member is not None else None
        self.around = Around(request.actor, loaded.place(step.there).id, request.today, about)
        if data is None and "on" not in typed and self._held:
            self.ahead = step_ahead(request.actor, target, name, request.today, self._held)
        self.form = FactForm(self.facts, self.around, data, initial=self._initial())

    @property
    def step(self) -> Any:
        return self.ahead.option.step

    @cached_property
    def facts(self) -> list[Fact]:
        person = PROFILE if isinstance(self.target, NewMember) else ()
        return [*(replace(one, name=PERSON + one.name) for one in person), ON, *self.step.facts]

    @cached_property
    def _held(self) -> date | None:
        """A vote is of the day of its meeting: that of the newest one."""
        votes = any(isinstance(one, Ballot) and one.required for one in self.step.facts)
        return self.around.meetings[0].day if votes and self.around.meetings else None

    def _initial(self) -> dict[str, Any]:
        """What the address says (`?month=01/11/2026`), the day (today's, or that of the newest meeting), and who issued the
        cell's own papers."""
        begun = (self._held or self.request.today).strftime("%d/%m/%Y")
        known = {name: value for name, value in self._past().items() if value}
        asked = {name: values if len(values) > 1 else values[0] for name, values in self.request.GET.lists() if values}
        return {"on": begun, **self._issuers(), **known, **asked}

    def _issuers(self) -> dict[str, Any]:
        own = [
            one.name for one in self.step.facts if isinstance(one, Paper) and one.required and one.paper in OF_A_CELL
        ]
        unit = Unit.objects.filter(pk=self.around.unit_id, level=Level.CELL).first() if own else None
        return {f"{name}.issuer": unit.name for name in own} if unit is not None else {}

    def _past(self) -> Mapping[str, Any]:
        """Units that the case names already, and days as they were asked for."""
        case = self.ahead.loaded.case
        facts = case.facts if case is not None and not self.for_many else {}
        units = {one.name: facts.get(one.name) for one in self.step.facts if one.kind == "unit"}
        asked = {one.name: facts.get(one.as_asked) for one in self.step.facts if isinstance(one, Day)}
        return units | {name: shown_day(text) for name, text in asked.items() if text}

    @staticmethod
    def _day(typed: QueryDict) -> date | None:
        try:
            return ON.read(day(typed.get("on", "")))  # type: ignore[no-any-return]
        except FactError:
            return None

    @cached_property
    def version(self) -> int:
        """The version that was looked at when the form was shown."""
        typed = self.data.get("version", "") if self.data is not None else ""
        looked_at = whole(typed, digits=9)
        return self.ahead.version if looked_at is None else looked_at

    @property
    def is_whole(self) -> bool:
        """Whether what was sent brought the key and the version that every form of ours brings."""
        sent = self.data if self.data is not None else QueryDict()
        return sent.get("key") == self.key and sent.get("version") == str(self.version)

    @cached_property
    def key(self) -> str:
        return key_of(self.data)

    def told(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Facts and profile as the engine takes them, without the day."""
        typed = self.form.raw()
        typed.pop(ON.name, None)
        person = {name.removeprefix(PERSON): value for name, value in typed.items() if name.startswith(PERSON)}
        return {name: value for name, value in typed.items() if not name.startswith(PERSON)}, person

    def read(self) -> tuple[date, dict[str, Any], dict[str, Any]]:
        """The legal day, with facts and profile as the engine takes them. Raises Refused for what a form alone can miss."""
        facts, person = self.told()
        faults = self.form.unsaid()
        try:
            on: date = ON.read(self.form.raw().get(ON.name))
        except FactError as error:
            faults = [*faults, *error.refusals]
        if faults:
            raise Refused([*faults, *self._unread(facts, person, {_fact_of(one) for one in faults})])
        return on, facts, person

    def read_for_many(self) -> tuple[date, dict[str, Any]]:
        """The same; what is wrong with the facts themselves is said here, beside its field, and not of each of many."""
        on, facts, person = self.read()
        if faults := self._unread(facts, person, set()):
            raise Refused(faults)
        return on, facts

    def _unread(self, facts: dict[str, Any], person: dict[str, Any], said: set[str]) -> list[Refusal]:
        """What the engine would say of all else that was typed, so that everything is said at once."""
        found = [*read_all(self.step.facts, facts)[1]]
        if isinstance(self.target, NewMember):
            found += read_profile(person, self.request.today)[1]
        return [one for one in found if _fact_of(one) not in said]

    def act(self, *, keyed: bool) -> Callable[[], dict[str, Any]]:
        """The call that does it, with the key or (to try it) without. Raises as `read`."""
        on, facts, person = self.read()
        actor, key = self.request.actor, None
        if keyed:
            body = {"path": self.request.path, "on": on.isoformat(), "facts": facts, "profile": person}
            key = RequestKey.of(self.key, body)
        if isinstance(self.target, NewMember):
            unit_id = self.target.unit_id
            return lambda: enter(actor, unit_id, self.name, facts, profile=person, on=on, request_key=key)
        expected = self.version if isinstance(self.target, OnCase | OnMember) else None
        return lambda: perform(actor, self.target, self.name, facts, on=on, expected_version=expected, request_key=key)


def _fact_of(answer: Refusal) -> str:
    """The fact, or field of the profile, that a reason is about; not its part."""
    name = answer.fact
    return name if name.startswith(PERSON) else name.partition(".")[0]
