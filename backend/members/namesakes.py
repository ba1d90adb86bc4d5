"""When two records of one cell may be the same person's: the name without diacritics and the day of birth are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_noop

from backend.core.folding import fold
from backend.members.models import Member
from workflows.answers import Caution
from workflows.standings import Standing

NOWHERE = ("", Standing.MERGED.value)
"""Standings of records that are nobody's any more."""
MET_BEFORE = Caution(
    "person.met_before",
    gettext_noop("This cell has a record of somebody of this name and day of birth already, as number %(members)s."),
    remedy=gettext_noop("If it is the same person, have this entry voided and take the steps from the other record."),
    fact="profile.full_name",
)


def alike(full_name: str, born_on: date) -> tuple[str, date]:
    """What two records have in common that may be one person's."""
    return fold(full_name), born_on


def namesakes(unit_id: int, full_name: str, born_on: date | None) -> list[int]:
    """Ids of a cell's people, within the transaction's scope, who may be the same person."""
    if born_on is None:
        return []
    born_then = Member.objects.filter(unit_id=unit_id, born_on=born_on).exclude(standing__in=NOWHERE).order_by("id")
    wanted = alike(full_name, born_on)
    return [key for key, name in born_then.values_list("id", "full_name") if alike(name, born_on) == wanted]


def met_before(unit_id: int, full_name: str, born_on: date | None) -> list[Caution]:
    """The caution about somebody whom the cell may have a record of already; none where it has not."""
    found = namesakes(unit_id, full_name, born_on)
    return [replace(MET_BEFORE, params={"members": tuple(found)})] if found else []
