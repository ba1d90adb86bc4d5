"""The cell's meeting (A.8): planned, called, held, its minutes filed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.facts import Choice, Day, Flag, Number, Paper, Text
from workflows.guards.days import day_is, not_before
from workflows.guards.meetings import (
    documents_in_time,
    first_of_its_time,
    guests_here_by_then,
    in_addition,
    in_its_time,
    lately_over,
    long_enough,
    minutes_in_time,
    month_is_over,
    no_strangers,
    nobody_suspended,
    not_in_addition,
    not_over_yet,
    one_each,
    only_in_addition,
    quorum,
    roll_called,
    time_key,
)  # fmt: skip
from workflows.guards.papers import dated_by_then, dated_since
from workflows.guards.places import of_a_cell
from workflows.law import rule
from workflows.law.citing import PRACTICE
from workflows.offices import Level, Right
from workflows.reminders import of_meeting
from workflows.situation import Situation
from workflows.vocabulary import NEW, Clock, Lifecycle, step
from workflows.voting import RollCall
from workflows.workdays import add_months, month_end, month_start, quarter_end

GUIDE = "42-HD/BTCTW 28/10/2025"
PLANNED_ON = Day("planned_on", _("Planned day"), ahead=True)


def _of_kind(kind: str, situation: Situation) -> date | None:
    """The month of the meeting that the law asks for; nothing runs for one in addition."""
    month = situation.day("month")
    if month is None or situation.facts.get("kind") != kind or in_addition(situation):
        return None
    return month_start(month)


def _day_before(situation: Situation, planned: date) -> date:
    return planned - timedelta(days=situation.rule("MTG.DOC_BEFORE", planned).value)


REGULAR = Clock("MTG.REGULAR", lambda s: _of_kind("regular", s), Level.CELL, _("Month of the meeting"),
                due=lambda s, start: month_end(start), remind=of_meeting)  # fmt: skip
THEMATIC = Clock("MTG.THEMATIC", lambda s: _of_kind("thematic", s), Level.CELL, _("Quarter of the meeting"),
                 due=lambda s, start: quarter_end(start))  # fmt: skip
DOCUMENTS = Clock("MTG.DOC_BEFORE", lambda s: s.facts.get("planned_on"), Level.CELL, _("Planned day"), due=_day_before)
MINUTES = Clock("MTG.MIN_AFTER", the_day, Level.CELL, _("Day of the meeting"))
SCORE = Clock("MTG.SCORE_REPORT", the_day, Level.CELL, _("Day of the meeting"))


KIND = Choice("kind", _("Kind of meeting"), choices=(("regular", _("Regular")), ("thematic", _("Thematic"))))
MONTH = Day("month", _("Month (any day of it)"))
COMMITTEES = (Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL)
PAST = (
    KIND, MONTH, Day("held_on", _("Day of the meeting")),
    Number("minutes_long", _("Length in minutes"), required=False, minimum=1, maximum=1440),
)  # fmt: skip


def opening_step(month: date, today: date) -> str:
    """The step that opens a month's regular meeting as of today."""
    return "plan" if month_end(month) >= today else "make_good"


def oldest_made_good(today: date) -> date:
    """The first day of the oldest month that is still opened afterwards (MTG.MAKE_GOOD)."""
    return add_months(month_start(today), -rule("MTG.MAKE_GOOD", today).value)


class Meeting(Lifecycle):
    """Sinh hoạt chi bộ. What happened is recorded as it happened: short, late or thin meetings carry a caution.

    A thematic meeting never stands for the regular one: each has a case and a deadline of its own, and a combined session
    is recorded in both, with a caution where it was too short to count for both.

    A further meeting of the same month or quarter is planned once the first one's minutes are filed: no monthly deadline runs
    for it, and the cell may call it off.

    A month without a regular meeting is missed only when the base committee says so after the month's end; the
    members' months are then not counted as missed.
    """

    key = "meeting"
    label = _("Meeting of the cell")
    about = "unit"
    number_code = "SH"

    class State(TextChoices):
        PLANNED = "planned", _("Planned")
        CONVENED = "convened", _("Called, documents sent")
        POSTPONED = "postponed", _("Postponed")
        HELD = "held", _("Held, minutes to be filed")
        FILED = "filed", _("Minutes filed")
        REPORTED = "reported", _("Score reported")
        NOT_HELD = "not_held", _("Not held")
        CALLED_OFF = "called_off", _("Called off")

    final = (State.FILED.value, State.REPORTED.value, State.NOT_HELD.value, State.CALLED_OFF.value)

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """One regular meeting for each month of a cell, one thematic meeting for each quarter."""
        return time_key(situation)

    BEFORE = (State.PLANNED, State.CONVENED, State.POSTPONED)

    @step(NEW, State.PLANNED, by=Right.OPEN, at=(Level.CELL, Level.BASE), label=_("Plan the meeting"),
          event="planned", basis=("Điều lệ Đảng Điều 24 khoản 2", GUIDE),
          facts=[KIND, Day("month", _("Month (any day of it)"), ahead=True),
                 Day("planned_on", _("Planned day"), required=False, ahead=True)],
          guards=[of_a_cell, not_over_yet, one_each], opens=[REGULAR, THEMATIC, DOCUMENTS])  # fmt: skip
    def plan(self, situation: Situation) -> None:
        """B-01: one regular meeting a month, one thematic a quarter."""

    @step(NEW, State.PLANNED, by=Right.OPEN, at=(Level.CELL, Level.BASE), label=_("Open a past month or quarter"),
          event="made_good", basis=("Điều lệ Đảng Điều 24 khoản 2", GUIDE), facts=[KIND, MONTH],
          guards=[of_a_cell, lately_over, one_each], opens=[REGULAR, THEMATIC])  # fmt: skip
    def make_good(self, situation: Situation) -> None:
        """A time that went by unplanned, after an outage or by oversight: then recorded as held, or as not held."""

    @step(NEW, State.FILED, by=Right.IMPORT, at=COMMITTEES, label=_("Take over a past meeting"),
          event="taken_over", basis=(PRACTICE,), facts=[*PAST, Day("filed_on", _("Day the minutes were filed"))],
          guards=[of_a_cell, day_is("held_on")],
          cancels=["MTG.REGULAR", "MTG.THEMATIC", "MTG.DOC_BEFORE", "MTG.MIN_AFTER", "MTG.SCORE_REPORT"])  # fmt: skip
    def take_over(self, situation: Situation) -> None:
        """A meeting held before Chibo was there, from the office's table: what was done then is not asked for again."""

    @step(NEW, State.HELD, by=Right.IMPORT, at=COMMITTEES, label=_("Take over a past meeting without minutes"),
          event="taken_over_unfiled", basis=(PRACTICE,), facts=PAST, guards=[of_a_cell, day_is("held_on")])  # fmt: skip
    def take_over_unfiled(self, situation: Situation) -> None:
        """As `take_over`, where the table knows no day on which the minutes were filed; no clock runs."""

    @step((State.PLANNED, State.POSTPONED), State.CONVENED, by=Right.RECORD_MEETING, at=Level.CELL,
          label=_("Call the meeting"), event="convened", basis=(GUIDE,),
          facts=[PLANNED_ON, Day("documents_on", _("Day the documents were sent"))],
          guards=[documents_in_time], closes=["MTG.DOC_BEFORE"])  # fmt: skip
    def convene(self, situation: Situation) -> None:
        """B-02: invited, with the documents in the handbook a day before."""

    @step(BEFORE, State.POSTPONED, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Postpone the meeting"),
          event="postponed", basis=(GUIDE,),
          facts=[PLANNED_ON, Text("reason", _("Reason"))], cancels=["MTG.DOC_BEFORE"],
          opens=[DOCUMENTS])  # fmt: skip
    def postpone(self, situation: Situation) -> None:
        """Another day; the month's own deadline stands."""

    @step(BEFORE, State.HELD, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Record that the meeting was held"),
          event="held", basis=("Điều lệ Đảng Điều 24 khoản 2", GUIDE),
          facts=[Day("held_on", _("Day of the meeting")),
                 RollCall("roll_call", _("Roll call"), required=False),
                 Number("minutes_long", _("Length in minutes"), minimum=1, maximum=1440),
                 Flag("combined", _("Regular and thematic in one session"), required=False),
                 Text("place", _("Place"), required=False, max_length=200)],
          guards=[day_is("held_on"), in_its_time, long_enough, roll_called, no_strangers, nobody_suspended,
                  guests_here_by_then, quorum],
          closes=["MTG.REGULAR", "MTG.THEMATIC"], cancels=["MTG.DOC_BEFORE"], opens=[MINUTES, SCORE],
          first_on=first_of_its_time)  # fmt: skip
    def hold(self, situation: Situation) -> None:
        """B-03, B-04: who was there, how long it took; the day of the step is the day of the meeting."""

    @step(State.HELD, State.FILED, by=Right.RECORD_MEETING, at=Level.CELL, label=_("File the minutes"),
          event="minutes_filed", basis=(GUIDE,),
          facts=[Paper("minutes", _("Minutes"), paper="meeting_minutes"),
                 Paper("resolution", _("Resolution or conclusion"), required=False, paper="cell_resolution"),
                 Number("score", _("The cell's own score"), required=False, maximum=100)],
          guards=[not_before("held_on"), dated_by_then("minutes"), dated_since("minutes", "held_on"), minutes_in_time],
          closes=["MTG.MIN_AFTER"],
          cancels=["MTG.REGULAR", "MTG.THEMATIC", "MTG.DOC_BEFORE"])  # fmt: skip
    def file_minutes(self, situation: Situation) -> None:
        """B-05: minutes, conclusion and score."""

    @step(State.FILED, State.REPORTED, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Report the score"),
          event="score_reported", basis=("29-QĐ/TU Lào Cai 26/01/2026",),
          facts=[Paper("score_report", _("Report of the score"), paper="score_report")],
          closes=["MTG.SCORE_REPORT"],
          cancels=["MTG.REGULAR", "MTG.THEMATIC", "MTG.DOC_BEFORE", "MTG.MIN_AFTER"])  # fmt: skip
    def report_score(self, situation: Situation) -> None:
        """Only where the province asks for it (rule pack)."""

    @step(BEFORE, State.NOT_HELD, by=Right.RECORD_COMMITTEE, at=Level.BASE,
          label=_("Record that no meeting was held"), event="not_held", basis=("Điều lệ Đảng Điều 24 khoản 2", GUIDE),
          facts=[Paper("note", _("Note of the base committee"), paper="committee_note"), Text("reason", _("Reason"))],
          guards=[month_is_over, not_in_addition], misses=["MTG.REGULAR", "MTG.THEMATIC"],
          cancels=["MTG.DOC_BEFORE", "MTG.MIN_AFTER", "MTG.SCORE_REPORT"])  # fmt: skip
    def record_not_held(self, situation: Situation) -> None:
        """B-06: said by the level above, never by the cell itself; nobody's month is counted as missed."""

    @step(BEFORE, State.CALLED_OFF, by=Right.RECORD_MEETING, at=Level.CELL, label=_("Call off an extra meeting"),
          event="called_off", basis=(PRACTICE,), facts=[Text("reason", _("Reason"))], guards=[only_in_addition],
          cancels=["MTG.REGULAR", "MTG.THEMATIC", "MTG.DOC_BEFORE", "MTG.MIN_AFTER", "MTG.SCORE_REPORT"])  # fmt: skip
    def call_off(self, situation: Situation) -> None:
        """Of a meeting in addition, planned by mistake or no longer needed; the one of the month cannot be called off."""
