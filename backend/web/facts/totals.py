"""How ballots, roll calls and elections are asked for: totals, and a word or a row for each person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.web.facts.around import CALLED, Around, Person, roll_words
from backend.web.facts.inputs import Input, Kind, Said, line, number_in, pick
from backend.web.facts.typed import whole
from workflows.electing import Election
from workflows.voting import MAX_COUNT, Ballot, RollCall


class Ballots(Kind):
    whole = False
    totals: ClassVar[Mapping[str, Said]] = {
        "issued": _("Ballots issued"), "collected": _("Ballots collected"), "valid": _("Valid ballots"),
        "yes": _("Votes in favour"), "no": _("Votes against"),
    }  # fmt: skip

    def inputs(self, fact: Ballot, around: Around, data: QueryDict | None) -> list[Input]:
        meetings = [(str(one.id), one.words) for one in around.meetings]
        newest = meetings[0][0] if meetings else None
        said = "" if meetings else _meeting_first(around)
        where = Input(f"{fact.name}.meeting", _("At the meeting of"), pick(meetings, 3), said, initial=newest)
        return [where, *(Input(f"{fact.name}.{part}", label, line(digits=True)) for part, label in self.totals.items())]

    def raw(self, fact: Ballot, data: QueryDict) -> Any:
        given = {
            part: value
            for part in ("meeting", *self.totals)
            if (value := number_in(data, f"{fact.name}.{part}")) is not None
        }
        return None if not fact.required and set(given) <= {"meeting"} else given

    def unsaid(self, fact: Ballot, around: Around, data: QueryDict) -> list[str]:
        given = self.raw(fact, data)
        names = () if given is None else ("meeting", *self.totals)
        return [f"{fact.name}.{part}" for part in names if not counts(given.get(part), part)]


def _meeting_first(around: Around) -> str:
    """What to do where no meeting stands to be named, with the way there for who may record one."""
    words = gettext("Record the meeting first (with its roll call), then name it here.")
    if around.to_record is None:
        return words
    return format_html('{}<span class="alone d-block"><a href="{}">{}</a></span>', words, *around.to_record)


def counts(value: Any, part: str) -> bool:
    """Whether it is a number that the part can have: a meeting's, or one of ballots."""
    return isinstance(value, int) and (part == "meeting" or value <= MAX_COUNT)


class RollCalls(Kind):
    """A word for each person; those who were granted another way of taking part begin with theirs."""

    whole = False

    def inputs(self, fact: RollCall, around: Around, data: QueryDict | None) -> list[Input]:
        return [self._input(fact, one, around.day) for one in around.people]

    def _input(self, fact: RollCall, one: Person, on: date) -> Input:
        offered, begins = roll_words(one.takes_part, one.away_until, on)
        buttons = forms.RadioSelect(choices=[(word.value, word.label) for word in offered])
        return Input(
            f"{fact.name}.{one.id}", one.name, buttons, _("Guest") if one.guest else "", begins and begins.value
        )

    def raw(self, fact: RollCall, data: QueryDict) -> Any:
        start = f"{fact.name}."
        called = {name.removeprefix(start): data[name] for name in data if name.startswith(start) and data[name]}
        told = {*called.values()} & {word.value for word in CALLED[::2]}
        return called if called and (fact.required or told) else None

    def unsaid(self, fact: RollCall, around: Around, data: QueryDict) -> list[str]:
        called = self.raw(fact, data) or {}
        return [f"{fact.name}.{one.id}" for one in around.people if called and str(one.id) not in called]


class Elections(Kind):
    whole = False
    totals: ClassVar[Mapping[str, Said]] = {part: Ballots.totals[part] for part in ("issued", "collected", "valid")}
    begun = 5
    """Rows for winners that a form begins with, where so many may be elected."""

    def inputs(self, fact: Election, around: Around, data: QueryDict | None) -> list[Input]:
        people = [("", "–"), *((str(one.id), one.name) for one in around.people if not one.guest)]
        counts = [Input(f"{fact.name}.{part}", label, line(digits=True)) for part, label in self.totals.items()]
        for place in range(self._rows(fact, data)):
            who = forms.Select(choices=people)
            number = place + 1
            counts.append(Input(f"{fact.name}.winner{place}", format_lazy("{} {}", _("Elected"), number), who))
            votes = format_lazy("{} {}", _("Votes in favour"), number)
            counts.append(Input(f"{fact.name}.votes{place}", votes, line(digits=True)))
        return counts

    def _rows(self, fact: Election, data: QueryDict | None) -> int:
        typed = data.get(f"{fact.name}.rows", "") if data else ""
        asked = whole(typed, digits=3)
        shown = self.begun if asked is None else asked
        more = self.begun if data and data.get("do") == f"more.{fact.name}" else 0
        return min(fact.most, shown + more)

    def raw(self, fact: Election, data: QueryDict) -> Any:
        totals = {part: number_in(data, f"{fact.name}.{part}") for part in self.totals}
        places = range(self._rows(fact, data))
        rows = [[number_in(data, f"{fact.name}.{part}{place}") for part in ("winner", "votes")] for place in places]
        winners = [{"member": who, "votes": votes} for who, votes in rows if who is not None or votes is not None]
        if not winners and not any(value is not None for value in totals.values()):
            return {} if fact.required else None
        return {**totals, "winners": winners}

    def unsaid(self, fact: Election, around: Around, data: QueryDict) -> list[str]:
        given = self.raw(fact, data)
        names = () if given is None else self.totals
        return [f"{fact.name}.{part}" for part in names if not counts(given.get(part), part)]
