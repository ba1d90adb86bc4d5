"""Guards of the annual classification: who is classified, which level a score allows, and the cap on the highest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy, gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.facts import Choice
from workflows.law import Rule
from workflows.page_facts.classification import EXCELLENT, GOOD, LEVELS
from workflows.situation import Guard, Situation
from workflows.workdays import add_months

_ORDER = [level for level, _ in LEVELS]
_NAMES = dict(LEVELS)
_BASES = {
    "TOT_IN_TCCSD": gettext_lazy("those rated good in the base organisation"),
    "ALL_CLASSIFIED": gettext_lazy("all those classified in the base organisation"),
}


def year_has_come(situation: Situation) -> Refusal | None:
    """Nobody is classified for a year that is still to come."""
    year = situation.facts.get("year")
    if year is None or year <= situation.on.year:
        return None
    return Refusal(
        "classification.year_ahead", gettext_noop("The year %(year)s has not come yet."), {"year": year}, fact="year",
        remedy=gettext_noop("Name the year that is reviewed."),
    )  # fmt: skip


def once_a_year(situation: Situation) -> Refusal | None:
    """One classification for each member and year; a case that was ended without one does not count."""
    year = situation.facts.get("year")
    if year is None or set(situation.ended(f"year:{year}")) <= {"ended"}:
        return None
    return Refusal(
        "classification.done", gettext_noop("The member has been classified for %(year)s already."), {"year": year},
        fact="year", remedy=gettext_noop("If the level is wrong, answer a complaint or have the decision voided."),
    )  # fmt: skip


def not_left_out(situation: Situation) -> Refusal | None:
    """Who is exempt or suspended at the year's end (of the running year: on the day of the step) is not classified for it."""
    member, year = situation.member, situation.told("year")
    if year is None:
        return None
    day = min(situation.on, date(year, 12, 31))
    way = situation.way_on(day) or member.participation
    if way not in situation.rule("CLS.LEFT_OUT").value:
        return None
    return Refusal(
        "classification.left_out", gettext_noop("Whoever is exempt or suspended is not classified."),
        {"participation": way}, "CLS.LEFT_OUT",
        gettext_noop("Leave the member out of this year's classification."),
    )  # fmt: skip


def member_by_then(situation: Situation) -> Refusal | None:
    """Nobody is classified for a year at whose end the person was no member yet."""
    year, joined = situation.facts.get("year"), situation.member.joined_on
    if year is None or joined is None or joined <= date(year, 12, 31):
        return None
    return Refusal(
        "classification.no_member_yet", gettext_noop("Admitted on %(joined)s, after the end of %(year)s."),
        {"joined": joined, "year": year}, fact="year",
        remedy=gettext_noop("Leave the member out of this year's classification."),
    )  # fmt: skip


def member_long_enough(situation: Situation) -> Answer | None:
    """A province may leave out who was admitted less than so many months before the year's end; elsewhere a caution."""
    year, joined, rule = situation.facts.get("year"), situation.member.joined_on, situation.rule("CLS.MIN_MEMBERSHIP")
    end = date(year, 12, 31) if year else None
    if end is None or joined is None or joined > end or add_months(joined, rule.value) <= end:
        return None  # whoever came after the end: `member_by_then`
    params = {"joined": joined, "months": rule.value, "year": year}
    if rule.binds(situation.packs_on(situation.on)):
        message = gettext_noop("Admitted on %(joined)s, less than %(months)s months before the end of %(year)s.")
        remedy = gettext_noop("Leave the member out of this year's classification.")
        return Refusal("classification.too_new", message, params, rule.id, remedy)
    message = gettext_noop(
        "Admitted on %(joined)s: some provinces classify nobody admitted less than %(months)s months before the end of "
        "%(year)s; none of their rules is turned on here."
    )
    return Caution("classification.new_member", message, params, rule.id)


def earned(score: int, bands: Mapping[str, int]) -> str:
    """The level of a score: the highest whose band it reaches, the lowest where it reaches none."""
    return next((level for level in _ORDER if level in bands and score >= bands[level]), _ORDER[-1])


def level_fits(fact: Choice) -> Guard:
    """No level above the score's; a lower one stands, with a caution (further conditions may not be met)."""

    def guard(situation: Situation) -> Answer | None:
        level, score = situation.facts.get(fact.name), situation.facts.get("score", situation.past.get("score"))
        if level is None or score is None:
            return None
        reached = earned(score, situation.rule("CLS.BANDS").value)
        params = {"score": score, "reached": _NAMES[reached], "level": _NAMES[level]}
        if _ORDER.index(level) < _ORDER.index(reached):
            return Refusal(
                "classification.above_score", gettext_noop("%(score)s points give “%(reached)s”, not “%(level)s”."),
                params, "CLS.BANDS", gettext_noop("Choose the level of the score, or a lower one."), fact.name,
            )  # fmt: skip
        if level != reached:
            message = gettext_noop("%(score)s points would give “%(reached)s”; “%(level)s” is lower.")
            return Caution("classification.below_score", message, params, "CLS.BANDS", fact=fact.name)
        return None

    return guard


def conditions_met(fact: Choice) -> Guard:
    """The upper levels ask for more than points: all tasks done in time, and for the highest well beyond.

    What was confirmed of a level before holds for it and those below it.
    """

    def guard(situation: Situation) -> Refusal | None:
        level, asked = situation.facts.get(fact.name) or "", situation.rule("CLS.CONDITIONS").value
        if level not in asked or situation.facts.get("conditions_met") or _confirmed(situation.past, level):
            return None
        return Refusal(
            "classification.conditions", gettext_noop("“%(level)s” asks for more than points: %(asked)s."),
            {"level": _NAMES[level], "asked": asked[level]}, "CLS.CONDITIONS",
            gettext_noop("Confirm the further conditions, or choose a lower level."), "conditions_met",
        )  # fmt: skip

    return guard


def _confirmed(past: Mapping[str, Any], level: str) -> bool:
    """Whether the conditions of the level, or of a higher one, were confirmed by an earlier step of the case."""
    before = past.get("decided_level") or past.get("level")
    return bool(past.get("conditions_met") and before and _ORDER.index(before) <= _ORDER.index(level))


def within_cap(situation: Situation) -> Answer | None:
    """The highest level for a share of the base organisation's members only; what they are a share of is in dispute.

    Counted over what the base organisation has decided so far for the year, so that the cap holds at every moment:
    those rated good are decided first.
    """
    if situation.facts.get("decided_level") != EXCELLENT:
        return None
    rule, decided = situation.rule("CLS.CAP"), Counter(situation.tally("decided_level"))
    decided[EXCELLENT] += 1
    for base, kind in ((rule.base, Refusal), (rule.alt_base, Caution)):
        if _is_over(rule, base, decided):
            return kind(
                "classification.over_cap",
                gettext_noop("%(excellent)s rated excellent would be more than %(percent)s%% of %(count)s (%(base)s)."),
                _cap(rule, base, decided), "CLS.CAP",
                gettext_noop("Decide those rated good first, or decide a lower level."), "decided_level",
            )  # fmt: skip
    return None


def cap_still_holds(situation: Situation) -> Caution | None:
    """A level lowered on a complaint may leave too many rated excellent; that is said, the answer stands."""
    level, before = situation.facts.get("decided_level"), situation.past.get("decided_level")
    if level is None or before is None or level == EXCELLENT:
        return None
    rule, others = situation.rule("CLS.CAP"), Counter(situation.tally("decided_level"))
    now, was = others + Counter([level]), others + Counter([before])
    if not _is_over(rule, rule.base, now) or _is_over(rule, rule.base, was):
        return None
    return Caution(
        "classification.cap_exceeded",
        gettext_noop("With this answer %(excellent)s rated excellent are more than %(percent)s%% of %(count)s (%(base)s)."),
        _cap(rule, rule.base, now), "CLS.CAP",
        gettext_noop("Look again at who is rated excellent in the base organisation this year."), "decided_level",
    )  # fmt: skip


def _is_over(rule: Rule, base: str, decided: Mapping[str, int]) -> bool:
    """Whether more are rated excellent than the share of those counted; by whole numbers and fractions, never a float."""
    return decided.get(EXCELLENT, 0) > Fraction(str(rule.value)) * _counted(base, decided)


def _counted(base: str, decided: Mapping[str, int]) -> int:
    return decided.get(GOOD, 0) if base == "TOT_IN_TCCSD" else sum(decided.values())


def _cap(rule: Rule, base: str, decided: Mapping[str, int]) -> dict[str, Any]:
    return {
        "excellent": decided[EXCELLENT], "percent": int(Fraction(str(rule.value)) * 100),
        "count": _counted(base, decided), "base": _BASES[base],
    }  # fmt: skip
