"""What a request's body may hold: the fields its shape names, and nothing besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers


class Body(serializers.Serializer[Any]):
    """A body that refuses fields it does not know: a mistyped one (`on_date` for `on`) would be passed over in silence."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted({*data} - {*self.fields}) if isinstance(data, Mapping) else []
        if not unknown:
            return super().to_internal_value(data)
        known = ", ".join(self.fields)
        faults: dict[str, Any] = {
            str(name)[:60]: [
                gettext("There is no “%(name)s” here; what can be asked for: %(known)s.")
                % {"name": str(name)[:60], "known": known}
            ]
            for name in unknown
        }
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
