"""Guards about a candidate's age, counted by months: the least, the most, and the road above it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.profile import PERSON
from workflows.situation import Situation
from workflows.workdays import add_months, month_start, months_between


def _age(situation: Situation, on: date) -> int | Refusal:
    """In months; of a year alone the least that is possible, where every month of it is within the law's ages."""
    member = situation.member
    if member.born_on is not None and member.born_year_only:
        least, oldest = (months_between(date(member.born_on.year, month, 1), on) for month in (12, 1))
        if situation.rule("ADM.AGE_MIN").value <= least and oldest <= situation.rule("ADM.AGE_MAX").value:
            return least
    if member.born_on is None or member.born_year_only:
        return Refusal(
            "age.birth_unknown", gettext_noop("The age by month cannot be told without the month of birth."),
            rule="ADM.AGE_MIN", fact=f"{PERSON}born_on", remedy=gettext_noop("Complete the date of birth first."),
        )  # fmt: skip
    return months_between(member.born_on, on)


def old_enough(situation: Situation) -> Answer | None:
    """Eighteen years by month on the day the cell considers; a birthday later in that month is noted, not refused."""
    age = _age(situation, situation.on)
    if isinstance(age, Refusal):
        return age
    least = situation.rule("ADM.AGE_MIN").value
    if age < least:
        return Refusal(
            "age.too_young", gettext_noop("%(age)s months old by month on %(day)s; at least %(least)s are needed."),
            {"age": age, "least": least, "day": situation.on}, "ADM.AGE_MIN",
            gettext_noop("The cell can consider the case from the month the age is reached."),
        )  # fmt: skip
    if age == least and not situation.member.born_year_only and situation.member.born_on.day > situation.on.day:
        message = gettext_noop("Eighteen by month, though the birthday comes later this month.")
        return Caution("age.by_month_only", message, rule="ADM.AGE_MIN")
    return None


def age_in_sight(situation: Situation) -> Caution | None:
    """The dossier may be begun before eighteen: the age is that of the day on which the cell will consider."""
    return _not_yet(situation, situation.facts.get("planned_on") or situation.on)


def age_when_chosen(situation: Situation) -> Caution | None:
    """A person may be chosen to be cultivated before eighteen, as a dossier may be begun."""
    return _not_yet(situation, situation.on)


def _not_yet(situation: Situation, on: date) -> Caution | None:
    age, least = _age(situation, on), situation.rule("ADM.AGE_MIN").value
    if isinstance(age, Refusal):
        return Caution(age.code, age.message, rule=age.rule, fact=age.fact, remedy=age.remedy)
    if age >= least:
        return None
    month = month_start(add_months(situation.member.born_on, least))
    message = gettext_noop("The age is reached in the month of %(month)s; the cell can consider the case from then on.")
    return Caution("age.not_yet", message, {"month": month}, "ADM.AGE_MIN")


def not_too_old(situation: Situation) -> Iterator[Answer]:
    """At most sixty by month on the ordinary road; above it with the province's prior consent and all its conditions."""
    age = _age(situation, situation.on)
    most = situation.rule("ADM.AGE_MAX").value
    if isinstance(age, Refusal) or age <= most:
        return  # an unknown birth date is refused by `old_enough` already
    consent, conditions = situation.past_day("over_age_consent"), situation.facts.get("over_age_conditions")
    if consent is None or consent > situation.on:
        yield Refusal(
            "age.too_old", gettext_noop("%(age)s months old by month on %(day)s; the ordinary road ends at %(most)s."),
            {"age": age, "most": most, "day": situation.on}, "ADM.OVER_AGE",
            gettext_noop("The province must consent in writing before the cell considers the case; its office records that."),
        )  # fmt: skip
    elif conditions:
        message = gettext_noop("Above the ordinary age: admitted on the province's written consent.")
        yield Caution("age.over_age_route", message, rule="ADM.OVER_AGE")
    if not conditions:
        yield Refusal(
            "age.conditions", gettext_noop("Above the ordinary age all conditions must be met together."),
            rule="ADM.OVER_AGE", fact="over_age_conditions",
            remedy=gettext_noop("Confirm health and standing, and that no member is there or the need is special."),
        )  # fmt: skip


def old_enough_when_voted(situation: Situation) -> Refusal | None:
    """The age is that of the day on which the cell considered; the day of birth may have been corrected since."""
    voted = situation.past_day("resolution")
    if voted is None:
        return None
    age = _age(situation, voted)
    if isinstance(age, Refusal):
        return None
    least = situation.rule("ADM.AGE_MIN", voted).value
    message = gettext_noop(
        "%(age)s months old by month on %(day)s, when the cell considered the case; at least %(least)s are needed."
    )
    remedy = gettext_noop("Compare the day of birth with the birth certificate; if it is right, the dossier is ended.")
    words = {"age": age, "day": voted, "least": least}
    return None if age >= least else Refusal("age.too_young_when_voted", message, words, "ADM.AGE_MIN", remedy)


def above_the_age(situation: Situation) -> Refusal | None:
    """A consent to admit above the age is of no use to whoever takes the ordinary road."""
    age, most = _age(situation, situation.on), situation.rule("ADM.AGE_MAX").value
    if isinstance(age, Refusal):
        return age
    message = gettext_noop("%(age)s months old by month on %(day)s: the ordinary road is open until %(most)s.")
    words = {"age": age, "most": most, "day": situation.on}
    return None if age > most else Refusal("age.ordinary_road", message, words, "ADM.AGE_MAX")
