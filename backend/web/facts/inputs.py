"""What a kind of fact is asked by: its inputs, each a line to type into, buttons or a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise

from backend.web.facts.around import Around
from backend.web.facts.typed import number

FEW = 5
"""How many choices are shown as buttons; more are a list."""
Said = str | Promise


@dataclass(frozen=True)
class Input:
    """One input of a form."""

    name: str
    label: Said
    widget: forms.Widget
    help: Said = ""
    initial: Any = None
    optional: bool = False
    offered: Sequence[tuple[str, str]] = ()
    """What is proposed while typing, with words."""
    names_unit: bool = False
    """Whether it is the code of a unit, whose name is shown with it."""


def line(digits: bool = False, **attrs: Any) -> forms.TextInput:  # noqa: FBT001, FBT002  (reads as it is: a line of digits)
    """A line to type into."""
    typed = {"inputmode": "numeric"} if digits else {}
    return forms.TextInput({"autocomplete": "off", **typed, **attrs})


def pick(choices: Sequence[tuple[str, Said]], few: int = FEW) -> forms.Widget:
    """One out of some: buttons for a few, else a list."""
    if sum(bool(key) for key, _ in choices) <= few:
        return forms.RadioSelect(choices=choices)
    known = choices if any(not key for key, _ in choices) else [("", "–"), *choices]
    return forms.Select(choices=known)


class Kind:
    """A kind of fact that has one input with its own name."""

    whole: ClassVar[bool] = True
    """Whether all stands in one input; otherwise the parts stand in a frame that has the fact's name."""

    def inputs(self, fact: Any, around: Around, data: QueryDict | None) -> list[Input]:
        raise NotImplementedError

    def raw(self, fact: Any, data: QueryDict) -> Any:
        """JSON for the engine; None for what was left out."""
        return data.get(fact.name, "").strip() or None

    def unsaid(self, fact: Any, around: Around, data: QueryDict) -> list[str]:
        """Of a fact with several parts that was begun, the inputs in which something is missing, or wrong, that only a form can
        know."""
        return []


def number_in(data: QueryDict, name: str) -> Any:
    """What was typed into an input as a number; None for nothing."""
    typed = number(data.get(name, ""))
    return None if typed == "" else typed
