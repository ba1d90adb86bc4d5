"""Guards of the admission dossier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.situation import Situation
from workflows.workdays import add_months


def schooling_done(situation: Situation) -> Refusal | None:
    """The schooling asked for, or a documented exception the guidance allows."""
    if situation.facts.get("schooling"):
        return None
    return Refusal(
        "schooling.missing", gettext_noop("The schooling asked for is neither completed nor excepted."),
        {"asked": situation.rule("ADM.EDU_MIN").value}, "ADM.EDU_MIN",
        gettext_noop("Document the schooling, or the exception the guidance allows."), "schooling",
    )  # fmt: skip


def contract_long_enough(situation: Situation) -> Caution | None:
    """A contract worker of less than the term belongs to the cell of the place of residence (scenario B53)."""
    months, least = situation.facts.get("contract_months"), situation.rule("ADM.CONTRACT_MIN").value
    if months is None or months >= least:
        return None
    message = gettext_noop("%(months)s months under contract: the cell of the place of residence considers the case.")
    return Caution("dossier.contract_short", message, {"months": months, "least": least}, "ADM.CONTRACT_MIN")


def made_in_time(situation: Situation) -> Caution | None:
    """The whole dossier may be older than its term though the introducers' papers came later (D-12)."""
    made = situation.past_day("application")
    if made is None or situation.recorded_by(["renew_papers"]) is not None:
        return None
    months = situation.rule("ADM.DOSSIER_VALID", made).value
    if situation.on <= add_months(made, months):
        return None
    return Caution(
        "dossier.too_old", gettext_noop("The dossier was begun on %(made)s, more than %(months)s months ago."),
        {"made": made, "months": months}, "ADM.DOSSIER_VALID",
        gettext_noop("Make the papers again that the guidance names (step: renew the papers), then vote."),
    )  # fmt: skip


def pages_ready(situation: Situation) -> Iterator[Answer]:
    """Before it is sent out, every page is stamped across and carries no remark yet."""
    for fact in ("pages_stamped", "no_remarks_yet"):
        if not situation.facts.get(fact):
            yield Refusal(
                f"verification.{fact}", gettext_noop("Pages must be stamped across, with no remarks written yet."),
                rule="ADM.VERIFY_PAGES", fact=fact,
                remedy=gettext_noop("Stamp the pages and send the statement without remarks."),
            )  # fmt: skip


def everyone_verified(situation: Situation) -> Refusal | None:
    """Every relative on the list is verified, confirmed by the managing committee, or noted as an exception."""
    facts = situation.facts
    done = sum(facts.get(name) or 0 for name in ("verified", "confirmed", "excepted"))
    if done == (facts.get("relatives") or 0):
        return None
    return Refusal(
        "verification.incomplete", gettext_noop("%(done)s of %(all)s relatives are verified, confirmed or noted."),
        {"done": done, "all": facts.get("relatives") or 0}, fact="relatives",
        remedy=gettext_noop("Party members are confirmed by the committee that manages them; note every exception."),
    )  # fmt: skip


def receipt_after_decision(situation: Situation) -> Refusal | None:
    """A decision is received on or after the day it was issued."""
    issued, received = situation.day("decision"), situation.facts.get("received_on")
    if issued is None or received is None or received >= issued:
        return None
    return Refusal(
        "decision.received_before", gettext_noop("Received on %(received)s, before it was issued on %(issued)s."),
        {"received": received, "issued": issued}, "ADM.CEREMONY",
        gettext_noop("Check both dates."), "received_on",
    )  # fmt: skip


def term_by_receipt(situation: Situation) -> Caution | None:
    """Where the day of issue started the term, a receipt starts none. Near the change of the rule the other sum is told."""
    issued, received = situation.past_day("decision"), situation.facts.get("received_on")
    if issued is None or received is None or received <= issued:
        return None
    near = timedelta(days=situation.rule("LAW.SHOW_BOTH").value + 1)
    rule = situation.rule("ADM.CEREMONY", issued)
    before = situation.look_up("ADM.CEREMONY", issued - near)  # nothing is decided under this one
    if before.start != "decision_received" or rule.start == "decision_received":
        return None
    due = situation.calendar.add_working_days(received, before.value)
    message = gettext_noop("By the rule before, the term ran from the receipt: the ceremony would be due by %(due)s.")
    return Caution("decision.other_term", message, {"due": due}, "ADM.CEREMONY", fact="received_on")


def ceremony_in_time(situation: Situation) -> Caution | None:
    """A late ceremony was still held; the consent of the committee directly above is named where it is missing."""
    issued = situation.past_day("decision")
    if issued is None or situation.facts.get("late_consent"):
        return None
    rule = situation.rule("ADM.CEREMONY", issued)
    start = situation.past_day("received_on") if rule.start == "decision_received" else issued
    if start is None:
        return Caution(
            "ceremony.receipt_unknown",
            gettext_noop("By the rule of its day the term runs from the receipt of the decision, which is not recorded."),
            rule="ADM.CEREMONY", remedy=gettext_noop("Record the receipt of the decision first."),
        )  # fmt: skip
    due = situation.calendar.add_working_days(start, rule.value)
    if situation.on <= due:
        return None
    message = gettext_noop("Held after %(due)s; the consent of the committee directly above is missing.")
    return Caution("ceremony.late_without_consent", message, {"due": due}, "ADM.CEREMONY_CONSENT", fact="late_consent")
