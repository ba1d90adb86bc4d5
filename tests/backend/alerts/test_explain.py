"""`manage.py explain` tells a deadline's story in words."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.accounts.models import User
from backend.alerts.delivery import deliver
from backend.alerts.models import Letter
from backend.alerts.rehearsal import rehearse
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.deadlines.planning import hold_climb
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows import law
from workflows.offices import Office

pytestmark = pytest.mark.django_db


def explained(what: str) -> list[str]:
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("explain", what, stdout=out)
    return out.getvalue().splitlines()


def test_the_whole_story_of_one_deadline() -> None:
    _, commune, cell = chain()
    secretary = person(Office.CELL_SECRETARY, cell)
    User.objects.update(full_name="Trần Thị Bí Thư")
    person(Office.ORGANISATION_OFFICER, commune)
    one = deadline(cell, explanation={"code": "own", "due": DUE.isoformat()})
    clock.move_to(CALENDAR.add_working_days(DUE, -1))
    sweep()
    deliver()
    letter = Letter.objects.get()
    lines = explained(str(one.pk))
    about = f"Consider the recognition in the cell · {cell.name} ({cell.code})"
    assert lines[0] == f"#{one.pk} {one.reference} · {about}"
    assert lines[1] == "Due on 10/03/2027"
    basis = law.by_version(one.rule_version).citation("en")
    assert lines[2] == f"Legal basis: {basis} [{one.rule_version}]"
    assert lines[3] == f"Opened on {one.opened_on:%d/%m/%Y} by event {one.occurrence}"
    reader = f"Trần Thị Bí Thư ({secretary.username})"
    place = f"Secretary of the cell, {cell.name} ({cell.code})"
    assert lines[4] == "Reminders follow the ladder “Terms of thirty working days”, as delivered."
    assert lines[5] == "  0. 17/02/2027 reminder"
    assert lines[6].startswith(f"    {place} · in the application · Said with a later one · ")
    assert lines[6].endswith(" · Left to a later reminder of the same deadline")
    assert [line for line in lines if line.endswith(f"· accepted · {letter.message_id}")] == [
        line for line in lines if line.startswith(f"    {place} · {reader} · by e-mail · Sent · ")
    ]
    vacant = f"    Secretary of the committee, {commune.name} ({commune.code}): Nobody holds the office today"
    assert vacant in lines
    assert lines[lines.index(vacant) + 1] == f"    Organisation officer, {commune.name} ({commune.code})"
    assert "  8. 25/03/2027 escalation to level 3 above: There is no level above to tell" in lines
    assert lines[-1] == "Next: step 4 on 10/03/2027"
    assert explained(one.reference) == lines
    Deadline.objects.filter(pk=one.pk).update(status="met", next_rung=None)
    assert explained(f"#{one.pk}")[4] == "Met, by event –"
    assert explained(f"#{one.pk}")[-1] == "Nothing more will be said."
    assert "  8. 25/03/2027 escalation to level 3 above: Not needed: the deadline was met before" in explained(
        str(one.pk)
    )


@pytest.mark.parametrize("what", ["0", "CN-none", "9" * 30, "/", "CODE/", "#", ""])
def test_what_is_not_there_is_told_so(what: str) -> None:
    with pytest.raises(CommandError, match="There is no deadline or case with the number") as error:
        explained(what)
    assert error.value.returncode == 2


def test_a_number_that_several_units_have_is_asked_back_and_told_with_the_code() -> None:
    cells = sorted((chain()[2] for _ in range(22)), key=lambda cell: cell.code)
    own = [deadline(cell, reference="HCB-2026-0001") for cell in cells]
    second = deadline(cells[0], reference="HCB-2026-0001", rule_id="PRO.DECIDE", due=DUE + timedelta(days=1))
    with pytest.raises(CommandError) as error:
        explained("HCB-2026-0001")
    assert error.value.returncode == 2
    said = str(error.value).splitlines()
    assert said[0] == "22 units have a case HCB-2026-0001. Say whose, in one of these forms:"
    assert said[1:3] == [f"  {one.code}/HCB-2026-0001  ({one.name})" for one in cells[:2]]
    assert said[-2:] == [f"  {cells[19].code}/HCB-2026-0001  ({cells[19].name})", "and 2 more."]
    lines = explained(f"{cells[0].code}/HCB-2026-0001")
    heads = [line for line in lines if line.startswith("#")]
    assert [head.split()[0] for head in heads] == [f"#{own[0].pk}", f"#{second.pk}"]
    assert lines[lines.index(heads[1]) - 1] == "", "one deadline is set off from the next"
    assert [line for line in lines if line.startswith("#")] == heads
    with pytest.raises(CommandError, match=r"There is no deadline or case with the number 99/HCB-2026-0001\."):
        explained("99/HCB-2026-0001")


def test_a_number_that_one_unit_has_will_do_alone() -> None:
    cell = chain()[2]
    one = deadline(cell, reference="HCB-2026-0001")
    assert explained("HCB-2026-0001") == explained(f"{cell.code}/HCB-2026-0001") == explained(f"#{one.pk}")


def test_a_rung_to_a_level_that_has_acknowledged_is_foretold_as_it_will_be() -> None:
    _, commune, cell = chain()
    person(Office.COMMITTEE_SECRETARY, commune)
    one = deadline(cell)
    day, until = CALENDAR.add_working_days(DUE, 1), CALENDAR.add_working_days(DUE, 4)
    clock.move_to(CALENDAR.add_working_days(DUE, -1))
    one.save(update_fields=hold_climb(one, 1, until, CALENDAR))
    said = "  6. 11/03/2027 escalation to level 1 above: This level has acknowledged the deadline"
    assert said in explained(str(one.pk))
    with as_role("chibo_jobs"):
        lines = [line for line in rehearse(day).lines if line.rung == 6]
        assert {(line.outcome, line.reason, line.letters) for line in lines} == {("skipped", "level_acknowledged", 0)}
        sweep(day)
    place = f"    Secretary of the committee, {commune.name} ({commune.code}) · by e-mail · "
    (done,) = [line for line in explained(str(one.pk)) if line.startswith(place)]
    assert done.startswith(f"{place}Not sent · ")
    assert done.endswith(" · This level has acknowledged the deadline")


def test_a_rung_whose_unit_is_closed_by_then_says_so_and_one_done_with_nobody_above_too() -> None:
    province, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    one = deadline(cell)
    province.closed_on = CALENDAR.add_working_days(DUE, 6)
    province.save()
    said = "  7. 18/03/2027 escalation to level 2 above: The unit to be told is closed"
    assert said in explained(str(one.pk))
    clock.move_to(CALENDAR.add_working_days(DUE, 11))
    with as_role("chibo_jobs"):
        sweep()
    lines = explained(str(one.pk))
    place = lines.index("  8. 25/03/2027 escalation to level 3 above")
    for line, channel in zip(lines[place + 1 :], ("in the application", "by e-mail"), strict=False):
        assert line.startswith(f"    – · {channel} · Not sent · ")
        assert line.endswith(" · There is no level above to tell")
    assert [line for line in lines if "in the application · Not sent" in line and line.endswith("on that day")] == [
        line for line in lines if line.startswith((f"    Secretary of the committee, {commune.name} ({commune.code}) · in",
                                                   f"    Organisation officer, {commune.name} ({commune.code}) · in"))
    ] != []  # fmt: skip
