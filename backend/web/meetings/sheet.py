"""One form about one meeting: who is asked for what, and what was typed, as the engine and the ledger take it.

Which parts it has follows from where the meeting stands, and from the office: the roll until the meeting is recorded as held,
the minutes until they are filed, the dues of a regular meeting's month for who keeps the ledger.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backend.accounts.policy import allowed
from backend.cases import selectors
from backend.cases.models import Case
from backend.cases.rolls import listed
from backend.core.errors import NotFound, Refused
from backend.dues import ledger
from backend.dues.recording import Wanted, may_record
from backend.members.today import taking_part
from backend.organizations.models import Unit
from backend.web.acting import Acting
from backend.web.facts.around import Around, roll_words
from backend.web.facts.form import FactForm
from backend.web.facts.typed import whole
from backend.web.meetings.named import Payer, Person, open_at, payer
from workflows.answers import Refusal
from workflows.dues import Said
from workflows.facts import Day, Fact, FactError, day_in
from workflows.guards.dues import Answer
from workflows.lifecycles.meeting import Meeting
from workflows.offices import Level, Right
from workflows.reading import read_all
from workflows.standings import MEMBERS
from workflows.voting import Presence
from workflows.workdays import month_start

STEPS = Meeting.steps()
FILED_ON = Day("filed_on", _("Day the minutes were filed"))
PAID_ON = Day("paid_on", _("Day on which the dues were paid"))
ROLL, DUES = "roll.", "dues."
UNSAID = Refusal(
    "meeting.roll_unsaid", gettext_noop("%(count)s have no word in the roll call yet."),
    remedy=gettext_noop("Say of each whether they came, or tick that all others were present."), fact="roll_call",
)  # fmt: skip


class Sheet:
    """Made inside a transaction of the actor's scope. Raises NotFound where the office records no meetings of the cell."""

    def __init__(self, request: Acting, case_id: int, data: QueryDict | None = None) -> None:
        self.request, self.actor, self.data = request, request.actor, data
        case = selectors.cases(self.actor).filter(pk=case_id, lifecycle=Meeting.key).first()
        if case is None or not allowed(self.actor, Right.RECORD_MEETING, case.unit_path, (Level.CELL,)):
            raise NotFound
        self.case: Case = case
        self.unit = Unit.objects.get(pk=case.unit_id)
        self.month = month_start(day_in(case.facts, "month") or request.today)
        self.parts = self._parts()
        self.form = FactForm(
            self._facts(), Around(self.actor, case.unit_id, request.today), data, initial=self._initial()
        )

    def _parts(self) -> list[str]:
        """What the form asks for. One that was sent asks for what it did when it was shown."""
        if self.data is not None:
            return [one for one in ("roll", "dues", "paper") if one in self.data.getlist("part")]
        there = {**open_at(self.case.state), "dues": any(one.owes for one in self.payers)}
        return [name for name in ("roll", "dues", "paper") if there[name]]

    def _facts(self) -> list[Fact]:
        held = [one for one in STEPS["hold"].facts if one.kind != "roll_call"] if "roll" in self.parts else []
        paper = [replace(one, required=False) for one in STEPS["file_minutes"].facts] if "paper" in self.parts else []
        dues = [PAID_ON] if "dues" in self.parts else []
        return [*held, *dues, *paper, *([FILED_ON] if paper else [])]

    def _initial(self) -> dict[str, Any]:
        day = (day_in(self.case.facts, "held_on") or self.request.today).strftime("%d/%m/%Y")
        today = self.request.today.strftime("%d/%m/%Y")
        papers = {f"{paper}.{part}": value for paper in ("minutes", "resolution")
                  for part, value in (("issuer", self.unit.name), ("date", day))}  # fmt: skip
        return {"held_on": day, "paid_on": today, "filed_on": today, **papers}

    @property
    def held(self) -> list[Any]:
        """The groups of inputs about the meeting itself; `paper` and `paying` those of the other parts."""
        return self._groups({one.name for one in STEPS["hold"].facts})

    @property
    def paper(self) -> list[Any]:
        return self._groups({*(one.name for one in STEPS["file_minutes"].facts), FILED_ON.name})

    @property
    def paying(self) -> list[Any]:
        return self._groups({PAID_ON.name})

    def _groups(self, names: set[str]) -> list[Any]:
        return [one for one in self.form.groups if one.fact.name in names]

    @cached_property
    def people(self) -> list[Person]:
        """The members of the cell and its guests, by name; those who were granted another way begin with theirs."""
        mine = Q(unit_id=self.case.unit_id) | Q(guest_unit_id=self.case.unit_id)
        rows = selectors.members(self.actor).filter(mine, standing__in=MEMBERS).order_by("sort_key", "pk")
        now = list(taking_part(rows, self.request.today))
        then = listed(self.case.unit_id, [one.pk for one in now], self._typed_day)  # who came since was not called
        return [self._person(one) for one in now if one.pk in then]

    @property
    def _typed_day(self) -> date:
        typed = self.form.raw() if self.data is not None else {}
        day: date | None = read_all(STEPS["hold"].facts[:1], typed)[0].get("held_on")
        return day or self.request.today

    def _person(self, one: Any) -> Person:
        words, begins = roll_words(one.takes_part, one.away_until, self.request.today)
        typed = self.data.get(f"{ROLL}{one.pk}", "") if self.data is not None else (begins or "")
        guest = one.guest_unit_id == self.case.unit_id and one.unit_id != self.case.unit_id
        return Person(one.pk, one.full_name, guest, words, typed)

    @property
    def others_present(self) -> bool:
        return self.data is not None and "others" in self.data

    def roll(self) -> dict[str, str]:
        """By id the word of each; whoever has none was present where all others were, else is left out."""
        rest = Presence.PRESENT.value if self.others_present else ""
        told = {str(one.id): one.word or rest for one in self.people}
        return {key: word for key, word in told.items() if word}

    @cached_property
    def payers(self) -> list[Payer]:
        """The cell's dues of the month, where the office keeps them."""
        if self.case.facts.get("kind") != "regular" or not may_record(self.actor, self.unit.path):
            return []
        return [self._payer(one) for one in self.book.lines if one.name is not None]

    @cached_property
    def book(self) -> ledger.CellMonth:
        return ledger.cell_month(self.actor, self.case.unit_id, self.month, self.request.today)

    def _payer(self, line: ledger.Line) -> Payer:
        name = f"{DUES}{line.member_id}"
        return payer(line, self._version_of(name), ticked=self.data is not None and name in self.data)

    @property
    def book_is_full(self) -> bool:
        """Whether it was said that whoever has no tick has not paid."""
        return self.data is not None and "dues_complete" in self.data

    def close(self, parts: Collection[str]) -> None:
        """What of it is recorded is asked for no more: the page shows it as it stands. Inside the actor's scope."""
        self.parts = [one for one in self.parts if one not in parts]
        self.case = selectors.cases(self.actor).get(pk=self.case.pk)
        self.version = self.case.version

    @cached_property
    def version(self) -> int:
        """The version of the case that was looked at when the form was shown."""
        typed = self.data.get("version", "") if self.data is not None else ""
        looked_at = whole(typed, digits=9)
        return self.case.version if looked_at is None else looked_at

    @cached_property
    def key(self) -> str:
        """The key that this form was shown with; another one where there is none."""
        try:
            return str(UUID(self.data.get("key", "") if self.data is not None else ""))
        except ValueError:
            return str(uuid4())

    def to_hold(self) -> tuple[dict[str, Any], date]:
        """Facts and day of the meeting. Raises Refused for what cannot be read, and where the roll has gaps."""
        roll = self.roll()
        gaps = len(self.people) - len(roll)
        wrong = [replace(UNSAID, params={"count": gaps})] if gaps else []
        facts = {**self._facts_of("hold"), "roll_call": roll}
        return facts, self._day_of("hold", STEPS["hold"].facts[0], facts, wrong)

    @property
    def files(self) -> bool:
        """Whether there is anything to file: something was written about papers, or a score was given."""
        typed = self.form.raw()
        papers = [typed.get(one) or {} for one in ("minutes", "resolution")]
        written = any(one.get(part) for one in papers for part in ("number", "kept_at"))
        return "paper" in self.parts and (written or "score" in typed)

    def filing(self) -> dict[str, Any]:
        """Facts of the filing. Of a resolution that was only begun with (issuer, date) there is none."""
        facts = self._facts_of("file_minutes")
        if not set(facts.get("resolution") or {}) & {"number", "kept_at"}:
            facts.pop("resolution", None)
        return facts

    def to_file(self) -> tuple[dict[str, Any], date]:
        """Facts of the filing, and its day. Raises Refused for what cannot be read where the day is among it."""
        facts = self.filing()
        return facts, self._day_of("file_minutes", FILED_ON, facts, [])

    def _facts_of(self, step: str) -> dict[str, Any]:
        typed = self.form.raw()
        return {one.name: typed[one.name] for one in STEPS[step].facts if one.name in typed}

    def _day_of(self, step: str, day: Fact, facts: dict[str, Any], wrong: list[Refusal]) -> date:
        """The day of a step. Raises Refused where it cannot be read, or where a form alone knows what is wrong: then with all
        that the engine would say of the other facts."""
        try:
            on: date = day.read(self.form.raw().get(day.name))
            if not wrong:
                return on
        except FactError as error:
            wrong = [*wrong, *error.refusals]
        unread = [one for one in read_all(STEPS[step].facts, facts)[1] if one.fact != day.name]
        raise Refused([*wrong, *unread])

    @property
    def pays(self) -> bool:
        """Whether there is anything to say about dues."""
        return "dues" in self.parts and (self.book_is_full or any(one.ticked for one in self.payers))

    def to_pay(self) -> list[Wanted]:
        """The answers of those who were ticked. Raises Refused for a day that cannot be read."""
        ticked = [one for one in self.payers if one.ticked]
        paid_on = read(PAID_ON, self.form.raw()) if ticked else None
        return [Wanted(one.id, Answer(Said.PAID, paid_on), self._looked_at(one)) for one in ticked]

    def _looked_at(self, one: Payer) -> int:
        looked_at = self._version_of(f"{DUES}{one.id}")
        return one.version if looked_at is None else looked_at

    def _version_of(self, name: str) -> int | None:
        """That of the entry which the form was opened with."""
        return whole(self.data.get(f"{name}.version", ""), digits=9) if self.data is not None else None


def read(fact: Fact, typed: dict[str, Any]) -> Any:
    """One fact of what was typed, or a refusal."""
    try:
        return fact.read(typed.get(fact.name))
    except FactError as error:
        raise Refused(error.refusals) from error
