"""The machine runs: small with the tests, large at night (the profile of Hypothesis says which)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import Machine
from tests.machine.play import DONE
from tests.machine.stage import set_stage
from tests.realdb import fresh_clone

SMALL = settings(
    max_examples=int(__import__("os").environ.get("N","4")), stateful_step_count=25, derandomize=not __import__('os').environ.get('RND'), database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@pytest.fixture
def machine(pristine_template: str, django_db_blocker: Any) -> Iterator[type[Machine]]:
    with django_db_blocker.unblock(), fresh_clone(pristine_template) as database:
        yield type("StagedMachine", (Machine,), {"stage": set_stage(), "template": database.name})


@pytest.mark.real
def test_the_laws_hold_whatever_people_do(machine: type[Machine]) -> None:
    run_state_machine_as_test(machine, settings=SMALL)
    for name, n in sorted(DONE.items(), key=lambda one: -one[1]): print(n, name)
