"""The rules told as given, when, then: which are told, and that files which cannot be understood say what to write.

They are run on the real engine in `tests/backend/scenarios`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from tests.workflows.stories import SCENARIOS
from workflows.guards import votes
from workflows.scenarios import BadScenario, Block, Scenario, read, words
from workflows.scenarios.aloud import sentences
from workflows.scenarios.reader import schema
from workflows.scenarios.told import NUMBERS, told

NO_SCENARIO_YET = {
    "person.own_file": "whose account is whose, no scenario says; tests/backend/cases/test_own_files.py",
    "person.names_oneself": "as above",
    "finding.own_finding": "one person in two offices; a scenario seats another one in each (tests/api/test_findings.py)",
    "finding.own_answer": "likewise",
    "unit.closed_since": "a scenario closes no unit; tests/backend/cases/test_closed_cells.py",
    "data_breach.ahead": "the time of day is the real one, a scenario's day is not; tests/workflows/breach_pairs.py",
}
"""Answers of guards (or the beginning of their codes) that no scenario asks for, each with the reason."""


def answered(scenario: Scenario) -> list[tuple[str, set[str]]]:
    """(step, codes that were answered) of every step that is taken; a meeting is held."""
    found = []
    for act in scenario.content["when"]:
        last = act is scenario.content["when"][-1]
        then = act.get("then") or (scenario.content["then"] if last else {})
        own = [then, *then.get("each", {}).values()]
        said = [code for one in own for key in ("refused", "cautions") for code in one.get(key, ())]
        codes = {one["code"] if isinstance(one, Block) else one for one in said}
        other = {"meeting": "meeting.hold", "dues": "dues.record"}
        found.append((act.get("step") or next((step for key, step in other.items() if key in act), ""), codes))
    return found


TAKEN = [(scenario.key, step, codes) for scenario in SCENARIOS for step, codes in answered(scenario)]


def test_every_scenario_of_the_domain_is_told() -> None:
    assert set(told()) == set(NUMBERS)


def test_every_answer_of_a_guard_is_asked_for_by_a_scenario() -> None:
    """A new guard without one fails here: tell it, at the edge and one past it, or say why not."""
    folder = Path(votes.__file__).parent
    written = {code for path in folder.glob("*.py") for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())}
    asked = {code for _, _, codes in TAKEN for code in codes}
    missing = written - asked
    assert {code for code in missing if not code.startswith(tuple(NO_SCENARIO_YET))} == set()
    idle = [beginning for beginning in NO_SCENARIO_YET if not any(code.startswith(beginning) for code in missing)]
    assert idle == [], "asked by now: take it off the list"


def test_what_is_answered_past_the_edge_is_not_answered_at_it() -> None:
    """For each answer some scenario takes the same step where it is not given."""
    asked = {(step, code) for _, step, codes in TAKEN for code in codes}
    silent = {(step, code) for step, code in asked if not any(s == step and code not in codes for _, s, codes in TAKEN)}
    assert {one for one in silent if not one[1].startswith(("engine.", "not_"))} == set()


def test_keys_are_given_once() -> None:
    keys = [scenario.key for scenario in SCENARIOS]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_scenario_can_be_read_aloud(language: str) -> None:
    with override(language):
        for scenario in SCENARIOS:
            said = "\n".join(sentences(scenario))
            assert scenario.content["title"][language] in said
            assert not re.search(r"\d{4}-\d{2}-\d{2}|%\(|None|\{", said), said


def bad(tmp_path: Path, text: str, language: str = "en") -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(BadScenario) as caught:
        read(path)
    with override(language):
        return [str(fault) for fault in caught.value.faults]


HEAD = "scenario: X\ntitle: {vi: x, en: x}\nbasis: [x x x]\nconfidence: TEXT\n"
DO = "when: [{today: 2026-01-05}]\nthen: {members: {An: {standing: official}}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", ["line 1: This cannot be read as YAML: expected the node content, but found '<stream end>'."]),
        ("", ["line 1: There is no scenario here."]),
        (HEAD + DO + "givn: {}\n", ["line 7: “givn” is not known here; did you mean “given”?"]),
        (HEAD + "then: {members: {An: {standing: official}}}\n", ["line 1: “when” is missing here."]),
        (HEAD + DO + "given: {members: &a {An: *a}}\n",
         ["line 7: What begins here contains itself (an alias inside its own anchor)."]),
        (HEAD + DO + "when: []\n", ["line 7: “when” stands here twice.", "line 7: Something must be written here."]),
        (HEAD.replace("TEXT", "SURE") + DO, ["line 4: “SURE” cannot stand here; write TEXT, PRESS, KEY-O, KEY-V, KEY-W, "
         "ASSUMED, PRACTICE, RECALLED, POLICY, CONFLICT."]),
        (HEAD + DO.replace("2026-01-05", "5.1.2026"), ["line 5: “5.1.2026” cannot stand here; write it like "
         "2027-02-01 / 01/02/2027."]),
        (HEAD + DO.replace("official", "officiel"), ["line 6: “officiel” is not known here; did you mean “official”?"]),
        (HEAD + DO.replace("{today: 2026-01-05}", "{step: recognition.propos}"),
         ["line 5: “recognition.propos” is not known here; did you mean “recognition.propose”?"]),
        (HEAD + DO.replace("{today: 2026-01-05}", "{step: recognition.propose, facts: {balot: 1}}"),
         ["line 5: “balot” is not known here; did you mean “ballot”?"]),
        (HEAD + DO.replace("{today: 2026-01-05}", "{of: An}"),
         ["line 5: Here one of these is done: step, meeting, dues, today, sweep."]),
        (HEAD + DO.replace("{today: 2026-01-05}", "{today: 2026-01-05, of: An}"),
         ["line 5: “of” means nothing beside “today”."]),
        (HEAD + DO.replace("{today: 2026-01-05}", "{step: Record the base committee's resolution}"),
         ["line 5: Several pages have a step “Record the base committee's resolution”; write one of: admission.consider, "
          "discipline.consider, recognition.consider, removal.consider, withdrawal.consider."]),
        (HEAD + DO.replace("members: {An: {standing: official}}", "deadlines: [{deadline: PRO.DECIDED}]"),
         ["line 6: “PRO.DECIDED” is not known here; did you mean “PRO.DECIDE”?"]),
        (HEAD + DO + "given: {packs: [lao_ca, {pack: tp_hue}], units: {B: {level: cell, under: A, packs: [laocai]}}}\n",
         ["line 7: “lao_ca” is not known here; did you mean “lao_cai”?",
          "line 7: “tp_hue” is not known here; write one of: lao_cai.",
          "line 7: “laocai” is not known here; did you mean “lao_cai”?"]),
        (HEAD + DO + "given: {packs: [{pack: lao_cai, from: 2026-05-02, until: 2026-05-01}]}\n",
         ["line 7: The last day, 2026-05-01, comes before the first, 2026-05-02."]),
        (HEAD + DO + "given: {packs: [{unit: Chi bộ}]}\n", ["line 7: “pack” is missing here."]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_says_where_and_what_to_write(
    tmp_path: Path, text: str, said: list[str]
) -> None:
    assert bad(tmp_path, text) == said


def test_a_vietnamese_file_is_answered_in_its_own_words(tmp_path: Path) -> None:
    text = "kịch bản: X\ntên: {vi: x, en: x}\nkhi: [{hôm nay: 05/01/2026}]\nthì: {ngườii: {}}\n"
    assert bad(tmp_path, text, "vi") == [
        "dòng 1: Thiếu “căn cứ” ở đây.", "dòng 1: Thiếu “độ tin cậy” ở đây.",
        "dòng 4: Không hiểu “ngườii” ở đây; có phải “người” không?",
    ]  # fmt: skip


def test_both_languages_read_the_same(tmp_path: Path) -> None:
    facts = "{resolution: 2027-02-01, ballot: {yes: 7, no: 3}}"
    english = (
        f"{HEAD}when: [{{step: recognition.propose, of: Lan, by: cell_secretary, on: 2027-02-01, facts: {facts}}}]\n"
    )
    english += "then: {deadlines: [{deadline: PRO.DECIDE, of: Lan, status: met_late, due: 2027-03-19}]}\n"
    vietnamese = (
        "kịch bản: X\ntên: {vi: x, en: x}\ncăn cứ: [x x x]\nđộ tin cậy: TEXT\n"
        "khi: [{bước: Đề nghị công nhận, của: Lan, do: Bí thư chi bộ, ngày: 01/02/2027, "
        "dữ kiện: {Nghị quyết của chi bộ: 1/2/2027, Kết quả bỏ phiếu: {yes: 7, no: 3}}}]\n"
        "thì: {thời hạn: [{hạn: PRO.DECIDE, của: Lan, tình trạng: Hoàn thành muộn, ngày hết hạn: 19/03/2027}]}\n"
    )
    contents = []
    for text in (english, vietnamese):
        path = tmp_path / "x.yaml"
        path.write_text(text)
        contents.append(read(path)[0].content)
    assert contents[0] == contents[1]


def test_every_key_has_a_word_of_its_own_in_vietnamese() -> None:
    for part in _parts(schema()):
        spoken = [one["vi"] for key, one in part.items() if key not in ("vi", "en")]
        assert len({words.plain(word) for word in spoken}) == len(spoken)


def _parts(part: Any) -> list[dict[str, Any]]:
    """Every `properties` of the schema."""
    own = [part["properties"]] if isinstance(part, dict) and isinstance(part.get("properties"), dict) else []
    below = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [*own, *(one for value in below for one in _parts(value))]
