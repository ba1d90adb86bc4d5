"""Slips of paper: one page a unit, in Vietnamese letters, without names; which units only paper reaches."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from fontpkg_be_vietnam_pro import ROOT
from fontTools.ttLib import TTFont

from backend.accounts.models import User
from backend.contacts.chat import set_chat
from backend.core.db import WHOLE, scoped
from backend.deadlines.titles import TITLES
from backend.organizations.models import Unit
from backend.reports.slip import ROWS, is_slip, printed, slips, unreached
from backend.reports.slip_pages import drawn
from tests.backend.alerts.rows import DUE, deadline
from tests.roles import as_role
from tests.world import TODAY, World, make_world

pytestmark = pytest.mark.django_db
TELEGRAM = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345"
LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


@pytest.fixture
def world() -> World:
    return make_world()


def slip_of(world: World, **fields: Any) -> Any:
    deadline(world.cell, due=TODAY - timedelta(days=3), reference="CN-2026-0001")
    deadline(world.cell, due=DUE, reference="CN-2026-0002", firmness="to_confirm")
    deadline(world.other, due=DUE)
    deadline(world.cell, due=DUE, status="met")
    (one,) = slips(world.actor("officer"), [world.cell, world.commune], TODAY)
    return one


def test_a_slip_has_what_the_units_offices_must_see_to(world: World) -> None:
    one = slip_of(world)
    assert (one.unit, one.offices, one.count, one.late) == (world.cell, "Bí thư chi bộ", 2, 1)
    assert [row.reference for row in one.rows] == ["CN-2026-0001", "CN-2026-0002"]


def test_a_page_is_one_and_says_what_does_not_fit(world: World) -> None:
    for day in range(ROWS + 7):
        deadline(world.cell, due=TODAY + timedelta(days=day - 3), rule_id="TASK.AWAY_END")
    (one,) = slips(world.actor("officer"), [world.cell], TODAY)
    assert (len(one.rows), one.count, one.late) == (ROWS, ROWS + 7, 3)
    for language in ("vi", "en"):
        assert len(pages(printed([one], TODAY, language))) == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_longest_titles_fit_on_the_page_too(world: World, language: str) -> None:
    with override(language):
        longest = max(TITLES, key=lambda one: len(str(TITLES[one])))
    for _ in range(ROWS + 1):
        deadline(world.cell, due=TODAY - timedelta(days=1), firmness="to_confirm", reference="CB-2026-000017")
    Unit.objects.filter(pk=world.cell.pk).update(name="Chi bộ " + "khu phố Nguyễn Đình Chiểu " * 7)
    (one,) = slips(world.actor("officer"), [Unit.objects.get(pk=world.cell.pk)], TODAY)
    for row in one.rows:
        row.rule_id = longest
    pdf = drawn([one], TODAY, language)
    assert (pdf.page, pdf.pages_count) == (1, 1)
    assert pdf.get_y() <= pdf.h - 10, "above the lower edge that printers leave white"


def test_the_same_day_gives_the_same_bytes_with_the_font_inside(world: World) -> None:
    one = slip_of(world)
    made = printed([one], TODAY, "vi")
    assert made == printed([one], TODAY, "vi")
    assert made.startswith(b"%PDF-")
    assert made.count(b"/FontFile2") == 2
    assert b"BeVietnamPro" in made
    assert len(made) < 60_000


def test_units_have_a_page_each(world: World) -> None:
    deadline(world.cell, due=DUE)
    deadline(world.other, due=DUE)
    found = slips(world.actor("officer"), [world.cell, world.other], TODAY)
    assert len(pages(printed(found, TODAY, "vi"))) == 2


@pytest.mark.parametrize("name", ["Regular", "Bold"])
def test_the_font_has_every_vietnamese_letter(name: str) -> None:
    known = TTFont(ROOT / "files" / f"BeVietnamPro-{name}.ttf").getBestCmap()
    assert {one for one in LETTERS + LETTERS.upper() + "0123456789()“”…·–#/:" if ord(one) not in known} == set()


def test_only_paper_reaches_whom_no_way_reaches(world: World) -> None:
    for cell in (world.cell, world.other):
        deadline(cell, due=DUE)
    User.objects.update(email="")
    set_chat(world.actor("other_secretary").user_id or 0, TELEGRAM)
    assert found(world) == [world.cell]
    User.objects.filter(username="deputy").update(email="deputy@example.org")
    assert found(world) == [], "the deputy stands in"
    User.objects.filter(username="deputy").update(address_dead_since=date(2026, 1, 1))
    assert found(world) == [world.cell]
    User.objects.filter(username="secretary").update(email="secretary@example.org", is_active=False)
    assert found(world) == [world.cell]


def found(world: World) -> list[Any]:
    with as_role("chibo_jobs"), scoped(WHOLE):
        return unreached(world.commune.path, TODAY)


def test_the_command_writes_a_file_or_says_why_not(world: World, tmp_path: Path) -> None:
    out, file = StringIO(), tmp_path / "slip.pdf"
    with pytest.raises(CommandError, match="không có gì"), as_role("chibo_jobs"):
        call_command("slip", "87.107.000.000.001", out=file)
    assert not file.exists()
    User.objects.update(email="")
    deadline(world.cell, due=DUE, subject_kind="unit")
    with as_role("chibo_jobs"):
        call_command("slip", "87.107", "--unreached", out=file, stdout=out)
    assert out.getvalue() == f"Đã ghi 1 trang vào {file}.\n"
    assert len(pages(file.read_bytes())) == 1
    with pytest.raises(CommandError, match="Không ghi được"), as_role("chibo_jobs"):
        call_command("slip", "87.107.000.000.001", out=tmp_path / "no" / "slip.pdf")


def test_the_command_replaces_an_earlier_slip_and_nothing_else(world: World, tmp_path: Path) -> None:
    deadline(world.cell, due=DUE, subject_kind="unit")
    slip, other = tmp_path / "slip.pdf", tmp_path / "decision.pdf"
    other.write_bytes(b"%PDF-1.7 somebody's own")
    with as_role("chibo_jobs"):
        for _ in range(2):
            call_command("slip", "87.107.000.000.001", out=slip, stdout=StringIO())
        with pytest.raises(CommandError, match="hãy nêu tệp khác") as refused:
            call_command("slip", "87.107.000.000.001", out=other)
    assert refused.value.returncode == 2
    assert other.read_bytes() == b"%PDF-1.7 somebody's own"
    assert is_slip(slip.read_bytes())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["decision.pdf", "slip.pdf"]


def pages(made: bytes) -> list[bytes]:
    return re.findall(rb"/Type /Page\b(?!s)", made)
