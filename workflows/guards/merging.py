"""May one record of a person be merged into another one? Nothing that contradicts is decided by the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import wraps

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.profile import LABELS
from workflows.situation import Guard, MergeView, Situation
from workflows.standings import ENDED, GONE_FOR_GOOD, ON_THE_LISTS, Standing

DAYS = {
    "admission_decided_on": _("Day of the admission decision"), "joined_on": _("Day of the admission ceremony"),
    "official_on": _("Day of becoming official"), "left_on": _("Day of leaving"),
    "party_age_from": _("Day from which the party age counts"),
}  # fmt: skip

SINCE = {
    "admission_decided_on": Standing.APPROVED, "joined_on": Standing.PROBATIONARY, "party_age_from": Standing.PROBATIONARY,
    "official_on": Standing.OFFICIAL,
}  # fmt: skip
"""The standing that somebody reached on a day."""


def days_taken(goes: str, kept: str) -> tuple[str, ...]:
    """The days that a record of one standing takes over from one of another where it knows none: those of what it has reached
    itself, and when the person left before coming back. Whoever stood in one alone when it ended has not left in the other."""
    if goes == kept:
        return tuple(DAYS)
    if goes in ENDED and goes != Standing.TRANSFERRED_OUT:
        return ()
    reached = {name for name, standing in SINCE.items() if _rank(standing) <= _rank(kept)}
    return tuple(name for name in DAYS if name in reached or (name == "left_on" and goes in ON_THE_LISTS))


def _kept(situation: Situation) -> MergeView | None:
    """The record that is kept, if it can be one: another one, of somebody in sight, that was not merged itself."""
    others = [one for one in situation.facts.get("kept") or () if one != situation.member.pk]
    found = situation.merging(others[0]) if others else None
    return found if found is not None and found.standing not in ("", Standing.MERGED) else None


def _with_kept(guard: Callable[[Situation, MergeView], Iterator[Answer]]) -> Guard:
    """Asks the guard only where there is a record to keep; `record_to_keep` tells of one that is missing."""

    @wraps(guard)
    def asked(situation: Situation) -> Iterator[Answer]:
        kept = _kept(situation)
        return guard(situation, kept) if kept is not None else iter(())

    return asked


def record_to_keep(situation: Situation) -> Refusal | None:
    """Both records lie in the sight of the office that merges them."""
    if _kept(situation) is not None:
        return None
    return Refusal(
        "merge.no_record", gettext_noop("There is no such other record here to merge this one into."), fact="kept",
        remedy=gettext_noop("Name another member in your sight; a committee above both units sees both records."),
    )  # fmt: skip


@_with_kept
def nothing_runs(situation: Situation, kept: MergeView) -> Iterator[Answer]:
    """What is open about the record that goes is ended first, by people; nor is anybody a guest who is nobody."""
    if kept.running:
        yield Refusal(
            "merge.open_cases", gettext_noop("Cases about the record that goes are open: %(numbers)s."),
            {"numbers": kept.running}, remedy=gettext_noop("Bring these cases to their end first."),
        )  # fmt: skip
    if kept.is_guest:
        yield Refusal(
            "merge.guest", gettext_noop("The record that goes stands as a guest in another cell."),
            remedy=gettext_noop("End the temporary stay first."),
        )  # fmt: skip


@_with_kept
def standings_agree(situation: Situation, kept: MergeView) -> Iterator[Answer]:
    """The kept record is at least as far on the road as the one that goes, and neither says the person left."""
    goes = situation.member.standing
    if goes != kept.standing and {goes, kept.standing} & set(GONE_FOR_GOOD):
        yield Refusal(
            "merge.left_in_one", gettext_noop("One of the records says that the person left the Party, the other does not."),
            {"goes": Standing(goes), "kept": Standing(kept.standing)},
            remedy=gettext_noop("Correct the record that is wrong; readmission and restoration have steps of their own."),
        )  # fmt: skip
    elif goes in ON_THE_LISTS and _rank(goes) > _rank(kept.standing):
        yield Refusal(
            "merge.further", gettext_noop("The record that goes is further on the road than the one that is kept."),
            remedy=gettext_noop("Keep the other one of the two records."),
        )  # fmt: skip
    elif goes == Standing.TRANSFERRED_OUT != kept.standing:
        yield from _was_further(situation, kept)


def _was_further(situation: Situation, kept: MergeView) -> Iterator[Refusal]:
    for name in SINCE:
        day: date | None = getattr(situation.member, name)
        if day is not None and name not in days_taken(Standing.TRANSFERRED_OUT, kept.standing):
            yield Refusal(
                "merge.was_further",
                gettext_noop("%(day)s: %(goes)s in the record that goes; by the other one the person is not that far yet."),
                {"day": DAYS[name], "goes": day}, remedy=gettext_noop(
                    "Correct the record that is wrong. Who was transferred out comes back, or is readmitted, in the record of "
                    "then."
                ),
            )  # fmt: skip


@_with_kept
def days_agree(situation: Situation, kept: MergeView) -> Iterator[Answer]:
    """A day of membership that both records know is the same day in both; every one that is not is told. What one alone knows
    the kept record has from then on."""
    for name, label in DAYS.items():
        here: date | None = getattr(situation.member, name)
        there = kept.days.get(name)
        if here is not None and there is not None and here != there:
            yield Refusal(
                f"merge.{name}", gettext_noop("%(day)s: %(goes)s in the record that goes, %(kept)s in the one kept."),
                {"day": label, "goes": here, "kept": there},
                remedy=gettext_noop("Find out which day is right, and correct the record that is wrong."),
            )  # fmt: skip


@_with_kept
def badges_agree(situation: Situation, kept: MergeView) -> Iterator[Answer]:
    """A badge recorded for the record that goes is recorded for the kept one too: it would be on the lists again."""
    goes = situation.member.badge_years
    if goes is not None and goes > (kept.badge_years or 0):
        yield Refusal(
            "merge.badge", gettext_noop("The badge for %(years)s years is recorded for the record that goes alone."),
            {"years": goes}, remedy=gettext_noop("Record it for the record that is kept first."),
        )  # fmt: skip


@_with_kept
def records_differ(situation: Situation, kept: MergeView) -> Iterator[Answer]:
    """What both records say and say differently: the kept one's words stay."""
    if kept.differing:
        message = gettext_noop("The records say different things of: %(names)s. What the kept one says stays.")
        yield Caution(
            "merge.profiles_differ", message, {"names": tuple(LABELS.get(name, name) for name in kept.differing)}
        )
    if kept.counted:
        message = gettext_noop("Both records have attendance or dues of: %(months)s. Those of the kept one stay.")
        yield Caution("merge.counted_twice", message, {"months": kept.counted})


def _rank(standing: str) -> int:
    return ON_THE_LISTS.index(Standing(standing)) if standing in ON_THE_LISTS else -1
