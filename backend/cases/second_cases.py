"""One open case for each key of its page: a second one is refused, and the open one named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop

from backend.cases.durable import ALREADY_OPEN
from backend.cases.models import Case
from backend.cases.orders import Loaded
from backend.cases.targets import new_case
from workflows.answers import Answer
from workflows.catalogue import LIFECYCLES
from workflows.vocabulary import Situation, Step

_READ = ("lifecycle", "member_id", "unit_id", "exclusive_key", "number", "state")


def open_about(members: Iterable[int]) -> list[Case]:
    """Every open case about members, for `among`: read once where many steps are judged."""
    found = Case.objects.filter(member_id__in=members, closed_on=None).exclude(state="")
    return list(found.order_by("pk").only(*_READ))


def already_open(
    loaded: Loaded, seen: Situation, ending: int | None = None, among: Iterable[Case] | None = None
) -> list[Answer]:  # fmt: skip
    """The refusal of a case that would be a second one; none where its key is made of facts not given yet.

    `ending`: a case that the same step ends. `among`: the open cases of the member, where they were read before.
    """
    case = loaded.case
    try:
        key = LIFECYCLES[case.lifecycle].exclusive_key(seen)
    except KeyError:
        return []
    same = (case.lifecycle, case.member_id, case.unit_id, key)
    open_ones = _open(case, key) if among is None else among
    found = next((one for one in open_ones if one.pk != ending and _key(one) == same), None)
    if found is None:
        return []
    message = gettext_noop("Such a case is open already: %(number)s (“%(state)s”).")
    named = {"number": found.number, "state": dict(LIFECYCLES[case.lifecycle].State.choices)[found.state]}
    return [replace(ALREADY_OPEN, message=message, params=named)]


def _open(case: Any, key: str) -> Iterable[Case]:
    same = Case.objects.filter(
        lifecycle=case.lifecycle, member_id=case.member_id, unit_id=case.unit_id, exclusive_key=key, closed_on=None
    )
    return same.exclude(state="").only(*_READ)


def _key(one: Case) -> tuple[str, int | None, int, str]:
    return one.lifecycle, one.member_id, one.unit_id, one.exclusive_key


def second_ones(loaded: Loaded, step: Step, seen: Situation, among: Iterable[Case] | None = None) -> list[Answer]:
    """The same of the cases that a step starts; also before all facts are given."""
    own = loaded.case.pk if loaded.case is not None else None
    found: list[Answer] = []
    for start in step.starts:
        try:
            facts = start.facts(seen) if start.when(seen) else None
        except KeyError:
            facts = {}
        if facts is not None:
            fresh = Loaded(loaded.unit, new_case(start.lifecycle, loaded.unit, loaded.member), loaded.member)
            told = {name: value for name, value in facts.items() if value is not None}  # not told yet is not there
            found += already_open(fresh, replace(seen, facts=told), own, among)
    return found
