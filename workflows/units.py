"""A unit as a fact: named by the code that stands on papers, wherever it lies, since no id of another unit is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from workflows.facts import Fact

CODE = re.compile(r"\d{2}(?:\.\d{3}){0,4}", re.ASCII)
"""M1.M2.M3.M4.M5, or shorter from the left."""


@dataclass(frozen=True)
class UnitRef(Fact):
    """A unit of this installation, by its code. Codes are sealed: they name organisations, not people."""

    kind: ClassVar[str] = "unit"

    def parse(self, raw: Any) -> str:
        if not isinstance(raw, str) or not CODE.fullmatch(raw.strip()):
            raise self.error("bad_unit", gettext_noop("Name a unit by its code, such as 87.107.000.000.041."))
        return raw.strip()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 18, "example": "87.107.000.000.041"}


@dataclass(frozen=True)
class UnitView:
    """What a page may know of a unit named in a fact. `base_id` is the base organisation it belongs to (or is above)."""

    id: int
    path: str
    level: str
    base_id: int
    is_open: bool = True
