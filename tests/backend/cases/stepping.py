"""Steps of cases in tests: done, or refused with nothing left behind; and what runs about a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.cases.engine import OnCase, perform
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from tests.backend.cases.test_perform import traces


def step(actor: Actor, case: int, name: str, on: date, **facts: Any) -> dict[str, Any]:
    return perform(actor, OnCase(case), name, facts, on=on)


def refused(actor: Actor, case: int, name: str, on: date, **facts: Any) -> list[str]:
    """The codes of a refusal that left nothing behind."""
    before = traces()
    with pytest.raises(Refused) as caught:
        step(actor, case, name, on, **facts)
    assert traces() == before
    return [one.code for one in caught.value.answers]


def deadlines(case: int) -> dict[str, tuple[str, date]]:
    """The newest deadline of each rule."""
    found = Deadline.objects.filter(subject_kind="case", subject_id=case).order_by("pk")
    return {one.rule_id: (one.status, one.due_on) for one in found}
