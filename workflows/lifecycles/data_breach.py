"""The register of breaches of personal data (rules.md 14): recorded, told to the authority within 72 hours, or reasoned not."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Number, Paper, Text
from workflows.guards.data_breaches import harm_was_named, not_ahead, told_after_detection, told_in_time
from workflows.guards.days import day_is, not_before
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.law.citing import PRACTICE
from workflows.offices import COMMITTEES, LADDER, Right
from workflows.page_clocks import data_breach as clocks
from workflows.situation import Situation
from workflows.vocabulary import NEW, Lifecycle, step

LAW = ("91/2025/QH15 26/06/2025 Điều 23", "356/2025/NĐ-CP 31/12/2025 Điều 28")
MAY_HARM = Choice("may_harm", _("What it may harm"), choices=(
    ("security", _("National defence, security or public order")), ("life", _("Life or health")),
    ("honour", _("Honour or dignity")), ("property", _("Property")), ("nothing", _("Nothing of this"))))  # fmt: skip
LATER = not_before("detected_on")
RECORD = Paper("record", _("Record of the breach"), paper="breach_record")


class DataBreach(Lifecycle):
    """Vi phạm quy định về bảo vệ dữ liệu cá nhân. The clock runs in hours from the moment of detection and knows no day off.

    Of the people concerned their number is kept, and no name.
    """

    key = "data_breach"
    label = _("Breach of personal data")
    about = "unit"
    read = Right.READ_RESTRICTED
    number_code = "VPDL"

    class State(TextChoices):
        DETECTED = "detected", _("Detected, to be told to the authority")
        TOLD = "told", _("Told to the authority")
        NOT_TOLD = "not_told", _("Not to be told, with a reason")

    S = State
    final = (S.TOLD.value, S.NOT_TOLD.value)

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """The moment: a unit may have several breaches open."""
        detected = clocks.moment(situation, "detected")
        return f"{detected:%Y-%m-%dT%H:%M}" if detected else ""

    @step(NEW, S.DETECTED, by=Right.PREPARE, at=LADDER, label=_("Record a breach of personal data"), event="detected",
          basis=LAW,
          facts=[Day("detected_on", _("Day it was detected")), Number("detected_hour", _("Hour (0–23)"), maximum=23),
                 Number("detected_minute", _("Minute"), maximum=59), Text("happened", _("What happened")), MAY_HARM,
                 Number("people", _("People concerned, about"), required=False, maximum=10_000_000)],
          guards=[day_is("detected_on"), not_ahead("detected")], opens=[clocks.NOTIFY])  # fmt: skip
    def detect(self, situation: Situation) -> None:
        """By whoever detects it; the office that must tell the authority hears of it at once."""

    @step(S.DETECTED, S.TOLD, by=Right.RECORD_DECISION, at=COMMITTEES, label=_("Record that the authority was told"),
          event="told", basis=LAW,
          facts=[Paper("notice", _("Notice to the authority (form 08)"), paper="breach_notice"), RECORD,
                 Day("told_on", _("Day it was told")), Number("told_hour", _("Hour (0–23)"), maximum=23),
                 Number("told_minute", _("Minute"), maximum=59)],
          guards=[LATER, dated_on_the_day("notice"), dated_by_then("record"), day_is("told_on"), not_ahead("told"),
                  told_after_detection, told_in_time], closes=["PDP.BREACH"])  # fmt: skip
    def tell(self, situation: Situation) -> None:
        """By a person outside Chibo, which sends nothing; a deadline by days is met on its day, the hours are a caution."""

    @step(S.DETECTED, S.NOT_TOLD, by=Right.RECORD_DECISION, at=COMMITTEES,
          label=_("Record the decision that it need not be told"), event="not_told", basis=(*LAW, PRACTICE),
          facts=[RECORD, Text("reason", _("Reason"))], guards=[LATER, dated_by_then("record"), harm_was_named],
          cancels=["PDP.BREACH"])  # fmt: skip
    def leave_untold(self, situation: Situation) -> None:
        """Decided by people, with a reason; the record of the breach is kept all the same."""
