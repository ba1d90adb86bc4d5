"""Whether each step was decided under rows that are known, and recorded at a level that they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backend.audit.models import Event
from backend.cases.registry import step_of
from backend.deadlines.models import Competence
from backend.organizations.models import Unit
from workflows import law
from workflows.law import Rule
from workflows.offices import Level
from workflows.vocabulary import Act


@dataclass(frozen=True)
class Decided:
    """What decisions are held against: the installation's own rows, withdrawn ones too, and the levels of the units."""

    own: Mapping[str, Rule]
    levels: Mapping[int, Level]

    @staticmethod
    def read(events: Iterable[Event]) -> Decided:
        """For some events, inside the caller's transaction."""
        own = [row.rule() for row in Competence.objects.order_by("pk")]
        places = {event.office_unit_id for event in events if event.office_unit_id is not None}
        levels = Unit.objects.filter(pk__in=places).values_list("pk", "level")
        return Decided({row.version: row for row in own}, {key: Level(level) for key, level in levels})

    def row(self, version: str) -> Rule | None:
        """The row that an event names; None where nobody knows it."""
        try:
            return self.own.get(version) or law.by_version(version)
        except KeyError:
            return None

    def wrong(self, event: Event) -> Iterator[str]:
        """What cannot be in an event, by the versions that it notes."""
        for version in sorted(event.rules.values()):
            if self.row(version) is None:
                yield _("was decided under %(version)s, which the law does not have") % {"version": version}
        step = step_of(event.lifecycle, event.step)
        if step is None or not isinstance(step.at, Act) or event.voids is not None or event.cause is not None:
            return
        noted = event.rules.get(step.at.name)
        if noted is None:
            yield _("does not note under which row of “%(act)s” it was decided") % {"act": step.at.name}
        elif (row := self.row(noted)) is not None and not self._fits(event, row):
            level = self.levels[event.office_unit_id or 0]
            words = {
                "level": level.label,
                "row": noted,
                "levels": ", ".join(str(Level(one).label) for one in row.value),
            }
            yield _("was recorded at %(level)s, %(row)s names %(levels)s") % words

    def _fits(self, event: Event, row: Rule) -> bool:
        """Whether the office stands at one of the levels, or recorded for a cell; Chibo and the operator stand nowhere."""
        level = self.levels.get(event.office_unit_id or 0)
        for_cell = event.behalf_unit_id is not None and Level.CELL in row.value
        return level is None or level in row.value or for_cell
