"""Working far away (A.5): a temporary exemption for less than twelve months, proposed by the cell, agreed above it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Day, Flag, Paper, Text
from workflows.guards.days import not_over_when_asked
from workflows.guards.moving import no_other_transfer, somewhere_to_go, stay_long_enough
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.taking_part import in_all, left_it, needs_a_paper, nobody_there, short_enough, takes_part
from workflows.law.citing import PRACTICE
from workflows.member_steps.participating import IN_ORDER
from workflows.offices import Level, Right
from workflows.page_clocks import away as clocks
from workflows.page_facts.moving import STAY_ASKED
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation
from workflows.vocabulary import NEW, STAY, Act, Lifecycle, Start, step

LAW = ("01-HD/TW 28/09/2021 mục 10.3", "01-HD/TW 19/05/2026")
AGREE = Act("exempt_temporarily")
REQUEST = Paper("request", _("Written request of the member"), paper="away_request")
RESOLUTION = Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")
APPROVAL = Paper("approval", _("Approval of the base committee"), paper="away_approval")
FROM = Day("away_from", _("First day away"), ahead=True)
ASKED_UNTIL = Day("asked_until", _("Back by (as asked for)"), ahead=True)
UNTIL = Day("away_until", _("End of the exemption"), ahead=True, as_asked=ASKED_UNTIL.name)
WHERE = (
    Text("place", _("Place of stay"), max_length=200), Text("job", _("Work there"), max_length=200),
    Text("reach", _("How to reach the member"), max_length=200), Text("reason", _("Reason")),
)  # fmt: skip
THERE = Flag("organisation_there", _("There is a party organisation at the place"))
REASON = Text("reason", _("Reason"))
AWAY = takes_part(Participation.AWAY)
ON_THE_LIST = member_is(*MEMBERS)
RESOLVED = ("propose", "propose_again")
"""By which the cell resolves what a committee decides on here."""


class Away(Lifecycle):
    """Đảng viên đi làm ăn xa. Months under an approved exemption are no missed months; dues go on.

    That the end is near (W-04) or has passed without a word (W-07) are labels; only the cell opens anything on them.
    """

    key = "away"
    label = _("Working far away")
    number_code = "TM"

    class State(TextChoices):
        ASKED = "asked", _("Asked for")
        PROPOSED = "proposed", _("Proposed by the cell")
        AWAY = "away", _("Exempted for a time")
        ASKED_AGAIN = "asked_again", _("Asked for again")
        PROPOSED_AGAIN = "proposed_again", _("Proposed again by the cell")
        RETURNED = "returned", _("Back")
        CONVERTED = "converted", _("Turned into a temporary transfer")
        REFUSED = "refused", _("Not agreed")
        TAKEN_BACK = "taken_back", _("Request taken back")
        ENDED = "ended", _("Ended by another paper")

    final = (
        State.RETURNED.value,
        State.CONVERTED.value,
        State.REFUSED.value,
        State.TAKEN_BACK.value,
        State.ENDED.value,
    )
    GONE = (State.AWAY, State.ASKED_AGAIN, State.PROPOSED_AGAIN)
    timed = clocks.labels(*GONE)

    @step(NEW, State.ASKED, by=Right.OPEN, at=Level.CELL, label=_("Take the member's request"), event="asked",
          basis=LAW, facts=[REQUEST, FROM, ASKED_UNTIL, *WHERE, THERE],
          guards=[ON_THE_LIST, needs_a_paper, dated_by_then("request"), short_enough("asked_until"),
                  not_over_when_asked("asked_until"), nobody_there("asked_until"), in_all("asked_until")],
          opens=[clocks.CONSIDER], begins=IN_ORDER)  # fmt: skip
    def ask(self, situation: Situation) -> None:
        """W-01: place, work, how to be reached, period and reason; the request is acknowledged by its number."""

    @step(NEW, State.AWAY, by=Right.IMPORT, at=(Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL),
          label=_("Take over an exemption from a roster"), event="taken_over", basis=(PRACTICE,),
          facts=[FROM, UNTIL], guards=[ON_THE_LIST, AWAY], opens=[clocks.CONTACT, clocks.END], begins=IN_ORDER)  # fmt: skip
    def take_over(self, situation: Situation) -> None:
        """Somebody whom the roster calls away: what was decided then is not asked for again."""
        situation.member.stay_away(situation)

    @step(State.ASKED, State.PROPOSED, by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Propose the exemption"),
          event="proposed", basis=LAW, facts=[RESOLUTION],
          guards=[ON_THE_LIST, needs_a_paper, dated_on_the_day("resolution")],
          closes=["TASK.AWAY_CONSIDER"], opens=[clocks.AGREE])  # fmt: skip
    def propose(self, situation: Situation) -> None:
        """W-02: the reason is legitimate; the cell proposes to the base committee."""

    @step(State.PROPOSED, State.AWAY, by=Right.RECORD_COMMITTEE, at=AGREE, label=_("Agree to the exemption"),
          event="granted", basis=LAW, facts=[APPROVAL, UNTIL],
          guards=[ON_THE_LIST, needs_a_paper, dated_on_the_day("approval"),
                  short_enough("away_until"), nobody_there("away_until"), not_over_when_asked("away_until"),
                  in_all("away_until")],
          closes=["TASK.AWAY_AGREE"], opens=[clocks.CONTACT, clocks.END], apart_from=RESOLVED)  # fmt: skip
    def grant(self, situation: Situation) -> None:
        """W-03: from the day of leaving to the day given; dues are paid every month.

        Whoever was away without a paper is away with one from now on (B26).
        """
        away = situation.member.participation == Participation.AWAY
        (situation.member.stay_away if away else situation.member.grant_away)(situation)

    @step((State.ASKED, State.PROPOSED), State.REFUSED, by=Right.PREPARE, at=(Level.CELL, Level.BASE),
          label=_("Record that it was not agreed"), event="refused", basis=LAW,
          facts=[Paper("notice", _("Notice with the reason"), paper="notice"), REASON],
          guards=[dated_on_the_day("notice")], cancels=clocks.ALL, apart_from=("propose",))  # fmt: skip
    def refuse(self, situation: Situation) -> None:
        """The cell or the committee saw no legitimate reason, and says so."""

    @step((State.ASKED, State.PROPOSED), State.TAKEN_BACK, by=Right.OPEN, at=Level.CELL,
          label=_("The member takes the request back"), event="taken_back", basis=LAW,
          facts=[Text("reason", _("Reason"), required=False)], cancels=clocks.ALL)  # fmt: skip
    def take_back(self, situation: Situation) -> None:
        """Nobody leaves."""

    @step(GONE, STAY, by=Right.PREPARE, at=Level.CELL, label=_("Record a contact with the member"),
          event="contacted", basis=(PRACTICE,), facts=[Day("contact_on", _("Day of the contact"))],
          guards=[AWAY], closes=["AWY.CONTACT"], opens=[clocks.CONTACT])  # fmt: skip
    def contact(self, situation: Situation) -> None:
        """A practice, not a rule: every six months at least."""

    @step(State.AWAY, State.ASKED_AGAIN, by=Right.OPEN, at=Level.CELL, label=_("Take a request for more time"),
          event="asked_again", basis=LAW, facts=[REQUEST, ASKED_UNTIL, *WHERE],
          guards=[ON_THE_LIST, AWAY, dated_by_then("request"), short_enough("asked_until"), in_all("asked_until")],
          opens=[clocks.CONSIDER])  # fmt: skip
    def ask_again(self, situation: Situation) -> None:
        """W-06: a new request; from twelve months in all on, an official transfer is to be considered."""

    @step(State.ASKED_AGAIN, State.PROPOSED_AGAIN, by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Propose more time"), event="proposed_again", basis=LAW, facts=[RESOLUTION],
          guards=[ON_THE_LIST, AWAY, dated_on_the_day("resolution")],
          closes=["TASK.AWAY_CONSIDER"], opens=[clocks.AGREE])  # fmt: skip
    def propose_again(self, situation: Situation) -> None:
        """W-02 once more."""

    @step(State.PROPOSED_AGAIN, State.AWAY, by=Right.RECORD_COMMITTEE, at=AGREE, label=_("Agree to more time"),
          event="extended", basis=LAW, facts=[APPROVAL, UNTIL],
          guards=[ON_THE_LIST, AWAY, dated_on_the_day("approval"),
                  short_enough("away_until"), nobody_there("away_until"), in_all("away_until")],
          closes=["TASK.AWAY_AGREE", "TASK.AWAY_END"], opens=[clocks.END], apart_from=RESOLVED)  # fmt: skip
    def extend(self, situation: Situation) -> None:
        """W-03 once more, from the end of the exemption before."""
        situation.member.stay_away(situation)

    @step((State.ASKED_AGAIN, State.PROPOSED_AGAIN), State.AWAY, by=Right.PREPARE, at=(Level.CELL, Level.BASE),
          label=_("Record that more time was not agreed"), event="refused_again", basis=LAW,
          facts=[Paper("notice", _("Notice with the reason"), paper="notice"), REASON],
          guards=[dated_on_the_day("notice")],
          cancels=["TASK.AWAY_CONSIDER", "TASK.AWAY_AGREE"], apart_from=("propose_again",))  # fmt: skip
    def refuse_again(self, situation: Situation) -> None:
        """The exemption goes on to the end it had."""

    @step(GONE, State.RETURNED, by=Right.PREPARE, at=Level.CELL, label=_("Record the return"), event="returned",
          basis=LAW, facts=[Paper("remark", _("Remark of the place of stay"), paper="stay_remark")],
          guards=[ON_THE_LIST, AWAY, dated_by_then("remark")],
          closes=["TASK.AWAY_END"], cancels=clocks.ALL)  # fmt: skip
    def come_back(self, situation: Situation) -> None:
        """W-05: attends again, with a remark of the authority or agency of the place."""
        situation.member.return_from_away(situation)

    @step(GONE, State.CONVERTED, by=Right.OPEN, at=Level.CELL, label=_("Turn it into a temporary transfer"),
          event="converted", basis=LAW, facts=STAY_ASKED,
          guards=[ON_THE_LIST, AWAY, dated_by_then("request"), somewhere_to_go,
                  stay_long_enough, no_other_transfer],
          cancels=clocks.ALL, starts=[Start("temporary_transfer", "go_on", lambda seen: seen.facts)])  # fmt: skip
    def convert(self, situation: Situation) -> None:
        """WC: the place has a party organisation after all; away until the introduction paper is issued."""

    @step((State.ASKED, State.PROPOSED, *GONE), State.ENDED, by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE),
          label=_("End a case that another paper has settled"), event="ended", basis=(PRACTICE,),
          facts=[Paper("proof", _("Paper that settled it"), paper="proof_of_leaving")],
          guards=[left_it(Participation.ATTENDING, Participation.AWAY)], cancels=clocks.ALL)  # fmt: skip
    def end(self, situation: Situation) -> None:
        """Death, dropping out, a leave that ran out meanwhile: the member is away by it no more."""
