"""What a personal id says of its holder: sex and century of birth in the fourth digit, the year in the next two.

The form is that of 137/2015/NĐ-CP Điều 13 (the text was not seen; `tests/data/commune` follows it): 0 and 1 stand for a
man and a woman born in 19xx, 2 and 3 in 20xx, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Caution

OTHER_BIRTH = Caution(
    "person.id_of_another_birth",
    gettext_noop("The personal id names another year of birth than the day of birth does."),
    remedy=gettext_noop("Compare both with the identity card; have a wrong entry voided and made again."),
    fact="personal_id",
)
OTHER_SEX = Caution(
    "person.id_of_another_sex", gettext_noop("The personal id names another sex than the one given."),
    remedy=OTHER_BIRTH.remedy, fact="personal_id",
)  # fmt: skip
_FIRST_CENTURY = 1900


def year_of_birth(personal_id: str) -> int:
    """The year in an id of 12 digits."""
    return _FIRST_CENTURY + int(personal_id[3]) // 2 * 100 + int(personal_id[4:6])


def sex(personal_id: str) -> str:
    """`m` or `f`, by an id of 12 digits."""
    return "mf"[int(personal_id[3]) % 2]


def contradictions(personal_id: str | None, born_on: date | None, given_sex: str | None) -> Iterator[Caution]:
    """In what an id speaks of somebody else; what is not known contradicts nothing. No answer tells what the id says."""
    if not personal_id:
        return
    if born_on is not None and year_of_birth(personal_id) != born_on.year:
        yield OTHER_BIRTH
    if given_sex and sex(personal_id) != given_sex:
        yield OTHER_SEX
