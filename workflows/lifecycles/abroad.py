"""Going abroad (P6): as far as the texts were seen (86-QĐ/TW, 30-HD/BTCTW: titles only), so no term of law runs."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.facts import Day, Paper, Text
from workflows.guards.days import in_this_order, not_over_when_asked
from workflows.guards.moving import dues_settled, no_other_transfer, nothing_unresolved, papers_complete
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.taking_part import left_it, takes_part
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_facts.moving import PAPERS, PROOF, REASON, SETTLED
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation
from workflows.vocabulary import NEW, Act, Clock, Lifecycle, step

LAW = ("86-QĐ/TW", "30-HD/BTCTW 23/04/2025")
INTRODUCE = Clock("TASK.ABROAD_INTRODUCE", the_day, Level.CELL, _("Request of the member"))
CONTACT = Clock("TASK.ABROAD_CONTACT", the_day, Level.CELL, _("Last contact"))
ALL = ("TASK.ABROAD_INTRODUCE", "TASK.ABROAD_CONTACT")
HERE, GONE = takes_part(Participation.ATTENDING), takes_part(Participation.ABROAD)
ON_THE_LIST = member_is(*MEMBERS)


class Abroad(Lifecycle):
    """Đảng viên ra ngoài nước. The own cell keeps the member on its lists; how the party abroad works is not seen here."""

    key = "abroad"
    label = _("Going abroad")
    number_code = "NN"

    class State(TextChoices):
        ASKED = "asked", _("Asked for")
        ABROAD = "abroad", _("Abroad")
        RETURNED = "returned", _("Back")
        CALLED_OFF = "called_off", _("Called off")
        ENDED = "ended", _("Ended by another paper")

    final = (State.RETURNED.value, State.CALLED_OFF.value, State.ENDED.value)

    @step(NEW, State.ASKED, by=Right.OPEN, at=Level.CELL, label=_("Take the member's request"), event="asked",
          basis=LAW,
          facts=[Paper("request", _("Request, or decision to send abroad"), paper="abroad_request"),
                 Text("country", _("Country and place"), max_length=200),
                 Day("from_on", _("First day of the stay"), ahead=True),
                 Day("back_by", _("Back by"), required=False, ahead=True)],
          guards=[ON_THE_LIST, HERE, dated_by_then("request"), in_this_order("from_on", "back_by"),
                  not_over_when_asked("back_by"), no_other_transfer], opens=[INTRODUCE])  # fmt: skip
    def ask(self, situation: Situation) -> None:
        """The member reports to the cell before leaving."""

    @step(State.ASKED, State.ABROAD, by=Right.RECORD_COMMITTEE, at=Act("introduce_on_transfer"),
          label=_("Issue the introduction paper"), event="introduced", basis=LAW, facts=[*PAPERS, *SETTLED],
          guards=[ON_THE_LIST, HERE, dated_on_the_day("introduction"), dated_by_then("self_review"), papers_complete,
                  dues_settled, nothing_unresolved],
          closes=["TASK.ABROAD_INTRODUCE"], opens=[CONTACT])  # fmt: skip
    def introduce(self, situation: Situation) -> None:
        """P0 to P6; dues abroad have their own rate (not seen)."""
        situation.member.go_abroad(situation)

    @step(State.ABROAD, State.ABROAD, by=Right.PREPARE, at=Level.CELL, label=_("Record a contact with the member"),
          event="contacted", basis=(PRACTICE,), facts=[Day("contact_on", _("Day of the contact"))],
          guards=[GONE], closes=["TASK.ABROAD_CONTACT"], opens=[CONTACT])  # fmt: skip
    def contact(self, situation: Situation) -> None:
        """A practice: nobody is forgotten abroad."""

    @step(State.ABROAD, State.RETURNED, by=Right.PREPARE, at=Level.CELL, label=_("Record the return"),
          event="returned", basis=LAW, facts=[Paper("remark", _("Remark of the place of stay"), paper="stay_remark")],
          guards=[ON_THE_LIST, GONE, dated_by_then("remark")], cancels=ALL)  # fmt: skip
    def come_back(self, situation: Situation) -> None:
        """P6 to P0, with a remark."""
        situation.member.return_from_abroad(situation)

    @step(State.ASKED, State.CALLED_OFF, by=Right.OPEN, at=Level.CELL, label=_("Call it off"), event="called_off",
          basis=LAW, facts=[REASON], cancels=ALL)  # fmt: skip
    def call_off(self, situation: Situation) -> None:
        """Nobody has left."""

    @step((State.ASKED, State.ABROAD), State.ENDED, by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE),
          label=_("End a case that another paper has settled"), event="ended", basis=(PRACTICE,), facts=[PROOF],
          guards=[left_it(Participation.ATTENDING, Participation.ABROAD)], cancels=ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, removal, an official transfer: nothing is left to do here."""
