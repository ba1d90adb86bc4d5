"""Every step of every page is taken under the machine's laws: gone for by its road, in a run of its own, always the same ones.

Runs of chance (`test_machine`) come to whatever they come to; here each step that was never taken is named.
"""

from __future__ import annotations

from random import Random
from zlib import crc32

import pytest

from tests.machine.aiming import STEPS, Aiming, carriers
from tests.machine.play import DONE
from tests.machine.test_machine import machine
from workflows.catalogue import LIFECYCLES

__all__ = ["machine"]
WITHIN = {
    "membership.attends_again", "membership.attendance_begun", "membership.imported_attending", "membership.imported_away",
    "membership.imported_exempt", "membership.imported_lapsed",
}  # fmt: skip
"""Steps that move a member's second field: they are told in the event of the step that calls them."""
RUNS_ON = {
    "membership.abroad_again", "membership.away_again", "membership.elsewhere_again", "membership.exempt_again",
    "membership.lapsed_again",
}  # fmt: skip
"""Taken only where something else about the same person goes on (a leave under another case, a lapse): roads of one page do
not aim at two. They are told in `workflows/scenarios/membership/going_on.yaml`."""
RUNS, FAR = 12, 40

LONG = {"recognition", "membership", "removal", "admission", "temporary_transfer", "discipline", "transfer"}
"""Longer than all others together: at night."""


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lifecycle", [
    pytest.param(one, marks=pytest.mark.nightly if one in LONG else []) for one in sorted(LIFECYCLES)
])  # fmt: skip
def test_every_step_of_a_page_is_taken_under_the_laws(machine: type[Aiming], lifecycle: str) -> None:
    DONE.clear()
    wanted = {one.code for one in LIFECYCLES[lifecycle].steps().values()} - WITHIN - RUNS_ON
    assert [code for code in sorted(wanted) if not DONE[code] and not taken(machine, code)] == []


def taken(machine: type[Aiming], code: str) -> bool:
    """Whether one of some runs, each of chance but always the same, takes the step; what breaks a law says the way to it."""
    for attempt in range(RUNS):
        run, chance, said = machine(), Random(crc32(f"{code} {attempt}".encode())), list[str]()
        run.play.say = said.append
        try:
            run.choose_who_it_is_about(chance)
            if run.aim(chance, STEPS[code], FAR):
                run.the_log_says_what_is_stored()
                return True
        except AssertionError as broken:
            broken.add_note("\n".join([f"{code}, run {attempt}:", *said[-30:]]))
            raise
        finally:
            run.teardown()
    return False


def test_what_no_step_taken_by_people_leads_to_is_told_within_another() -> None:
    assert set(STEPS) - set(carriers()) == WITHIN | RUNS_ON
