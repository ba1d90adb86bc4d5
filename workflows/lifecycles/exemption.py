"""Exemption from work and activity for age or health (rules.md 7.5): asked for by the member, decided by the cell."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.facts import Choice, Day, Flag, Paper, Text
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.taking_part import left_it, old_enough_to_rest, own_will, takes_part
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation
from workflows.vocabulary import NEW, Act, Clock, Lifecycle, step

LAW = ("Điều lệ Đảng Điều 7", "27-HD/BTCTW 26/03/2009")
REQUEST = Paper("request", _("The member's own written request"), paper="exemption_request")
RESOLUTION = Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")
GROUND = Choice("ground", _("Ground"), choices=(("age", _("Old age")), ("health", _("Poor health"))), health=True)
OWN_WILL = Flag("own_will", _("Asked for of the own free will"))
DECIDE = Act("exempt_for_age_or_health")
CONSIDER = Clock("TASK.EXEMPT_CONSIDER", the_day, Level.CELL, _("Request of the member"))
REPORT = Clock("TASK.EXEMPT_REPORT", the_day, Level.CELL, _("Resolution of the cell"))
REVIEW = Clock("TASK.EXEMPT_REVIEW", the_day, Level.CELL, _("Resolution of the cell"))
ALL = ("TASK.EXEMPT_CONSIDER", "TASK.EXEMPT_REPORT", "TASK.EXEMPT_REVIEW")
ATTENDING, EXEMPT = takes_part(Participation.ATTENDING), takes_part(Participation.EXEMPT)


class Exemption(Lifecycle):
    """Miễn công tác và sinh hoạt đảng. The ground is a code, which stands apart for the offices that take part here.

    Whether poor health suffices is the cell's judgement (treatment of three months, a medical record).
    """

    key = "exemption"
    label = _("Exemption for age or health")
    number_code = "MS"

    class State(TextChoices):
        ASKED = "asked", _("Asked for")
        EXEMPT = "exempt", _("Exempt")
        DECLINED = "declined", _("Not granted")
        TAKEN_BACK = "taken_back", _("Request taken back")
        RESUMED = "resumed", _("Takes part again")
        ENDED = "ended", _("Ended by another paper")

    final = (State.DECLINED.value, State.TAKEN_BACK.value, State.RESUMED.value, State.ENDED.value)

    @step(NEW, State.ASKED, by=Right.OPEN, at=Level.CELL, label=_("Take the member's request"), event="asked",
          basis=LAW, facts=[REQUEST, GROUND, OWN_WILL],
          guards=[member_is(*MEMBERS), ATTENDING, dated_by_then("request"), own_will, old_enough_to_rest],
          opens=[CONSIDER])  # fmt: skip
    def ask(self, situation: Situation) -> None:
        """The member asks in writing; no term to answer was seen."""

    @step(NEW, State.EXEMPT, by=Right.IMPORT, at=(Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL),
          label=_("Take over an exemption from a roster"), event="taken_over", basis=(PRACTICE,),
          facts=[GROUND, Day("exempt_since", _("First day of the exemption"))],
          guards=[member_is(*MEMBERS), EXEMPT], opens=[REVIEW])  # fmt: skip
    def take_over(self, situation: Situation) -> None:
        """Somebody whom the roster calls exempt: the request and the resolution of then are not asked for again."""

    @step(State.ASKED, State.EXEMPT, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Exempt the member"),
          event="granted", basis=LAW, facts=[RESOLUTION],
          guards=[member_is(*MEMBERS), ATTENDING, dated_on_the_day("resolution"),
                  old_enough_to_rest],
          closes=["TASK.EXEMPT_CONSIDER"], opens=[REPORT, REVIEW])  # fmt: skip
    def grant(self, situation: Situation) -> None:
        """P0 to P3: the cell decides, keeps it in its minutes and reports it."""
        situation.member.exempt(situation)

    @step(State.ASKED, State.DECLINED, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Do not exempt"),
          event="declined", basis=LAW, facts=[RESOLUTION, Text("reason", _("Reason"))],
          guards=[dated_on_the_day("resolution")],
          closes=["TASK.EXEMPT_CONSIDER"], cancels=ALL)  # fmt: skip
    def decline(self, situation: Situation) -> None:
        """The member goes on as before, and may ask again."""

    @step(State.ASKED, State.TAKEN_BACK, by=Right.OPEN, at=Level.CELL, label=_("The member takes the request back"),
          event="taken_back", basis=LAW, facts=[Text("reason", _("Reason"), required=False)],
          cancels=ALL)  # fmt: skip
    def take_back(self, situation: Situation) -> None:
        """Asked for of the own will, and given up of it."""

    @step(State.EXEMPT, State.EXEMPT, by=Right.PREPARE, at=Level.CELL, label=_("Report to the base committee"),
          event="reported", basis=LAW, facts=[Paper("report", _("Report of the cell"), paper="cell_report")],
          guards=[dated_by_then("report")], closes=["TASK.EXEMPT_REPORT"])  # fmt: skip
    def report(self, situation: Situation) -> None:
        """The base committee is told; it does not decide."""

    @step(State.EXEMPT, State.EXEMPT, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Keep the exemption up"),
          event="renewed", basis=LAW, facts=[RESOLUTION, GROUND],
          guards=[member_is(*MEMBERS), EXEMPT, dated_on_the_day("resolution"),
                  old_enough_to_rest],
          closes=["TASK.EXEMPT_REVIEW"], opens=[REPORT, REVIEW])  # fmt: skip
    def renew(self, situation: Situation) -> None:
        """The cell looked again and leaves it as it is."""

    @step(State.EXEMPT, State.RESUMED, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Let the member take part again"),
          event="resumed", basis=LAW,
          facts=[RESOLUTION, Choice("asked_by", _("How it was asked for"), choices=(
              ("request", _("By a request")), ("in_person", _("By reporting to the cell"))))],
          guards=[member_is(*MEMBERS), EXEMPT, dated_on_the_day("resolution")],
          cancels=ALL)  # fmt: skip
    def resume(self, situation: Situation) -> None:
        """P3 to P0: on request or direct report; the cell decides."""
        situation.member.end_exemption(situation)

    @step((State.ASKED, State.EXEMPT), State.ENDED, by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE),
          label=_("End a case that another paper has settled"), event="ended", basis=(PRACTICE,),
          facts=[Paper("proof", _("Paper that settled it"), paper="proof_of_leaving")],
          guards=[left_it(Participation.ATTENDING, Participation.EXEMPT)], cancels=ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, another paper: nothing is left to exempt from."""
