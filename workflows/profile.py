"""What is asked about a person who is put on a cell's lists: forms, API and reading are derived from it, as from facts.

The columns of the roster (rules.md §13). Nothing of it enters the log: it stands in the member's record alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from workflows.facts import Choice, Day, Fact, FactError, Flag, Text

PERSON = "profile."
"""What an answer's `fact` begins with where it is about a field of the person."""
_GROUPING = re.compile(r"[\s.()-]")


def _is_no_names(sign: str) -> bool:
    """Whether no name has the sign: the symbols of Unicode, and marks of addresses, code and sentences."""
    return unicodedata.category(sign).startswith("S") or sign in r"@#&%*/\[]{}_!?;:"


@dataclass(frozen=True)
class Name(Text):
    """A person's name, with a letter in it at least, and no sign that no name has (`<`, `=`, `@`, …)."""

    max_length: int = 120

    def parse(self, raw: Any) -> str:
        value = super().parse(raw)
        if not any(sign.isalpha() for sign in value) or any(_is_no_names(sign) for sign in value):
            raise self.error("bad_name", gettext_noop("Write a name."))
        return value


def reads(fact: Fact, raw: Any) -> bool:
    """Whether the fact can be read from this: for doors that tell what is wrong in words of their own."""
    try:
        fact.parse(raw)
    except FactError:
        return False
    return True


@dataclass(frozen=True)
class Grouped(Text):
    """A number that people group in many ways, which makes no difference."""

    max_length: int = 30
    form: ClassVar[re.Pattern[str]]
    fault: ClassVar[tuple[str, str]]

    def parse(self, raw: Any) -> str:
        value = _GROUPING.sub("", super().parse(raw))
        if not self.form.fullmatch(value):
            raise self.error(*self.fault)
        return value


@dataclass(frozen=True)
class PersonalId(Grouped):
    form = re.compile("[0-9]{12}")
    fault = ("bad_personal_id", gettext_noop("A personal id has 12 digits."))


@dataclass(frozen=True)
class Phone(Grouped):
    form = re.compile(r"\+?[0-9]{8,15}")
    fault = ("bad_phone", gettext_noop("A phone number has 8 to 15 digits."))


def _line(name: str, label: Any, longest: int = 80) -> Text:
    return Text(name, label, required=False, max_length=longest)


PROFILE: tuple[Fact, ...] = (
    Name("full_name", _("Full name")),
    Name("other_name", _("Other name"), required=False),
    Choice("sex", _("Sex"), choices=(("m", _("Male")), ("f", _("Female")))),
    Day("born_on", _("Day of birth")),
    Flag("born_year_only", _("Only the year of birth is known"), required=False),
    PersonalId("personal_id", _("Personal id"), required=False),
    Phone("phone", _("Phone"), required=False),
    _line("old_personal_id", _("Number of the identity card of before"), 20),
    _line("card_number", _("Number of the Party card"), 20),
    _line("card_place", _("Place where the Party card was issued"), 120),
    Day("card_issued_on", _("Day of the Party card"), required=False, ahead=True),
    _line("old_card_number", _("Number of the Party card of before"), 20),
    _line("ethnicity", _("Ethnicity"), 60),
    _line("religion", _("Religion"), 60),
    _line("birth_province", _("Province of birth")),
    _line("birth_commune", _("Commune of birth")),
    _line("native_province", _("Native province")),
    _line("native_commune", _("Native commune")),
    _line("home_province", _("Province of residence")),
    _line("home_commune", _("Commune of residence")),
    _line("home_detail", _("Place of residence"), 200),
    _line("note", _("Note"), 2000),
)
CORRECTED: tuple[Fact, ...] = tuple(replace(fact, required=False, private=True) for fact in PROFILE)
"""The same as a correction asks for it: what is left out stays as it is."""
EMPTIABLE: tuple[Flag, ...] = tuple(
    Flag(fact.name, fact.label, required=False) for fact in PROFILE if not (fact.required or isinstance(fact, Flag))
)
"""What a record need not say, to be ticked where it is to be emptied."""
LABELS = {fact.name: fact.label for fact in PROFILE}
