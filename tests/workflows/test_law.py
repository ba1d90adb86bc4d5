"""The law's rows by date, their sources and their firmness; files that contradict themselves are refused."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from django.utils.translation import override

from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.law import LawError
from workflows.law.citing import cited
from workflows.law.reader import HERE, read_law
from workflows.offices import Level


def test_every_row_of_the_file_is_there() -> None:
    rows = yaml.safe_load((HERE / "parameters.yaml").read_text(encoding="utf-8"))["params"]
    found = law.rules(packs=frozenset({"lao_cai"}))
    assert len(found) == len(rows) == len({one.version for one in found})
    assert all(one.basis or one.unsettled or one.scope for one in found), "a row that climbs stands on a text"


def test_version_changes_on_the_day() -> None:
    before, after = (law.rule("ADM.CEREMONY", date(2026, 7, day)) for day in (25, 26))
    assert (before.start, after.start) == ("decision_received", "decision_issued")
    assert after.version == "ADM.CEREMONY@2026-07-26"
    assert law.by_version(after.version) is after
    assert law.versions("ADM.CEREMONY") == (before, after)


def test_day_before_the_oldest_version_is_assumed() -> None:
    old = law.rule("MTG.REGULAR", date(1990, 1, 1))
    assert old.assumed_before
    assert old.value["min_minutes"] == 90
    assert not law.rule("MTG.REGULAR", date(2025, 10, 28)).assumed_before
    assert law.rule("MTG.REGULAR", date(2025, 10, 27)).assumed_before


def test_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        law.rule("NO.SUCH", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("rule_id", "firmness"),
    [
        ("PRO.LENGTH", "firm"), ("MTG.REGULAR", "firm"), ("PRO.CELL_REVIEW", "to_confirm"),
        ("PRO.DECIDE", "to_confirm"), ("TRF.OFFICIAL", "unsettled"), ("ROLL.SUSPENDED", "unsettled"),
        ("MTG.QUORUM", "unsettled"), ("AWY.CONTACT", "unsettled"),
    ],
)  # fmt: skip
def test_firmness_follows_what_is_known_now(rule_id: str, firmness: str) -> None:
    assert law.rule(rule_id, date(2026, 11, 1)).firmness == firmness


def test_citation_names_number_issuer_and_date() -> None:
    rule = law.rule("PRO.DECIDE", date(2026, 11, 1))
    assert rule.citation("vi") == "29-QĐ/TW của Ban Chấp hành Trung ương, 25/07/2016"
    assert rule.citation("en") == "29-QĐ/TW of the Central Committee, 25/07/2016"
    assert "Điều 5 khoản 2" in law.rule("PRO.VOTE", date(2026, 1, 1)).citation("vi")
    assert law.rule("ROLL.SUSPENDED", date(2026, 1, 1)).citation("en").startswith("A working rule")


def test_provincial_rows_are_off_until_a_pack_is_on() -> None:
    assert "MTG.SCORE_REPORT" not in {one.id for one in law.rules(date(2026, 11, 1))}
    assert "MTG.SCORE_REPORT" in {one.id for one in law.rules(date(2026, 11, 1), frozenset({"lao_cai"}))}


@pytest.mark.parametrize(
    ("act", "on", "levels"),
    [
        ("admit", date(2025, 6, 30), (Level.UPPER, Level.BASE)),
        ("admit", date(2025, 7, 1), (Level.BASE, Level.UPPER)),
        ("recognise", date(2026, 7, 26), (Level.BASE,)),
        ("remove", date(1999, 1, 1), (Level.UPPER, Level.BASE)),
        ("admit_over_age", date(2026, 8, 1), (Level.PROVINCE,)),
    ],
)
def test_competence_by_date(act: str, on: date, levels: tuple[Level, ...]) -> None:
    assert law.competent_levels(act, on) == levels


def test_versions_follow_one_another() -> None:
    for one in law.rules():
        later = law.rule(one.id, one.to + timedelta(days=1)) if one.to else one
        assert later.from_ == (one.to + timedelta(days=1) if one.to else one.from_)


SOURCES = "sources:\n  A: {number: '1', issuer: X, date: 2020-01-01}\nparams:\n"
ROW = "  - {id: R, value: 1, basis: [A], conf: TEXT, from: 2020-01-01, to: %s}\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ROW % "null" + ROW.replace("from: 2020-01-01", "from: 2021-01-01") % "null", "must begin the day after"),
        (ROW % "2020-05-05", "must be open"),
        (ROW.replace("[A]", "[B]") % "null", "'B', which is not among the sources"),
        (ROW.replace("TEXT", "SURE") % "null", "conf is 'SURE'"),
        (ROW.replace("value: 1", "value: 1, unit: weeks") % "null", "unit 'weeks' is unknown"),
        (ROW.replace("value: 1", "value: 1, colour: red") % "null", "unknown ['colour']"),
        (ROW.replace("value: 1", "value: 1, scope: PROVINCIAL") % "null", "names its pack"),
        (ROW.replace("id: R", "id: TASK.R") % "null", "a term of law is no task"),
        (
            ROW.replace("value: 1", "value: 1, fallback: soon") % "null",
            "fallback 'soon' is unknown; use one of first_week.",
        ),
        ("  - {id: R}\n", "missing"),
    ],
)
def test_files_that_contradict_themselves_are_refused(tmp_path: Path, rows: str, says: str) -> None:
    path = tmp_path / "law.yaml"
    path.write_text(SOURCES + rows, encoding="utf-8")
    with pytest.raises(LawError) as error:
        read_law(path)
    assert says in str(error.value)


def test_unreadable_files_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="cannot be read"):
        read_law(tmp_path / "none.yaml")
    (tmp_path / "list.yaml").write_text("- 1", encoding="utf-8")
    with pytest.raises(LawError, match="must hold a mapping"):
        read_law(tmp_path / "list.yaml")


def test_texts_are_cited_in_english_without_a_vietnamese_word_but_names_of_places() -> None:
    """Numbers of texts stay as they are written on them; issuers, the Charter and the parts of a text are translated."""
    bases = {one for page in LIFECYCLES.values() for step in page.steps().values() for one in step.basis}
    rows = [*law.rules(packs=law.packs()), *(row for act in law.acts() for row in law.competences(act))]
    with override("en"):
        said = {one: cited(one) for one in bases} | {row.version: row.cited() for row in rows}
    for words, english in said.items():
        assert ".md" not in words
        left = re.sub(r"\b[\w./-]*[0-9][\w./-]*(?: (?:QĐ|NĐ)[\w/-]*)?|Lào Cai|\b[A-ZĐ]+/[A-ZĐ]+", "", english)
        assert left.isascii(), english
    with override("vi"):
        assert {one: cited(one) for one in bases} == {one: one for one in bases}
    with override("en"):
        assert cited("Điều lệ Đảng Điều 5 khoản 2") == "Party Charter Article 5 paragraph 2"
    assert (
        law.rule("PRO.LENGTH", date(2026, 1, 1)).citation("en")
        == "Party Charter of the 11th Party Congress, 19/01/2011"
    )
