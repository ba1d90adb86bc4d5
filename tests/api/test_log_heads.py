"""The newest head through the door, and its slip: what the QR code holds is what the verifier takes."""

from __future__ import annotations

import re
import zlib
from io import StringIO
from pathlib import Path

import pytest
import segno
from django.core.management import CommandError, call_command

from backend.audit import heads
from backend.audit.exporting import last_head
from backend.audit.sealing import seal_all
from backend.reports.head_slip import is_slip, printed
from tests.api.conftest import Knock
from tests.roles import as_role
from tests.verify.conftest import export, verify
from tests.world import World

HEAD, SLIP = "/api/v1/log/head/", "/api/v1/log/head/slip/"
SQUARE = re.compile(rb"^([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re f$", re.MULTILINE)


def drawn_code(pdf: bytes) -> list[tuple[int, int]]:
    """Columns and rows of the dark modules as they stand on the page, from the top left one."""
    content = b"".join(zlib.decompress(one) for one in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
                       if one.startswith(b"x"))  # fmt: skip
    squares = [tuple(map(float, found)) for found in SQUARE.findall(content)]
    left, top, side = min(x for x, _, _, _ in squares), max(y for _, y, _, _ in squares), squares[0][2]
    return sorted((round((x - left) / side), round((top - y) / side)) for x, y, _, _ in squares)


def code_of(text: str) -> list[tuple[int, int]]:
    rows = segno.make(text, error="m", micro=False).matrix
    return sorted((x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)


def test_the_head_is_told_in_the_words_of_its_slip(world: World, as_: Knock, tmp_path: Path) -> None:
    secretary = as_("secretary")
    with as_role("chibo_app"):
        assert [secretary.get(one).status_code for one in (HEAD, SLIP)] == [404, 404]
    seal_all()
    with as_role("chibo_app"):
        said, slip = secretary.get(HEAD), secretary.get(SLIP, {"language": "en"})
        assert secretary.get(SLIP, {"size": 1}).status_code == secretary.get(HEAD, {"size": 1}).status_code == 400
    head = last_head()
    assert said.json() == {**head.as_json(), "text": head.as_text()}
    assert (slip.status_code, slip.headers["Content-Type"]) == (200, "application/pdf")
    assert slip.headers["Content-Disposition"] == f'attachment; filename="chibo-head-1-{head.size}.pdf"'
    assert slip.content == printed(head, "en") != printed(head, "vi")
    assert verify(export(tmp_path / "log"), "--head", said.json()["text"]) == (0, "whole", None)


def test_the_code_on_the_paper_holds_the_head(world: World) -> None:
    seal_all()
    head = last_head()
    assert heads.load(head.as_text()) == [head]
    for language in ("vi", "en"):
        made = printed(head, language)
        assert drawn_code(made) == code_of(head.as_text())
        assert len(re.findall(rb"/Type /Page\b(?!s)", made)) == 1
        assert is_slip(made)


def test_nobody_reads_it_without_signing_in(world: World, client: object) -> None:
    seal_all()
    assert [client.get(one).status_code for one in (HEAD, SLIP)] == [401, 401]  # type: ignore[attr-defined]


def test_the_command_writes_the_slip_or_says_why_not(world: World, tmp_path: Path) -> None:
    out, file = StringIO(), tmp_path / "head.pdf"
    with pytest.raises(CommandError, match="niêm phong"):
        call_command("head_slip", out=file)
    assert list(tmp_path.iterdir()) == []
    seal_all()
    for _ in range(2):
        call_command("head_slip", out=file, stdout=out)
    assert file.read_bytes() == printed(last_head(), "vi")
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7 somebody's own")
    with pytest.raises(CommandError, match="hãy nêu tệp khác"):
        call_command("head_slip", out=tmp_path / "other.pdf")
