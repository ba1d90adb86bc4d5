"""The tree of units: any order of lines, parents before children in what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from backend.imports import tables
from backend.imports.faults import ImportRefused
from backend.members.names import tidy
from workflows.offices import LADDER, Level
from workflows.units import CODE

COLUMNS = ("code", "parent_code", "name", "level")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit of the file."""

    line: int
    code: str
    parent_code: str
    name: str
    level: str


def read_units(path: Path, known: frozenset[str] = frozenset()) -> list[UnitLine]:
    """All units, every parent before its children. `known` are codes that may be parents without standing in the file.

    A tree is taken whole or not at all: people cannot be put under a unit whose place is unclear. Raises
    ImportRefused with the line of the first thing wrong.
    """
    lines: dict[str, UnitLine] = {}
    for number, (code, parent, name, level), _end in tables.rows(path, COLUMNS):
        line = UnitLine(number, code, parent, tidy(name), level)
        _refuse_bad(path.name, line)
        if code in lines:
            raise _refusal(path.name, number, _("the code %(code)s stands twice") % {"code": code})
        lines[code] = line
    if not lines:
        raise ImportRefused(_("%(file)s holds no unit.") % {"file": path.name})
    _refuse_second_root(path.name, lines, known)
    return _parents_first(path.name, lines, known)


def _refuse_bad(file: str, line: UnitLine) -> None:
    if not CODE.fullmatch(line.code):
        raise _refusal(file, line.line, _("“%(code)s” is no unit code") % {"code": line.code})
    if line.level not in Level.values:
        raise _refusal(file, line.line, _("“%(level)s” is no level") % {"level": line.level})
    if not line.name or len(line.name) > 200:
        raise _refusal(file, line.line, _("the unit's name is missing or too long"))


def _refuse_second_root(file: str, lines: dict[str, UnitLine], known: frozenset[str]) -> None:
    """One new unit at most stands at the top: of two, one has lost its parent."""
    roots = [line for line in lines.values() if not line.parent_code and line.code not in known]
    if len(roots) > 1:
        what = _("%(code)s has no parent, and %(first)s has none either; only one unit stands at the top")
        raise _refusal(file, roots[1].line, what % {"code": roots[1].code, "first": roots[0].code})


def _parents_first(file: str, lines: dict[str, UnitLine], known: frozenset[str]) -> list[UnitLine]:
    """Walk up from each unit; what leads nowhere or round in a circle is refused."""
    ordered: dict[str, UnitLine] = {}
    for line in lines.values():
        chain = [line]
        while chain[-1].parent_code and chain[-1].parent_code not in ordered:
            parent = lines.get(chain[-1].parent_code)
            if parent is None:
                if chain[-1].parent_code in known:
                    break
                what = _("its parent %(code)s is not there") % {"code": chain[-1].parent_code}
                raise _refusal(file, chain[-1].line, what)
            if parent in chain:
                what = _("%(code)s is its own parent, directly or by a circle") % {"code": parent.code}
                raise _refusal(file, parent.line, what)
            chain.append(parent)
        for one in reversed(chain):
            above = lines.get(one.parent_code)
            if above is not None and LADDER.index(Level(above.level)) <= LADDER.index(Level(one.level)):
                what = _("its parent %(code)s stands at no higher level") % {"code": above.code}
                raise _refusal(file, one.line, what)
            ordered.setdefault(one.code, one)
    return list(ordered.values())


def _refusal(file: str, line: int, what: str) -> ImportRefused:
    sentence = _("%(file)s, line %(line)s: %(what)s; mend the line and try again.")
    return ImportRefused(sentence % {"file": file, "line": line, "what": what})
