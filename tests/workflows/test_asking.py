"""What guards say while facts are missing: nothing is lost, nothing is said too early, and nothing falls over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.drawing_facts import DAYS, facts_of
from tests.workflows.twins import case, member, paper, person, situation
from workflows.answers import Answer, Caution, Refusal
from workflows.asking import Incomplete, answers, foresee
from workflows.catalogue import LIFECYCLES
from workflows.guards.ages import not_too_old
from workflows.guards.people import rightly_admitted
from workflows.guards.probation import after_the_twelve_months
from workflows.situation import Situation
from workflows.standings import Participation, Standing
from workflows.uses import rules_of
from workflows.vocabulary import Step
from workflows.voting import Roll

ON = date(2027, 2, 1)
STEPS = [step for page in LIFECYCLES.values() for step in page.steps().values()]


def before_facts(seen: Situation, *guards: Any, missing: tuple[str, ...] = ("paper", "ballot")) -> Any:
    return foresee(guards, seen, missing)


def codes(found: tuple[Answer, ...]) -> list[str]:
    return [one.code for one in found]


def two_answers(situation: Situation) -> Iterator[Answer]:
    yield Refusal("cell.too_small", "x")
    if situation.facts.get("paper") is None:
        yield Refusal("paper.missing", "x", fact="paper")
    yield Caution("paper.always", "x", fact="ballot")
    yield Refusal("member.other", "x")


def test_answers_on_both_sides_of_a_missing_fact_are_kept() -> None:
    found = before_facts(situation(ON), two_answers)
    assert codes(found.stands) == ["cell.too_small", "paper.always", "member.other"]
    assert codes(found.waits) == ["paper.missing"]
    assert found.asks == ("paper",)


def test_facts_given_so_far_are_a_mapping_that_notes_what_is_looked_for_in_vain() -> None:
    facts = Incomplete({"on": ON, "months": 3}, ["paper", "months"])
    assert (list(facts), len(facts), facts["on"], facts.get("paper"), facts.get("colour")) == (
        ["on", "months"], 2, ON, None, None,
    )  # fmt: skip
    with pytest.raises(KeyError, match=r"^'months'$"):
        facts["months"]
    assert list(facts.looked_for) == ["paper", "months"]


def test_a_fact_that_was_given_is_judged_beside_missing_ones() -> None:
    found = before_facts(situation(ON, facts={"paper": paper(ON)}), two_answers, missing=("ballot",))
    assert codes(found.stands) == ["cell.too_small", "paper.always", "member.other"]
    assert (found.waits, found.asks) == ((), ())


def test_an_answer_about_a_fact_stands_where_the_fact_was_not_looked_for() -> None:
    """The twelve months are not over whatever the resolution says, though the answer names the resolution."""
    early = situation(date(2027, 1, 5), past={"ceremony_on": "2026-01-05"})
    found = before_facts(early, after_the_twelve_months, missing=("resolution",))
    assert codes(found.stands) == ["probation.not_over"]
    late = situation(date(2027, 1, 6), past={"ceremony_on": "2026-01-05"})
    assert before_facts(late, after_the_twelve_months, missing=("resolution",)).stands == ()


def test_what_a_fact_may_still_cure_waits_for_it() -> None:
    """B12: above sixty by month the conditions are looked for; the province's consent is another step's."""
    candidate = member(standing="candidate", born_on=date(1966, 3, 1))
    asked = ("over_age_conditions",)
    found = before_facts(situation(date(2026, 5, 10), member=candidate), not_too_old, missing=asked)
    assert (codes(found.stands), codes(found.waits)) == (["age.too_old"], ["age.conditions"])
    assert found.asks == asked


def test_a_fact_of_another_step_is_no_missing_one() -> None:
    """B9: the certificate was given earlier, so that what it says is known before the vote."""
    step = LIFECYCLES["admission"].steps()["propose"]
    seen = situation(
        date(2025, 2, 3), past={"certificate": {"date": "2020-01-15"}},
        member=member(standing="candidate", born_on=date(2000, 1, 1)),
    )  # fmt: skip
    assert codes(foresee(step.guards, seen, [fact.name for fact in step.facts]).stands) == ["certificate.expired"]


def test_reasons_of_a_recognition_before_anybody_met() -> None:
    """B17 and B55 before the ballot: the cell is too small, and the admission was wrong."""
    step = LIFECYCLES["recognition"].steps()["propose"]
    seen = situation(
        date(2027, 1, 20), past={"ceremony_on": "2026-01-05"}, roll_on=lambda day: Roll(2),
        member=member(standing="probationary", born_on=date(2008, 2, 1), joined_on=date(2026, 1, 5),
                      admission_decided_on=date(2025, 12, 20)),
    )  # fmt: skip
    found = foresee(step.guards, seen, [fact.name for fact in step.facts])
    assert codes(found.stands) == ["cell.too_small", "admission.too_young", "probation.class_missing"]
    assert set(found.asks) == {"resolution", "ballot"}
    assert before_facts(seen, rightly_admitted).asks == ()


class Noting(dict[str, Any]):
    """Empty facts that note every name somebody looks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return default


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
def test_a_guard_looks_for_facts_that_somebody_gives(step: Step) -> None:
    """A name written wrong in a guard would never refuse anything."""
    facts, past = Noting(), Noting()
    seen = situation(ON, facts=facts, past=past, member=member(born_on=date(1950, 1, 1)), open_cases=lambda key: 1)
    list(answers(step.guards, seen))
    given_on_the_page = {fact.name for one in LIFECYCLES[step.lifecycle].steps().values() for fact in one.facts}
    assert facts.names | past.names <= given_on_the_page


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
@settings(max_examples=10)
@given(data=st.data())
def test_what_stands_before_the_facts_stands_with_any_facts(step: Step, data: st.DataObject) -> None:
    """Every guard of every page can be asked without facts, and takes nothing back when they are given.

    Whatever it looks up or cites is among the rules that the docs and `manage.py law` name for the step.
    """
    seen = some_situation(step, data)
    known = foresee(step.guards, seen, [fact.name for fact in step.facts])
    seen.facts = data.draw(facts_of(step.facts), "facts")
    said = list(answers(step.guards, seen))
    assert [one for one in known.stands if one not in said] == []
    assert {*seen.used, *(one.rule for one in said)} - {""} <= rules_of(step.lifecycle, step.name)


def some_situation(step: Step, data: st.DataObject) -> Situation:
    """Anything a subject may have gone through before the step: the page's own facts are its past."""
    page = LIFECYCLES[step.lifecycle]
    days = st.none() | DAYS
    someone = member(
        standing=data.draw(st.sampled_from(Standing.values)), born_on=data.draw(days), joined_on=data.draw(days),
        participation=data.draw(st.sampled_from(Participation.values)), away_until=data.draw(days),
        admission_decided_on=data.draw(days),
    )  # fmt: skip
    earlier = {fact.name: fact for one in page.steps().values() for fact in one.facts}
    drawn = data.draw(facts_of(tuple(earlier.values())), "past") if page.subject == "case" else {}
    past = {name: earlier[name].dump(value) for name, value in drawn.items() if value is not None}
    roll = Roll(data.draw(st.integers(0, 12)))
    return situation(
        data.draw(DAYS, "on"), past=past, member=someone, people=[person(3), person(4, "probationary")],
        subject=someone if page.subject == "member" else case(page.key), roll_on=lambda day: roll,
        roll_at=lambda key: roll, open_cases=lambda key: 1,
    )  # fmt: skip
