"""Which rows of the law each step looks up: read off the code that runs, so that no list can fall behind it.

A step leads to its clocks, ballots, guards and its own method; a function leads to the constants it holds, the values it
closes over and the functions and tables of `workflows` that it names. Every id of a rule met on the way may be looked up
or cited by the step. It may find more than one run of the step looks up, never less: a test holds it to what events noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from inspect import unwrap
from types import CodeType, FunctionType, ModuleType
from typing import Any

from workflows import badges, dues_rates, flagging, law
from workflows.catalogue import LIFECYCLES, PAGES, own_days
from workflows.vocabulary import Act, Lifecycle, Step

HOME = "workflows."


@cache
def rules_of(lifecycle: str, step: str) -> frozenset[str]:
    """The ids of the rules that a step may look up or cite. Raises KeyError for an unknown lifecycle or step."""
    page = LIFECYCLES[lifecycle]
    declared, method = page.steps()[step], unwrap(getattr(page, step))
    roots = [declared.facts, declared.guards, declared.opens, declared.starts, page.exclusive_key, method]
    return frozenset(_ids(roots)) | _of_consequences(page, method)


@cache
def clocked_by(lifecycle: str, step: str) -> frozenset[str]:
    """The rules of the step's clocks that nothing else of it looks up: an event that notes one of them opened it."""
    page = LIFECYCLES[lifecycle]
    declared, method = page.steps()[step], unwrap(getattr(page, step))
    others = frozenset(_ids([declared.facts, declared.guards, method])) | _of_consequences(page, method)
    return frozenset(clock.rule for clock in declared.opens) - others


@cache
def uses() -> Mapping[str, tuple[str, ...]]:
    """Rule id, or act of who decides -> the steps that may look it up, as `recognition.propose`, in order."""
    found: dict[str, list[str]] = {name: [] for name in (*_known(), *law.acts())}
    for page in sorted(PAGES, key=lambda one: one.key):
        for name, one in page.steps().items():
            for rule_id in (*rules_of(page.key, name), *([one.at.name] if isinstance(one.at, Act) else ())):
                found[rule_id].append(f"{page.key}.{name}")
    return {rule_id: tuple(steps) for rule_id, steps in found.items()}


@cache
def start_rules() -> Mapping[str, frozenset[str]]:
    """Rule of a clock -> the terms that its start rests on, as that of an extension rests on the end of the term before."""
    found: dict[str, set[str]] = {}
    for page in PAGES:
        for clock in (clock for one in page.steps().values() for clock in one.opens):
            looked_up = {*_ids([clock.start, clock.select, clock.also_from])}
            found.setdefault(clock.rule, set()).update(looked_up - {"LAW.SHOW_BOTH"})
    return {rule_id: frozenset(ids) for rule_id, ids in found.items()}


@cache
def counted_from_case() -> frozenset[str]:
    """Rules whose days follow from more than a start and a figure: what the step was told has to be looked at again."""
    return own_days() | {rule_id for rule_id, ids in start_rules().items() if ids}


@cache
def labels() -> Mapping[str, tuple[str, ...]]:
    """Rule id -> the labels drawn from days that come from it, as `recognition.month_eleven`."""
    found: dict[str, list[str]] = {}
    for page in sorted(PAGES, key=lambda one: one.key):
        for one in page.timed:
            for rule_id in sorted({one.rule, *_ids([one])}):
                found.setdefault(rule_id, []).append(f"{page.key}.{one.key}")
    return {rule_id: tuple(keys) for rule_id, keys in found.items()}


@cache
def lists() -> Mapping[str, tuple[str, ...]]:
    """Rule id -> the lists of the API that count by it, as `badges`."""
    found: dict[str, list[str]] = {}
    for name, module in (("badges", badges), ("dues", dues_rates), ("flags", flagging)):
        own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
        parts = [part for one in own for part in (vars(one).values() if isinstance(one, type) else (one,))]
        for rule_id in sorted(set(_ids([part.fget if isinstance(part, property) else part for part in parts]))):
            found.setdefault(rule_id, []).append(name)
    return {rule_id: tuple(names) for rule_id, names in found.items()}


def _of_consequences(page: type[Lifecycle], method: Any) -> frozenset[str]:
    """A case's step calls steps of its member: what those look up is noted with the case's event too."""
    named = {name for code in _codes(method.__code__) for name in code.co_names}
    members = LIFECYCLES["membership"]
    if page is members or "member" not in named:
        return frozenset()
    found = [rules_of("membership", name) for name in sorted(named & set(members.steps()))]
    return frozenset().union(*found)


@cache
def _known() -> frozenset[str]:
    return frozenset(row.id for row in law.rules(packs=law.packs()))


def _ids(roots: Any) -> Iterator[str]:
    """Ids of rules within reach of some values."""
    return (word for word in words(roots) if word in _known())


def words(roots: Any) -> Iterator[str]:
    """Every text within reach of some values, each value looked at once."""
    todo, seen = [roots], {}
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one  # kept, so that its id stays its own
        if isinstance(one, str):
            yield str(one)
        else:
            todo += _next(one)


def _next(one: Any) -> list[Any]:
    if isinstance(one, FunctionType):
        return _of_function(one) if one.__module__.startswith(HOME) else []
    if isinstance(one, Mapping):
        return [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return list(one)
    if is_dataclass(one) and not isinstance(one, type | Step) and type(one).__module__.startswith(HOME):
        return [getattr(one, field.name) for field in fields(one)]
    return []


def _of_function(function: FunctionType) -> list[Any]:
    """Constants, what it closes over, defaults, and what its names stand for in its module."""
    found: list[Any] = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
    found += [function.__defaults__ or (), function.__kwdefaults__ or {}]
    if wrapped := getattr(function, "__wrapped__", None):
        found.append(wrapped)
    for code in _codes(function.__code__):
        found += [constant for constant in code.co_consts if not isinstance(constant, CodeType)]
        for name in code.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, ModuleType) and value.__name__.startswith(HOME):
                found += [getattr(value, inner) for inner in code.co_names if hasattr(value, inner)]
            elif value is not None:
                found.append(value)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
