"""How a member takes part: consequences of the cases that grant, end or suspend it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Paper
from workflows.member_steps.placed import Placed
from workflows.offices import LADDER, Right
from workflows.situation import Situation
from workflows.standings import Participation
from workflows.vocabulary import NEW, step

P = Participation
REMARK = Paper("remark", _("Remark of the place of stay"), paper="stay_remark")
AWAY_BASIS = ("01-HD/TW 28/09/2021 mục 10.3", "01-HD/TW 19/05/2026")
IN_ORDER = ("TASK.REGULARISE_AWAY",)
"""Met by whatever puts an absence without a paper in order, or ends it."""
EXEMPT_BASIS = ("Điều lệ Đảng Điều 7", "27-HD/BTCTW 26/03/2009")


class Participating(Placed):
    """Sinh hoạt: every edge has its paper; lapsing stands on the page itself."""

    away_until: date | None

    @step((NEW, P.AWAY, P.ELSEWHERE, P.ABROAD, P.EXEMPT, P.SUSPENDED, P.IN_TRANSIT, P.LAPSED), P.ATTENDING,
          field="participation", by=Right.THROUGH_CASE, at=LADDER, label=_("Begins to attend"),
          event="attendance_begun", basis=("Điều lệ Đảng Điều 5",),
          facts=[Paper("ceremony_minutes", _("Minutes of the ceremony"), paper="ceremony_minutes")],
          closes=IN_ORDER)  # fmt: skip
    def begin_attending(self, situation: Situation) -> None:
        """A person admitted (or readmitted) takes part in the cell's life from the ceremony."""
        self.away_until = None

    @step((NEW, P.AWAY, P.ELSEWHERE, P.ABROAD, P.EXEMPT, P.SUSPENDED, P.IN_TRANSIT), P.ATTENDING,
          field="participation", by=Right.THROUGH_CASE, at=LADDER, label=_("Attends again"), event="attends_again",
          basis=("Điều lệ Đảng Điều 39", "294-QĐ/TW 26/05/2025 điểm 6.3.1"),
          facts=[Paper("restoration", _("Decision on the appeal"), paper="restoration_decision")],
          closes=IN_ORDER)  # fmt: skip
    def attend_again(self, situation: Situation) -> None:
        """Restored or received back: what had carried another way of taking part has ended, and is opened anew."""
        self.away_until = None
        self._guest_of(None)

    @step(P.ATTENDING, P.AWAY, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Temporarily exempt, working far away"), event="went_away", basis=AWAY_BASIS,
          facts=[Paper("approval", _("Approval of the base committee"), paper="away_approval"),
                 Day("away_until", _("End of the exemption"), ahead=True)])  # fmt: skip
    def grant_away(self, situation: Situation) -> None:
        """W-03: the base committee agreed, from a day up to a day."""
        self.away_until = situation.facts["away_until"]
        self._begins(situation, situation.day("away_from"))

    @step(P.AWAY, P.AWAY, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Exemption extended"), event="stayed_away", basis=AWAY_BASIS,
          facts=[Paper("approval", _("Approval of the base committee"), paper="away_approval"),
                 Day("away_until", _("End of the exemption"), ahead=True)], closes=IN_ORDER)  # fmt: skip
    def stay_away(self, situation: Situation) -> None:
        """W-06: the base committee agreed once more, up to a later day; or to an absence that had no paper yet (B26)."""
        self.away_until = situation.facts["away_until"]
        self._begins(situation, situation.day("away_from"))

    @step(P.AWAY, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Back from working far away"), event="came_back", basis=AWAY_BASIS, facts=[REMARK],
          closes=IN_ORDER)  # fmt: skip
    def return_from_away(self, situation: Situation) -> None:
        """W-05: attends again, with a remark of the place of stay."""
        self.away_until = None

    @step(P.ATTENDING, P.ABROAD, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Gone abroad"), event="went_abroad", basis=("86-QĐ/TW", "30-HD/BTCTW 23/04/2025"),
          facts=[Paper("introduction", _("Introduction paper"), paper="introduction_paper")])  # fmt: skip
    def go_abroad(self, situation: Situation) -> None:
        """Takes part abroad, from the first day of the stay."""
        self._begins(situation, situation.day("from_on"))

    @step(P.ABROAD, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Back from abroad"), event="came_back_from_abroad", basis=("86-QĐ/TW", "30-HD/BTCTW 23/04/2025"),
          facts=[REMARK])  # fmt: skip
    def return_from_abroad(self, situation: Situation) -> None:
        """Attends again at home."""

    @step(P.ATTENDING, P.EXEMPT, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Exempted from work and activity"), event="exempted", basis=EXEMPT_BASIS,
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")])  # fmt: skip
    def exempt(self, situation: Situation) -> None:
        """The cell decided on the member's own request and reports it."""

    @step(P.EXEMPT, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Exemption ended"), event="exemption_ended", basis=EXEMPT_BASIS,
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")])  # fmt: skip
    def end_exemption(self, situation: Situation) -> None:
        """On request or direct report; the cell decides."""

    @step((P.ATTENDING, P.AWAY, P.ELSEWHERE, P.EXEMPT, P.LAPSED), P.SUSPENDED, field="participation",
          by=Right.THROUGH_CASE, at=LADDER, label=_("Suspended from party activity"), event="suspended",
          basis=("21-QĐ/TW 11/04/2026",),
          facts=[Paper("decision", _("Decision to suspend"), paper="suspension_decision"),
                 Day("away_until", _("End of the suspension"), ahead=True)], closes=IN_ORDER)  # fmt: skip
    def suspend(self, situation: Situation) -> None:
        """A decision of the competent body, with its end day; who is suspended stays nowhere as a guest."""
        self.away_until = situation.facts["away_until"]
        self._guest_of(None)

    @step(P.SUSPENDED, P.SUSPENDED, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Suspension extended"), event="suspension_extended", basis=("21-QĐ/TW 11/04/2026",),
          facts=[Paper("decision", _("Decision to suspend"), paper="suspension_decision"),
                 Day("away_until", _("End of the suspension"), ahead=True)])  # fmt: skip
    def extend_suspension(self, situation: Situation) -> None:
        """A new end day, by a decision of its own."""
        self.away_until = situation.facts["away_until"]

    @step(P.SUSPENDED, P.ATTENDING, field="participation", by=Right.THROUGH_CASE, at=LADDER,
          label=_("Suspension ended"), event="suspension_ended", basis=("21-QĐ/TW 11/04/2026",),
          facts=[Paper("decision", _("Decision to end the suspension"), paper="suspension_end")])  # fmt: skip
    def end_suspension(self, situation: Situation) -> None:
        """Ended by a paper, never by the passing of the day."""
        self.away_until = None
