"""Guards about somebody who arrives, or had been transferred out and comes back: the days, by the record and the papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.situation import Situation
from workflows.workdays import add_months

DAYS = ("joined_on", "official_on")


def day_then(situation: Situation, name: str) -> date | None:
    """A day of the person on the return: of the record here, else of the papers."""
    return getattr(situation.member, name) or situation.facts.get(name)


def days_of_return(situation: Situation) -> Iterator[Answer]:
    """What the papers say agrees with the record; the ceremony is known where the person returns on probation."""
    for name in DAYS:
        known, told = getattr(situation.member, name), situation.facts.get(name)
        if known and told and known != told:
            yield Refusal(
                "return.other_day", gettext_noop("The record here says %(known)s, not %(told)s."),
                {"known": known, "told": told}, fact=name,
                remedy=gettext_noop("Compare the papers with the record; leave the day out where the record is right."),
            )  # fmt: skip
    joined, official = (day_then(situation, name) for name in DAYS)
    if joined is None and official is None:
        yield Refusal(
            "return.no_day", gettext_noop("The record does not say since when this person is a member."),
            remedy=gettext_noop("Give the day of the ceremony, or of becoming official, from the papers."), fact="joined_on",
        )  # fmt: skip
    if joined and official and official < joined:
        yield Refusal(
            "return.official_first", gettext_noop("Official on %(official)s, before the ceremony of %(joined)s."),
            {"official": official, "joined": joined}, remedy=gettext_noop("Check both days."), fact="official_on",
        )  # fmt: skip


def official_by_the_law(situation: Situation) -> Caution | None:
    """The official day is the end of the probation (S-09): another one on the papers is asked about, and taken as it stands.

    Silent about a ceremony from before the oldest text that is known.
    """
    joined, official = (day_then(situation, name) for name in DAYS)
    if joined is None or official is None:
        return None
    length = situation.rule("PRO.LENGTH", joined)
    reckoned = add_months(joined, length.value)
    if official == reckoned or not length.holds(joined):
        return None
    return Caution(
        "arrival.official_day", gettext_noop("Official on %(official)s by the papers; by the law it would be %(reckoned)s."),
        {"official": official, "reckoned": reckoned}, "PRO.LENGTH",
        gettext_noop("Compare both days with the papers; where the record is wrong, have it mended at the old place."),
        "official_on",
    )  # fmt: skip
