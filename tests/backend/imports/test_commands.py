"""The commands say in a sentence what went wrong, and write the report where they are told."""

from __future__ import annotations

import io
import json
from itertools import product

import pytest
from django.core.management import CommandError, call_command

from backend.imports.progress import progress_to
from tests.backend.imports.books import GOOD, write_folder
from tests.roles import as_role

pytestmark = pytest.mark.real


@pytest.fixture
def app(committed_db):
    with as_role("chibo_app"):
        yield committed_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_a_folder_comes_in_with_its_report_and_is_undone(app, tmp_path, capsys):
    folder = write_folder(tmp_path / "xa", [GOOD, {**GOOD, "born_on": "31/02/1980"}])
    told = run("import_commune", str(folder), "--as-of", "2026-10-31", "--report", str(tmp_path / "report.json"))
    assert "roster.xlsx E5: ngày không có thật hoặc không thể đúng [impossible_date]" in told
    assert told.startswith("Danh sách có 2 dòng về người: nhận 1, để lại 1.")
    assert capsys.readouterr().err.splitlines() == [  # plain lines where nobody is watching
        "dòng trong trang danh sách, kể cả tiêu đề và dòng trống: 5", "cuộc họp tháng này: 1", "điểm danh: 0", "đảng phí: 0",
    ]  # fmt: skip
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["rows"], report["taken"], report["left_out"]) == (2, 1, 1)
    assert {"row": 5, "code": "duplicate_id"}.items() <= report["faults"][0].items()
    assert report["faults"][1]["value"] == "31/02/1980"
    assert report["batch"] in told
    with pytest.raises(CommandError, match="--reason"):
        run("undo_import", report["batch"], "--reason", "  ")
    assert "2" in run("undo_import", report["batch"], "--reason", "wrong file")  # nothing was undone before
    with pytest.raises(CommandError) as refusal:
        run("undo_import", report["batch"], "--reason", "wrong file")
    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        ["import_commune", "/nowhere", "--as-of", "2026-10-31"],
        ["import_commune", ".", "--as-of", "31/10/2026"],
        ["import_commune", ".", "--as-of", "2026-10-31"],
        ["undo_import", "not-a-batch", "--reason", "x"],
        ["undo_import", "00000000-0000-0000-0000-000000000007", "--reason", "x"],
    ],
)
def test_wrong_words_are_one_sentence_and_exit_2(app, words):
    with pytest.raises(CommandError) as refusal:
        run(*words)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_a_report_that_cannot_be_written_is_one_sentence(app, tmp_path):
    folder = write_folder(tmp_path / "xa", [GOOD])
    with pytest.raises(CommandError, match="report") as refusal:
        run("import_commune", str(folder), "--as-of", "2026-10-31", "--report", str(tmp_path / "no" / "report.json"))
    assert refusal.value.returncode == 2
    assert (
        "1" in run("import_commune", str(folder), "--as-of", "2026-10-31").splitlines()[1]
    )  # nothing was changed before


def test_a_report_goes_over_an_earlier_one_and_over_nothing_else(app, tmp_path):
    folder = write_folder(tmp_path / "xa", [GOOD])
    report, notes, other = tmp_path / "report.json", tmp_path / "notes.txt", tmp_path / "other.json"
    notes.write_text("two years of notes")
    other.write_text('{"as_of": "2026-10-31", "faults": []}')
    (tmp_path / "linked.csv").hardlink_to(folder / "dues.csv")
    (tmp_path / "pointing").symlink_to(folder / "meetings.csv")
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    inputs = (folder / "roster.xlsx", folder / "../xa/units.csv", tmp_path / "linked.csv", tmp_path / "pointing")
    for place, dry in product((notes, other, *inputs), ([], ["--dry-run"])):
        with pytest.raises(CommandError, match=place.name) as refusal:
            run("import_commune", str(folder), "--as-of", "2026-10-31", "--report", str(place), *dry)
        assert refusal.value.returncode == 2
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == kept
    report.touch(mode=0o600)  # as mktemp makes it
    for dry in (["--dry-run"], [], []):
        run("import_commune", str(folder), "--as-of", "2026-10-31", "--report", str(report), *dry)
        report.chmod(0o640)
    assert json.loads(report.read_text(encoding="utf-8"))["changed"] is False  # the third: nothing was new
    assert report.stat().st_mode & 0o777 == 0o640
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*kept, report}


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_for_people_and_a_line_for_pipes():
    for stream, expected in ((_Terminal(), "100%"), (io.StringIO(), "people: 4\n")):
        line = progress_to(stream)
        for done in (1, 3, 4):
            line.show("people", done, 4)
        line.close()
        assert expected in stream.getvalue()
