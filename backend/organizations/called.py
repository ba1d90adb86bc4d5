"""What units are called, by the codes that stand on papers: wherever they lie, closed ones too."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from backend.core.db import execute
from backend.core.encoding import fit
from backend.organizations.models import Unit

LONGEST = Unit._meta.get_field("code").max_length


@dataclass(frozen=True)
class Called:
    """The name of a unit of this installation, in sight or not."""

    name: str
    closed: bool


def called(code: str) -> Called | None:
    """None for what is the code of no unit here."""
    if not code or len(code) > (LONGEST or 0) or not fit(code):
        return None
    with transaction.atomic(savepoint=False):
        found = execute("SELECT name, closed FROM chibo_units_named(%s)", [[code]])
    return Called(*found[0]) if found else None
