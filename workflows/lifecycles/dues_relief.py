"""Exemption from dues, and reduction (A.11, rules.md 9.1): by right, or on the member's request by decision of the cell."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Flag, Number, Paper, Text
from workflows.guards import dues_relief as guards
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.probation import member_has_left
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.page_clocks import dues_relief as clocks
from workflows.situation import Situation
from workflows.standings import MEMBERS
from workflows.vocabulary import NEW, Act, Lifecycle, step

LAW = ("01-QĐ/TW 03/02/2026 Điều 5",)
DECIDE = Act("relieve_of_dues")
SMALL = (Level.CELL, Level.BASE)
MEMBER = member_is(*MEMBERS)
REQUEST = Paper("request", _("The member's own written request"), paper="dues_request")
RESOLUTION = Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")
ASKED_FROM = Day("asked_from", _("First month asked for (any day of it)"), ahead=True)
FIRST = Day("first_month", _("First month (any day of it)"), ahead=True)
LAST = Day("last_month", _("Last month (any day of it)"), ahead=True)
LAST_IF_ANY = Day("last_month", _("Last month, where it is for a time (any day of it)"), required=False, ahead=True)
GRANTED = (guards.months_in_order, guards.no_other_relief, guards.rules_were_seen)


class DuesRelief(Lifecycle):
    """Miễn, giảm đảng phí, for whole months. The ground stays on the papers: no poverty and no illness is recorded.

    A relief runs out by itself with its last month; the file stays open to remind the cell, and is closed by it. What
    is granted counts for the ledger and the flags at once, wherever the member pays.
    """

    key = "dues_relief"
    label = _("Exemption from dues, or reduction")
    read = Right.READ_RESTRICTED
    number_code = "MG"

    class State(TextChoices):
        ASKED = "asked", _("Asked for")
        EXEMPT = "exempt", _("Exempt from dues")
        REDUCED = "reduced", _("Dues reduced")
        DECLINED = "declined", _("Nothing granted")
        TAKEN_BACK = "taken_back", _("Request taken back")
        ENDED = "ended", _("Ended")

    S = State
    final = (S.DECLINED.value, S.TAKEN_BACK.value, S.ENDED.value)
    RUNNING = (S.EXEMPT, S.REDUCED)
    timed = clocks.labels(*RUNNING)

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """One for each first month: who asks for the time after need not wait for the end of what runs."""
        first = situation.facts.get("asked_from") or situation.facts["first_month"]
        return f"from:{first:%Y-%m}"

    @step(NEW, S.ASKED, by=Right.OPEN, at=SMALL, label=_("Take the member's request"), event="asked", basis=LAW,
          facts=[REQUEST, ASKED_FROM],
          guards=[MEMBER, dated_by_then("request"), guards.not_from_before_the_request("asked_from")],
          opens=[clocks.CONSIDER])  # fmt: skip
    def ask(self, situation: Situation) -> None:
        """In writing, to the cell; no term to answer was seen."""

    @step(NEW, S.EXEMPT, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Exempt by right"), event="exempted_by_right",
          basis=LAW,
          facts=[RESOLUTION, FIRST, LAST_IF_ANY,
                 Paper("ground_paper", _("Paper that shows the ground (not needed for party age)"), required=False,
                       paper="dues_ground")],
          guards=[MEMBER, dated_on_the_day("resolution"), dated_by_then("ground_paper"), guards.exempt_by_right,
                  *GRANTED],
          opens=[clocks.END])  # fmt: skip
    def exempt_by_right(self, situation: Situation) -> None:
        """Fifty years of party age, or the social pension allowance: nobody need ask; the cell keeps a record."""

    @step(S.ASKED, S.EXEMPT, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Exempt for hardship"), event="exempted",
          basis=LAW,
          facts=[RESOLUTION, FIRST, LAST_IF_ANY, Flag("ground_listed", _("The hardship is one that the law lists"))],
          guards=[MEMBER, dated_on_the_day("resolution"), guards.ground_is_listed,
                  guards.not_from_before_the_request("first_month"), *GRANTED],
          closes=["TASK.DUES_CONSIDER"], opens=[clocks.END])  # fmt: skip
    def exempt(self, situation: Situation) -> None:
        """Poor or near-poor household, critical illness: with the written request alone, whichever it is."""

    @step(S.ASKED, S.REDUCED, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Reduce the dues"), event="reduced",
          basis=LAW, facts=[RESOLUTION, Number("percent", _("By how many per cent"), minimum=1, maximum=99), FIRST, LAST],
          guards=[MEMBER, dated_on_the_day("resolution"), guards.share_of_the_law,
                  guards.short_enough, guards.not_from_before_the_request("first_month"), *GRANTED],
          closes=["TASK.DUES_CONSIDER"], opens=[clocks.END])  # fmt: skip
    def reduce(self, situation: Situation) -> None:
        """Other hardship: less for some months, then a new request or the whole again."""

    @step(S.ASKED, S.DECLINED, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("Grant nothing"), event="declined",
          basis=LAW, facts=[RESOLUTION, Text("reason", _("Reason"))],
          guards=[dated_on_the_day("resolution")], cancels=clocks.ALL)  # fmt: skip
    def decline(self, situation: Situation) -> None:
        """The member pays as before, and may ask again."""

    @step(S.ASKED, S.TAKEN_BACK, by=Right.OPEN, at=SMALL, label=_("The member takes the request back"),
          event="taken_back", basis=LAW, facts=[Text("reason", _("Reason"), required=False)],
          cancels=clocks.ALL)  # fmt: skip
    def take_back(self, situation: Situation) -> None:
        """Asked for of the own will, and given up of it."""

    @step(RUNNING, S.ENDED, by=Right.RECORD_RESOLUTION, at=DECIDE, label=_("End it earlier"), event="ended_earlier",
          basis=LAW, facts=[RESOLUTION, LAST],
          guards=[MEMBER, dated_on_the_day("resolution"), guards.ends_from_now_on],
          closes=["TASK.DUES_RELIEF_END"], cancels=clocks.ALL)  # fmt: skip
    def end_earlier(self, situation: Situation) -> None:
        """The ground is gone: dues are owed again from the month after the last one."""

    @step(RUNNING, S.ENDED, by=Right.PREPARE, at=SMALL, label=_("Close it: it has run out"), event="ran_out", basis=LAW,
          guards=[guards.relief_is_over], closes=["TASK.DUES_RELIEF_END"], cancels=clocks.ALL,
          first_on=guards.first_after_relief)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """Its months are over; a new request is a file of its own."""

    @step((S.ASKED, *RUNNING), S.ENDED, by=Right.RECORD_RESOLUTION, at=SMALL,
          label=_("End a case that another paper has settled"), event="ended", basis=(PRACTICE,),
          facts=[Paper("proof", _("Paper that settled it"), paper="proof_of_leaving")],
          guards=[member_has_left], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, removal, transfer out: nothing is owed any more."""
