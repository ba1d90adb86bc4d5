"""`manage.py explain` tells a deadline's story in words."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.alerts.delivery import deliver
from backend.alerts.models import Letter
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db


def explained(what: str) -> list[str]:
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("explain", what, stdout=out)
    return out.getvalue().splitlines()


def test_the_whole_story_of_one_deadline() -> None:
    _, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    one = deadline(cell, explanation={"code": "own", "due": DUE.isoformat()})
    clock.move_to(CALENDAR.add_working_days(DUE, -1))
    sweep()
    deliver()
    letter = Letter.objects.get()
    lines = explained(str(one.pk))
    assert lines[0] == f"#{one.pk} {one.reference} Consider the recognition in the cell ({one.rule_version})"
    assert lines[1:3] == ["Due on 10/03/2027", f"Opened on {one.opened_on:%d/%m/%Y} by event {one.occurrence}"]
    place = f"Secretary of the cell, {cell.name} ({cell.code})"
    assert lines[3] == "  0. 17/02/2027 reminder (+0)"
    assert lines[4].startswith(f"    {place} · inbox · Said with a later one · ")
    assert lines[4].endswith(" · Left to a later reminder of the same deadline")
    assert [line for line in lines if line.endswith(f"· accepted · {letter.message_id}")] == [
        line for line in lines if line.startswith(f"    {place} · mail · Sent · ")
    ]
    assert f"    Secretary of the committee, {commune.name} ({commune.code})" in lines
    assert lines[-1] == "Next: step 4 on 10/03/2027"
    assert explained(one.reference) == lines
    Deadline.objects.filter(pk=one.pk).update(status="met", next_rung=None)
    assert explained(f"#{one.pk}")[3] == "Met, by event –"
    assert explained(f"#{one.pk}")[-1] == "Nothing more will be said."
    assert "  8. 25/03/2027 escalation (+3): Not needed: the deadline was met before" in explained(str(one.pk))


@pytest.mark.parametrize("what", ["0", "CN-none", "9" * 30, "x\x00"[:1]])
def test_what_is_not_there_is_told_so(what: str) -> None:
    with pytest.raises(CommandError, match="There is no deadline or case with the number") as error:
        explained(what)
    assert error.value.returncode == 2
