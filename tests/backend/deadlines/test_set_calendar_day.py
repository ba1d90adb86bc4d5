"""An announced day: shown first, then applied, each move with its event."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from backend.audit.models import Event
from backend.deadlines.models import CalendarDay, Deadline
from tests.backend.deadlines.test_moving import drafted
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_jobs"):
        call_command("set_calendar_day", *words, stdout=out)
    return out.getvalue().splitlines()


def test_a_dry_run_shows_and_changes_nothing() -> None:
    one = drafted("PRO.CV", "01/06/2026", reference="CN-1")
    said = run("2026-06-05", "--off", "--name", "Storm", "--dry-run")
    assert said == ["CN-1 PRO.CV: 13/07/2026 → 14/07/2026", "1 deadlines would move"]
    assert (CalendarDay.objects.count(), Event.objects.count()) == (0, 0)
    assert Deadline.objects.get(pk=one.pk).due_on == date(2026, 7, 13)


def test_a_day_off_moves_deadlines_each_with_its_event() -> None:
    one = drafted("PRO.CV", "01/06/2026", reference="CN-1")
    assert run("2026-06-05", "--off", "--name", "Storm", "--basis", "1-TB") == [
        "CN-1 PRO.CV: 13/07/2026 → 14/07/2026", "1 deadlines moved",
    ]  # fmt: skip
    event = Event.objects.get()
    assert (event.code, event.subject_id, event.version, event.office) == ("deadline.moved", one.pk, 2, "operator")
    assert (event.facts["due_was"], event.facts["due"]) == ("2026-07-13", "2026-07-14")
    assert run("2026-06-05", "--off", "--name", "Storm") == ["0 deadlines moved"]
    assert run("2026-06-06", "--worked", "--name", "Make-up")[-1] == "1 deadlines moved"
    assert Deadline.objects.get(pk=one.pk).due_on == date(2026, 7, 13)


def test_a_word_that_is_no_date_is_told_so() -> None:
    with pytest.raises(CommandError, match="“5/6/2026” không phải ngày; hãy ghi dạng YYYY-MM-DD"):
        run("5/6/2026", "--off", "--name", "Storm")
