"""The form of some facts: rendered by kind, read into JSON, and each reason of a refusal beside what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext

from backend.web.facts.around import Around
from backend.web.facts.inputs import Input
from backend.web.facts.kinds import KINDS
from backend.web.refusing import said
from workflows.answers import Answer, Refusal
from workflows.facts import Fact, FactError, Flag, Number
from workflows.profile import PERSON
from workflows.voting import MAX_COUNT


@dataclass
class Group:
    """The inputs of one fact, with what is wrong with the fact as a whole."""

    fact: Fact
    whole: bool
    fields: list[BoundField]
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"fact-{self.fact.name}"

    @property
    def optional(self) -> bool:
        """Whether that is to be said: of something ticked it is not."""
        return not self.fact.required and self.fact.kind != Flag.kind

    @property
    def may_grow(self) -> bool:
        """Whether an election may have more winners than there are rows."""
        return self.rows < getattr(self.fact, "most", 0)

    @property
    def rows(self) -> int:
        """Rows for winners, of an election."""
        return sum(".winner" in one.name for one in self.fields)


class FactForm(forms.Form):
    """`facts` with what can be chosen `around` them. `raw()` is what was typed, as the engine takes it.

    Nothing is validated here: what is wrong with a value the engine says, and `tell` puts it beside the input.
    """

    use_required_attribute = False

    def __init__(self, facts: Sequence[Fact], around: Around, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.around = around
        self.facts, self.groups, self.general = list(facts), list[Group](), list[Answer]()
        for fact in self.facts:
            kind = KINDS[fact.kind]
            inputs = kind.inputs(fact, around, data)
            if kind.whole and not fact.required:
                inputs[0] = replace(inputs[0], optional=True)
            self.fields |= {one.name: _field(one) for one in inputs}
            self.groups.append(Group(fact, kind.whole, [self[one.name] for one in inputs]))

    def _clean_fields(self) -> None:
        self.cleaned_data = {}

    @property
    def needed(self) -> list[Group]:
        """What is shown at once: all but what may be left out about a person."""
        return [one for one in self.groups if one not in self.more]

    @property
    def more(self) -> list[Group]:
        return [one for one in self.groups if one.fact.name.startswith(PERSON) and not one.fact.required]

    @property
    def more_open(self) -> bool:
        """Whether something was said there."""
        return any(one.errors or any(field.errors or field.value() for field in one.fields) for one in self.more)

    @property
    def has_group_errors(self) -> bool:
        return any(one.errors for one in self.groups)

    def raw(self) -> dict[str, Any]:
        """By name, the JSON of what was typed; what was left out is not there."""
        data: Any = self.data
        typed = {fact.name: KINDS[fact.kind].raw(fact, data) for fact in self.facts}
        return {name: value for name, value in typed.items() if value is not None}

    def unsaid(self) -> list[Refusal]:
        """What is missing in facts of several parts, or is no number, said of each input: the engine says it of the whole."""
        data: Any = self.data
        names = [name for fact in self.facts for name in KINDS[fact.kind].unsaid(fact, self.around, data)]
        return [one for name in names for one in _unsaid(name, data.get(name, "").strip())]

    def tell(self, answers: Sequence[Answer]) -> None:
        """Each reason to its input, else to its fact, else to those that stand above the form."""
        groups = {group.fact.name: group for group in self.groups}
        for answer in answers:
            if answer.fact in self.fields:
                self.add_error(answer.fact, said(answer))
            elif answer.fact in groups:
                groups[answer.fact].errors.append(said(answer))
            else:
                self.general.append(answer)

    def line(self, answer: Answer) -> str:
        """The reason for a list above the form: with the name of the place that it is about."""
        name, _dot, _part = answer.fact.partition(".")
        places = [str(one.fact.label) for one in self.groups if one.fact.name in {name, answer.fact}][:1]
        if "." in answer.fact and answer.fact in self.fields:
            places.append(str(self.fields[answer.fact].label))
        return f"{', '.join(places)}: {said(answer)}" if places else said(answer)

    def typed(self, groups: Sequence[Group] | None = None) -> list[tuple[str, str]]:
        """What was typed (into some of the groups), to be read where there is no form any more: by the name of its place, of a
        choice its words. What was left empty is not there."""
        told = [
            (str(one.label) if group.whole else f"{group.fact.label}, {one.label}", _words(one))
            for group in (self.groups if groups is None else groups) for one in group.fields
        ]  # fmt: skip
        return [(place, words) for place, words in told if words]


def _field(one: Input) -> forms.Field:
    """The input as a form has it: whether it may be left out is said, and asked by nobody; what it offers is a <datalist>."""
    label: Any = one.label
    made = forms.Field(
        required=not one.optional, widget=one.widget, label=label, help_text=str(one.help), initial=one.initial
    )
    made.offered, made.names_unit = one.offered, one.names_unit  # type: ignore[attr-defined]  # for the template
    return made


def _words(field: BoundField) -> str:
    """What stands in an input, as one reads it."""
    value: Any = field.value()
    if isinstance(field.field.widget, forms.CheckboxInput):
        return gettext("yes") if value else ""
    known = {str(key): str(label) for key, label in getattr(field.field.widget, "choices", ())}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(known.get(str(one), str(one)) for one in chosen if one)


def _unsaid(name: str, typed: str) -> list[Refusal]:
    """Of an input for a count: that it is missing, or no number, as the engine says it of one that stands by itself."""
    try:
        Number(name, "", maximum=MAX_COUNT).read(typed)
    except FactError as error:
        return list(error.refusals)
    return []
