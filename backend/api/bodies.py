"""What a request's body may hold: the fields its shape names, and nothing besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NoReturn

from django.utils.translation import gettext
from rest_framework import serializers

from workflows.reading import LONGEST_NAME, MOST_NAMED


def no_such(names: Iterable[Any], known: Iterable[str]) -> dict[str, list[str]]:
    """What is said of names that are not known, by each name (some of them, shortened: anybody may have written them)."""
    known = list(known)
    words = gettext("There is no “%(name)s” here; what can be asked for: %(known)s.")
    if not known:
        words = gettext("There is no “%(name)s” here; the address alone says everything.")
    there, short = (
        ", ".join(f"“{name}”" for name in known),
        [str(name)[:LONGEST_NAME] for name in islice(names, MOST_NAMED)],
    )
    return {name: [words % {"name": name, "known": there}] for name in short}


def twice(names: Iterable[str]) -> dict[str, list[str]]:
    """What is said of filters that stand in an address several times, by each name: one of the values would be passed over."""
    words = gettext("“%(name)s” stands here several times; give it once.")
    return {name: [words % {"name": name}] for name in names}


class OneOf(serializers.ChoiceField):
    """A word out of some; of one that cannot be chosen it says which can."""

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        if key == "invalid_choice":
            known = ", ".join(f"“{word}”" for word in self.choices)
            words = gettext("“%(word)s” cannot be chosen here; choose one of: %(known)s.")
            raise serializers.ValidationError(words % {"word": str(kwargs["input"])[:60], "known": known}, code=key)
        super().fail(key, **kwargs)


class Body(serializers.Serializer[Any]):
    """A body that refuses fields it does not know: a mistyped one (`on_date` for `on`) would be passed over in silence."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted({*data} - {*self.fields}) if isinstance(data, Mapping) else []
        if not unknown:
            return super().to_internal_value(data)
        faults: dict[str, Any] = no_such(unknown, self.fields)
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as error:
            faults |= dict(error.detail) if isinstance(error.detail, Mapping) else {}
        raise serializers.ValidationError(faults)


def bodies(base: type[Body] = Body) -> Iterator[type[Body]]:
    """Every shape of a body."""
    for shape in base.__subclasses__():
        yield shape
        yield from bodies(shape)
