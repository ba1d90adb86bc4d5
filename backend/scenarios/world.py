"""What is given: units, people, offices and days, all entered through the engine as an import or an office would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import get_language, gettext_noop

from backend.accounts.acting import actor_for
from backend.accounts.administration import open_unit
from backend.accounts.assigning import give_office
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.cases.engine import NewMember, Order, perform_many
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.core.errors import Refused
from backend.deadlines.models import CalendarDay
from backend.organizations.models import Unit
from backend.organizations.settings import Settings, configure
from backend.scenarios.differing import as_day
from workflows.catalogue import steps
from workflows.member_steps import roster
from workflows.offices import CELL_OFFICES, LADDER, Level, Office
from workflows.scenarios import BadScenario, Block, Fault, Scenario
from workflows.scenarios.faults import unknown
from workflows.standings import Participation, Standing
from workflows.units import CODE

BEGUN = date(2010, 1, 4)
"""Units and lists begin here, so that history reaches back behind every rule that is tried."""
OPERATOR = Actor.operator("scenario")
PROVINCE, COMMUNE, CELL = "Đảng bộ tỉnh", "Đảng bộ xã", "Chi bộ"
BORN, JOINED, OFFICIAL = "1980-05-01", "2005-01-05", "2006-01-05"
ROSTER = {"number": "01-DS", "issuer": COMMUNE, "date": BEGUN.isoformat()}
NOT_ENTERED = gettext_noop("%(name)s cannot stand on the list like this: %(why)s")
_DAYS = {"decided": "admission_decided_on", "joined": "joined_on", "official": "official_on", "left": "left_on",
         "until": "away_until"}  # fmt: skip


@dataclass
class World:
    """The names of a scenario and what they stand for."""

    scenario: Scenario
    units: dict[str, Unit] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    held: dict[tuple[Office, int, int | None], User] = field(default_factory=dict)

    def unit(self, block: Block, key: str = "at", default: str = CELL) -> Unit:
        """The unit that a block names. Raises BadScenario."""
        return self.named_unit(block.get(key, default), block.at(key))

    def named_unit(self, name: str, line: int) -> Unit:
        """The unit of a name. Raises BadScenario."""
        if name not in self.units:
            raise BadScenario([unknown(line, name, self.units)])
        return self.units[name]

    def code(self, name: str, line: int) -> str:
        """The code of a unit by its name; a code that is written stands, also one that no unit has. Raises BadScenario."""
        if name in self.units:
            return self.units[name].code
        if CODE.fullmatch(name):
            return name
        raise BadScenario([unknown(line, name, self.units)])

    def coded(self, code: str) -> Unit | None:
        """The unit that has a code; None where there is none."""
        return next((one for one in self.units.values() if one.code == code), None)

    def member(self, name: str, line: int) -> int:
        """The id of a member. Raises BadScenario."""
        if name not in self.members:
            raise BadScenario([unknown(line, name, self.members)])
        return self.members[name]

    def named(self, names: list[str], line: int) -> list[int]:
        """The ids of people, a group by its own name included."""
        found: list[int] = []
        for name in names:
            group = [key for one, key in self.members.items() if one.rpartition(" ")[0] == name]
            found += [self.members[name]] if name in self.members else group or [self.member(name, line)]
        return found

    def name_of(self, member_id: int | None) -> str:
        return next((name for name, key in self.members.items() if key == member_id), "?")

    def actor(self, office: Office, unit: Unit, member_id: int | None = None) -> Actor:
        """Whoever holds the office there today; where the scenario names no holder, somebody always has."""
        if office == Office.SYSTEM:
            return Actor.system()
        if office == Office.OPERATOR:
            return OPERATOR
        user = self.held.get((office, unit.pk, member_id)) or self.seat(office, unit, BEGUN, member_id=member_id)
        with transaction.atomic():
            return actor_for(user, None, clock.today())

    def seat(
        self, office: Office, unit: Unit, since: date, until: date | None = None, member_id: int | None = None
    ) -> User:
        """Somebody in an office from a day on."""
        name = f"{office}_{unit.pk}_{member_id or ''}"
        user = User.objects.create(
            username=name, full_name=name, email=f"{name}@example.org", password=make_password(None)
        )
        if member_id is None:
            give_office(OPERATOR, user, office, unit.pk, since=since, until=until)
        else:
            Assignment.objects.create(
                user=user, office=office, unit=unit, unit_path=unit.path, from_date=since, member_id=member_id
            )
        self.held[office, unit.pk, member_id] = user
        return user

    def seated(self) -> None:
        """The offices that are told of deadlines, at every unit, so that reminders find their readers."""
        for unit in self.units.values():
            secretary = Office.CELL_SECRETARY if unit.level == Level.CELL else Office.COMMITTEE_SECRETARY
            if (secretary, unit.pk, None) not in self.held:
                self.seat(secretary, unit, BEGUN)

    def acting_unit(self, office: Office, unit: Unit, levels: tuple[Level, ...]) -> Unit:
        """The place at which an office acts for a unit: the unit, or the nearest above it (of the levels named first)."""
        chain = [one for one in self.units.values() if unit.path.startswith(one.path)]
        chain.sort(key=lambda one: LADDER.index(Level(one.level)))
        fit = [one for one in chain if (one.level == Level.CELL) == (office in CELL_OFFICES)]
        at_level = [one for level in levels for one in fit if one.level == level]
        return (at_level or fit or [unit])[0]


def build(scenario: Scenario) -> World:
    """The world of a scenario as it stands before anything is done. Raises BadScenario."""
    world, given = World(scenario), scenario.content.get("given") or Block(scenario.content.line)
    clock.move_to(_first_day(scenario))
    _units(world, given)
    for block in given.get("holidays", ()):
        day, off = date.fromisoformat(block["day"]), bool(block.get("off", True))
        CalendarDay.objects.create(day=day, off=off, name=block["name"])
    for block in given.get("offices", ()):
        office = Office(block["office"])
        unit = world.unit(block, default=CELL if office in CELL_OFFICES else COMMUNE)
        until = date.fromisoformat(block["to"]) if "to" in block else None
        world.seat(office, unit, date.fromisoformat(block.get("from", BEGUN.isoformat())), until)
    _members(world, given)
    return world


def _first_day(scenario: Scenario) -> date:
    given = scenario.content.get("given") or {}
    days = [given.get("today"), *(one.get("recorded") or one.get("on") or one.get("meeting") or one.get("today")
                                  or one.get("sweep") or one.get("dues") for one in scenario.content["when"])]  # fmt: skip
    return date.fromisoformat(next((day for day in days if day), BEGUN.isoformat()))


def _units(world: World, given: Block) -> None:
    names = [(PROVINCE, Level.PROVINCE, None), (COMMUNE, Level.BASE, PROVINCE), (CELL, Level.CELL, COMMUNE)]
    own = given.get("units") or Block(given.line)
    for name, level, under in names:
        _open(world, name, level, world.units.get(under or ""))
    for name, block in own.items():
        _open(world, name, Level(block["level"]), world.unit(block, "under"))
        for pack in block.get("packs", ()):
            _turn_on(world.units[name], pack)
    for written in given.get("packs", ()):
        if isinstance(written, str):
            _turn_on(world.units[PROVINCE], written)
        else:
            days = {key: date.fromisoformat(written[key]) for key in ("from", "until") if key in written}
            _turn_on(world.unit(written, "unit", PROVINCE), written["pack"], days.get("from", BEGUN), days.get("until"))


def _open(world: World, name: str, level: Level, parent: Unit | None) -> None:
    code = "87" if parent is None else f"87.{len(world.units) + 100:03}"
    parent_id = parent.pk if parent else None
    world.units[name] = open_unit(OPERATOR, code=code, name=name, level=level, parent_id=parent_id, on=BEGUN)


def _turn_on(unit: Unit, pack: str, since: date = BEGUN, until: date | None = None) -> None:
    """A pack for a unit and all below it, from a day to a day (the last one)."""

    def amended(own: Settings) -> Settings:
        settled = own.turn(pack, since, on=True)
        return settled if until is None else settled.turn(pack, until + timedelta(days=1), on=False)

    with transaction.atomic():
        scope(WHOLE)
        configure(OPERATOR.who(), unit.pk, amended, on=BEGUN)


def _members(world: World, given: Block) -> None:
    orders, names, lines = [], [], []
    people = given.get("members") or Block(given.line)
    for name, written in people.items():
        block = written or Block(people.at(name))
        count = block.get("count")
        for one in [name] if count is None else [f"{name} {place}" for place in range(1, count + 1)]:
            orders.append(_entry(world, one, block))
            names.append(one)
            lines.append(people.at(name))
    for name, line, result in zip(names, lines, perform_many(OPERATOR, orders), strict=True):
        if result.outcome is None:
            raise BadScenario([Fault(line, NOT_ENTERED, {"name": name, "why": _why(result.error)})])
        world.members[name] = result.outcome.id


def _why(error: Exception | None) -> str:
    answers = error.answers if isinstance(error, Refused) else []
    return " ".join(one.text(get_language() or "en") for one in answers) or str(error)


def _entry(world: World, name: str, block: Block) -> Order:
    """The step of a roster that enters a person as given; what is not said is sound."""
    standing = Standing(block.get("standing", Standing.OFFICIAL))
    page_step = roster.IMPORTS.get(standing)
    if page_step is None:
        raise BadScenario([unknown(block.at("standing"), standing, roster.IMPORTS)])
    given = {_DAYS[key]: value for key, value in block.items() if key in _DAYS}
    given |= {"roster": ROSTER, "participation": block.get("participation", Participation.ATTENDING.value)}
    sound = {"joined_on": JOINED, "official_on": OFFICIAL}
    facts = {**sound, **given} if standing == Standing.OFFICIAL else {**given}
    asked = {fact.name for fact in steps("membership")[page_step].facts}
    born = as_day(block.get("born", BORN))
    target = NewMember(world.unit(block).pk, {"full_name": name, "sex": block.get("sex", "f"), "born_on": born})
    since = date.fromisoformat(block.get("since", BEGUN.isoformat()))
    return Order(target, page_step, since, {key: value for key, value in facts.items() if key in asked})
