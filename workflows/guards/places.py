"""Guards of where something happens."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.offices import Level
from workflows.situation import Guard, Situation

NOT_A_CELL = Refusal(
    "unit.not_a_cell", gettext_noop("The unit named is no cell."), fact="unit",
    remedy=gettext_noop("Name the cell whose list or meeting it is."),
)  # fmt: skip


def of_a_cell(situation: Situation) -> Refusal | None:
    """People stand on the lists of cells, and cells meet: a committee above has neither lists nor such meetings."""
    return None if situation.unit_level == Level.CELL else NOT_A_CELL


def cell_stands(situation: Situation) -> Refusal | None:
    """Nobody comes back onto the list of a cell that has been closed since: every member stands in one that exists."""
    if situation.unit_is_open:
        return None
    return Refusal(
        "unit.closed_since", gettext_noop("The cell has been closed since; nobody comes back onto its list."),
        remedy=gettext_noop(
            "The base committee first lets the person go along to the cell that took over (step: let a person go along with "
            "a merged or divided cell)."
        ),
    )  # fmt: skip


def member_stands_here(situation: Situation) -> Refusal | None:
    """A case that was over did not go along with the member (R-10): it is not opened again behind one who has gone."""
    if situation.member.unit_id == situation.unit_id:
        return None
    return Refusal(
        "case.stayed_behind",
        gettext_noop("The member stands on the list of another cell by now; this case was over, and stayed here."),
        remedy=gettext_noop(
            "It is opened again before the member goes. Where that was forgotten, have the move voided, record it, and let the "
            "member go again."
        ),
    )  # fmt: skip


def stood_here(*, as_the_cell: bool) -> Guard:
    """On the day of the step the member stood in this cell, or (of what a committee does) in one that the office oversees.

    Whoever came by a transfer is no matter of the new cell before that day (T-09), however late it is recorded.
    """

    def guard(situation: Situation) -> Refusal | None:
        was = situation.place_on(situation.on) if situation.on < situation.today else None
        if was is None or was[0] == situation.unit_id or (not as_the_cell and situation.oversees(was[1])):
            return None
        return Refusal(
            "member.elsewhere_then", gettext_noop("On %(day)s the member stood on the list of another cell."),
            {"day": situation.on}, fact="on", remedy=gettext_noop(
                "Check the day. What the cell of that day resolved is recorded there before the member goes; where that was "
                "forgotten, have the transfer voided, record it, and hand the member over again."
            ),
        )  # fmt: skip

    return guard
