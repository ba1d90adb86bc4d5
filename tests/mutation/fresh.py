"""A pytest plugin for `make mutation`: guards made at import are made anew for each mutant, and known by who ran them.

mutmut forks from a process that has imported everything and swaps a function when it is called. Here most guards come
from factories called while modules are imported (`votes.carried(VOTE)` in a list, on a page): where a function runs then,
its mutants' processes import the project's modules again; and a guard belongs to the tests that run it, not to those
that made it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from mutmut.mutation.trampoline import get_mutant_under_test
from mutmut.state import state

MADE_ANEW = ("workflows", "tests.workflows")
READ_ONCE = "workflows.law"
"""What is read from its files once and kept: takes long, so anew only where a mutant lies in it."""
ASK_ANEW = tuple(f"tests/workflows/test_{name}" for name in ("answers", "ladder", "law", "own_ladders"))
"""Tests of what is kept: known by what it runs even where another test had it run before them."""
DECLARING = tuple(
    f"tests/workflows/test_{name}.py"
    for name in ("catalogue", "facts", "order_of_days", "profile", "timed", "page_clocks")
)
"""Asked about functions that run while modules are imported: a page that no longer stands, or says something else, fails
there first."""

settings.register_profile(
    "mutation", deadline=None, derandomize=True, database=None, max_examples=25, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # that it fails is enough; nobody reads the smallest example
)  # fmt: skip
settings.load_profile("mutation")
AT_IMPORT = Path("at-import.json")
"""The functions that run while modules are imported, as the first run of all tests found them; in `mutants/`."""


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    mutant = get_mutant_under_test()
    known = _at_import()
    if not known or mutant.startswith(READ_ONCE) or mutant.partition("__mutmut_")[0] in known:
        for name in _ours():
            del sys.modules[name]
    else:
        _forget(READ_ONCE)


def _ours() -> list[str]:
    return [name for name in sys.modules if name.startswith(MADE_ANEW)]


def _forget(*but: str) -> None:
    """What functions have kept of earlier answers."""
    for name in _ours():
        if not name.startswith(but):
            for kept in vars(sys.modules[name]).values():
                if hasattr(kept, "cache_clear") and kept.__module__ == name:
                    kept.cache_clear()


def _at_import() -> set[str]:
    return set(json.loads(AT_IMPORT.read_text())) if AT_IMPORT.exists() else set()


def pytest_collection_finish() -> None:
    if get_mutant_under_test() == "stats":
        AT_IMPORT.write_text(json.dumps(sorted(_at_import() | state()._stats)))  # going on from a last run adds to it
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
        state()._stats.update(_at_import())
    if item.nodeid.startswith(ASK_ANEW):
        _forget()
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
