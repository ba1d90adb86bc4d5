"""The gate of readmission (A.7, R-20 and S-11): from the application to the province's written consent."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.facts import Choice, Day, Paper
from workflows.guards.appeals import nothing_else_runs
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import member_is
from workflows.guards.places import cell_stands
from workflows.guards.readmission import GATE, left_there, no_appeal_open, reason_as_recorded
from workflows.offices import Level, Right
from workflows.page_facts.leaving import NOTICE, REASON, REASON_ONCE
from workflows.situation import Situation
from workflows.standings import OUT_OF_THE_PARTY, Standing
from workflows.vocabulary import NEW, Act, Clock, Lifecycle, step

LAW = ("294-QĐ/TW 26/05/2025 mục 3.5", "208-QĐ/TW 26/07/2026 mục 3.5")
GONE = member_is(*OUT_OF_THE_PARTY, Standing.TRANSFERRED_OUT)
REASONS = (
    ("dropped_activity", _("Dropped party activity")),
    ("asked", _("Asked to leave")),
    ("asked_hardship", _("Asked to leave, exceptional hardship of the family")),
    ("disunity", _("Caused serious internal disunity")),
    ("corruption", _("Corruption, waste or negative conduct")),
    ("serious_crime", _("Serious crime or worse")),
    ("less_serious_crime", _("Less serious crime")),
    ("other", _("Another reason")),
)
CONSENT = Clock("TASK.CONSENT_READMISSION", the_day, Level.PROVINCE, _("Application"))
TASKS = ("TASK.CONSENT_READMISSION",)


class Readmission(Lifecycle):
    """Kết nạp lại: the gate before a new admission. After it the person is a candidate, and all begins anew."""

    key = "readmission"
    label = _("Readmission")
    read = Right.READ_RESTRICTED
    number_code = "KNL"

    class State(TextChoices):
        APPLIED = "applied", _("Applied for, consent to be asked")
        CONSENTED = "consented", _("Consented to: a candidate again")
        REFUSED = "refused", _("Not consented to")
        CLOSED = "closed", _("Closed without a decision")

    S = State
    final = (S.CONSENTED.value, S.REFUSED.value, S.CLOSED.value)
    in_dossier = (S.CONSENTED.value,)

    @step(NEW, S.APPLIED, by=Right.PREPARE, at=(Level.CELL, Level.BASE), label=_("Record an application for readmission"),
          event="applied", basis=LAW,
          facts=[Paper("application", _("Application"), paper="readmission_application"),
                 Choice("reason_left", _("Why the person left"), choices=REASONS),
                 Day("left_elsewhere_on", _("Day of leaving the Party, where that was at another place"), required=False),
                 Day("record_cleared_on", _("Day the criminal record was cleared"), required=False)],
          guards=[GONE, dated_by_then("application"), left_there, reason_as_recorded, *GATE, no_appeal_open, cell_stands],
          opens=[CONSENT])  # fmt: skip
    def apply(self, situation: Situation) -> None:
        """R-20: the reason of leaving and the months since are judged on the day; who was transferred out may have left at
        the other place, by whose decision the application says when."""

    @step(S.APPLIED, S.CONSENTED, by=Right.RECORD_DECISION, at=Act("consent_to_readmit"),
          label=_("Record the province's consent"), event="consented", basis=LAW,
          facts=[Paper("consent", _("Province's written consent"), paper="readmission_consent")],
          guards=[GONE, dated_on_the_day("consent"), *GATE, nothing_else_runs, cell_stands],
          closes=TASKS)  # fmt: skip
    def consent(self, situation: Situation) -> None:
        """S-11: then the ordinary admission, with twelve months of probation again."""
        situation.member.readmit(situation)

    @step(S.APPLIED, S.REFUSED, by=Right.RECORD_DECISION, at=Act("consent_to_readmit"),
          label=_("Record that the province does not consent"), event="refused", basis=LAW, facts=[NOTICE, REASON],
          guards=[dated_on_the_day("notice")], after_leaving=True, closes=TASKS)  # fmt: skip
    def refuse(self, situation: Situation) -> None:
        """The person is told why."""

    @step(S.APPLIED, S.CLOSED, by=Right.PREPARE, at=(Level.CELL, Level.BASE), label=_("Close the application"),
          event="closed", basis=LAW, facts=[NOTICE, REASON_ONCE],
          guards=[dated_on_the_day("notice")], after_leaving=True, cancels=TASKS)  # fmt: skip
    def close(self, situation: Situation) -> None:
        """Taken back, or the person has died."""
