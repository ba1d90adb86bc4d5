"""Two workers that keep the day's head at the same moment write its line once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from backend.audit import heads, sealing
from backend.audit.kept_heads import keep
from backend.audit.promised import FILE
from tests.backend.audit.events import write
from tests.realdb import RealDatabase, together

pytestmark = pytest.mark.real


def test_a_line_is_written_once(committed_db: RealDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "now", lambda: datetime.now(UTC) - timedelta(days=3))
    write(2)
    sealing.seal_all()
    assert sorted(together(*[partial(keep, tmp_path)] * 4)) == [0, 0, 0, 1]
    assert [head.size for head in heads.load((tmp_path / FILE).read_text())] == [2]
    assert [one.name for one in tmp_path.iterdir()] == [FILE]
