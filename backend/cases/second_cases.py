"""One open case for each key of its page: a second one is refused, and the open one named."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_noop

from backend.cases.durable import ALREADY_OPEN
from backend.cases.models import Case
from backend.cases.orders import Loaded
from backend.cases.targets import new_case
from workflows.answers import Answer
from workflows.catalogue import LIFECYCLES
from workflows.vocabulary import Situation, Step


def already_open(loaded: Loaded, seen: Situation, ending: int | None = None) -> list[Answer]:
    """The refusal of a case that would be a second one; none where its key is made of facts not given yet.

    `ending`: a case that the same step ends.
    """
    case = loaded.case
    try:
        key = LIFECYCLES[case.lifecycle].exclusive_key(seen)
    except KeyError:
        return []
    same = Case.objects.filter(
        lifecycle=case.lifecycle, member_id=case.member_id, unit_id=case.unit_id, exclusive_key=key, closed_on=None
    )
    found = same.exclude(state="").exclude(pk=ending or 0).values_list("number", "state").first()
    if found is None:
        return []
    number, state = found
    message = gettext_noop("Such a case is open already: %(number)s (“%(state)s”).")
    named = {"number": number, "state": dict(LIFECYCLES[case.lifecycle].State.choices)[state]}
    return [replace(ALREADY_OPEN, message=message, params=named)]


def second_ones(loaded: Loaded, step: Step, seen: Situation) -> list[Answer]:
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
            found += already_open(fresh, replace(seen, facts=told), ending=own)
    return found
