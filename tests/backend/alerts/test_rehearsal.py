"""Tonight's rehearsal: the figures are those of the real run, and nothing of it stays."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.utils.translation import override
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.alerts.letters import make_letters
from backend.alerts.models import Enclosure, Heartbeat, Letter, Notice, Unheard
from backend.alerts.preferences import Preferences, choose
from backend.alerts.rehearsal import Rehearsal, rehearse
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.realdb import RealDatabase
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
FIRST = CALENDAR.add_working_days(DUE, -15)
NIGHT = CALENDAR.add_working_days(DUE, 6)


@pytest.fixture
def commune(committed_db: RealDatabase) -> Unit:
    """Deadlines of a cell with and of a cell without a secretary, and of one nobody answers for; some said before."""
    province, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    person(Office.COMMITTEE_SECRETARY, commune)
    person(Office.ORGANISATION_OFFICER, commune, email="")
    person(Office.ORGANISATION_OFFICER, province)
    for due in (DUE, CALENDAR.add_working_days(DUE, 5), CALENDAR.add_working_days(DUE, 20)):
        deadline(cell, due=due)
    deadline(cell, firmness="unsettled")
    empty = chain()[2]
    deadline(empty)
    clock.move_to(CALENDAR.add_working_days(DUE, -3))
    with as_role("chibo_jobs"):
        sweep()
    clock.move_to(NIGHT)
    return commune


def everything() -> list[Any]:
    tables = (Deadline, Notice, Letter, Enclosure, Heartbeat)
    return [sorted(map(str, model._default_manager.values_list())) for model in tables]


def said(since: Any) -> Counter[tuple[Any, ...]]:
    rows = Notice.objects.filter(created_at__gt=since)
    return Counter(
        rows.values_list("deadline_id", "rung", "rung_on", "office", "unit_id", "channel", "outcome", "reason")
    )


def rehearsed(found: Rehearsal) -> Counter[tuple[Any, ...]]:
    names = ("deadline_id", "rung", "day", "office", "unit_id", "channel", "outcome", "reason")
    return Counter(tuple(getattr(line, name) for name in names) for line in found.lines)


def test_the_real_run_does_what_was_rehearsed_and_the_rehearsal_leaves_no_trace(commune: Unit) -> None:
    before = everything()
    with as_role("chibo_jobs"):
        found = rehearse(NIGHT)
        assert everything() == before
        started = clock.now()
        report = sweep(NIGHT)
        letters = make_letters(NIGHT, force_morning=True)
    assert (found.sweep.deadlines, found.sweep.rungs, found.sweep.notices) == (
        report.deadlines, report.rungs, report.notices,
    )  # fmt: skip
    assert found.letters == letters
    assert rehearsed(found) == said(started)
    assert report.rungs > 10
    assert {"coalesced", "held", "sent"} <= {line.outcome for line in found.lines} | set(report.notices)
    assert sum(line.letters for line in found.lines) > 0
    again = rehearse(NIGHT)
    assert (again.sweep.rungs, again.lines) == (0, [])


def test_a_part_of_the_tree_is_rehearsed_in_its_own_scope_through_the_api(commune: Unit) -> None:
    before = everything()
    client = APIClient()
    client.force_authenticate(User.objects.get(assignments__unit=commune, assignments__office="committee_secretary"))
    with as_role("chibo_app"):
        told = client.get(f"/api/v1/alerts/rehearsal/?as_of={NIGHT}").json()
        few = client.get(f"/api/v1/alerts/rehearsal/?as_of={NIGHT}&limit=2").json()
    assert everything() == before
    started = clock.now()
    with as_role("chibo_jobs"):
        sweep(NIGHT)
    inside = {one.pk for one in Deadline.objects.filter(acting_path__startswith=commune.path)}
    mine = [row for row in said(started).elements() if row[0] in inside]
    assert {line["deadline_id"] for line in told["results"]} == inside - {
        one.pk for one in Deadline.objects.filter(next_rung=0)
    }
    key = ("deadline_id", "rung", "office", "unit_id", "channel", "outcome", "reason")
    shown = Counter(tuple(line[name] for name in key) for line in told["results"])
    assert shown == Counter((row[0], row[1], *row[3:]) for row in mine)
    assert told["notices"] == Counter(row[6] for row in mine)
    above = {(line["office"], line["outcome"], line["reason"]) for line in told["results"] if line["levels_up"] == 2}
    assert {one for one in above if one[1] != "held"} == {
        ("organisation_officer", "sent", ""), ("committee_secretary", "skipped", "vacant_office"),
    }, "who sits above is out of the commune's sight; whether somebody does is known as to the real run"  # fmt: skip
    assert (told["business_day"], told["rungs"]) == (NIGHT.isoformat(), few["rungs"])
    assert told["results"][:2] == few["results"]
    assert told["leaves_out"]["en"].startswith("Not rehearsed here: what standing jobs open, move or end by themselves")
    assert told["leaves_out"]["vi"].startswith("Không diễn tập ở đây: những việc hệ thống tự mở, dời hoặc kết thúc")


@pytest.mark.parametrize("day", ["2020-01-01", "2400-01-01", "tomorrow"])
def test_only_days_to_come_are_rehearsed_through_the_api(commune: Unit, day: str) -> None:
    client = APIClient()
    client.force_authenticate(User.objects.filter(assignments__unit=commune).earliest("pk"))
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/alerts/rehearsal/?as_of={day}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "as_of")


def run(*words: str) -> list[str]:
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("sweep", *words, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_shows_every_line_and_the_sums(commune: Unit) -> None:
    before = everything()
    lines = run("--rehearse", "--as-of", NIGHT.isoformat())
    assert everything() == before
    found = rehearse(NIGHT)
    assert f"On 18/03/2027: {found.sweep.deadlines} deadlines, {found.sweep.rungs} steps of their ladders" in lines
    made = found.letters
    assert f"Letters in the morning: {made['letters']}, with {made['enclosed']} notices" in lines
    assert f"  Whoever holds the office has no e-mail address: {made['no_address']}" in lines
    assert lines[-1] == "Nothing was changed."
    assert len([line for line in lines if " → " in line]) == len(found.lines)
    begin = next(place for place, line in enumerate(lines) if line.startswith("On 18/03/2027"))
    sums = lines[begin : begin + 1 + len(found.sweep.notices)]
    assert run("--day", NIGHT.isoformat()) == sums


def test_every_line_names_the_case_with_its_units_code(commune: Unit) -> None:
    first, other = (deadline(unit(Level.CELL, commune), reference="SH-2026-0009") for _ in range(2))
    lines = run("--rehearse", "--as-of", NIGHT.isoformat())
    said = (
        f"{first.unit.code}/SH-2026-0009 Consider the recognition in the cell (11/03/2027, escalation to level 1 above)"
        f" → Secretary of the committee, {commune.name} ({commune.code}), in the application: Sent"
    )
    assert said in lines
    assert said.replace(first.unit.code, other.unit.code, 1) in lines
    of_cases = [line for line in lines if " → " in line]
    assert [line for line in of_cases if not re.match(r"U\d+/(CN-\d+|SH-2026-0009) ", line)] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep", "--rehearse", "--as-of", "9999-12-31"], "This day is outside any calendar we keep."),
        (["sweep", "--day", "9999-12-31"], "This day is outside any calendar we keep."),
        (["sweep", "--rehearse", "--as-of", "2028-03-19"], "A day from 18/03/2027 to 18/03/2028 can be rehearsed."),
        (["sweep", "--rehearse", "--as-of", "2027-03-17"], "A day from 18/03/2027 to 18/03/2028 can be rehearsed."),
        (["sweep", "--rehearse", "--limit", "-5"], "“-5” is no count; write a whole number from 0 to 1000000."),
        (["sweep", "--limit", "9" * 20], f"“{'9' * 20}” is no count; write a whole number from 0 to 1000000."),
        (["deliver", "--limit", "-5"], "“-5” is no count; write a whole number from 0 to 1000000."),
    ],
)
def test_what_cannot_be_rehearsed_or_swept_is_refused_in_a_sentence(
    commune: Unit, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """At the command line itself, where argparse speaks too."""
    before = everything()
    with override("en"), as_role("chibo_jobs"), pytest.raises(SystemExit) as refused:
        load_command_class("backend.jobs", words[0]).run_from_argv(["manage.py", *words])
    assert (refused.value.code, everything()) == (2, before)
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_what_waits_for_letters_does_not_say_that_they_will_go(commune: Unit) -> None:
    """Whether somebody holds the office is known when the letters are made: the sums of the sweep leave it to them."""
    lines, found = run("--rehearse", "--as-of", NIGHT.isoformat()), rehearse(NIGHT)
    assert f"  For the letters, where somebody reads them: {found.sweep.notices['held']}" in lines
    assert f"  Nobody held the office on that day: {found.letters['vacant_office']}" in lines
    by_mail = [line for line in lines if " → " in line and ", by e-mail: " in line]
    vacant = [line for line in by_mail if line.endswith(": Nobody held the office on that day")]
    assert 0 < len(vacant) <= found.letters["vacant_office"]
    assert not [line for line in lines[len(found.lines) :] if "Waiting for its letter" in line]


def test_what_is_no_day_is_told_so(commune: Unit) -> None:
    with pytest.raises(CommandError, match="is no day"):
        run("--rehearse", "--as-of", "31/12/2026")
    assert date(2027, 3, 18) == NIGHT


def test_a_day_to_come_is_rehearsed_and_never_swept(commune: Unit, settings: Any) -> None:
    settings.CHIBO_MOVABLE_DATE = False
    before = everything()
    with override("en"), pytest.raises(CommandError) as refused:
        call_command("sweep", "--as-of", "2199-01-31")
    assert (refused.value.returncode, str(refused.value)) == (
        2, "31/01/2199 has not come yet. Add --rehearse to see what would be said then.",
    )  # fmt: skip
    assert everything() == before


def test_the_rehearsal_knows_what_was_chosen(committed_db: RealDatabase) -> None:
    _, commune, cell = chain()
    silent, other = person(Office.CELL_SECRETARY, cell), person(Office.CELL_SECRETARY, chain()[2])
    officer = person(Office.COMMITTEE_SECRETARY, commune)
    deadline(cell)
    deadline(cell, due=CALENDAR.add_working_days(FIRST, -1))
    deadline(other.assignments.get().unit)
    for user in (silent, officer):
        choose(user, Preferences(muted=("mail",)))
    clock.move_to(FIRST)
    with as_role("chibo_jobs"):
        found = rehearse(FIRST)
        assert (Unheard.objects.count(), Notice.objects.count()) == (0, 0)
        sweep(FIRST)
        letters = make_letters(FIRST, force_morning=True)
    assert found.letters == letters
    assert letters["muted_by_person"] == 1
    expected = set(Notice.objects.values_list("deadline_id", "rung", "office", "channel", "outcome", "reason"))
    assert {
        (one.deadline_id, one.rung, one.office, one.channel, one.outcome, one.reason) for one in found.lines
    } == expected
