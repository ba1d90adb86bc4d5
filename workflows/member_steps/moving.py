"""How a member comes to another cell: for a time as its guest, or for good. Consequences of the cases that carry a transfer.

The unit is the official cell, one at any day; the guest unit is where the member may be seen and attends meanwhile.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Paper
from workflows.law.citing import PRACTICE
from workflows.member_steps.participating import IN_ORDER
from workflows.member_steps.placed import Placed
from workflows.offices import LADDER, Right
from workflows.page_facts.admission import REFERRAL
from workflows.situation import Situation
from workflows.standings import WITH_A_RECORD, Participation, Standing
from workflows.vocabulary import STAY, step

P = Participation
OFFICIAL = ("294-QĐ/TW 26/05/2025 điểm 6.3.1",)
TEMPORARY = ("294-QĐ/TW 26/05/2025 điểm 6.3.2",)
INTRODUCTION = Paper("introduction", _("Introduction paper"), paper="introduction_paper")
REFERRED = ("1361-CV/BTCTW 30/06/2026 (92-95)",)
REORGANISATION = Paper("reorganisation", _("Decision to merge or divide the units"), paper="reorganisation_decision")
TO = "to_unit"
"""The fact that names the cell or committee to which somebody is introduced, where it is in this installation."""


class Moving(Placed):
    """Chuyển sinh hoạt: the member is handed over with the paper, and counted elsewhere with the notice slip alone."""

    away_until: date | None
    unit_id: int
    unit_path: str

    @step((P.ATTENDING, P.AWAY), P.ELSEWHERE, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Temporarily transferred"), event="went_elsewhere", basis=TEMPORARY,
          facts=[INTRODUCTION, Day("away_until", _("End of the temporary transfer"), ahead=True)],
          closes=IN_ORDER)  # fmt: skip
    def attend_elsewhere(self, situation: Situation) -> None:
        """T-02: attends and pays at the temporary cell from the first day of the stay, counted and voting here."""
        self.away_until = situation.day("away_until")
        self._begins(situation, situation.day("from_on"))
        self._guest_of(situation.named(TO))

    @step(P.ELSEWHERE, P.ELSEWHERE, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Temporary transfer goes on"), event="stayed_elsewhere", basis=TEMPORARY, facts=[INTRODUCTION])  # fmt: skip
    def stay_elsewhere(self, situation: Situation) -> None:
        """T-05, T-11: a cell of the temporary place took the member in, or the stay was made longer."""
        self.away_until = situation.day("away_until")
        self._begins(situation, situation.day("from_on"))
        self._guest_of(situation.named(TO))

    @step(P.ELSEWHERE, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Back from temporary transfer"), event="came_back_from_elsewhere", basis=TEMPORARY,
          facts=[INTRODUCTION])  # fmt: skip
    def return_from_elsewhere(self, situation: Situation) -> None:
        """T-12: introduced back, with remarks."""
        self.away_until = None
        self._guest_of(None)

    @step((P.ATTENDING, P.AWAY, P.ELSEWHERE, P.ABROAD, P.EXEMPT), P.IN_TRANSIT, field="participation",
          by=Right.THROUGH_CASE, at=LADDER, label=_("On the way to another cell"), event="left_for_another_cell",
          basis=OFFICIAL, facts=[INTRODUCTION], closes=IN_ORDER)  # fmt: skip
    def enter_transit(self, situation: Situation) -> None:
        """T-04: the introduction paper was signed; counted at the old cell until the notice slip is back."""
        self.away_until = None
        self._guest_of(situation.named(TO))

    @step(P.IN_TRANSIT, P.IN_TRANSIT, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Taken in by the other cell"), event="taken_in", basis=OFFICIAL, facts=[INTRODUCTION])  # fmt: skip
    def be_taken_in(self, situation: Situation) -> None:
        """T-05: the paper was presented and a cell named; still counted at the old one."""
        self._guest_of(situation.named(TO))

    @step(P.IN_TRANSIT, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Moved to the other cell"), event="arrived", basis=OFFICIAL,
          facts=[Paper("notice_slip", _("Notice slip"), paper="transfer_notice")])  # fmt: skip
    def arrive(self, situation: Situation) -> None:
        """T-09: the headcount moves with the notice slip; open cases and their clocks go along, days unchanged (R-10)."""
        self.settle(situation)

    @step(WITH_A_RECORD, STAY, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Went along to another cell"), event="went_along", basis=(PRACTICE,),
          facts=[REORGANISATION])  # fmt: skip
    def go_along(self, situation: Situation) -> None:
        """Standing and way of taking part stay as they are, a stay elsewhere too; cases and clocks go along (R-10)."""
        self._belong_to(situation)

    @step((Standing.CANDIDATE, Standing.APPROVED), STAY, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Referred to another cell"), event="referred", basis=REFERRED, facts=[REFERRAL])  # fmt: skip
    def be_referred(self, situation: Situation) -> None:
        """D-13: on the list of the other cell from now on, which begins a dossier or holds the ceremony."""
        self._belong_to(situation)

    def settle(self, situation: Situation) -> None:
        """The official cell is the one named from now on; nobody's guest any more."""
        self._belong_to(situation)
        self._guest_of(None)

    def _belong_to(self, situation: Situation) -> None:
        new = situation.named(TO)
        if new is not None:  # the case's guards saw to that
            self.unit_id, self.unit_path = new.id, new.path

    @step(P.IN_TRANSIT, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Stays in the cell"), event="turned_back", basis=OFFICIAL, facts=[INTRODUCTION])  # fmt: skip
    def turn_back(self, situation: Situation) -> None:
        """The paper came back: the member attends the old cell again."""
        self._guest_of(None)
