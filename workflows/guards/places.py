"""Guards of where something happens."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.offices import Level
from workflows.situation import Situation

NOT_A_CELL = Refusal(
    "unit.not_a_cell", gettext_noop("The unit named is no cell."), fact="unit",
    remedy=gettext_noop("Name the cell whose list or meeting it is."),
)  # fmt: skip


def of_a_cell(situation: Situation) -> Refusal | None:
    """People stand on the lists of cells, and cells meet: a committee above has neither lists nor such meetings."""
    return None if situation.unit_level == Level.CELL else NOT_A_CELL
