"""The last head of each day in a file: a line a day, never another word changed, and nothing that the log does not stand by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.audit import epochs, heads, kept_heads, sealing
from backend.audit.heads import BadHeads
from backend.audit.kept_heads import HeadsLost, NoFolder, keep
from backend.audit.models import SignedHead
from backend.audit.promised import FILE
from backend.audit.sealing import seal
from backend.jobs import tasks
from tests.backend.audit.events import rows, write
from tests.backend.audit.forging import rebuild_tree, restore_to, rewrite, sign_anew, walls
from tests.roles import as_role
from tests.verify.conftest import export, verify

pytestmark = pytest.mark.django_db
NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
"""Of today; days are counted back from it."""


@pytest.fixture
def sealed_on(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Seals so many events as if it were noon some days ago."""
    made = iter(range(1, 1000))

    def at(days_ago: int, count: int = 1) -> None:
        monkeypatch.setattr(sealing, "now", lambda: (NOON - timedelta(days=days_ago)).astimezone(UTC))
        write(count, subject=next(made))
        seal(count)

    return at


def sizes(folder: Path) -> list[int]:
    return [head.size for head in heads.load((folder / FILE).read_text())]


def test_each_day_that_is_over_has_its_last_head_once(sealed_on: Any, tmp_path: Path) -> None:
    for days_ago, count in ((4, 2), (4, 1), (3, 4), (1, 1), (1, 1), (0, 5)):
        sealed_on(days_ago, count)
    with as_role("chibo_jobs"):
        assert keep(tmp_path) == 3
        assert keep(tmp_path) == 0
    assert sizes(tmp_path) == [3, 7, 9], "two of four days ago, one of them; nothing two days ago; today is not over"
    kept = heads.load((tmp_path / FILE).read_text())
    assert kept == [heads.of_row(row) for row in SignedHead.objects.filter(size__in=[3, 7, 9]).order_by("size")]


def test_lines_are_added_and_nothing_before_them_changes(
    sealed_on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_on(2)
    keep(tmp_path)
    first = (tmp_path / FILE).read_bytes()
    sealed_on(0)
    assert keep(tmp_path) == 0
    assert (tmp_path / FILE).read_bytes() == first
    monkeypatch.setattr(kept_heads.clock, "now", lambda: datetime.now(UTC) + timedelta(days=1))
    assert keep(tmp_path) == 1
    assert (tmp_path / FILE).read_bytes().startswith(first)
    assert (sizes(tmp_path), [one.name for one in tmp_path.iterdir()]) == ([1, 2], [FILE])
    assert verify(export(tmp_path / "log"), "--heads", tmp_path / FILE) == (0, "whole", None)


def test_a_last_line_without_its_end_is_no_reason_to_lose_it(sealed_on: Any, tmp_path: Path) -> None:
    sealed_on(3)
    keep(tmp_path)
    text = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(text.rstrip("\n"))
    sealed_on(2)
    assert keep(tmp_path) == 1
    assert (tmp_path / FILE).read_text().startswith(text)
    assert sizes(tmp_path) == [1, 2]


def test_a_log_that_was_cut_is_told_of_at_once_and_adds_nothing(sealed_on: Any, tmp_path: Path) -> None:
    for days_ago in (5, 4, 3):
        sealed_on(days_ago, 2)
    keep(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    restore_to(2)
    with pytest.raises(HeadsLost, match=r"holds 1 heads .* epoch 1, size 6"):
        keep(tmp_path)
    rows("UPDATE audit_head SET epoch = 2")  # an epoch that nobody began
    sealed_on(1)
    with pytest.raises(HeadsLost, match=r"holds 2 heads .* epoch 1, size 4"):
        keep(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_log_that_was_rewritten_adds_nothing(sealed_on: Any, tmp_path: Path) -> None:
    for days_ago in (5, 4, 3):
        sealed_on(days_ago, 2)
    keep(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    walls("DISABLE")
    rewrite(3)
    sign_anew(rebuild_tree())
    walls("ENABLE")
    with pytest.raises(BadHeads, match="size 6 is not part of this log"):
        keep(tmp_path)
    sealed_on(1)
    with pytest.raises(BadHeads, match="size 4 is not part of this log"):
        keep(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_restored_backup_goes_on_once_its_epoch_has_named_what_was_lost(sealed_on: Any, tmp_path: Path) -> None:
    for days_ago in (5, 4, 3):
        sealed_on(days_ago, 2)
    keep(tmp_path)
    before = (tmp_path / FILE).read_bytes()
    restore_to(2)
    begun = epochs.start_epoch("Restored the backup of Monday", heads.load(before.decode()))
    assert (begun.number, begun.lost) == (2, 2)
    sealed_on(1)
    assert keep(tmp_path) == 2, "the epoch's own of three days ago, by the clock set back, and yesterday's"
    assert (tmp_path / FILE).read_bytes().startswith(before)
    assert verify(export(tmp_path / "log"), "--heads", tmp_path / FILE) == (0, "whole", None)


@pytest.mark.parametrize("content", [b"Ng\xe0y", b'{"epoch": 1}\n', b"notes of mine\n"])
def test_what_is_no_file_of_heads_stays(sealed_on: Any, tmp_path: Path, content: bytes) -> None:
    sealed_on(2)
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BadHeads):
        keep(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_the_job_keeps_where_the_settings_say_and_nowhere_else(sealed_on: Any, tmp_path: Path, settings: Any) -> None:
    sealed_on(2)
    tasks.keep_heads()
    assert list(tmp_path.iterdir()) == []
    settings.CHIBO_HEADS_DIR = str(tmp_path)
    tasks.keep_heads()
    assert sizes(tmp_path) == [1]
    settings.CHIBO_HEADS_DIR = str(tmp_path / "none")
    with pytest.raises(NoFolder, match="cannot be kept in"):
        tasks.keep_heads()


def test_the_command_says_what_it_did(sealed_on: Any, tmp_path: Path) -> None:
    sealed_on(2)
    out = StringIO()
    call_command("keep_heads", str(tmp_path), stdout=out)
    assert out.getvalue() == f"Added 1 heads to {tmp_path / FILE}.\n"
    with pytest.raises(CommandError, match="name another folder"):
        call_command("keep_heads", str(tmp_path / "none"))


def test_a_folder_that_is_not_there_is_told_also_on_a_day_with_nothing_to_add(db: None, tmp_path: Path) -> None:
    with pytest.raises(NoFolder, match="No such file or directory"):
        keep(tmp_path / "none")
