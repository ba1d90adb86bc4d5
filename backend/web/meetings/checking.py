"""Everything that is wrong with a sheet at once, in whatever part: all of it is tried, in a transaction that is undone.

The parts are tried one upon the other, as they would be recorded. Where the meeting itself is refused the dues and the
minutes are judged all the same: nobody is told a round later what could be said in this one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from backend.cases.engine import OnCase, perform
from backend.cases.previewing import Foreseen, preview
from backend.core import clock
from backend.core.errors import Refused, Stale
from backend.core.rehearsing import rehearsing
from backend.web.meetings import recording
from backend.web.meetings.recording import Done
from backend.web.meetings.sheet import FILED_ON, PAID_ON, STEPS, Sheet, read
from workflows.answers import Answer
from workflows.facts import Day, FactError
from workflows.reading import read_all


@dataclass
class Checked:
    """What is wrong, part by part; what the steps would change, and what would be said of the dues."""

    wrong: list[Done] = field(default_factory=list)
    foreseen: list[Foreseen] = field(default_factory=list)
    dues: Done | None = None

    @property
    def would_do(self) -> bool:
        return bool(self.foreseen or self.dues)


def check(sheet: Sheet) -> Checked:
    """Try what the sheet asks for, but for what this very form has recorded before; what is wrong stands in its form too."""
    found, before = Checked(), recording.recorded_before(sheet)
    with rehearsing(clock.today()):
        version: int | None = recording.version_now(sheet) if "roll" in before else sheet.version
        if "roll" in sheet.parts and "roll" not in before:
            version = _held(sheet, found)
        if "dues" in sheet.parts and "dues" not in before:
            _paid(sheet, found)
        if "paper" in sheet.parts and "paper" not in before:
            _filed(sheet, found, version)
    return found


def _held(sheet: Sheet, found: Checked) -> int | None:
    """The version after the meeting; None where the minutes cannot be tried upon it."""
    held, version = recording.step(sheet, "roll", sheet.to_hold, sheet.version, keyed=False, run=_looking(found))
    if held.done:
        return version
    found.wrong.append(held)
    with suppress(Refused, Stale):  # the meeting of that day and no more, so that the minutes can be judged
        on = read(STEPS["hold"].facts[0], sheet.form.raw())
        facts = {"held_on": on.isoformat(), "minutes_long": 1}
        done = perform(sheet.actor, OnCase(sheet.case.pk), "hold", facts, on=on, expected_version=sheet.version)
        return int(done["version"])
    return None


def _looking(found: Checked) -> Callable[[Callable[[], dict[str, Any]]], dict[str, Any]]:
    """Looks what a step would change, then takes it, so that the next part is tried upon it."""

    def run(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        found.foreseen.append(preview(act))
        return act()

    return run


def _paid(sheet: Sheet, found: Checked) -> None:
    if sheet.pays:
        found.dues = recording.dues(sheet, keyed=False)
        if found.dues.done:
            return
        found.wrong.append(found.dues)
        found.dues = None
    elif faults := _unread(sheet, PAID_ON):
        found.wrong.append(recording.refusal(sheet, "dues", faults))


def _filed(sheet: Sheet, found: Checked, version: int | None) -> None:
    if not sheet.files:
        papers = [Day(f"{one}.date", FILED_ON.label) for one in ("minutes", "resolution")]
        faults = _unread(sheet, FILED_ON, *papers)
    elif version is None:
        faults = [*read_all(STEPS["file_minutes"].facts, sheet.filing())[1], *_unread(sheet, FILED_ON)]
    else:
        faults = []
        filed, _version = recording.step(sheet, "paper", sheet.to_file, version, keyed=False, run=_looking(found))
        found.wrong += [] if filed.done else [filed]
    if faults:
        found.wrong.append(recording.refusal(sheet, "paper", faults))


def _unread(sheet: Sheet, *days: Day) -> list[Answer]:
    """Of days that something was typed for, what is wrong with those that cannot be read."""
    raw, faults = sheet.form.raw(), list[Answer]()
    for one in days:
        name, _dot, part = one.name.partition(".")
        typed = (raw.get(name) or {}).get(part) if part else raw.get(name)
        try:
            _ = typed and one.read(typed)
        except FactError as error:
            faults += error.refusals
    return faults
