"""How each kind of fact is asked for: the inputs it has, and the JSON that what was typed into them comes to.

An input is named by its fact, and by the part of it as refusals name it (`resolution.number`). Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from backend.web.days import DayInput
from backend.web.facts.around import Around, Person
from backend.web.facts.inputs import Input, Kind, Said, line, number_in, pick
from backend.web.facts.totals import Ballots, Elections, RollCalls
from backend.web.facts.typed import day, number, whole
from workflows.electing import Election
from workflows.entries import EntryRef
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, Text
from workflows.units import UnitRef
from workflows.voting import Ballot, RollCall

SHORT_LIST, LONG_LIST = 8, 60
"""How many people are shown as buttons, and how many as a list, before one has to search."""
DAY_FORM = _("Day/month/year, such as 05/11/2026 or 05112026.")


class Days(Kind):
    def inputs(self, fact: Day, around: Around, data: QueryDict | None) -> list[Input]:
        return [Input(fact.name, fact.label, DayInput(), DAY_FORM)]

    def raw(self, fact: Day, data: QueryDict) -> Any:
        return day(data.get(fact.name, "")) or None


class Texts(Kind):
    def inputs(self, fact: Text, around: Around, data: QueryDict | None) -> list[Input]:
        rows = {"rows": 3}
        return [Input(fact.name, fact.label, forms.Textarea(rows) if fact.lines and fact.max_length > 200 else line())]


class Choices(Kind):
    def inputs(self, fact: Choice, around: Around, data: QueryDict | None) -> list[Input]:
        empty = [] if fact.required else [("", _("Not said"))]
        return [Input(fact.name, fact.label, pick([*empty, *fact.choices]))]


class Flags(Kind):
    """Ticked is yes; one that may be left out says no only by being left out."""

    def inputs(self, fact: Flag, around: Around, data: QueryDict | None) -> list[Input]:
        return [Input(fact.name, fact.label, forms.CheckboxInput())]

    def raw(self, fact: Flag, data: QueryDict) -> Any:
        return True if fact.name in data else False if fact.required else None


class Numbers(Kind):
    def inputs(self, fact: Number, around: Around, data: QueryDict | None) -> list[Input]:
        return [Input(fact.name, fact.label, line(digits=True))]

    def raw(self, fact: Fact, data: QueryDict) -> Any:
        return number_in(data, fact.name)


class Units(Kind):
    def inputs(self, fact: UnitRef, around: Around, data: QueryDict | None) -> list[Input]:
        said = _("The unit's code, such as 87.107.000.000.041.")
        return [
            Input(fact.name, fact.label, line(list=f"offered-{fact.name}"), said, offered=around.units, names_unit=True)
        ]


class Entries(Kind):
    def inputs(self, fact: EntryRef, around: Around, data: QueryDict | None) -> list[Input]:
        area = forms.Textarea({"rows": 3})
        return [Input(fact.name, fact.label, area, _("The entries' own numbers (uid), one a line."))]

    def raw(self, fact: EntryRef, data: QueryDict) -> Any:
        return data.get(fact.name, "").split() or None


class Members(Kind):
    """Among the people of the unit who can be named, and those found by a search where the office sees further or they are
    many; whom somebody chose stands there all the same, and the guard says why not."""

    def inputs(self, fact: MemberRef, around: Around, data: QueryDict | None) -> list[Input]:
        people = self._fitting(fact, around.people, around)
        many = len(people) > LONG_LIST
        chosen = [key for one in (data.getlist(fact.name) if data else []) if (key := whole(one)) is not None]
        asked = data.get(f"{fact.name}.find", "").strip() if data else ""
        listed = [] if many else people
        known = {one.id for one in listed}
        more = [one for one in people if many and one.id in chosen]
        far = around.called({*chosen} - known - {one.id for one in more}) if chosen else []
        found = self._fitting(fact, around.found(asked), around) if asked else []
        offered = list({one.id: one for one in (*more, *far, *found, *listed) if one.id != around.about}.values())
        search = Input(f"{fact.name}.find", _("Search by name, card or personal id"), line(type="search"))
        wide = many or not people or around.actor.unit_id != around.unit_id
        return [Input(fact.name, fact.label, self._widget(fact, offered)), *([search] if wide else [])]

    @staticmethod
    def _fitting(fact: MemberRef, people: Sequence[Person], around: Around) -> list[Person]:
        return [one for one in people if one.id != around.about and (not fact.among or one.stands in fact.among)]

    def _widget(self, fact: MemberRef, people: Sequence[Person]) -> forms.Widget:
        choices = [(str(one.id), f"{one.name} – {one.standing}") for one in people]
        if fact.many:
            return forms.CheckboxSelectMultiple(choices=choices)
        empty = [] if fact.required else [("", _("Nobody"))]
        return pick([*empty, *choices], SHORT_LIST)

    def raw(self, fact: MemberRef, data: QueryDict) -> Any:
        ids = [number(one) for one in data.getlist(fact.name) if one]
        return (ids if fact.many else ids[0]) if ids else None


class Papers(Kind):
    whole = False
    parts: ClassVar[Mapping[str, Said]] = {
        "number": _("Number on it"), "issuer": _("Issued by"), "date": _("Dated"), "kept_at": _("Kept at"),
    }  # fmt: skip

    def inputs(self, fact: Paper, around: Around, data: QueryDict | None) -> list[Input]:
        widgets = {"date": DayInput()}
        return [
            Input(
                f"{fact.name}.{part}",
                label,
                widgets.get(part) or line(),
                DAY_FORM if part == "date" else "",
                optional=part == "kept_at" or (fact.by_hand and part != "date"),
            )
            for part, label in self.parts.items()
        ]

    def raw(self, fact: Paper, data: QueryDict) -> Any:
        typed = {part: data.get(f"{fact.name}.{part}", "").strip() for part in self.parts}
        given = {part: day(text) if part == "date" else text for part, text in typed.items() if text}
        return given or ({} if fact.required else None)


KINDS: dict[str, Kind] = {
    Day.kind: Days(), Text.kind: Texts(), Choice.kind: Choices(), Flag.kind: Flags(), Number.kind: Numbers(),
    MemberRef.kind: Members(), Paper.kind: Papers(), Ballot.kind: Ballots(), RollCall.kind: RollCalls(),
    Election.kind: Elections(), UnitRef.kind: Units(), EntryRef.kind: Entries(),
}  # fmt: skip
"""By the kind that a fact declares; a kind without an entry stops every form (tests/web/test_facts.py asks all pages)."""
