"""The law's rows by date, their sources and their firmness; files that contradict themselves are refused."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from django.utils.translation import override

from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.law import LawError, Rule, Source
from workflows.law.citing import cited
from workflows.law.competence import read_competence
from workflows.law.model import UNITS
from workflows.law.reader import HERE, read_law
from workflows.offices import Level
from workflows.uses import uses


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
    assert law.versions("ADM.CEREMONY")[1:] == (before, after)
    in_force = [[one for one in law.rules(date(2026, 7, day)) if one.id == "ADM.CEREMONY"] for day in (25, 26)]
    assert in_force == [[before], [after]]


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
    both = law.rule("REM.CELL_VOTE", date(2026, 1, 1))
    assert [one.key for one in both.basis] == ["HD01_2021", "HD01_2026"]
    with override("vi"):
        assert both.cited() == both.citation("vi") == "; ".join(law.sources()[one.key].cite() for one in both.basis)


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


@pytest.mark.parametrize(
    ("first", "last", "settled"),
    [
        (date(2027, 2, 1), date(2027, 2, 3), [False, True, True, True, False]),
        (None, date(2027, 2, 3), [True, True, True, True, False]),
        (date(2027, 2, 1), None, [False, True, True, True, True]),
    ],
)
def test_what_an_installation_settled_holds_from_its_first_to_its_last_day(
    first: date | None, last: date | None, settled: list[bool]
) -> None:
    own = Rule("admit", (Level.PROVINCE,), "POLICY", first, last, own="3")
    law.settle({"admit": (own,)})
    days = [date(2027, 1, 31) + timedelta(days=number) for number in range(5)]
    assert [law.competence("admit", day) is own for day in days] == settled
    assert [law.competent_levels("admit", day) == (Level.PROVINCE,) for day in days] == settled
    assert law.competent_levels("recognise", days[1]) == (Level.BASE,)


def test_versions_follow_one_another() -> None:
    for one in law.rules():
        later = law.rule(one.id, one.to + timedelta(days=1)) if one.to else one
        assert later.from_ == (one.to + timedelta(days=1) if one.to else one.from_)


def test_what_the_file_says_stands_in_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "law.yaml"
    path.write_text(
        "sources:\n  A: {number: 1, issuer: X, date: 2020-01-01, effective: 2020-02-01}\n"
        "  B: {number: 2-QĐ, issuer: Y, date: 2021-01-01}\n"
        "params:\n  - {id: R, value: 2, basis: [A], conf: TEXT, from: 2021-01-01, to: null}\n"
        "  - {id: R, value: 1, basis: [{of: A, clause: Điều 5}, B, {of: B}], conf: TEXT, from: null, to: 2020-12-31,\n"
        "     unit: days, conf_now: ASSUMED, fallback: first_week, scope: PROVINCIAL, pack: p, alt: 3, secret: true}\n",
        encoding="utf-8",
    )
    first = Source("A", "1", "X", date(2020, 1, 1), date(2020, 2, 1))
    second = Source("B", "2-QĐ", "Y", date(2021, 1, 1))
    newer = Rule("R", 2, "TEXT", date(2021, 1, 1), basis=(first,))
    older = Rule(
        "R", 1, "TEXT", None, date(2020, 12, 31), "days", basis=(replace(first, clause="Điều 5"), second, second),
        conf_now="ASSUMED", fallback="first_week", scope="PROVINCIAL", pack="p", alt=3, secret=True,
    )  # fmt: skip
    assert read_law(path) == ({"A": first, "B": second}, {"R": (older, newer)})
    assert [one.binds(frozenset(packs)) for one in (older, newer) for packs in ((), ("q",), ("q", "p"))] == [
        False, False, True, True, True, True,
    ]  # fmt: skip
    path.write_text("{}", encoding="utf-8")
    assert read_law(path) == ({}, {})


def test_who_decides_is_read_with_its_basis_and_its_days(tmp_path: Path) -> None:
    path, known = tmp_path / "competence.yaml", Source("A", "1", "X", date(2020, 1, 1))
    row = "  - {act: admit, levels: [base_committee, cell], basis: [A], conf: TEXT, from: %s, to: %s%s}\n"
    path.write_text(
        "acts:\n" + row % ("null", "2020-12-31", "") + row % ("2021-01-01", "null", ", conf_now: ASSUMED, note: n")
    )
    older = Rule("admit", (Level.BASE, Level.CELL), "TEXT", None, date(2020, 12, 31), basis=(known,))
    newer = replace(older, from_=date(2021, 1, 1), to=None, conf_now="ASSUMED", note="n")
    assert read_competence(path, {"A": known}) == {"admit": (older, newer)}
    said = "Act admit names an unknown level; use cell, section, base_committee, upper_committee, province, central."
    for levels in ("[]", "[cell, moon]"):
        path.write_text("acts:\n" + (row % ("null", "null", "")).replace("[base_committee, cell]", levels))
        with pytest.raises(LawError) as error:
            read_competence(path, {"A": known})
        assert str(error.value) == said
    path.write_text("{}", encoding="utf-8")
    assert read_competence(path, {}) == {}
    path.write_text("acts:\n" + row % ("null", "null", ""))
    with pytest.raises(LawError, match=r"^admit stands on 'A', which is not among the sources; add it there first\.$"):
        read_competence(path, {})


SOURCES = "sources:\n  A: {number: '1', issuer: X, date: 2020-01-01}\nparams:\n"
ROW = "  - {id: R, value: 1, basis: [A], conf: TEXT, from: 2020-01-01, to: %s}\n"
FOLLOWS = "R: R@2021-01-01 must begin the day after R@2020-01-01 ends."
PACK = "R: a provincial row names its pack, and only such a row does."
TASK = "TASK.R: a task is a policy of this system (conf: POLICY, no basis); a term of law is no task."
SOURCE = "Source A needs a number, an issuer and a date."
CONFIDENCES = "TEXT, PRESS, KEY-O, KEY-V, KEY-W, ASSUMED, CONFLICT, RECALLED, PRACTICE, POLICY"


def changed(old: str, new: str) -> str:
    return ROW.replace(old, new) % "null"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ROW % "null" + changed("from: 2020-01-01", "from: 2021-01-01"), FOLLOWS),
        (ROW % "2020-12-30" + changed("from: 2020-01-01", "from: 2021-01-01"), FOLLOWS),
        (ROW % "2021-01-01" + changed("from: 2020-01-01", "from: 2021-01-01"), FOLLOWS),
        (ROW % "2020-05-05", "R: the newest version must be open (to: null)."),
        (changed("[A]", "[B]"), "R stands on 'B', which is not among the sources; add it there first."),
        (changed("[A]", "[{clause: x}]"), "R stands on 'None', which is not among the sources; add it there first."),
        (changed("TEXT", "SURE"), f"R: conf is 'SURE'; use one of {CONFIDENCES}."),
        (changed("TEXT", "TEXT, conf_now: SURE"), f"R: conf_now is 'SURE'; use one of {CONFIDENCES}."),
        (changed("value: 1", "value: 1, unit: weeks"), f"R: unit 'weeks' is unknown; use one of {', '.join(UNITS)}."),
        (changed("value: 1", "value: 1, colour: red"), "R: missing [], unknown ['colour']."),
        (changed("value: 1", "value: 1, scope: PROVINCIAL"), PACK),
        (changed("value: 1", "value: 1, pack: p"), PACK),
        (changed("id: R", "id: TASK.R"), TASK),
        (changed("id: R", "id: TASK.R").replace("TEXT", "POLICY"), TASK),
        (changed("id: R", "id: TASK.R").replace("[A]", "[]"), TASK),
        (changed("value: 1", "value: 1, fallback: soon"), "R: fallback 'soon' is unknown; use one of first_week."),
        ("  - {id: R}\n", "R: missing ['basis', 'conf', 'value'], unknown []."),
        ("  - {value: 1}\n", "a row without id: missing ['basis', 'conf', 'id'], unknown []."),
        (ROW % "null" + "sources:\n  A: {number: 1, issuer: X, date: then}\n", SOURCE),
        (ROW % "null" + "sources:\n  A: {number: 1, date: 2020-01-01}\n", SOURCE),
    ],
)
def test_files_that_contradict_themselves_are_refused(tmp_path: Path, rows: str, says: str) -> None:
    path = tmp_path / "law.yaml"
    path.write_text(SOURCES + rows, encoding="utf-8")
    with pytest.raises(LawError) as error:
        read_law(path)
    assert str(error.value) == says


def test_unreadable_files_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LawError, match=r"^none\.yaml cannot be read: .*No such file"):
        read_law(tmp_path / "none.yaml")
    (tmp_path / "old.yaml").write_text("note: Đảng", encoding="utf-16-be")
    with pytest.raises(LawError, match=r"^old\.yaml cannot be read: "):
        read_law(tmp_path / "old.yaml")
    (tmp_path / "list.yaml").write_text("- 1", encoding="utf-8")
    with pytest.raises(LawError, match=r"^list\.yaml must hold a mapping\.$"):
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


def test_every_act_of_who_decides_is_gone_by() -> None:
    assert [act for act in law.acts() if not uses()[act]] == []
    assert uses()["admit_over_age"] == ("admission.consent_over_age",)
    assert uses()["consent_to_readmit"] == ("readmission.consent", "readmission.refuse")


def test_everything_is_every_version_of_every_row_those_of_provinces_too() -> None:
    found = law.everything()
    deciding = [row for act in law.acts() for row in law.competences(act)]
    assert found == [*law.rules(packs=law.packs()), *deciding]
    assert len(deciding) > len(law.acts())
    assert any(not row.binds(frozenset()) for row in found)


def test_what_differs_between_two_days() -> None:
    assert law.differences(date(2026, 7, 25), date(2026, 7, 25)) == []
    changed = {(one or other).id: (one, other) for one, other in law.differences(date(2026, 7, 25), date(2026, 7, 26))}  # type: ignore[union-attr]
    assert changed["ADM.CEREMONY"] == law.versions("ADM.CEREMONY")[1:]
    assert "PRO.LENGTH" not in changed
    back = {(one or other).id: (one, other) for one, other in law.differences(date(2026, 7, 26), date(2026, 7, 25))}  # type: ignore[union-attr]
    assert back == {rule: (after, before) for rule, (before, after) in changed.items()}
    assert law.differences(date(2026, 5, 18), date(2026, 5, 19))[0][0] is None, "it began on that day"
