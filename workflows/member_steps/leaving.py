"""The ways out and back: consequences of the cases that decide them. Only death is final."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Paper
from workflows.guards.badges import badge_after_death
from workflows.guards.days import day_is
from workflows.guards.papers import dated_since
from workflows.member_steps.placed import Placed
from workflows.offices import LADDER, Level, Right
from workflows.page_facts.leaving import REMOVED_BY
from workflows.situation import Situation
from workflows.standings import MEMBERS, ON_THE_LISTS, Standing
from workflows.vocabulary import step

LEFT = (Standing.REMOVED, Standing.WITHDRAWN, Standing.EXPELLED)


class Leaving(Placed):
    """Removal, withdrawal, expulsion, death, transfer; readmission and restoration."""

    left_on: date | None

    def _leave(self, on: date | None) -> None:
        """Off the lists: and nobody's guest any more, who could still be seen there."""
        self.left_on = on
        self._guest_of(None)

    @step(MEMBERS, Standing.REMOVED, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Name removed"), event="removed", basis=("Điều lệ Đảng Điều 8", "208-QĐ/TW 26/07/2026 mục 8.1"),
          facts=[REMOVED_BY])  # fmt: skip
    def remove(self, situation: Situation) -> None:
        """S-10, S-13: the competent committee removed the name (no disciplinary form)."""
        self._leave(situation.on)

    @step(MEMBERS, Standing.WITHDRAWN, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Left on own request"), event="withdrawn", basis=("01-HD/TW 28/09/2021 mục 11.2",),
          facts=[Paper("decision", _("Decision to let the member leave"), paper="withdrawal_decision")])  # fmt: skip
    def withdraw(self, situation: Situation) -> None:
        """V-01: the competent committee let the member leave."""
        self._leave(situation.on)

    @step(Standing.OFFICIAL, Standing.EXPELLED, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Expelled"), event="expelled", basis=("Điều lệ Đảng Điều 35", "21-QĐ/TW 11/04/2026"),
          facts=[Paper("decision", _("Expulsion decision"), paper="discipline_decision")])  # fmt: skip
    def expel(self, situation: Situation) -> None:
        """E-01, E-02: expulsion is for official members; a probationer's name is removed instead."""
        self._leave(situation.on)

    @step(ON_THE_LISTS, Standing.DECEASED, field="standing",
          by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE), label=_("Record a death"), event="died",
          basis=("1361-CV/BTCTW 30/06/2026 (83, 102)",),
          facts=[Paper("certificate_of_death", _("Death certificate"), paper="death_certificate"),
                 Day("died_on", _("Day of death"))],
          guards=[day_is("died_on"), dated_since("certificate_of_death", "died_on"), badge_after_death])  # fmt: skip
    def record_death(self, situation: Situation) -> None:
        """S-14, F-01: recorded by the cell on the certificate, whatever case is open."""
        self._leave(situation.facts["died_on"])

    @step((Standing.APPROVED, *MEMBERS), Standing.TRANSFERRED_OUT, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Transferred out"), event="transferred_out", basis=("294-QĐ/TW 26/05/2025 điểm 6.3.1",),
          facts=[Paper("notice_slip", _("Notice slip"), paper="transfer_notice")])  # fmt: skip
    def transfer_out(self, situation: Situation) -> None:
        """T-09: counted at the new place from the return of the notice slip."""
        self._leave(situation.on)

    @step(Standing.TRANSFERRED_OUT, Standing.PROBATIONARY, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Transferred back on probation"), event="received_probationary",
          basis=("294-QĐ/TW 26/05/2025 điểm 6.3.1",),
          facts=[Paper("introduction", _("Introduction paper"), paper="introduction_paper")])  # fmt: skip
    def receive_probationary(self, situation: Situation) -> None:
        """T-05: somebody who was here before comes back on probation."""
        self.left_on = None

    @step(Standing.TRANSFERRED_OUT, Standing.OFFICIAL, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Transferred back"), event="received_official", basis=("294-QĐ/TW 26/05/2025 điểm 6.3.1",),
          facts=[Paper("introduction", _("Introduction paper"), paper="introduction_paper")])  # fmt: skip
    def receive_official(self, situation: Situation) -> None:
        """T-05: somebody who was here before comes back as an official member."""
        self.left_on = None

    @step((*LEFT, Standing.TRANSFERRED_OUT), Standing.CANDIDATE, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Let through the gate of readmission"), event="readmitted",
          basis=("208-QĐ/TW 26/07/2026 mục 3.5",),
          facts=[Paper("consent", _("Province's written consent"), paper="readmission_consent")])  # fmt: skip
    def readmit(self, situation: Situation) -> None:
        """S-11, R-20: a candidate again; admission and the twelve months start anew. Between the Party was left and joined
        again no party age runs, wherever that was."""
        self.left_on = situation.past_day("left_elsewhere_on") or self.left_on

    @step((Standing.REMOVED, Standing.WITHDRAWN), Standing.PROBATIONARY, field="standing",
          by=Right.THROUGH_CASE, at=LADDER, label=_("Restored on probation"), event="restored_probationary",
          basis=("Điều lệ Đảng Điều 39",),
          facts=[Paper("restoration", _("Decision on the appeal"), paper="restoration_decision")])  # fmt: skip
    def restore_probationary(self, situation: Situation) -> None:
        """S-12: the stage held before, with its dates."""
        self.left_on = None

    @step(LEFT, Standing.OFFICIAL, field="standing", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Restored"), event="restored_official", basis=("Điều lệ Đảng Điều 39",),
          facts=[Paper("restoration", _("Decision on the appeal"), paper="restoration_decision")])  # fmt: skip
    def restore_official(self, situation: Situation) -> None:
        """S-12: the stage held before, with its dates."""
        self.left_on = None
