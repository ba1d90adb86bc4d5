"""Days in a scenario's file: 2027-02-01, or as people here write them, 01/02/2027."""

from __future__ import annotations

import re
from datetime import date

from jsonschema import FormatChecker

_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def as_iso(text: str) -> str:
    """A day as ISO text, whether the calendar has it or not; any other text as it is."""
    day = _WRITTEN.fullmatch(text)
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else text


def _exists(value: object) -> bool:
    """Whether the calendar has the day (ValueError where not); what is no day at all is told by the schema's pattern."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        date.fromisoformat(value)
    return True


CALENDAR = FormatChecker(formats=())
"""Holds days to the calendar: 31/02/2026 has the form and is none."""
CALENDAR.checks("date", raises=ValueError)(_exists)
