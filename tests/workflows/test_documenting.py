"""The generated pages say what the catalogue and the law say, in both languages."""

from __future__ import annotations

from django.utils.translation import override

from workflows import documenting, law
from workflows.catalogue import LIFECYCLES
from workflows.guards.probation import after_the_twelve_months, class_finished
from workflows.law.citing import cited
from workflows.offices import Office
from workflows.sentences import name_of, sentences, warns_only
from workflows.uses import clocked_by, labels, lists, rules_of, uses


def test_a_page_shows_every_state_step_fact_deadline_and_rule() -> None:
    for key, page in LIFECYCLES.items():
        text = documenting.lifecycle_page(key, "en")
        for name, step in page.steps().items():
            part = text.partition(f"(`{name}`)\n")[2].partition("\n### ")[0]
            assert all(f"`{fact.name}`" in part for fact in step.facts), name
            assert all(rule in part for rule in (*(one.rule for one in step.opens), *step.closes)), name
            with override("en"):
                assert all(cited(basis) in part for basis in step.basis), name
        assert all(f"| `{state}` |" in text for choices in page.choices().values() for state in choices.values)


def test_a_step_as_it_is_read() -> None:
    text = documenting.lifecycle_page("recognition", "en").partition("(`propose`)\n")[2].partition("\n### ")[0]
    assert text.strip().splitlines()[:5] == [
        "- **From → to**: Probation → Proposed by the cell",
        "- **Who**: Record a resolution of the cell; Cell",
        "- **Offices**: Secretary of the cell, Deputy secretary of the cell, Organisation officer",
        "- **Fact** `resolution`: Resolution of the cell",
        "- **Fact** `ballot`: Ballot – PRO.VOTE: `3*yes>=2*den`",
    ]
    assert (
        "- **Guard** `after_the_twelve_months`: The twelve months end on …; the resolution must be dated after that day."
        in text
    )
    assert "- **Warns** `class_finished`: No certificate of the new members' class has been filed." in text
    assert (
        "- **Opens** PRO.DECIDE: 30 working days from “Resolution of the cell”; Base committee must act; "
        "to be confirmed (the text itself was seen; of what holds today: seen only in a text since replaced)"
    ) in text


def test_the_competent_level_is_named_as_data() -> None:
    text = documenting.lifecycle_page("recognition", "en").partition("(`recognise`)\n")[2]
    assert "at the level competent for “Recognise as an official member” on the day" in text.partition("\n### ")[0]


def test_sentences_of_a_guard_leave_out_its_advice() -> None:
    assert sentences(after_the_twelve_months) == [
        "Mười hai tháng dự bị kết thúc ngày …; nghị quyết phải đề ngày sau ngày đó."
    ]
    assert (name_of(after_the_twelve_months), warns_only(after_the_twelve_months)) == ("after_the_twelve_months", False)
    assert warns_only(class_finished)


def test_every_rule_stands_in_the_table_of_parameters_with_its_users() -> None:
    text = documenting.parameters("en")
    assert all(f"\n| {row.id}" in text for row in law.rules(packs=law.packs()))
    assert text.count("\n| ") == len(law.rules(packs=law.packs())) + 1
    (line,) = [line for line in text.splitlines() if line.startswith("| PRO.CV |")]
    assert line == (
        "| PRO.CV | 30 working days | 18/01/2022 – … | to be confirmed (an exam's answer that nobody vouches for) | "
        "12-HD/BTCTW of the Central Organisation Commission, 18/01/2022 |  | recognition.begin |"
    )


def test_what_is_not_firm_is_listed_to_be_confirmed_and_nothing_else() -> None:
    text = documenting.to_confirm("en")
    for row in law.rules(packs=law.packs()):
        assert (f"| {row.id} " in text) == any(one.firmness != "firm" for one in law.versions(row.id)), row.id
    assert "| 20 | The official Tết 2027 and other swap days | Bộ Nội vụ |" in text
    assert documenting.to_confirm("vi").count("\n| ") == text.count("\n| ")


def test_every_version_of_who_decides_is_in_its_table() -> None:
    text = documenting.competence_table("en")
    assert text.count("\n| ") == 1 + sum(len(law.competences(act)) for act in law.acts())
    row = "| Admit to the Party (`admit`) | 26/07/2026 – … | Base committee | to be confirmed (an exam's answer that nobody"
    assert f"{row} vouches for) |" in text


def test_the_matrix_has_a_column_for_every_office() -> None:
    head = documenting.rights_matrix("en").splitlines()[2]
    assert head.count("|") == len(Office) + 2


def test_uses_come_from_clocks_ballots_guards_methods_and_labels() -> None:
    assert uses()["PRO.DECIDE"] == ("recognition.propose", "recognition.extend")
    assert (lists()["BDG.DATES"], lists()["DUE.SI"], lists()["ADM.EXPIRY_WARN"]) == (("badges",), ("dues",), ("flags",))
    assert {"PRO.VOTE", "ROLL.SUSPENDED", "ORG.CELL_MIN"} <= rules_of("recognition", "propose")
    assert "PRO.LENGTH" in rules_of("membership", "recognise")
    assert "PRO.LENGTH" in rules_of("recognition", "recognise"), "a consequence for the member"
    assert labels()["PRO.PREPARE"] == ("recognition.month_eleven",)
    assert clocked_by("recognition", "begin") == {"PRO.CELL_REVIEW", "PRO.CV", "TASK.NEW_MEMBER_CLASS"}
