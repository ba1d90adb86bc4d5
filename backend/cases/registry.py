"""Proxy models of the pages: Case or Member with the steps of one lifecycle.

They live in a registry of their own (`Meta.apps`): otherwise every page would become a migration that imports it,
with content types and permissions. Proxies are never pickled and never refreshed: load them through `loading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.apps.registry import Apps

from backend.cases.models import Case
from backend.members.models import Member
from workflows.catalogue import LIFECYCLES
from workflows.law import Rule, competence
from workflows.offices import Level
from workflows.vocabulary import Act, Lifecycle, Step


@cache
def proxies() -> dict[str, type[Any]]:
    """Lifecycle key -> proxy class."""
    private = Apps()
    return {key: _proxy(page, private) for key, page in sorted(LIFECYCLES.items())}


def _proxy(page: type[Lifecycle], private: Apps) -> type[Any]:
    base: type[Any] = Member if page.subject == "member" else Case
    meta = type("Meta", (), {"proxy": True, "apps": private, "app_label": base._meta.app_label})
    return type(f"{page.__name__}{base.__name__}", (page, base), {"__module__": __name__, "Meta": meta})


@cache
def step_of(lifecycle: str, name: str) -> Step | None:
    """A declared step, or None for a name the page does not know."""
    return steps_of(lifecycle).get(name)


@cache
def steps_of(lifecycle: str) -> dict[str, Step]:
    """The declared steps of a page by name; none for a key nobody knows."""
    page = LIFECYCLES.get(lifecycle)
    return page.steps() if page else {}


def facts_after(lifecycle: str, name: str, before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What a case holds after an event; one of no step adds to it."""
    step = step_of(lifecycle, name)
    return step.facts_after(before, told) if step else {**before, **told}


def deciding(step: Step, on: date) -> Rule | None:
    """The row of who decides that a step goes by on a day; None where the page itself names the levels."""
    return competence(step.at.name, on) if isinstance(step.at, Act) else None


def levels_of(step: Step, on: date) -> tuple[Level, ...]:
    """The levels whose offices may do the step on a day."""
    levels: tuple[Level, ...] = competence(step.at.name, on).value if isinstance(step.at, Act) else step.at
    return levels
