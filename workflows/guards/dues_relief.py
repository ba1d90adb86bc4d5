"""Guards of an exemption from dues or a reduction (rules.md 9.1): grounds that the law lists, whole months, no overlap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.badges import party_age_start, reached
from workflows.dues import Relief, relief_in
from workflows.facts import day_in
from workflows.situation import Guard, Situation
from workflows.timed import Days, day_after
from workflows.workdays import add_months, month_end, month_start, months_between

FIRST, LAST = "first_month", "last_month"


def _month(situation: Situation, fact: str) -> date | None:
    day = situation.facts.get(fact)
    return month_start(day) if day else None


def exempt_by_right(situation: Situation) -> Refusal | None:
    """The party age of the law by the end of the first month, from the record; else a paper that shows the other ground."""
    member, first = situation.member, _month(situation, FIRST)
    if first is None or situation.facts.get("ground_paper"):
        return None
    least = situation.rule("DUE.EXEMPT_PARTY_AGE", first).value
    start = party_age_start(member)
    if start is not None and reached(start.day, least) <= month_end(first):
        return None
    years = max(0, months_between(start.day, first) // 12) if start is not None else "–"
    message = gettext_noop("%(years)s years of party age in %(month)s; %(least)s exempt by themselves.")
    return Refusal(
        "dues.no_right", message, {"years": years, "least": least, "month": f"{first:%m/%Y}"}, "DUE.EXEMPT_PARTY_AGE",
        gettext_noop("Name the paper on the social pension allowance, or take the member's request for hardship."),
        "ground_paper",
    )  # fmt: skip


def ground_is_listed(situation: Situation) -> Refusal | None:
    """Only the hardship that the law lists exempts; which it is stays on the request and is not recorded here."""
    if situation.facts.get("ground_listed") in (None, True):
        return None
    return Refusal(
        "dues.ground_not_listed", gettext_noop("Other hardship than the law lists makes dues less; it does not exempt."),
        rule="DUE.EXEMPT_GROUNDS", remedy=gettext_noop("Take the step that reduces the dues."), fact="ground_listed",
    )  # fmt: skip


def share_of_the_law(situation: Situation) -> Refusal | None:
    """Dues are made less by one of the shares that the law names."""
    percent = situation.facts.get("percent")
    if percent is None:
        return None
    named = tuple(round(100 * share) for share in situation.rule("DUE.REDUCTIONS", _month(situation, FIRST)).value)
    if percent in named:
        return None
    return Refusal(
        "dues.other_share", gettext_noop("Dues are reduced by %(named)s %%, not by %(percent)s %%."),
        {"named": named, "percent": percent}, "DUE.REDUCTIONS",
        gettext_noop("Choose one of the shares that the law names."), "percent",
    )  # fmt: skip


def months_in_order(situation: Situation) -> Refusal | None:
    """It does not end before it begins."""
    first, last = _month(situation, FIRST), _month(situation, LAST)
    if first is None or last is None or first <= last:
        return None
    return Refusal(
        "dues.ends_first", gettext_noop("It would end with %(last)s, before it begins with %(first)s."),
        {"first": f"{first:%m/%Y}", "last": f"{last:%m/%Y}"}, remedy=gettext_noop("Check both months."), fact=LAST,
    )  # fmt: skip


def short_enough(situation: Situation) -> Refusal | None:
    """A reduction is granted for so many months at most; more of it needs a new request."""
    first, last = _month(situation, FIRST), _month(situation, LAST)
    if first is None or last is None:
        return None
    most = situation.rule("DUE.REDUCTIONS", first).max_months
    months = months_between(first, last) + 1
    if most is None or months <= most:
        return None
    return Refusal(
        "dues.too_long", gettext_noop("%(months)s months; a reduction is granted for %(most)s at most."),
        {"months": months, "most": most}, "DUE.REDUCTIONS",
        gettext_noop("Grant less; the member may ask again for the time after."), LAST,
    )  # fmt: skip


def no_other_relief(situation: Situation) -> Refusal | None:
    """No month is exempt or reduced twice."""
    first, last = _month(situation, FIRST), _month(situation, LAST)
    if first is None:
        return None
    own = getattr(situation.subject, "pk", None)
    others = [relief_in(one.facts) for one in situation.cases("dues_relief") if one.id != own]
    if not any(one is not None and _meet(one, first, last) for one in others):
        return None
    return Refusal(
        "dues.relieved_already", gettext_noop("Some of these months are exempt or reduced already."), fact=FIRST,
        remedy=gettext_noop("End the running exemption or reduction first, or begin after it."),
    )  # fmt: skip


def _meet(other: Relief, first: date, last: date | None) -> bool:
    return (last is None or other.first <= last) and (other.last is None or first <= other.last)


def not_from_before_the_request(fact: str) -> Guard:
    """No rule was seen by which a request takes away months that were owed before it."""

    def guard(situation: Situation) -> Caution | None:
        first, asked = _month(situation, fact), situation.day("request")
        if first is None or asked is None or first >= month_start(asked):
            return None
        message = gettext_noop(
            "It begins with %(first)s, before the month of the request; no rule was seen that allows it."
        )
        return Caution("dues.before_request", message, {"first": f"{first:%m/%Y}"}, "DUE.EXEMPT_GROUNDS", fact=fact)

    return guard


def rules_were_seen(situation: Situation) -> Caution | None:
    """Grounds and shares are known for months from the newest regulation on; of the older one only that it relieved."""
    first = _month(situation, FIRST)
    if first is None or not situation.look_up("DUE.REDUCTIONS", first).assumed_before:
        return None
    message = gettext_noop("For %(first)s an older regulation holds, whose grounds and shares were not seen.")
    return Caution("dues.older_rules", message, {"first": f"{first:%m/%Y}"}, "DUE.REDUCTIONS", fact=FIRST)


def ends_from_now_on(situation: Situation) -> Iterator[Answer]:
    """A running relief is made shorter, never longer, and not for months that are over: nobody owes them in hindsight."""
    last, was = _month(situation, LAST), situation.past_day(LAST)
    if last is None:
        return
    earliest = add_months(month_start(situation.on), -1)
    if last < earliest:
        yield Refusal(
            "dues.in_hindsight", gettext_noop("It cannot end before %(earliest)s: the months since were not owed."),
            {"earliest": f"{earliest:%m/%Y}"}, fact=LAST,
            remedy=gettext_noop("If it was granted by mistake, have the entry voided."),
        )  # fmt: skip
    if was is not None and last >= month_start(was):
        yield Refusal(
            "dues.not_shorter", gettext_noop("It ends with %(was)s already."), {"was": f"{was:%m/%Y}"}, fact=LAST,
            remedy=gettext_noop("More time needs a new request of the member."),
        )  # fmt: skip


def relief_is_over(situation: Situation) -> Refusal | None:
    """What still runs is not closed as run out."""
    last = situation.past_day(LAST)
    if last is not None and situation.on > month_end(last):
        return None
    return Refusal(
        "dues.still_runs", gettext_noop("The exemption or reduction still runs."),
        remedy=gettext_noop("To end it earlier, record the cell's resolution."),
    )  # fmt: skip


def first_after_relief(days: Days) -> date | None:
    """The first day on which `relief_is_over` lets it be closed."""
    last = day_in(days.facts, LAST)
    return day_after(month_end(last)) if last else None
