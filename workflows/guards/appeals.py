"""Guards of appeals: in time or late on every reading of the law, and what a restoration needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.clocks import term_end
from workflows.situation import Guard, Situation
from workflows.standings import CARRIED, Standing

AGAINST = {"removal": "REM.APPEAL", "expulsion": "DIS.APPEAL"}
"""The term to appeal, by what the appeal is against."""
WAITING = {"removal": ("removal", ("decided", "handed_over")), "expulsion": ("discipline", ("expelled", "handed_over"))}
"""The lifecycle that decides, and the states in which its case waits for an appeal."""
STANDING = {"removal": Standing.REMOVED, "expulsion": Standing.EXPELLED}


def last_days(situation: Situation, rule_id: str, received: date) -> list[date]:
    """The last day to appeal on each reading of the law, the earliest first."""
    rule = situation.rule(rule_id, received)
    return sorted({term_end(one, received, situation.calendar) for one in (rule, *rule.readings)})


def term_over(rule_id: str) -> Guard:
    """The term to appeal has passed on the longest reading of the law."""

    def guard(situation: Situation) -> Refusal | None:
        received = situation.past_day("hand_over")
        last = last_days(situation, rule_id, received)[-1] if received else None
        if last is None or situation.on > last:
            return None
        message = gettext_noop("An appeal can still be lodged until %(last)s.")
        remedy = gettext_noop("Close the file after that day.")
        return Refusal("appeal.term_runs", message, {"last": last}, rule_id, remedy)

    return guard


def came_late(rule_id: str) -> Callable[[Situation], bool]:
    """Whether what is lodged on the day comes after the term, in the case in which the decision was handed over."""

    def late(situation: Situation) -> bool:
        received = situation.past_day("hand_over")
        return received is not None and situation.on > last_days(situation, rule_id, received)[-1]

    return late


def one_reading_over(rule_id: str) -> Guard:
    """Past a shorter reading of the term and within the longest: taken all the same, and said."""

    def guard(situation: Situation) -> Caution | None:
        received = situation.past_day("hand_over")
        return _between(situation, rule_id, received) if received else None

    return guard


def _between(situation: Situation, rule_id: str, received: date) -> Caution | None:
    days = last_days(situation, rule_id, received)
    if not days[0] < situation.on <= days[-1]:
        return None
    message = gettext_noop("In time only on the longer reading: sources disagree between %(first)s and %(last)s.")
    return Caution("appeal.late_on_one_reading", message, {"first": days[0], "last": days[-1]}, rule_id)


def _received(situation: Situation) -> tuple[str, date] | None:
    """The rule of the term and the day the person received the decision; None while one of them is not given."""
    rule_id, day = AGAINST.get(situation.facts.get("against") or ""), situation.facts.get("received_on")
    return (rule_id, day) if rule_id and day else None


def in_time(situation: Situation) -> Answer | None:
    """Lodged within the term; past a shorter reading it is taken up all the same, and that is said."""
    known = _received(situation)
    if known is None:
        return None
    days = last_days(situation, *known)
    if situation.on > days[-1]:
        message = gettext_noop("The term to appeal ended on %(last)s.")
        remedy = gettext_noop("Record it as a late appeal; somebody will say what becomes of it.")
        return Refusal("appeal.late", message, {"last": days[-1]}, known[0], remedy, "received_on")
    return _between(situation, *known)


def too_late(situation: Situation) -> Refusal | None:
    """A late appeal is one that came after the longest reading of the term."""
    known = _received(situation)
    last = last_days(situation, *known)[-1] if known else None
    if known is None or last is None or situation.on > last:
        return None
    message = gettext_noop("The term to appeal runs until %(last)s: this appeal is in time.")
    remedy = gettext_noop("Record it as lodged in time.")
    return Refusal("appeal.not_late", message, {"last": last}, known[0], remedy, "received_on")


def against_what_happened(situation: Situation) -> Refusal | None:
    """Against a removal by one whose name was removed, against an expulsion by one who was expelled."""
    wanted = STANDING.get(situation.facts.get("against") or "")
    if wanted is None or situation.member.standing == wanted:
        return None
    return Refusal(
        "appeal.other_decision", gettext_noop("This is not how the person left."), fact="against",
        remedy=gettext_noop("Choose the decision that the appeal is against."),
    )  # fmt: skip


def no_case_waits(situation: Situation) -> Refusal | None:
    """Where the decision's own case is here, its term to appeal ends with the appeal that is recorded in it."""
    lifecycle, states = WAITING.get(situation.facts.get("against") or "", ("", ()))
    if not lifecycle or not any(case.state in states for case in situation.cases(lifecycle)):
        return None
    return Refusal(
        "appeal.in_its_case", gettext_noop("The case in which this was decided waits here for the appeal."), fact="against",
        remedy=gettext_noop("Record the hand-over of the decision in that case, then the appeal (step: record an appeal)."),
    )  # fmt: skip


def received_before_lodged(situation: Situation) -> Refusal | None:
    """Nobody appeals before the decision was received, nor before it was made."""
    received, left = situation.facts.get("received_on"), situation.member.left_on
    if received is None or (received <= situation.on and (left is None or received >= left)):
        return None
    return Refusal(
        "appeal.received_then", gettext_noop("The decision cannot have been received on %(received)s."),
        {"received": received}, fact="received_on",
        remedy=gettext_noop("Take the day from the record of handing it over."),
    )  # fmt: skip


def stage_known(situation: Situation) -> Iterator[Answer]:
    """Restored is the stage held before, with its dates: they must stand in the record."""
    if situation.member.joined_on is None:
        yield Refusal(
            "restore.dates_unknown", gettext_noop("The day of joining is not in the record."),
            remedy=gettext_noop("Have the record completed first: the stage held before follows from its dates."),
        )  # fmt: skip
    elif situation.member.official_on is None:
        message = gettext_noop("No official day is recorded: the person is restored on probation.")
        yield Caution("restore.on_probation", message, rule="PRO.LENGTH")


def official_as_decided(situation: Situation) -> Answer | None:
    """The dates stay as they were unless the decision says otherwise (S-12); then that is said."""
    told, known, joined = situation.facts.get("official_on"), situation.member.official_on, situation.member.joined_on
    if told is None or told == known:
        return None
    if known is None:
        message = gettext_noop("The person was on probation: the probation is restored, and a recognition follows.")
        return Refusal(
            "restore.not_official", message, {}, "PRO.LENGTH", gettext_noop("Leave the day out."), "official_on"
        )
    if joined is not None and told < joined:
        message = gettext_noop("Official on %(official)s, before the ceremony of %(joined)s.")
        remedy, words = gettext_noop("Check both days."), {"official": told, "joined": joined}
        return Refusal("return.official_first", message, words, remedy=remedy, fact="official_on")
    message = gettext_noop("Official on %(told)s by the decision; the record says %(known)s.")
    return Caution("restore.other_day", message, {"told": told, "known": known}, "PRO.LENGTH", fact="official_on")


def takes_part_anew(situation: Situation) -> Caution | None:
    """Restored is the standing. A leave or an exemption ended with its case: the member attends, and asks for it anew."""
    if situation.member.participation not in CARRIED:
        return None
    message = gettext_noop(
        "The leave or exemption held before ended with its case: the member attends, or asks for it anew."
    )
    return Caution("restore.attends", message)


def nothing_else_runs(situation: Situation) -> Refusal | None:
    """The cases that ran when the person left are ended first: their deadlines fell away, and none of them would remind."""
    if not situation.running():
        return None
    return Refusal(
        "restore.cases_open", gettext_noop("Cases that were open when the person left have not been ended."),
        remedy=gettext_noop("Have them ended first (step: end the case, or close the file); what must go on is opened anew."),
    )  # fmt: skip
