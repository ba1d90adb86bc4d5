"""What the README tells people to type is typed here, line by line, on the sample commune and with today's date."""

from __future__ import annotations

import re
import shlex
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

import manage
from backend.accounts.models import Assignment
from backend.audit.models import Event
from backend.cases.monthly import open_monthly_meetings
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.realdb import RealDatabase
from tests.roles import as_role

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = date(2026, 11, 29)


def lines() -> list[list[str]]:
    """The words of each line of the block about offices."""
    (block,) = (part for part in README.split("```") if "manage.py user add" in part)
    return [shlex.split(line, comments=True)[1:] for line in block.strip().splitlines()]


def run(words: list[str]) -> str:
    out = StringIO()
    with as_role("chibo_jobs" if words[0] in manage.JOBS_COMMANDS else "chibo_app"):
        call_command(*words, stdout=out)
    return out.getvalue()


def test_no_day_of_the_readme_is_still_to_come() -> None:
    days = [date.fromisoformat(found) for found in re.findall(r"\d{4}-\d{2}-\d{2}", README)]
    assert len(days) > 8
    assert [day for day in days if day >= WRITTEN] == []


@pytest.mark.real
def test_every_line_about_units_and_offices_does_what_it_says(committed_db: RealDatabase) -> None:
    with as_role("chibo_app"):
        call_command("load_sample", stdout=StringIO())
    with scoped(WHOLE):
        helped = Member.objects.filter(standing="candidate").select_related("unit").earliest("pk")
    typed = lines()
    (helping,) = (words for words in typed if "--member" in words)
    helping[4], helping[6] = helped.unit.code, str(helped.pk)  # whom the README cannot know
    assert len(typed) == 17
    before = Event.objects.exclude(subject_kind__in=["deadline", "case"]).count()
    for words in typed:
        if words[:2] == ["unit", "close"]:
            with as_role("chibo_jobs"):  # as the worker has done by then: it must not keep the cell open
                open_monthly_meetings(clock.today())
        assert run(words), words
    with scoped(WHOLE):
        new = Unit.objects.get(code="98.101.000.000.041")
        assert (new.closed_on, new.parent.code if new.parent else "") == (date(2026, 11, 23), "98.102")
        assert list(Assignment.objects.filter(user__username="lan").values_list("office", "to_date")) == [
            ("cell_secretary", date(2026, 11, 15))
        ]
        assert Unit.objects.get(code="98.101").settings == {"meeting_reminder_day": 5}
    after = Event.objects.exclude(subject_kind__in=["deadline", "case"]).count()
    assert after - before == 15, "every line that changes something is one entry of the log"
    again = [words for words in typed if words[0] in ("office", "unit") and words[1] in ("end", "close")]
    assert [run(words).strip() for words in again] == ["Đã như vậy từ trước; không có gì thay đổi."] * 2


def test_where_letters_go_is_what_the_settings_and_the_accounts_say() -> None:
    """The host and port that are read where none is set, and the addresses of the accounts that `make run` makes."""
    (said,) = (part for part in README.split("\n\n") if part.startswith("**Letters.**"))
    settings = (ROOT / "backend" / "config" / "settings" / "base.py").read_text(encoding="utf-8")
    (host,) = re.findall(r'env\.text\("EMAIL_HOST", "([^"]+)"\)', settings)
    (port,) = re.findall(r'env\.number\("EMAIL_PORT", (\d+)\)', settings)
    assert f"`{host}:{port}`" in said
    accounts = ROOT / "backend" / "accounts" / "management" / "commands" / "create_demo_accounts.py"
    assert set(re.findall(r"@\w+(\.\w+)", accounts.read_text(encoding="utf-8"))) == {".invalid"}
    assert "`.invalid`" in said
