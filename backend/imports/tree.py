"""Units of the file against units of the database: new ones are made, names follow the file, nothing else moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.db import execute
from backend.imports.faults import ImportRefused
from backend.imports.units import UnitLine
from backend.organizations.models import Unit, UnitSpell
from backend.organizations.tree import entry_of
from workflows.offices import Level

_IDS = "SELECT nextval(pg_get_serial_sequence('organizations_unit', 'id')) FROM generate_series(1, %s)"


ABOVE_COMMUNES = frozenset({Level.PROVINCE, Level.CENTRAL})
"""One commune's file does not rename what all communes stand under."""


@dataclass
class Tree:
    """The file's units as they stand in the database now, by code, and what became of each."""

    units: dict[str, Unit]
    added: int = 0
    renamed: int = 0
    differs: list[dict[str, str]] = field(default_factory=list)

    @property
    def top(self) -> Unit:
        """The lowest unit that all the cells stand under (or the only root). Raises ImportRefused where there is none."""
        cells = [unit for unit in self.units.values() if unit.level == "cell"]
        paths = [unit.path.strip("/").split("/") for unit in cells or self.units.values()]
        shared = [level[0] for level in zip(*paths, strict=False) if len(set(level)) == 1]
        if not shared:
            raise ImportRefused(
                _("units.csv: its cells have no unit above them in common; bring in one commune at a time.")
            )
        return next(unit for unit in self.units.values() if str(unit.pk) == shared[-1])


def plant(actor: Actor, lines: Sequence[UnitLine], as_of: date, batch: UUID) -> Tree:
    """Make new units (parents first), rename those renamed; another parent, level or province name is only told.

    A new unit's history has no beginning: since when it stands as it does, the file does not say.
    """
    known = {unit.code: unit for unit in Unit.objects.filter(code__in=_codes(lines))}
    tree = Tree(known)
    ids = iter(execute(_IDS, [sum(line.code not in known for line in lines)]))
    fresh: list[Unit] = []
    for line in lines:
        unit = known.get(line.code)
        if unit is None:
            known[line.code] = _new(line, next(ids)[0], known.get(line.parent_code))
            fresh.append(known[line.code])
        else:
            _compare(tree, unit, line, actor, as_of, batch)
    Unit.objects.bulk_create(fresh, batch_size=2_000)
    UnitSpell.objects.bulk_create([_spell(unit, None) for unit in fresh], batch_size=2_000)
    record([_event(actor, unit, EventCode.UNIT_IMPORTED, as_of, batch) for unit in fresh])
    tree.added = len(fresh)
    return tree


def _codes(lines: Sequence[UnitLine]) -> set[str]:
    return {line.code for line in lines} | {line.parent_code for line in lines if line.parent_code}


def _new(line: UnitLine, key: int, parent: Unit | None) -> Unit:
    path = f"{parent.path if parent else '/'}{key}/"
    return Unit(id=key, code=line.code, name=line.name, level=line.level, parent=parent, path=path)


def _compare(tree: Tree, unit: Unit, line: UnitLine, actor: Actor, as_of: date, batch: UUID) -> None:
    if unit.closed_on is not None:
        sentence = _(
            "units.csv, line %(line)s: %(code)s was closed on %(day)s; take it and its people out of the files."
        )
        raise ImportRefused(sentence % {"line": line.line, "code": line.code, "day": unit.closed_on.isoformat()})
    parent = tree.units.get(line.parent_code)
    moved = (unit.parent_id, unit.level) != (parent.pk if parent else None, line.level)
    stretches = [] if moved or unit.name == line.name else _stretches(unit, as_of)
    if moved or (unit.name != line.name and (unit.level in ABOVE_COMMUNES or not stretches)):
        said = {"code": line.code, "parent_code": line.parent_code, "level": line.level, "name": line.name}
        tree.differs.append(said)
    elif unit.name != line.name:
        was = unit.name
        _rename(unit, line.name, as_of, stretches)
        named = _event(actor, unit, EventCode.UNIT_RENAMED, as_of, batch)
        record([replace(named, detail={"name": unit.name, "was": was})])
        tree.renamed += 1


def _stretches(unit: Unit, as_of: date) -> list[UnitSpell]:
    """The unit's history from the day on, the earliest first, if it had one name in all of it; else nothing.

    A name that the unit got (or was opened with) after the file's day is not undone by the file.
    """
    known = UnitSpell.objects.filter(unit=unit).order_by("valid")
    found = [one for one in known if one.valid.upper is None or one.valid.upper > as_of]
    covers = bool(found) and (found[0].valid.lower is None or found[0].valid.lower <= as_of)
    return found if covers and {one.name for one in found} == {unit.name} else []


def _rename(unit: Unit, name: str, as_of: date, stretches: Sequence[UnitSpell]) -> None:
    """From the day of the file on; what the unit was called before stays in its history."""
    unit.name, unit.version = name, unit.version + 1
    unit.save(update_fields=["name", "version"])
    first = stretches[0]
    if first.valid.lower != as_of:
        begun, ends = first.valid.lower, first.valid.upper
        first.valid = DateRange(begun, as_of)
        first.save(update_fields=["valid"])
        first.pk, first.valid, first.recorded_at = None, DateRange(as_of, ends), clock.now()
    for one in stretches:
        one.name = name
        one.save()


def _spell(unit: Unit, since: date | None) -> UnitSpell:
    return UnitSpell(
        unit=unit, name=unit.name, code=unit.code, level=unit.level, parent_id=unit.parent_id, path_then=unit.path,
        unit_path=unit.path, valid=DateRange(since, None), recorded_at=clock.now(),
    )  # fmt: skip


def _event(actor: Actor, unit: Unit, code: EventCode, as_of: date, batch: UUID) -> Entry:
    facts = {"code": unit.code, "level": unit.level, "parent": unit.parent_id}
    return replace(entry_of(actor.who(), unit, code, as_of, facts), batch=batch)
