"""Two records of one person become one: the step of the record that goes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.facts import MemberRef, Paper, Text
from workflows.guards.merging import (
    badges_agree,
    days_agree,
    nothing_runs,
    record_to_keep,
    records_differ,
    standings_agree,
)
from workflows.law.citing import PRACTICE
from workflows.member_steps.roster import COMMITTEES
from workflows.offices import Right
from workflows.situation import Situation
from workflows.standings import WITH_A_RECORD, Standing
from workflows.vocabulary import step


class Merging:
    """A person who was entered twice."""

    @step(WITH_A_RECORD, Standing.MERGED, field="standing", by=Right.MERGE, at=COMMITTEES,
          label=_("Merge into another record of the same person"), event="merged", basis=(PRACTICE,),
          facts=[Paper("confirmation", _("Paper that confirms it is one person"), paper="identity_confirmation"),
                 Text("reason", _("Reason")), MemberRef("kept", _("Record that is kept"))],
          guards=[record_to_keep, nothing_runs, standings_agree, days_agree, badges_agree, records_differ])  # fmt: skip
    def merge(self, situation: Situation) -> None:
        """The record stands for nobody any more: its history counts nowhere, the kept record takes over what it lacks."""
