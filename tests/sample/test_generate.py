"""The generator plants what it says, and the committed sample is what it makes."""

import json
from datetime import date
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from backend.imports.reading import read_commune
from sample.commune import make
from sample.files import write
from sample.generate import main
from sample.people import people
from sample.planting import PLANTS
from tests.backend.imports.books import go_through

AS_OF = date(2026, 10, 31)
COMMITTED = Path(__file__).parents[2] / "sample" / "commune"


@pytest.mark.parametrize(("cells", "size", "seed"), [(12, 18, 70), (1, 3, 1), (30, 40, 5)])
def test_an_import_finds_exactly_what_was_planted(tmp_path, cells, size, seed):
    told = write(make(cells, size, seed=seed, as_of=AS_OF), tmp_path, seed=seed)
    commune = go_through(read_commune(tmp_path, AS_OF))
    report = commune.roster
    assert sorted([fault["row"], fault["code"]] for fault in report["faults"]) == sorted(told["faults"])
    assert (report["rows"], report["taken"]) == (told["rows"], told["taken"])
    assert commune.files["meetings.csv"]["faults"] == []
    for name in ("attendance.csv", "dues.csv"):
        assert {fault["code"] for fault in commune.files[name]["faults"]} <= {"unknown_person"}
    counted = [line for line in commune.attendance if line.status == "unexcused" and line.month.year == AS_OF.year]
    months: dict[str, int] = {}
    for line in counted:
        months[line.personal_id] = months.get(line.personal_id, 0) + 1
    often = sorted(key for key, number in months.items() if number >= 3)
    assert often == told["three_unexcused_months_in_as_of_year"]


def test_the_committed_sample_is_what_the_generator_makes(tmp_path):
    assert main(["--out", str(tmp_path)]) == 0
    for path in sorted(COMMITTED.iterdir()):
        if path.suffix == ".xlsx":
            assert _cells(path) == _cells(tmp_path / path.name)
        else:
            assert path.read_bytes() == (tmp_path / path.name).read_bytes()
    told = json.loads((COMMITTED / "truth.json").read_text(encoding="utf-8"))
    assert {code for _, code in told["faults"]} == set(PLANTS)
    assert told["rows"] == 218


def _cells(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))


def test_people_of_a_million_have_ids_of_their_own_and_come_fast():
    some = list(islice(people(1_000_000, seed=1, as_of=AS_OF), 50_000))
    assert len({one.personal_id for one in some}) == 50_000
    assert [one.name for one in some[:3]] == [one.name for one in people(3, seed=1, as_of=AS_OF)]
    assert all(one.joined_on is None or one.born_on < one.joined_on for one in some)


def test_sizes_that_make_no_sense_are_one_sentence(tmp_path, capsys):
    for words in (["--cells", "0"], ["--members-per-cell", "0"], ["--as-of", "31/10/2026"]):
        with pytest.raises(SystemExit) as ending:
            main([*words, "--out", str(tmp_path)])
        assert ending.value.code == 2
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit):
        main(["--cells", "1", "--members-per-cell", "3", "--out", str(tmp_path / "file")])
    assert "Traceback" not in capsys.readouterr().err
