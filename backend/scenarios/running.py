"""One scenario from beginning to end on the real engine, in a transaction of which nothing stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.scenarios.checking import ANSWERS, check
from backend.scenarios.differing import Difference
from backend.scenarios.doing import begin, do
from backend.scenarios.sandbox import rolled_back
from backend.scenarios.world import build
from workflows.scenarios import BadScenario, Fault, Scenario


@dataclass(frozen=True)
class Verdict:
    """What came of a scenario: nothing is otherwise, or differences, or a file that cannot be understood."""

    scenario: Scenario
    differences: list[Difference] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.differences and not self.faults


def run(scenario: Scenario) -> Verdict:
    """Build what is given, do what is done, look at what must be so. Needs a database of its own (`sandbox`)."""
    try:
        with rolled_back():
            return Verdict(scenario, _differences(scenario))
    except BadScenario as bad:
        return Verdict(scenario, faults=bad.faults)


def _differences(scenario: Scenario) -> list[Difference]:
    content, found = scenario.content, list[Difference]()
    world = build(scenario)
    for case in content.get("given", {}).get("cases", ()):
        begin(world, case)
    last = len(content["when"]) - 1
    for place, act in enumerate(content["when"]):
        done = do(world, act)
        own = act.get("then")
        if own is not None or place < last or not done.judged:
            found += check(world, own, done)
    of_the_last = own is None or not ANSWERS.isdisjoint(
        content["then"]
    )  # what the last step answers may be said in both places
    found += check(world, content["then"], done if of_the_last else None)
    return found
