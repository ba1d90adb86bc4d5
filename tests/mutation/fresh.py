"""A pytest plugin for `make mutation`: guards made at import are made anew for each mutant, and known by who ran them.

mutmut forks from a process that has imported everything and swaps a function when it is called. Here most guards come
from factories called while modules are imported (`votes.carried(VOTE)` in a list, on a page), so each process
imports the project's modules again; and a guard belongs to the tests that run it, not to those that made it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from mutmut.mutation.trampoline import get_mutant_under_test
from mutmut.state import state

MADE_ANEW = ("workflows", "tests.workflows")
DECLARING = ("tests/workflows/test_catalogue.py", "tests/workflows/test_facts.py")
"""Asked about functions that run while modules are imported: a page that no longer stands fails there first."""

settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None, max_examples=25, suppress_health_check=list(HealthCheck)
)
settings.load_profile("mutation")
_at_import: set[str] = set()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    for name in [name for name in sys.modules if name.startswith(MADE_ANEW)]:
        del sys.modules[name]


def pytest_collection_finish() -> None:
    _at_import.update(state()._stats)
    state()._stats.clear()


@pytest.fixture(autouse=True)
def nothing_settled() -> Iterator[None]:
    """As in tests/conftest.py, which starts servers and is left out here."""
    from workflows import law  # noqa: PLC0415  # the one made anew

    yield
    law.settle({})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    if get_mutant_under_test() != "stats":
        return (yield)
    if item.nodeid.startswith(DECLARING):
        state()._stats.update(_at_import)
    sys.setprofile(_note)
    try:
        return (yield)
    finally:
        sys.setprofile(None)


def _note(frame: FrameType, event: str, _: Any) -> None:
    """The original of a mutated function, or something defined within it, is run by the test of now."""
    if event == "call" and "__mutmut_orig" in frame.f_code.co_qualname:
        named = frame.f_code.co_qualname.partition("__mutmut_orig")[0].rpartition(".")[2]
        state()._stats.add(f"{frame.f_globals['__name__']}.{named}")
