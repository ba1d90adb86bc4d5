"""What a record says of a person is put right, or emptied: the right of the person whose record it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.facts import Paper, Text
from workflows.guards import correcting as guards
from workflows.guards.papers import dated_by_then
from workflows.offices import Level, Right
from workflows.profile import CORRECTED, EMPTIABLE
from workflows.situation import Situation
from workflows.standings import ON_THE_LISTS, Standing
from workflows.vocabulary import STAY, Clock, step

OFFICES = (Level.CELL, Level.BASE)
RECORDS = tuple(one for one in Standing if one != Standing.MERGED)
BASIS = ("91/2025/QH15 26/06/2025", "356/2025/NĐ-CP 31/12/2025 Điều 5")
REQUEST = Paper("request", _("The person's own request, or the document that shows it"), paper="correction_request")
REASON = Text("reason", _("Reason"))


def _without_an_id(situation: Situation) -> date | None:
    listed = situation.member.standing in ON_THE_LISTS
    return situation.on if listed and situation.facts.get("personal_id") else None


class Correcting:
    """Standing, unit and the days of membership are no fields of it: they follow from steps, and a wrong step is voided."""

    amends: Mapping[str, tuple[Any, Any]] | None = None
    """Set by the step that runs: by field what the record says, and what it is to say; None: nothing (that is kept)."""

    @step(RECORDS, STAY, field="standing", by=Right.CORRECT, at=OFFICES, label=_("Correct what the record says"),
          event="corrected", basis=BASIS, facts=[REQUEST, REASON, *CORRECTED],
          guards=[dated_by_then("request"), guards.something_corrected, guards.nobody_elses_id,
                  guards.speaks_of_one_person, guards.born_before_admission])  # fmt: skip
    def correct_record(self, situation: Situation) -> None:
        """The line names the fields; what they said, and say, can be erased."""
        self.amends = guards.view(situation).changes

    @step(tuple(Standing), STAY, field="standing", by=Right.CORRECT, at=OFFICES, label=_("Empty fields of the record"),
          event="emptied", basis=BASIS, facts=[REQUEST, REASON, *EMPTIABLE],
          guards=[dated_by_then("request"), guards.something_emptied],
          opens=[Clock("TASK.COMPLETE_RECORD", _without_an_id, Level.CELL, _("The personal id was emptied"))])  # fmt: skip
    def empty_fields(self, situation: Situation) -> None:
        """What the fields said is kept nowhere by this step: it may be what the person asks to have erased, of a record that
        was merged into another one, too.
        """
        self.amends = {fact.name: (None, None) for fact in EMPTIABLE if situation.facts.get(fact.name)}
