"""The member: standing and participation, two independent fields. Everything else happens in cases and ends here."""

from __future__ import annotations

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.badges import party_age_start
from workflows.facts import Choice, Number, Paper, Text
from workflows.guards.ages import age_when_chosen
from workflows.guards.appeals import nothing_else_runs
from workflows.guards.counters import months_as_counted
from workflows.guards.membership import (
    lapse_long_enough,
    leave_is_ended_too,
    no_open_admission,
    not_covered_by_exemption,
)
from workflows.guards.papers import dated_on_the_day
from workflows.guards.people import helper_fits, helper_named, member_is
from workflows.guards.places import cell_stands, of_a_cell
from workflows.law.citing import PRACTICE
from workflows.member_steps.arriving import Arriving
from workflows.member_steps.badges import Badges
from workflows.member_steps.correcting import Correcting
from workflows.member_steps.going_on import GoingOn
from workflows.member_steps.leaving import Leaving
from workflows.member_steps.merging import Merging
from workflows.member_steps.moving import Moving
from workflows.member_steps.participating import IN_ORDER, Participating
from workflows.member_steps.roster import FromRoster
from workflows.offices import LADDER, Level, Right
from workflows.page_facts.admission import DECISION
from workflows.page_facts.helping import HELPER_IF_ANY
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation, Standing
from workflows.timed import Timed, months_on
from workflows.vocabulary import NEW, STAY, Lifecycle, step
from workflows.workdays import add_months

MISSED = (("meetings", _("Meetings missed")), ("dues", _("Dues unpaid")))
CONSIDERED = (*MISSED, ("classification", _("Years classified as not completed")))


class Membership(Badges, Correcting, Merging, Participating, GoingOn, Moving, Leaving, Arriving, FromRoster, Lifecycle):
    """Đảng viên: how a person comes onto the cell's lists, becomes a member, takes part, and leaves.

    Only the steps about candidates and about lapsing are taken directly, by a resolution of the cell. All others are
    consequences of a case's step, which holds the paper. From nothing start the imported ones, on the roster's word
    (`member_steps.roster`), and those of people who come from outside with their papers (`member_steps.arriving`); the
    ways of taking part and of leaving stand in `member_steps` too.
    """

    key = "membership"
    label = _("Membership")
    subject = "member"
    number_code = "DV"
    final = (Standing.DECEASED.value, Standing.MERGED.value)
    State = Standing
    timed = (
        Timed("not_recognised_yet", _("Twelve months over, not recognised yet"), "PRO.LENGTH",
              (Standing.PROBATIONARY,), months_on("joined_on", "PRO.LENGTH")),
    )  # fmt: skip

    standing: str
    participation: str
    admission_decided_on: date | None
    joined_on: date | None
    official_on: date | None
    left_on: date | None

    @classmethod
    def choices(cls) -> dict[str, type[TextChoices]]:
        """Two fields, moved independently."""
        return {"standing": Standing, "participation": Participation}

    # Onto the list of candidates, and off it
    @step((NEW, Standing.DROPPED, Standing.ANNULLED), Standing.CANDIDATE, field="standing",
          by=Right.KEEP_LIST, at=Level.CELL, label=_("Put on the candidates' list"), event="chosen",
          basis=("09-HD/BTCTW 05/06/2017",),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution"),
                 HELPER_IF_ANY],
          guards=[of_a_cell, dated_on_the_day("resolution"), nothing_else_runs, cell_stands, helper_named, helper_fits,
                  age_when_chosen])  # fmt: skip
    def choose(self, situation: Situation) -> None:
        """S-01: the cell chooses a person to be cultivated; an admission that was annulled counts for nothing.

        Who passed the gate of readmission and was taken off the list has left all the same: the party age needs the day.
        """
        if self.standing == Standing.ANNULLED:
            self.left_on = None

    @step(Standing.CANDIDATE, Standing.DROPPED, field="standing",
          by=Right.KEEP_LIST, at=Level.CELL, label=_("Take off the candidates' list"), event="dropped",
          basis=(PRACTICE,),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution"),
                 Text("reason", _("Reason"), required=False)],
          guards=[dated_on_the_day("resolution"), no_open_admission])  # fmt: skip
    def drop(self, situation: Situation) -> None:
        """S-02, S-04: the cell takes the person off the list."""

    # Consequences of the admission and recognition cases
    @step(Standing.CANDIDATE, Standing.APPROVED, field="standing",
          by=Right.THROUGH_CASE, at=LADDER, label=_("Admission decided"), event="approved",
          basis=("Điều lệ Đảng Điều 4, Điều 5",),
          facts=[DECISION])  # fmt: skip
    def approve(self, situation: Situation) -> None:
        """S-05: the competent committee decided; party age will run from this day.

        Of somebody readmitted it runs from the first decision, without the time between (PRO.PARTY_AGE_WITHOUT): from so
        many days before this one as were spent in the Party. So it does where the admission that followed was annulled, which
        counts for nothing, and is decided anew.
        """
        decided, start, until = situation.facts["decision"].date, party_age_start(self), self.left_on
        if until is None and self.party_age_from is not None:
            until = self.admission_decided_on
        if start is not None and until is not None:
            self.party_age_from = decided - (until - start.day)
            situation.rule("PRO.PARTY_AGE_WITHOUT", decided)
        self.admission_decided_on = decided

    @step((Standing.APPROVED, Standing.PROBATIONARY), Standing.ANNULLED, field="standing",
          by=Right.THROUGH_CASE, at=LADDER, label=_("Admission annulled"), event="annulled",
          basis=("1361-CV/BTCTW 30/06/2026 (11-13)",),
          facts=[Paper("annulment", _("Decision to annul"), paper="annulment_decision")])  # fmt: skip
    def annul(self, situation: Situation) -> None:
        """S-06 and scenario B55: the admission was wrong and is annulled; nobody is removed by it."""
        self._leave(situation.on if self.standing == Standing.PROBATIONARY else None)

    @step(Standing.APPROVED, Standing.PROBATIONARY, field="standing",
          by=Right.THROUGH_CASE, at=LADDER, label=_("Probation begins"), event="probation_begun",
          basis=("Điều lệ Đảng Điều 5",),
          facts=[Paper("ceremony_minutes", _("Minutes of the ceremony"), paper="ceremony_minutes")])  # fmt: skip
    def begin_probation(self, situation: Situation) -> None:
        """S-07: the ceremony was held; the twelve months run from this day."""
        self.joined_on, self.official_on, self.left_on = situation.on, None, None
        if self.participation != Participation.ATTENDING:
            self.begin_attending(situation)

    @step(Standing.PROBATIONARY, Standing.OFFICIAL, field="standing",
          by=Right.THROUGH_CASE, at=LADDER, label=_("Recognised as official"), event="recognised",
          basis=("29-QĐ/TW 25/07/2016 mục 4.2", "208-QĐ/TW 26/07/2026"),
          facts=[Paper("decision", _("Recognition decision"), paper="recognition_decision")])  # fmt: skip
    def recognise(self, situation: Situation) -> None:
        """S-09: official from the end of the twelve months, however late the cell or the committee was."""
        joined = self.joined_on or situation.on
        self.official_on = add_months(joined, situation.rule("PRO.LENGTH", joined).value)

    # Lapsing: by a resolution of the cell, never by a flag
    @step((Participation.ATTENDING, Participation.AWAY), Participation.LAPSED, field="participation",
          by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record that a member dropped party activity"),
          event="lapsed", basis=("Điều lệ Đảng Điều 8 khoản 1",),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution"),
                 Choice("ground", _("Ground"), choices=MISSED),
                 Number("months", _("Months in the calendar year"), maximum=12)],
          guards=[member_is(*MEMBERS), dated_on_the_day("resolution"), lapse_long_enough,
                  not_covered_by_exemption, months_as_counted, leave_is_ended_too], closes=IN_ORDER)  # fmt: skip
    def record_lapse(self, situation: Situation) -> None:
        """The cell considered three months without a legitimate reason and says so in a resolution."""

    @step(tuple(Participation), STAY, field="participation", by=Right.RECORD_RESOLUTION, at=Level.CELL,
          label=_("Record that the cell considered it and opens no case"), event="considered",
          basis=("Điều lệ Đảng Điều 8 khoản 1", "02-HD/BTCTW 12/04/2021"),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution"),
                 Choice("ground", _("What was considered"), choices=CONSIDERED)],
          guards=[member_is(*MEMBERS), dated_on_the_day("resolution")])  # fmt: skip
    def consider(self, situation: Situation) -> None:
        """A flag asks, only people answer: the cell may also let the matter rest, and says so in a resolution."""

    @step(Participation.LAPSED, Participation.ATTENDING, field="participation",
          by=Right.RECORD_RESOLUTION, at=Level.CELL, label=_("Record that a member attends again"), event="resumed",
          basis=("Điều lệ Đảng Điều 8 khoản 1",),
          facts=[Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")],
          guards=[member_is(*MEMBERS), dated_on_the_day("resolution")])  # fmt: skip
    def resume(self, situation: Situation) -> None:
        """The cell takes the member back into its activity."""
        self.away_until = None
