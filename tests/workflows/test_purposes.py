"""Which reasons an office may give for looking at a file, the one that is taken by itself first."""

from __future__ import annotations

import pytest

from workflows.offices import Office
from workflows.purposes import Purpose, purposes_of

P = Purpose


@pytest.mark.parametrize(
    ("office", "first", "rest"),
    [
        (Office.CELL_SECRETARY, P.CELL_WORK, (P.CORRECTION, P.DATA_REQUEST, P.BREACH)),
        (Office.COMMITTEE_SECRETARY, P.COMMITTEE_WORK, (P.CORRECTION, P.DATA_REQUEST, P.BREACH)),
        (Office.AUDITOR, P.OVERSIGHT, (P.BREACH,)),
    ],
)
def test_an_office_gives_reasons_of_its_own_work(office: Office, first: Purpose, rest: tuple[Purpose, ...]) -> None:
    assert purposes_of(office) == (first, *rest)
