"""The machine runs: the same few runs with the tests, many others at night (the profile of Hypothesis says which)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.aiming import Aiming
from tests.machine.play import DONE
from tests.machine.stage import set_stage
from tests.realdb import fresh_clone
from workflows.catalogue import LIFECYCLES

NIGHTLY = settings.get_current_profile_name() == "nightly"
SMALL = settings(
    max_examples=6, stateful_step_count=20, derandomize=True, deadline=None, database=None, print_blob=True,
    phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
)  # fmt: skip
"""Explaining a failure traces every line of the engine: on Python 3.11 that takes minutes."""
LARGE = settings(
    SMALL, max_examples=100, stateful_step_count=40, derandomize=False, phases=[Phase.generate],
)  # fmt: skip
"""Some ten minutes on one core. A failing run of forty steps is told as it is: to shrink one takes hours."""


@pytest.fixture
def machine(pristine_template: str, django_db_blocker: Any) -> Iterator[type[Aiming]]:
    with django_db_blocker.unblock(), fresh_clone(pristine_template) as database:
        yield type("StagedMachine", (Aiming,), {"stage": set_stage(), "template": database.name})


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(5400 if NIGHTLY else 600)
def test_the_laws_hold_whatever_people_do(machine: type[Aiming]) -> None:
    DONE.clear()
    run_state_machine_as_test(machine, settings=LARGE if NIGHTLY else SMALL)
    steps = {one.code for page in LIFECYCLES.values() for one in page.steps().values()}
    done, refused = DONE.keys() & steps, DONE.keys() - steps
    assert len(done) > 60, "too few different steps: the facts of `facts.py` no longer suit the pages"
    assert len({code.split(".")[0] for code in done}) > 10, "too few lifecycles"
    assert len(refused) > 12, "too few different refusals"
    assert DONE["void"] > 0
