"""The sample commune comes in with one command, once."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from backend.audit.models import Event
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.members.models import Member
from backend.reports.models import PlanTarget
from tests.roles import as_role
from tests.web.overview_world import counted
from tests.web.people import text
from tests.web.stepping import of


def run() -> str:
    out = io.StringIO()
    with as_role("chibo_app"):
        call_command("load_sample", stdout=out)
    return out.getvalue()


@pytest.mark.real
def test_the_sample_comes_in_once_and_prints_accounts(committed_db):
    clock.move_to(date(2026, 11, 30))
    first, second = run(), run()
    with as_role("chibo_app"), scoped(WHOLE):
        assert Member.objects.count() == 210
    assert "cell1 " in first
    accounts = [[line for line in one.splitlines() if line.startswith("  ")] for one in (first, second)]
    assert accounts[0] == accounts[1]
    assert first.splitlines()[-1] == "Đảng bộ xã Hưng Thuận: kế hoạch kết nạp 14 người năm 2027."
    assert "kế hoạch" not in second


@pytest.mark.real
def test_the_samples_overview_holds_the_year_against_its_plan(committed_db):
    """Eleven of the roster's rows were admitted in 2026; a row that was left out for a fault of its own counts nobody."""
    clock.move_to(date(2026, 11, 30))
    run()
    counted()
    plans = list(
        PlanTarget.objects.order_by("year").values_list("unit__code", "year", "figure", "value", "office", "version")
    )
    assert plans == [("98.101", year, "admission.year", 14, "committee_secretary", 1) for year in (2026, 2027)]
    assert Event.objects.filter(code="unit.planned").count() == 2
    with as_role("chibo_app"):
        page = text(of("officer").get("/overview/"))
    assert 'aria-label="Đảng viên kết nạp trong năm: 11"' in page
    assert "trên chỉ tiêu 14: 78,57 %" in page
    (row,) = re.findall(r'<tr><th scope="row">11/2026</th>(.*?)</tr>', page)[:1]
    said = re.findall(r'<td class="number">(?:<a [^>]*>)?([^<]*)(?:</a>)?</td>', row)
    assert said == ["11", "13", "84,62 %"], "the plan's line stands beside what was counted"


@pytest.mark.django_db
def test_a_missing_sample_is_one_sentence(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"sample.*\.$") as refusal:
        run()
    assert refusal.value.returncode == 2
