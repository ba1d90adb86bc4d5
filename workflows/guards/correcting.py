"""May a record be made to say this of a person? Nothing here is about standing: days of membership are no fields of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.facts import day_in
from workflows.personal_ids import contradictions
from workflows.profile import CORRECTED, EMPTIABLE, LABELS
from workflows.situation import RecordView, Situation
from workflows.workdays import months_between

YEAR_ONLY = "born_year_only"
MASKED = ("personal_id", "phone")
"""What is shown in part alone: its last digits."""


def view(situation: Situation) -> RecordView:
    """The record beside what the step was told to correct.

    Whether only the year of birth is known belongs to a day of birth: it is told with one, or not at all.
    """
    given = {fact.name: situation.facts.get(fact.name) for fact in CORRECTED}
    told: dict[str, Any] = {name: value for name, value in given.items() if value is not None and name != YEAR_ONLY}
    if "born_on" in told:
        told[YEAR_ONLY] = bool(given[YEAR_ONLY])
    return situation.record(told) if told else RecordView()


def something_corrected(situation: Situation) -> Refusal | None:
    """A correction changes at least one field; while one could not be read, that is not known.

    A personal id and a phone are shown to nobody in full: whether the one given is what the record says already is no answer
    either. A correction that names one is an entry, whatever it changes.
    """
    if view(situation).changes or any(situation.facts.get(name) is not None for name in MASKED):
        return None
    unread = next((fact.name for fact in CORRECTED if fact.name not in situation.facts), CORRECTED[0].name)
    return Refusal(
        "record.nothing_corrected", gettext_noop("The record would say what it says already."), fact=unread,
        remedy=gettext_noop("Write what is right into the fields that are wrong, and leave the others blank."),
    )  # fmt: skip


def nobody_elses_id(situation: Situation) -> Iterator[Refusal]:
    """A personal id is one person's: two records of one person are merged, not corrected."""
    yield from view(situation).known


def speaks_of_one_person(situation: Situation) -> Iterator[Caution]:
    """Whether the id, the day of birth and the sex that the record would have agree."""
    seen = view(situation)
    told = situation.facts.get("personal_id") is not None
    if told or {"born_on", "sex"} & set(seen.changes):
        yield from contradictions(seen.says.get("personal_id"), seen.says.get("born_on"), seen.says.get("sex"))


def born_before_admission(situation: Situation) -> Caution | None:
    """A day of birth by which the person was admitted, or proposed, too young; of a year alone the oldest that is possible."""
    seen = view(situation)
    considered = _considered(situation) if "born_on" in seen.changes else None
    born: date | None = seen.says.get("born_on")
    if born is None or considered is None:
        return None
    born = date(born.year, 1, 1) if seen.says.get(YEAR_ONLY) else born
    age, least = months_between(born, considered), situation.rule("ADM.AGE_MIN", considered).value
    if age >= least:
        return None
    return Caution(
        "record.too_young_then",
        gettext_noop(
            "Born then, the person was %(age)s months old by month on %(day)s, when admission was considered; "
            "%(least)s were needed."
        ),
        {"age": age, "day": considered, "least": least}, "ADM.AGE_MIN",
        gettext_noop("Compare the day with the birth certificate, and the recorded day of the admission with its decision."),
        "born_on",
    )  # fmt: skip


def _considered(situation: Situation) -> date | None:
    """The day of the admission, as far as the record knows it; of a candidate the day on which the cell proposed it."""
    member = situation.member
    known: date | None = member.admission_decided_on or member.joined_on or member.official_on
    proposed = (day_in(case.facts, "resolution") for case in situation.cases("admission") if case.closed_on is None)
    return known or next((day for day in proposed if day is not None), None)


def something_emptied(situation: Situation) -> Refusal | None:
    """What is emptied says something; the entry names it."""
    chosen = [fact.name for fact in EMPTIABLE if situation.facts.get(fact.name)]
    if not chosen:
        return Refusal(
            "record.nothing_emptied", gettext_noop("No field was chosen that is to be emptied."), fact=EMPTIABLE[0].name,
            remedy=gettext_noop("Choose what the record is no longer to say."),
        )  # fmt: skip
    empty = situation.record({}).empty
    names = tuple(LABELS[name] for name in chosen if name in empty)
    if not names:
        return None
    return Refusal(
        "record.empty_already", gettext_noop("The record says nothing of: %(names)s."), {"names": names},
        remedy=gettext_noop("Leave these fields out."), fact=next(name for name in chosen if name in empty),
    )  # fmt: skip
