"""A person's request about the own personal data (rules.md 14): acknowledged, answered or refused with a reason."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Flag, Paper, Text
from workflows.guards.data_requests import exception_is_settled, refusal_was_seen
from workflows.guards.days import day_is, not_before
from workflows.guards.papers import dated_by_then, dated_on_the_day
from workflows.guards.people import record_stands
from workflows.guards.terms import extended_while_it_runs
from workflows.offices import COMMITTEES, LADDER, Right
from workflows.page_clocks import data_request as clocks
from workflows.situation import Situation
from workflows.vocabulary import NEW, Lifecycle, step

TERMS = ("356/2025/NĐ-CP 31/12/2025 Điều 5",)
REFUSING = ("91/2025/QH15 26/06/2025 Điều 14", "91/2025/QH15 26/06/2025 Điều 19")
ASKED_FOR = Choice("asked_for", _("What is asked for"), choices=(
    ("view", _("To see the data")), ("correct", _("To have data corrected")), ("provide", _("To be given the data")),
    ("withdraw", _("To withdraw consent")), ("restrict", _("To restrict the processing")),
    ("object", _("To object to the processing")), ("erase", _("To have data erased"))))  # fmt: skip
EXCEPTION = Choice("exception", _("Exception that the refusal rests on"), choices=(
    ("life", _("Urgent protection of life or health")), ("security", _("Emergency or security")),
    ("state_agency", _("Activity of state agencies under the law")),
    ("agreement", _("Agreement of the person under the law")), ("other_law", _("Another case set by law"))))  # fmt: skip
LATER = not_before("received_on")
ANSWER = Paper("answer", _("Written answer to the person"), paper="data_answer")


class DataRequest(Lifecycle):
    """Yêu cầu của chủ thể dữ liệu. What is done with the data is done by people elsewhere (a void, `erase_details`); this page
    keeps the terms, the answer and who decided. It goes on when the person leaves the Party.
    """

    key = "data_request"
    label = _("Request about one's own personal data")
    number_code = "DLCN"
    in_dossier = ()
    outlives_membership = True

    class State(TextChoices):
        RECEIVED = "received", _("Received, to be acknowledged")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged, to be answered")
        EXTENDED = "extended", _("Term to answer extended")
        FULFILLED = "fulfilled", _("Done and answered")
        REFUSED = "refused", _("Refused with a reason")
        TAKEN_BACK = "taken_back", _("Request taken back")

    S = State
    final = (S.FULFILLED.value, S.REFUSED.value, S.TAKEN_BACK.value)
    OPEN = (S.RECEIVED, S.ACKNOWLEDGED, S.EXTENDED)

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """One of a kind at a time."""
        return str(situation.facts.get("asked_for") or "")

    @step(NEW, S.RECEIVED, by=Right.PREPARE, at=LADDER, label=_("Take a request about personal data"), event="received",
          basis=TERMS, after_leaving=True,
          facts=[Paper("request", _("Request of the person"), paper="data_request"), ASKED_FOR,
                 Day("received_on", _("Day it was received")),
                 Flag("by_processor", _("A processor has to act as well"), required=False)],
          guards=[record_stands, dated_by_then("request"), day_is("received_on")],
          opens=[clocks.ACKNOWLEDGE, *clocks.ANSWER])  # fmt: skip
    def receive(self, situation: Situation) -> None:
        """By whichever office it reaches; the terms run from the day of receipt, also of who has left the Party."""

    @step(S.RECEIVED, S.ACKNOWLEDGED, by=Right.PREPARE, at=LADDER, label=_("Acknowledge the request"),
          event="acknowledged", basis=TERMS, after_leaving=True,
          facts=[Paper("acknowledgement", _("Acknowledgement to the person"), paper="data_acknowledgement")],
          guards=[LATER, dated_on_the_day("acknowledgement")], closes=["PDP.DSR_ACK"])  # fmt: skip
    def acknowledge(self, situation: Situation) -> None:
        """Within two working days."""

    @step((S.RECEIVED, S.ACKNOWLEDGED), S.EXTENDED, by=Right.RECORD_DECISION, at=COMMITTEES,
          label=_("Extend the term to answer, once"), event="extended", basis=TERMS, after_leaving=True,
          facts=[Paper("extension", _("Notice of the extension to the person"), paper="data_extension"),
                 Text("reason", _("Reason"))],
          guards=[LATER, dated_on_the_day("extension"),
                  extended_while_it_runs("PDP.DSR_DO", "PDP.DSR_EXT", clocks.term_over, clocks.extension_over)],
          closes=["PDP.DSR_ACK"], cancels=["PDP.DSR_DO", "PDP.DSR_PROC"], opens=[clocks.EXTENDED])  # fmt: skip
    def extend(self, situation: Situation) -> None:
        """Once, with the reason; whoever is told of the extension knows that the request was received."""

    @step(OPEN, S.FULFILLED, by=Right.RECORD_DECISION, at=COMMITTEES, label=_("Record that it was done and answered"),
          event="fulfilled", basis=TERMS, after_leaving=True, facts=[ANSWER], guards=[LATER, dated_on_the_day("answer")],
          closes=clocks.ALL)  # fmt: skip
    def fulfil(self, situation: Situation) -> None:
        """The committee that is responsible for the data has decided, and it was done."""

    @step(OPEN, S.REFUSED, by=Right.RECORD_DECISION, at=COMMITTEES, label=_("Refuse with a reason"), event="refused",
          basis=REFUSING, after_leaving=True, facts=[ANSWER, EXCEPTION, Text("reason", _("Reason"))],
          guards=[LATER, dated_on_the_day("answer"), refusal_was_seen, exception_is_settled], closes=clocks.ALL)  # fmt: skip
    def refuse(self, situation: Situation) -> None:
        """Decided by people on one of the exceptions of the law; the person is told the reason."""

    @step(OPEN, S.TAKEN_BACK, by=Right.PREPARE, at=LADDER, label=_("Record that the request is taken back"),
          event="taken_back", basis=TERMS, after_leaving=True,
          facts=[Paper("note", _("Note of the person, or proof of death"), paper="data_request_withdrawal")],
          guards=[LATER, dated_on_the_day("note")], cancels=clocks.ALL)  # fmt: skip
    def take_back(self, situation: Situation) -> None:
        """The person gives it up, or has died."""
