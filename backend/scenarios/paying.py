"""Dues in a scenario: a month that a cell records, and what the ledger and the rates say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from backend.audit.models import Event
from backend.cases.durable import durable
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.core.errors import ChiboError
from backend.dues import ledger
from backend.dues.recording import Recorded, Wanted, record_month
from backend.participation.models import DuesEntry
from backend.scenarios.differing import LANGUAGES, Difference, options
from backend.scenarios.taking import Done, named_actor, pass_to, reasons
from backend.scenarios.world import COMMUNE, World
from workflows.answers import Refusal
from workflows.dues import Said
from workflows.dues_rates import Income, reckon
from workflows.guards.dues import Answer
from workflows.offices import Level, Office
from workflows.scenarios import Block
from workflows.workdays import month_start


def pay(world: World, act: Block) -> Done:
    """Record a month at a cell; paid on the day “on”, else on the day on which it is recorded."""
    pass_to(date.fromisoformat(act["recorded"]) if "recorded" in act else clock.today())
    month, unit = month_start(date.fromisoformat(act["dues"])), world.unit(act)
    paid_on = date.fromisoformat(act["on"]) if "on" in act else clock.today()
    wanted = [
        Wanted(key, Answer(said, paid_on if said == Said.PAID else None), _version(key, month))
        for said in Said for key in world.named(act.get(said.value, []), act.at(said.value))
    ]  # fmt: skip
    actor = named_actor(world, act.get("by", Office.CELL_SECRETARY.value), unit, act, (Level.CELL,))
    before, done = Event.objects.count(), Done(act, is_judged=True)
    try:
        told = record_month(
            actor, unit.pk, month, wanted, reason=act.get("reason", ""), complete=act.get("complete"), tell=_told
        )
    except ChiboError as error:
        told = {"event": None, "errors": [reasons(error)]}
    done.answers = [one for error in told["errors"] for one in error]
    done.event = UUID(told["event"]) if told["event"] and not done.answers else None
    done.left_behind = Event.objects.count() - before if told["event"] is None else 0
    return done


def _version(member: int, month: date) -> int:
    return DuesEntry.objects.filter(member_id=member, month=month).values_list("version", flat=True).first() or 0


def _told(done: Recorded) -> dict[str, Any]:
    errors = [reasons(one.error) for one in done.results if one.error is not None]
    return {"event": str(done.event) if done.event is not None else None, "errors": errors}


def dues(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """What the ledger says of a member's month, as the commune's officer reads it."""
    names = {unit.pk: name for name, unit in world.units.items()}
    for block in wanted:
        line = _line(world, block)
        found = {
            "status": line.status.value, "at": names.get(line.unit_id or 0), "percent": line.view.percent_off,
            "late": line.late,
        }  # fmt: skip
        for key in [key for key in block if key in found and block[key] != found[key]]:
            yield Difference(block.at(key), f"{block['month']} · {block['of']} · {key}", block[key], found[key])


def amounts(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """What the rate of a month gives, less what was reduced for the member named."""
    for block in wanted:
        percent = _line(world, block).view.percent_off if "of" in block else 0
        sum_ = reckon(Income(block["income"]), block.get("base"), _month(block), percent)
        found = {"unknown": sum_.code} if isinstance(sum_, Refusal) else {"due": sum_.due}
        about = f"{block['income']} · {block['month']}"
        for key in ("due", "unknown"):
            if block.get(key) != found.get(key) and (key in block or key in found):
                yield Difference(block.at(key), f"{about} · {key}", block.get(key), found.get(key))
        told = sum_ if isinstance(sum_, Refusal) else Refusal("", _WHOLE, {"told": sum_.told})
        said = {language: told.text(language) for language in LANGUAGES}
        for text, other in options(block.get("explained"), said):
            yield Difference(block.at("explained"), about, text, other)


_WHOLE = "%(told)s"


def _line(world: World, block: Block) -> ledger.Line:
    actor = world.actor(Office.ORGANISATION_OFFICER, world.units[COMMUNE])
    member = world.member(block["of"], block.at("of"))
    with durable():
        scope(actor.path)
        line = ledger.seen_month(actor, member, _month(block), clock.today())
    scope(WHOLE)
    return line


def _month(block: Block) -> date:
    return month_start(date.fromisoformat(block["month"]))
