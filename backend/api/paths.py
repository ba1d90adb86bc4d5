"""Ids in addresses: what cannot be an id is simply not there."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

from backend.core.ids import BIG


class IdConverter(IntConverter):
    """1 … 2^63-1, the ids PostgreSQL can give."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > BIG:
            raise ValueError(value)
        return number


def register() -> None:
    """Make `<id:…>` known to Django's addresses; once."""
    register_converter(IdConverter, "id")
