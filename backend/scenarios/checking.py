"""What must be so: each statement of `then` against what the step answered and what stands in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language, gettext_noop

from backend.audit.models import Event
from backend.scenarios.awarding import badges
from backend.scenarios.differing import Difference, either, options
from backend.scenarios.flagging import catch_up, flags
from backend.scenarios.looking import cases, deadlines, listed, members, notices, terms, units
from backend.scenarios.paying import amounts, dues
from backend.scenarios.taking import Done
from backend.scenarios.world import World
from workflows.guards.measuring import retold
from workflows.scenarios import BadScenario, Block, Fault, Items
from workflows.scenarios.faults import unknown

NO_BALLOT = gettext_noop("This step has no vote that was stored.")
ELECTED = "CON.WIN"
"""The rule of an election, which names none of its own."""
COUNTED = {"flags", "deadlines", "notices", "listed"}
"""What the jobs may have changed since."""
_LOOKS: dict[str, Callable[[World, Any], Iterator[Difference]]] = {
    "members": members, "units": units, "cases": cases, "deadlines": deadlines, "notices": notices, "listed": listed,
    "badges": badges, "terms": terms, "dues": dues, "amounts": amounts, "flags": flags,
}  # fmt: skip


ANSWERS = frozenset({"refused", "cautions", "each", "ballot"})
"""What a `then` says of the step before it."""


def check(world: World, then: Block | None, done: Done | None = None) -> list[Difference]:
    """Everything in which `then` differs from what stands. Raises BadScenario for names that nobody has.

    A step must be refused for exactly the reasons named, or else be done with exactly the cautions named.
    """
    then = then if then is not None else Block(done.block.line if done else 0)
    found = list(_answers_of_all(then, done)) if done is not None and done.judged else []
    if "ballot" in then and not (found and done is not None and done.refused):  # else the refusal is the difference
        found += _ballot(then["ballot"], done)
    if then.keys() & COUNTED:
        catch_up()
    for key, look in _LOOKS.items():
        if key in then:
            found += look(world, then[key])
    return found


def _answers_of_all(then: Block, done: Done) -> Iterator[Difference]:
    """The answers of a step; taken for several at once, those of each: its own where it is named, else everybody's."""
    if not done.each:
        yield from _answers(then, done)
        return
    own = then.get("each", Block(then.line))
    for name in [name for name in own if name not in done.each]:
        raise BadScenario([unknown(own.at(name), name, done.each)])
    for name, one in done.each.items():
        for found in _answers(own.get(name, then), one):
            yield replace(found, about=f"{name} · {found.about}")


def _answers(then: Block, done: Done) -> Iterator[Difference]:
    """The reasons or cautions of one step, all of them and no others."""
    key = "refused" if done.refused else "cautions"
    if done.refused != ("refused" in then):
        yield Difference(then.at(key), "refused", bool("refused" in then), done.refused, list(_said(done)))
        return
    wanted = then.get(key, Items(then.line))
    codes = [one["code"] if isinstance(one, Block) else one for one in wanted]
    if sorted(codes) != sorted(one["code"] for one in done.answers):
        yield Difference(
            then.at(key), key, sorted(codes), sorted(one["code"] for one in done.answers), list(_said(done))
        )
        return
    for one in wanted:
        if isinstance(one, Block):
            yield from _sentence(one, next(said for said in done.answers if said["code"] == one["code"]))
    if done.left_behind:
        yield Difference(then.at(key), "events", 0, done.left_behind)


def _said(done: Done) -> Iterator[str]:
    language = "vi" if get_language() == "vi" else "en"
    return (f"{one['code']}: {one[language]}" for one in done.answers)


def _sentence(wanted: Block, said: dict[str, str]) -> Iterator[Difference]:
    for text, found in options(wanted.get("says"), {name: said[name] for name in ("vi", "en")}):
        yield Difference(wanted.at("says"), "says", text, found)
    if wanted.get("rule", said["rule"]) != said["rule"]:
        yield Difference(wanted.at("rule"), "rule", wanted["rule"], said["rule"])


def _ballot(wanted: Block, done: Done | None) -> Iterator[Difference]:
    """What the event of the step keeps of its vote, and the sum told from that alone."""
    event = Event.objects.get(uid=done.event) if done is not None and done.event is not None else None
    facts = done.step.facts if done is not None and done.step is not None else ()
    sealed = event.facts if event is not None else {}
    voted = [one for one in facts if isinstance(sealed.get(one.name), dict) and "roll" in sealed[one.name]]
    if event is None or not voted:
        raise BadScenario([Fault(wanted.line, NO_BALLOT)])
    kept = event.facts[voted[0].name]
    measured = retold(kept, event.rules, getattr(voted[0], "rule", ELECTED))
    found: dict[str, Any] = {**kept["roll"], "needed": measured.needed}
    for key in [key for key in wanted if key != "sum"]:
        if wanted[key] != found[key]:
            yield Difference(wanted.at(key), key, wanted[key], found[key])
    if "sum" in wanted:
        said = either(lambda: f"{measured.sum}; {measured.share}")
        for text, other in options(wanted["sum"], said):
            yield Difference(wanted.at("sum"), "sum", text, other)
