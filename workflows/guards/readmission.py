"""The gate of readmission (R-20): judged by the reason of leaving, and by the months since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.situation import CaseView, Situation
from workflows.standings import Standing
from workflows.workdays import add_months

THERE = "left_elsewhere_on"
"""The fact that says when somebody left the Party at the place to which the transfer went."""
_OF_GROUND = {"activity_dropped": "dropped_activity", "transfer_abandoned": "dropped_activity"}
_OF_CRIME = {"less_serious": "less_serious_crime", "serious": "serious_crime", "corruption": "corruption"}
_CRIMES = tuple(_OF_CRIME.values())
"""What a court found since, or what the decision had in view, no case of a removal or an expulsion by vote says."""


def _removed(case: CaseView) -> tuple[str, ...]:
    reason = _OF_GROUND.get(case.facts.get("ground", ""))
    return (*((reason,) if reason else ("disunity", "other")), *_CRIMES)


def _asked(case: CaseView) -> tuple[str, ...]:
    return ("asked_hardship" if case.facts.get("cause") == "family_hardship" else "asked", *_CRIMES)


def _expelled(case: CaseView) -> tuple[str, ...]:
    reason = _OF_CRIME.get(case.facts.get("crime", ""))
    return (reason,) if reason else ("disunity", "other", *_CRIMES)


WAYS: dict[str, tuple[str, frozenset[str], Callable[[CaseView], tuple[str, ...]]]] = {
    Standing.REMOVED.value: ("removal", frozenset({"decided", "handed_over", "appealed", "closed"}), _removed),
    Standing.WITHDRAWN.value: ("withdrawal", frozenset({"withdrawn"}), _asked),
    Standing.EXPELLED.value: ("discipline", frozenset({"expelled", "handed_over", "appealed", "closed"}), _expelled),
}
"""How a person left -> the lifecycle of the case that decided it, its states, and the reasons it allows to name."""


def recorded_reasons(situation: Situation) -> tuple[str, ...]:
    """The reasons that the last case of leaving allows to name; empty where none was recorded here."""
    way = WAYS.get(situation.member.standing)
    if way is None:
        return ()
    lifecycle, states, reasons = way
    decided = [case for case in situation.cases(lifecycle) if case.state in states]
    return reasons(decided[-1]) if decided else ()


def left_there(situation: Situation) -> Refusal | None:
    """Who was transferred out left the Party at the other place: when, only a paper from there says."""
    told, known = situation.facts.get(THERE), situation.member.left_on
    if situation.member.standing != Standing.TRANSFERRED_OUT:
        if told is None:
            return None
        message = gettext_noop("The person left here; the day is in the record already.")
        return Refusal("readmission.left_here", message, remedy=gettext_noop("Leave this day out."), fact=THERE)
    if told is None:
        return Refusal(
            "readmission.left_there_unknown",
            gettext_noop("The person was transferred out as a member; when the Party was left, the record does not say."),
            rule="REA.WAIT", fact=THERE, remedy=gettext_noop(
                "Take the day from the decision of the other place; who is still a member is received back by transfer instead."
            ),
        )  # fmt: skip
    if known is None or told >= known:
        return None
    return Refusal(
        "readmission.left_before_moving", gettext_noop("Left on %(left)s, before being transferred out on %(moved)s."),
        {"left": told, "moved": known}, fact=THERE, remedy=gettext_noop("Check both days."),
    )  # fmt: skip


def reason_as_recorded(situation: Situation) -> Answer | None:
    """The reason named is the one on record; where none was recorded, people go by the papers."""
    reason, recorded = situation.facts.get("reason_left"), recorded_reasons(situation)
    if reason is None or reason in recorded:
        return None
    if not recorded:
        message = gettext_noop("Why the person left is not recorded here; go by the papers.")
        return Caution("readmission.reason_unrecorded", message, rule="REA.NEVER", fact="reason_left")
    return Refusal(
        "readmission.other_reason", gettext_noop("The case in which the person left says otherwise."),
        rule="REA.NEVER", fact="reason_left", remedy=gettext_noop("Choose the reason that the case shows."),
    )  # fmt: skip


def reason_allows(situation: Situation) -> Refusal | None:
    """Some reasons of leaving close the gate for good."""
    reason = situation.facts.get("reason_left") or situation.past.get("reason_left")
    if reason not in situation.rule("REA.NEVER").value:
        return None
    return Refusal(
        "readmission.never", gettext_noop("Whoever left for this reason is not admitted again."), rule="REA.NEVER",
        remedy=gettext_noop("Tell the person; the only exception seen is exceptional hardship of the family."),
        fact="reason_left",
    )  # fmt: skip


def waited_long_enough(situation: Situation) -> Iterator[Answer]:
    """Thirty-six months since leaving; after a less serious crime sixty since the record was cleared."""
    elsewhere = situation.member.standing == Standing.TRANSFERRED_OUT
    wait, left = situation.rule("REA.WAIT").value, situation.day(THERE) if elsewhere else situation.member.left_on
    reason = situation.facts.get("reason_left") or situation.past.get("reason_left")
    if left is None and not elsewhere:  # else `left_there` asks for it
        message = gettext_noop("The day of leaving is not in the record.")
        yield Refusal("readmission.left_unknown", message, rule="REA.WAIT",
                      remedy=gettext_noop("Have the record completed first."))  # fmt: skip
    elif left is not None:
        yield from _not_yet(situation, left, wait["default_months"], fact=THERE if elsewhere else "")
    if reason != "less_serious_crime":
        return
    cleared = situation.day("record_cleared_on")
    if cleared is None:
        message = gettext_noop("The day on which the criminal record was cleared is needed.")
        yield Refusal("readmission.cleared_unknown", message, rule="REA.WAIT", fact="record_cleared_on",
                      remedy=gettext_noop("Take it from the certificate."))  # fmt: skip
    else:
        months = wait["less_serious_crime_months_after_record_cleared"]
        yield from _not_yet(situation, cleared, months, fact="record_cleared_on")


def _not_yet(situation: Situation, start: date, months: int, fact: str) -> Iterator[Answer]:
    first = add_months(start, months)
    if situation.on < first:
        message = gettext_noop("%(months)s months from %(start)s have not passed; they have on %(first)s.")
        yield Refusal(
            "readmission.too_early", message, {"months": months, "start": start, "first": first}, "REA.WAIT",
            gettext_noop("The application can be taken up from that day."), fact=fact,
        )  # fmt: skip


def not_readmitted_before(situation: Situation) -> Caution | None:
    """Readmission is considered once only: recalled, so it is said and people decide."""
    if not any(case.state == "consented" for case in situation.cases("readmission")):
        return None
    message = gettext_noop("The person was let through this gate before; readmission is considered once only.")
    return Caution("readmission.second_time", message, rule="REA.ONCE")


def no_appeal_open(situation: Situation) -> Caution | None:
    """No text seen forbids both at once. Whom the appeal restores needs no gate; consent waits for its end."""
    if not situation.open_cases("appeal"):
        return None
    message = gettext_noop(
        "An appeal against the decision by which the person left is open; it may restore the person."
    )
    remedy = gettext_noop("Let the appeal be resolved first: the consent cannot be recorded while it is open.")
    return Caution("readmission.appeal_open", message, rule="REM.RESOLVE", remedy=remedy)


GATE = (reason_allows, waited_long_enough, not_readmitted_before)
