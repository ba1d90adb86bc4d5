"""One input of a form, and what it is made of: a line to type into, buttons or a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

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
