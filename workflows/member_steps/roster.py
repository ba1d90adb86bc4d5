"""How a person comes in from a roster: from nothing, on the roster's word, with its days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Paper
from workflows.guards.membership import days_in_order
from workflows.guards.places import of_a_cell
from workflows.law.citing import PRACTICE
from workflows.offices import LADDER, Level, Right
from workflows.situation import Situation
from workflows.standings import Participation, Standing
from workflows.vocabulary import NEW, Clock, step

COMMITTEES = (Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL)
BASIS = (PRACTICE,)
ROSTER = Paper("roster", _("Roster"), paper="roster")
JOINED = Day("joined_on", _("Day of the admission ceremony"))
JOINED_ONCE = Day("joined_on", _("Day of the admission ceremony"), required=False)
OFFICIAL = Day("official_on", _("Day of becoming official"))
OFFICIAL_ONCE = Day("official_on", _("Day of becoming official"), required=False)
DECIDED = Day("admission_decided_on", _("Day of the admission decision"), required=False)
LEFT = Day("left_on", _("Day of leaving"), required=False)
AWAY_UNTIL = Day("away_until", _("End of the exemption"), required=False, ahead=True)
_TAKES_PART = (Participation.ATTENDING, Participation.AWAY, Participation.EXEMPT, Participation.LAPSED)
HOW = Choice("participation", _("Participation"), choices=tuple((one.value, one.label) for one in _TAKES_PART))


def _away_without_an_end(situation: Situation) -> date | None:
    away = situation.facts.get("participation") == Participation.AWAY
    return situation.on if away and situation.facts.get("away_until") is None else None


REGULARISE = Clock("TASK.REGULARISE_AWAY", _away_without_an_end, Level.CELL, _("Found in the roster"))
"""A roster tells that somebody is away, seldom until when and on which paper (B26)."""


class FromRoster:
    """Steps from nothing. The first field's step calls the second's, so that one event holds both."""

    @step(NEW, Standing.CANDIDATE, field="standing", by=Right.IMPORT, at=COMMITTEES, event="imported_candidate",
          label=_("Bring in a candidate"), basis=BASIS, facts=[ROSTER], guards=[of_a_cell])  # fmt: skip
    def import_candidate(self, situation: Situation) -> None:
        """A candidate of the roster."""

    @step(NEW, Standing.PROBATIONARY, field="standing", by=Right.IMPORT, at=COMMITTEES,
          event="imported_probationary", label=_("Bring in a probationary member"), basis=BASIS,
          facts=[ROSTER, JOINED, DECIDED, HOW, AWAY_UNTIL], guards=[of_a_cell, days_in_order],
          opens=[REGULARISE])  # fmt: skip
    def import_probationary(self, situation: Situation) -> None:
        """A member with a day of joining and no official day."""
        self._take(situation.facts)
        self._take_part(situation)

    @step(NEW, Standing.OFFICIAL, field="standing", by=Right.IMPORT, at=COMMITTEES, event="imported_official",
          label=_("Bring in an official member"), basis=BASIS,
          facts=[ROSTER, JOINED, OFFICIAL, DECIDED, HOW, AWAY_UNTIL], guards=[of_a_cell, days_in_order],
          opens=[REGULARISE])  # fmt: skip
    def import_official(self, situation: Situation) -> None:
        """A member with both days."""
        self._take(situation.facts)
        self._take_part(situation)

    @step(NEW, Standing.REMOVED, field="standing", by=Right.IMPORT, at=COMMITTEES, event="imported_removed",
          label=_("Bring in a removed member"), basis=BASIS,
          facts=[ROSTER, JOINED_ONCE, OFFICIAL_ONCE, DECIDED, LEFT], guards=[of_a_cell, days_in_order])  # fmt: skip
    def import_removed(self, situation: Situation) -> None:
        """Somebody the roster calls removed; the ground stays unknown until it is recorded."""
        self._take(situation.facts)

    @step(NEW, Standing.DECEASED, field="standing", by=Right.IMPORT, at=COMMITTEES, event="imported_deceased",
          label=_("Bring in a deceased member"), basis=BASIS,
          facts=[ROSTER, JOINED_ONCE, OFFICIAL_ONCE, DECIDED, LEFT], guards=[of_a_cell, days_in_order])  # fmt: skip
    def import_deceased(self, situation: Situation) -> None:
        """Somebody the roster calls deceased."""
        self._take(situation.facts)

    @step(NEW, Standing.TRANSFERRED_OUT, field="standing", by=Right.IMPORT, at=COMMITTEES,
          event="imported_transferred_out", label=_("Bring in a member transferred out"), basis=BASIS,
          facts=[ROSTER, JOINED_ONCE, OFFICIAL_ONCE, DECIDED, LEFT], guards=[of_a_cell, days_in_order])  # fmt: skip
    def import_transferred_out(self, situation: Situation) -> None:
        """Somebody the roster calls transferred."""
        self._take(situation.facts)

    @step(NEW, Participation.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          event="imported_attending", label=_("Bring in: attending"), basis=BASIS, facts=[ROSTER])  # fmt: skip
    def import_attending(self, situation: Situation) -> None:
        """The roster says: attending."""

    @step(NEW, Participation.AWAY, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          event="imported_away", label=_("Bring in: working far away"), basis=BASIS, facts=[ROSTER])  # fmt: skip
    def import_away(self, situation: Situation) -> None:
        """The roster says: working far away."""

    @step(NEW, Participation.EXEMPT, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          event="imported_exempt", label=_("Bring in: exempt"), basis=BASIS, facts=[ROSTER])  # fmt: skip
    def import_exempt(self, situation: Situation) -> None:
        """The roster says: exempt."""

    @step(NEW, Participation.LAPSED, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          event="imported_lapsed", label=_("Bring in: dropped party activity"), basis=BASIS,
          facts=[ROSTER])  # fmt: skip
    def import_lapsed(self, situation: Situation) -> None:
        """The roster says: dropped party activity."""

    def _take(self, facts: Mapping[str, Any]) -> None:
        for fact in (JOINED, OFFICIAL, DECIDED, LEFT, AWAY_UNTIL):
            if facts.get(fact.name) is not None:
                setattr(self, fact.name, facts[fact.name])

    def _take_part(self, situation: Situation) -> None:
        begin = {
            Participation.ATTENDING: self.import_attending, Participation.AWAY: self.import_away,
            Participation.EXEMPT: self.import_exempt, Participation.LAPSED: self.import_lapsed,
        }  # fmt: skip
        begin[Participation(situation.facts["participation"])](situation)


IMPORTS: Mapping[str, str] = {
    Standing.CANDIDATE.value: "import_candidate", Standing.PROBATIONARY.value: "import_probationary",
    Standing.OFFICIAL.value: "import_official", Standing.REMOVED.value: "import_removed",
    Standing.DECEASED.value: "import_deceased", Standing.TRANSFERRED_OUT.value: "import_transferred_out",
}  # fmt: skip
"""The step that brings a person in with a standing."""
