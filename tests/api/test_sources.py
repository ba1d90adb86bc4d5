"""Every reason that a step gives has its source: a row of the law, else what the step itself cites."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.api.conftest import ON, Knock
from tests.world import World
from workflows.answers import Caution, Refusal, standing_on
from workflows.catalogue import PAGES
from workflows.law.citing import PRACTICE

STEPS = [one for page in PAGES for one in page.steps().values()]
SAID = ("refusals", "cautions", "expects")


def test_no_step_is_without_a_basis_and_some_say_that_no_text_was_seen() -> None:
    """The catalogue refuses a step without a basis. What takes over old cases, ends what another paper has settled, keeps
    contact, finds faults, or goes on with what ran says that it is a convention of this system: no text was seen on it."""
    assert [one.code for one in STEPS if not one.basis] == []
    only = {one.lifecycle for one in STEPS if set(one.basis) == {PRACTICE}}
    assert only == {
        "abroad", "admission", "away", "discipline", "dues_relief", "exemption", "finding", "meeting", "membership",
        "recognition", "removal", "screening", "temporary_transfer", "transfer", "withdrawal",
    }  # fmt: skip


def test_an_answer_without_a_row_stands_on_what_the_step_cites() -> None:
    bare, ruled, own = (
        Refusal("a.b", "No."),
        Caution("a.c", "Look.", rule="PRO.VOTE"),
        Refusal("a.d", "No.", basis=("X",)),
    )
    told = standing_on([bare, ruled, own], ("Y", "Z"))
    assert [one.basis for one in told] == [("Y", "Z"), (), ("X",)]
    assert told == [bare, ruled, own], "it is the same answer as before"


def bare(told: Any, *path: Any) -> list[Any]:
    """Where, in an answer of the API, a reason is told that has no source in one of the languages."""
    return [
        (*path, step["lifecycle"], step["step"], one["code"])
        for step in told for part in SAID for one in step[part] if not all(one["legal_basis"].values())
    ]  # fmt: skip


def test_every_reason_told_before_a_step_has_a_source(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case, gone = world.probation(new, date(2025, 10, 30)), world.member("Lê Văn Cũ", "import_removed")
    places = (f"cases/{case.pk}", f"members/{new.pk}", f"members/{gone.pk}", f"units/{world.cell.pk}")
    found, count = [], 0
    for who in ("secretary", "officer", "auditor"):
        for place in places:
            told = as_(who).get(f"/api/v1/{place}/steps/").json()["results"]
            count += sum(len(step["refusals"]) for step in told)
            found += bare(told, who, place)
    assert (found, count > 500) == ([], True)


def test_a_refused_step_names_its_own_basis_with_how_surely_it_is_known(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    address, headers = f"/api/v1/cases/{case.pk}/steps/announce/", {"If-Match": '"1"'}
    answer = as_("secretary").post(address, {"on": ON.isoformat(), "facts": {}}, headers=headers)
    reasons = answer.json()["unmet"]
    assert answer.status_code == 422
    assert {one["code"] for one in reasons} >= {"fact.required", "engine.wrong_state"}
    sources = {one["legal_basis"]["en"] for one in reasons if not one["rule"]}
    assert len(sources) == 1
    assert sources.pop().endswith(")")
    assert case.version == 1
