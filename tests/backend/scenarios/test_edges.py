"""Every figure of the law is held from both sides: with one more or one less of it, some scenario is no longer as told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from backend.scenarios.running import run
from tests.workflows.stories import SCENARIOS
from workflows import law
from workflows.flagging import RULES, WARNS
from workflows.law import Rule
from workflows.scenarios import Scenario
from workflows.uses import labels, uses

STEPS = [{act["step"] for act in one.content["when"] if "step" in act} for one in SCENARIOS]
TEXTS = [str(one.content) for one in SCENARIOS]
FREE = {
    "ADM.UNION_INTRODUCERS@2011-01-19-1": "nobody at all cannot be named as introducers",
    "MTG.REGULAR@2025-10-28.per_month": "one a month is how meetings are opened; nothing counts with the figure",
    "MTG.THEMATIC@2025-10-28": "as above; B50 tells what it means",
    "PRO.PARTY_AGE_WITHOUT@": "names the time that does not count; its days come from the record or a paper",
    "REA.ONCE@": "recalled, so it only cautions: no figure is looked at",
    "TASK.": "tasks are policies of this system: they remind, and bind nobody; their days are in tests/workflows/test_clocks",
    "ALERT.": "of the alerts, which no scenario tells",
}
"""Figures (by the beginning of their names) that no scenario has to hold, each with the reason."""
FLAGGED = {*RULES.values(), *WARNS.values(), "LAP.WINDOW", "LAP.MIX_MEETINGS_AND_DUES"}
"""What flags are counted by."""


@dataclass(frozen=True)
class Figure:
    """One figure of a version of a rule, and the row with one more (or one less) of it."""

    name: str
    row: Rule
    other: Rule

    def __str__(self) -> str:
        return self.name


def figures() -> Iterator[Figure]:
    """Those of rules that a step, a label or a flag rests on."""
    for row in law.rules(packs=law.packs()):
        if row.id in labels() or row.id in FLAGGED or uses().get(row.id):
            for name, value in _varied(row.value):
                found = Figure(f"{row.version}{name}", row, replace(row, value=value))
                if not found.name.startswith(tuple(FREE)):
                    yield found


def _varied(value: Any) -> Iterator[tuple[str, Any]]:
    """A figure with one more and one less, a vote with one more needed and one less, a share, a list without each of its
    words, the other of two answers."""
    match value:
        case bool():
            yield f": {not value}", not value
        case int():
            yield from ((f"{more:+}", value + more) for more in (1, -1))
        case float():
            yield from ((f"{more:+}", round(value + more, 2)) for more in (0.05, -0.05))
        case list():
            yield from ((f" without {one}", [other for other in value if other != one]) for one in value)
        case Mapping():
            for key, one in value.items():
                yield from ((f".{key}{name}", {**value, key: other}) for name, other in _varied(one))
        case "calendar_year":
            yield ": rolling", "rolling"
        case str() if _VOTE.search(value):
            yield from ((f"{more:+}", re.sub(r"\byes\b", f"(yes{-more:+})", value)) for more in (1, -1))
        case str() if share := _SHARE.fullmatch(value):
            upper, lower = int(share[1]), int(share[2])
            yield from ((f"{more:+}", f"{2 * upper + more}/{2 * lower}") for more in (1, -1))


_VOTE, _SHARE = re.compile(r"\byes\b.*[<>]|[<>].*\byes\b"), re.compile(r"(\d)/(\d)")


def _likely(rule: Rule) -> list[Scenario]:
    """The scenarios that may notice: those that name the rule first, then those of the steps and pages that use it."""
    steps, pages = set(uses().get(rule.id, ())), {key.partition(".")[0] for key in labels().get(rule.id, ())}
    named = [place for place, text in enumerate(TEXTS) if rule.id in text]
    using = [
        place for place, taken in enumerate(STEPS)
        if taken & steps or any(step.partition(".")[0] in pages for step in taken)
        or (rule.id in FLAGGED and "'flags'" in TEXTS[place])
    ]  # fmt: skip
    return [SCENARIOS[place] for place in dict.fromkeys([*named, *using])]


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.django_db
@pytest.mark.parametrize("figure", list(figures()), ids=str)
def test_a_figure_of_the_law_is_held_by_a_scenario(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    sources, table = law._law()
    rows, *_ = table[figure.row.id]
    changed = tuple(figure.other if one.version == figure.row.version else one for one in rows)
    other = law.tabled(sources, {name: chain[0] for name, chain in table.items()} | {figure.row.id: changed})
    monkeypatch.setattr(law, "_law", lambda: other)
    monkeypatch.setattr(
        law, "_by_version", lambda: {row.version: row for chain, *_ in other[1].values() for row in chain}
    )
    assert any(not run(one).passed for one in _likely(figure.row))
