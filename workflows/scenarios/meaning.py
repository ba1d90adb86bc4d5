"""What a scenario means: its steps, facts, states and rules, found among the pages and the law; nothing of it is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.facts import Label
from workflows.scenarios import words
from workflows.scenarios.faults import BadScenario, Fault, unknown
from workflows.scenarios.reader import Block, Scenario, schema
from workflows.vocabulary import Step

BESIDE = {
    "step": {"of", "at", "by", "on", "recorded", "facts", "person", "as", "then"},
    "meeting": {"at", "by", "recorded", "kind", "minutes", "absent", "excused", "present", "as", "then"},
    "dues": {"at", "by", "on", "recorded", "paid", "unpaid", "withdrawn", "reason", "complete", "then"},
    "today": {"then"},
    "sweep": {"then"},
}
"""What is done, and what may stand beside it."""
ONE_ACT = gettext_noop("Here one of these is done: %(acts)s.")
NOT_BESIDE = gettext_noop("“%(key)s” means nothing beside “%(act)s”.")
ENDS_FIRST = gettext_noop("The last day, %(until)s, comes before the first, %(from)s.")
SEVERAL = gettext_noop("Several pages have a step “%(written)s”; write one of: %(known)s.")


def understand(scenario: Scenario) -> None:
    """Put keys for labels in the scenario's content. Raises BadScenario with all that is known nowhere."""
    content, faults = scenario.content, list[Fault]()
    given = content.get("given", {})
    faults += _packs(given)
    for case in given.get("cases", ()):
        faults += _case(case)
    for act in content["when"]:
        faults += _act(act, vietnamese=scenario.vietnamese)
        faults += _then(act.get("then", Block(act.line)))
    faults += _then(content["then"])
    if faults:
        raise BadScenario(sorted(faults, key=lambda fault: fault.line))


def step_named(written: str) -> Step:
    """The step of `lifecycle.step`, as `understand` left it."""
    lifecycle, _, name = written.partition(".")
    return LIFECYCLES[lifecycle].steps()[name]


def _act(act: Block, *, vietnamese: bool) -> Iterator[Fault]:
    spoken = schema()["$defs"]["act"]["properties"]
    kinds = [kind for kind in BESIDE if kind in act]
    if len(kinds) != 1:
        yield Fault(act.line, ONE_ACT, {"acts": tuple(spoken[one]["vi"] if vietnamese else one for one in BESIDE)})
        return
    kind = kinds[0]
    for key in [key for key in act if key != kind and key not in BESIDE[kind]]:
        yield Fault(act.at(key), NOT_BESIDE, {"key": key, "act": kind})
    if kind == "step":
        yield from _step(act)


def _step(act: Block) -> Iterator[Fault]:
    found = _steps(act["step"])
    if len(found) > 1:
        yield Fault(act.at("step"), SEVERAL, {"written": act["step"], "known": tuple(found)})
    elif not found:
        yield unknown(act.at("step"), act["step"], [*all_steps(), *(str(one.label) for one in all_steps().values())])
    else:
        act["step"] = found[0]
        if "facts" in act:
            yield from _name(act["facts"], {fact.name: fact.label for fact in step_named(found[0]).facts})


def all_steps() -> Mapping[str, Step]:
    return {f"{key}.{name}": one for key, page in LIFECYCLES.items() for name, one in page.steps().items()}


def _steps(written: str) -> list[str]:
    """The steps that a key or a label may mean; `Recognition: Propose recognition` says the page too."""
    steps = all_steps()
    if written in steps:  # before all labels are put into both languages
        return [written]
    page, _, name = written.partition(":")
    lifecycle = words.find(words.TABLES["lifecycle"], page) if name else None
    label = words.plain(name if lifecycle else written)
    return [
        key for key, one in steps.items() if lifecycle in (None, one.lifecycle) and label in _labels(one.label)
    ]  # fmt: skip


def _labels(label: Label) -> set[str]:
    return {words.plain(words.said(label, language)) for language in ("en", "vi")}


def _case(case: Block) -> Iterator[Fault]:
    page = LIFECYCLES[case["case"]]
    yield from _state(case, "at")
    if "facts" in case:
        facts = [fact for one in page.steps().values() for fact in one.facts]
        yield from _name(case["facts"], {fact.name: fact.label for fact in facts})


def _packs(given: Mapping[str, Any]) -> Iterator[Fault]:
    """Packs that the law knows, for days in order; of the province, of a unit, and of those that are given."""
    for packs in (given.get("packs"), *(one.get("packs") for one in (given.get("units") or {}).values())):
        for one, line in zip(packs or (), getattr(packs, "lines", ()), strict=True):
            name = one if isinstance(one, str) else one["pack"]
            if name not in law.packs():
                yield unknown(line, name, sorted(law.packs()))
            if not isinstance(one, str) and one.get("until", "9999") < one.get("from", ""):
                yield Fault(one.at("until"), ENDS_FIRST, {"until": one["until"], "from": one["from"]})


def _state(case: Block, key: str) -> Iterator[Fault]:
    states = dict(next(iter(LIFECYCLES[case["case"]].choices().values())).choices)
    choices = {**states, words.NONE: words.TABLES["status"][words.NONE]}
    meant = words.find(choices, case[key])
    if meant is None:
        yield unknown(case.at(key), case[key], choices)
    else:
        case[key] = meant


def _name(facts: Block, choices: Mapping[str, Label]) -> Iterator[Fault]:
    """Facts by their names for facts by their labels."""
    for written in list(facts):
        meant = words.find(choices, written)
        if meant is None:
            yield unknown(facts.at(written), written, choices)
        elif meant != written:
            facts.put(meant, facts.pop(written), facts.lines[written])


def _then(then: Block) -> Iterator[Fault]:
    for case in then.get("cases", ()):
        if "state" in case:
            yield from _state(case, "state")
    rules = {rule.id for rule in law.rules(packs=law.packs())}
    for key, name in (("deadlines", "deadline"), ("notices", "deadline"), ("terms", "rule")):
        yield from _rules(then.get(key, ()), name, rules)


def _rules(blocks: Iterable[Any], key: str, rules: set[str]) -> Iterator[Fault]:
    for block in blocks:
        if block[key] not in rules:
            yield unknown(block.at(key), block[key], sorted(rules))
