"""What tells of somebody's health: what of a step is kept apart, and which offices read it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.test_catalogue import HEALTH, also, page
from workflows import health
from workflows.answers import Caution
from workflows.catalogue import LIFECYCLES, health_readers, steps
from workflows.offices import Level, Office, Right
from workflows.vocabulary import NEW, Act

CELL = {Office.CELL_SECRETARY, Office.CELL_DEPUTY}
FOR_THE_CELL = {Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER}
COMMITTEE = (Level.BASE, Level.UPPER)


def test_of_a_step_the_ground_alone_is_told() -> None:
    asked = steps("exemption")["ask"]
    assert health.told(asked, {"request": object(), "ground": "age", "own_will": True}) == {"ground": "age"}
    assert health.told(asked, {"request": object(), "ground": None}) == {}
    assert health.told(asked, {}) == {}


def test_a_caution_about_the_ground_is_not_for_the_line() -> None:
    said = [Caution("a.a", "A", fact="ground"), Caution("b.b", "B", fact="own_will"), Caution("c.c", "C")]
    assert health.sayable(LIFECYCLES["exemption"], said) == ["b.b", "c.c"]
    assert health.sayable(LIFECYCLES["removal"], said) == ["a.a", "b.b", "c.c"]


@pytest.mark.parametrize(
    ("by", "at", "offices"),
    [
        (Right.OPEN, (Level.CELL,), CELL | FOR_THE_CELL),
        (Right.READ_RESTRICTED, (Level.CELL,), {*CELL, Office.CELL_COMMITTEE, *FOR_THE_CELL}),
        (Right.RECORD_MEETING, (Level.CELL,), {*CELL, Office.CELL_COMMITTEE, Office.ORGANISATION_OFFICER}),
        (Right.RECORD_MEETING, COMMITTEE, {Office.ORGANISATION_OFFICER}),
        (Right.READ_RESTRICTED, COMMITTEE, {*FOR_THE_CELL, Office.AUDITOR}),
        (Right.AUDIT, (Level.CELL,), set()),
        (Right.RECORD_COMMITTEE, Act("exempt_for_age_or_health"), FOR_THE_CELL),
        (Right.RECORD_RESOLUTION, Act("exempt_for_age_or_health"), {*CELL, Office.ORGANISATION_OFFICER}),
    ],
)  # fmt: skip
def test_who_takes_part_reads_it_and_who_records_for_a_cell(by: Right, at: Any, offices: set[Office]) -> None:
    given = {"by": by, "at": at}
    assert health.readers(page(**given, facts=[HEALTH], extra=also("begin", source=NEW, **given))) == offices
    assert health.readers(page(**given, extra=also("begin", source=NEW, **given))) == frozenset()


def test_of_the_pages_that_stand() -> None:
    assert health_readers() == {("exemption", office) for office in CELL | FOR_THE_CELL}
