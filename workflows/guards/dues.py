"""What may be recorded of one member's month in the ledger of dues: money where it was paid, corrections with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from workflows import law
from workflows.answers import Refusal
from workflows.dues import MonthView, Said
from workflows.workdays import add_months, month_start

MONTH_AHEAD = Refusal(
    "dues.month_ahead", gettext_noop("That month has not come yet."), fact="month",
    remedy=gettext_noop("Record it when the month has come."),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a cell says of one member's month: paid on a day, not paid, or that an entry is taken back.

    `amount` is the sum due in đồng, where the cell keeps it here; it is judged by nobody.
    """

    said: Said
    paid_on: date | None = None
    amount: int | None = None


def refusals(view: MonthView, answer: Answer, unit_id: int, today: date, *, reason: str) -> Iterator[Refusal]:
    """Everything that speaks against an answer of the cell `unit_id`; what the law does not ask for is not refused."""
    if answer.said == Said.WITHDRAWN and view.stands is None:
        yield Refusal(
            "dues.nothing_there", gettext_noop("Nothing stands here that could be taken back."), fact="status"
        )
        return
    if view.stands is not None and view.stands.unit_id != unit_id:
        yield Refusal(
            "dues.recorded_elsewhere", gettext_noop("Another cell has recorded this month already."), fact="status",
            remedy=gettext_noop("If that is wrong, ask that cell to take its entry back."),
        )  # fmt: skip
        return
    if view.stands is not None and not reason.strip():
        yield Refusal(
            "dues.no_reason", gettext_noop("What stands is changed only with a reason."), fact="reason",
            remedy=gettext_noop("Say in a few words why the entry is wrong."),
        )  # fmt: skip
    if answer.said != Said.WITHDRAWN:
        yield from _of_the_person(view, answer, unit_id)
        yield from _of_the_days(view.month, answer, today)


def _of_the_person(view: MonthView, answer: Answer, unit_id: int) -> Iterator[Refusal]:
    if not view.was_member or (not view.is_member and answer.said == Said.UNPAID):
        yield Refusal(
            "dues.not_due", gettext_noop("Not a member at the end of that month: nothing is owed."), rule="DUE.WHO_PAYS",
            remedy=gettext_noop("Check the month, and the day of joining or leaving."), fact="status",
        )  # fmt: skip
    elif unit_id not in view.places:
        yield Refusal(
            "dues.pays_elsewhere", gettext_noop("The dues of that month are paid at another cell."),
            rule="DUE.WHO_PAYS", remedy=gettext_noop("A temporary member pays at the temporary cell; it records them."),
            fact="member",
        )  # fmt: skip
    if view.is_exempt and answer.said == Said.UNPAID:
        yield Refusal(
            "dues.is_exempt", gettext_noop("Exempt from dues in that month: nothing is owed."),
            rule="DUE.EXEMPT_GROUNDS", remedy=gettext_noop("Leave the member out."), fact="status",
        )  # fmt: skip


def months_ahead(paid_on: date) -> int:
    """For how many months after that of the payment dues are recorded."""
    most: int = law.rule("DUE.AHEAD", paid_on).value
    return most


def _of_the_days(month: date, answer: Answer, today: date) -> Iterator[Refusal]:
    if answer.said == Said.UNPAID:
        if month > month_start(today):
            yield MONTH_AHEAD
        return
    paid_on = answer.paid_on
    if paid_on is None or paid_on > today:
        yield Refusal(
            "dues.paid_ahead", gettext_noop("Paid dues have a day on which they were paid, and it has come."),
            fact="paid_on", remedy=gettext_noop("Give the day of the receipt."),
        )  # fmt: skip
        return
    most = months_ahead(paid_on)
    if month > add_months(month_start(paid_on), most):
        yield Refusal(
            "dues.too_far_ahead", gettext_noop("Dues are recorded for at most %(most)s months ahead of the payment."),
            {"most": most}, "DUE.AHEAD", gettext_noop("Check the month and the day of the payment."), "month",
        )  # fmt: skip
