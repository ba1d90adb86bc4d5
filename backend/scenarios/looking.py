"""What stands in the database, against what a scenario says of it: people, cases, deadlines, notices, lists, terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from backend.alerts.models import Notice, Outcome
from backend.cases import selectors
from backend.cases.labels import label_cases, label_members
from backend.cases.models import Case
from backend.cases.rolls import roll_on
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.deadlines.calendar import calendar
from backend.deadlines.explaining import arithmetic, explain
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.flags.selectors import flags
from backend.members.models import Member
from backend.members.today import taking_part
from backend.scenarios.differing import LANGUAGES, Difference, as_day, options
from backend.scenarios.taking import named_actor
from backend.scenarios.world import CELL, World
from workflows import law
from workflows.clocks import term_end
from workflows.scenarios import BadScenario, Block
from workflows.scenarios.faults import unknown
from workflows.scenarios.words import NONE
from workflows.standings import MEMBERS

_DAYS = {"decided": "admission_decided_on", "joined": "joined_on", "official": "official_on", "left": "left_on",
         "until": "away_until", "party_age": "party_age_from"}  # fmt: skip


def members(world: World, wanted: Block) -> Iterator[Difference]:
    """Standing, participation, days, places and labels of people."""
    for name, block in wanted.items():
        people = taking_part(Member.objects.select_related("unit", "guest_unit"), clock.today())
        member = people.get(pk=world.member(name, wanted.at(name)))
        (labelled,) = label_members([member], clock.today())
        found: dict[str, Any] = {
            "standing": member.standing, "participation": member.takes_part, "at": member.unit.name,
            "guest_at": member.guest_unit.name if member.guest_unit else None,
            "labels": sorted(one.timed.key for one in labelled.labels),
            **{key: getattr(member, column) for key, column in _DAYS.items()},
        }  # fmt: skip
        yield from compare(name, block, found)


def units(world: World, wanted: Block) -> Iterator[Difference]:
    """The headcount of a cell, and its roll of today."""
    for name, block in wanted.items():
        unit = world.named_unit(name, wanted.at(name))
        roll = roll_on(unit.pk, clock.today())
        headcount = Member.objects.filter(unit=unit, standing__in=MEMBERS).count()
        yield from compare(name, block, {"headcount": headcount, "official": roll.official, "left_out": roll.left_out})


def cases(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """State, turn and labels of the newest case of a page about somebody or some unit."""
    for block in wanted:
        case = _cases(world, block).last()
        about = _about(block, "case")
        if case is None:
            if block.get("state") != NONE:
                yield Difference(block.line, about, block.get("state"), NONE)
            continue
        (labelled,) = label_cases([case], clock.today())
        found = {"state": case.state, "turn": case.acting_unit.name,
                 "labels": sorted(one.timed.key for one in labelled.labels)}  # fmt: skip
        yield from compare(about, block, found)


def deadlines(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """The newest deadline of a rule: days, status, explanation, whose turn, how sure."""
    for block in wanted:
        one = _deadline(world, block)
        about = _about(block, "deadline")
        if one is None or block.get("status") == NONE:
            if (one is None) != (block.get("status") == NONE):
                found = one.status if one else NONE
                yield Difference(block.line, about, block.get("status", block.get("due")), found)
            continue
        found_: dict[str, Any] = {
            "from": one.started_on, "due": one.due_on, "status": one.status, "early": one.early_on,
            "also": [as_day(other["due_on"]) for other in one.alternatives], "acting": one.acting_unit.name,
            "firmness": one.firmness,
        }  # fmt: skip
        yield from compare(about, block, found_)
        said = {name: explain(one.explanation, name) for name in LANGUAGES}
        for text, other in options(block.get("explained"), said):
            yield Difference(block.at("explained"), about, text, other)


def notices(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """The units told of a deadline on a day: by all rungs of that day, in the inbox."""
    for block in wanted:
        one = _deadline(world, block)
        told = Notice.objects.filter(deadline_id=one.pk if one else 0, rung_on=block["on"], channel="inbox")
        names = {unit.pk: name for name, unit in world.units.items()}
        said = told.exclude(outcome__in=[Outcome.COALESCED, Outcome.SKIPPED])
        found = sorted({names[key] for key in said.values_list("unit_id", flat=True)})
        if sorted(block["to"]) != found:
            yield Difference(block.at("to"), _about(block, "deadline"), sorted(block["to"]), found)


def listed(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """What an office sees through the same selectors that every door uses."""
    for block in wanted:
        actor = named_actor(world, block["for"], world.units[CELL], block)
        with transaction.atomic():
            scope(actor.path)
            seen = {
                "members": lambda actor=actor: [world.name_of(one.pk) for one in selectors.members(actor)],
                "cases": lambda actor=actor: [_case_words(world, one) for one in selectors.cases(actor)],
                "deadlines": lambda actor=actor: [
                    one.rule_id for one in selectors.deadlines(actor).filter(status="open")
                ],
                "flags": lambda actor=actor: [_flag_words(world, one) for one in flags(actor)],
            }
            for key in [key for key in seen if key in block]:
                found = sorted(seen[key]())
                ids = world.named(block[key], block.at(key)) if key == "members" else []
                asked = sorted([world.name_of(one) for one in ids] if key == "members" else block[key])
                if asked != found:
                    yield Difference(block.at(key), f"{actor.office} · {key}", asked, found)
        scope(WHOLE)


def terms(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """A term of the law counted from a day on today's calendar, with its arithmetic."""
    days = calendar()
    for block in wanted:
        start = date.fromisoformat(block["from"])
        rule = law.rule(block["rule"], start)
        parts = rule.value if isinstance(rule.value, dict) else {"": rule.value}
        if block.get("part", next(iter(parts))) not in parts:
            raise BadScenario([unknown(block.at("part"), block["part"], parts)])
        amount = parts[block.get("part", next(iter(parts)))]
        due = term_end(rule, start, days, amount)
        early = term_end(rule, start, days, rule.alt) if isinstance(rule.alt, int) else None
        yield from compare(rule.id, block, {"due": due, "early": early})
        sum_ = arithmetic(rule, start, due, days, amount=amount)
        for text, other in options(block.get("explained"), {name: explain(sum_, name) for name in LANGUAGES}):
            yield Difference(block.at("explained"), rule.id, text, other)


def compare(about: str, block: Block, found: dict[str, Any]) -> Iterator[Difference]:
    """What a block says of things that were found, days as days and lists in any order."""
    for key in [key for key in block if key in found]:
        wanted = block[key]
        is_day = isinstance(found[key], date) or (
            found[key] is None and isinstance(wanted, str) and wanted[:2].isdigit()
        )
        wanted = as_day(wanted) if is_day else wanted
        if isinstance(wanted, list):
            is_days = isinstance(next(iter(found[key]), None), date)
            wanted = sorted(as_day(one) if is_days else one for one in wanted)
        if wanted != (sorted(found[key]) if isinstance(found[key], list) else found[key]):
            yield Difference(block.at(key), f"{about} · {key}", wanted, found[key])


def _about(block: Block, key: str) -> str:
    return f"{block[key]} · {block['of']}" if "of" in block else str(block[key])


def _subject(world: World, block: Block) -> dict[str, Any]:
    """Whose case it is: a case by the name it was given, a member, a unit; the cell where nobody is named."""
    name = block.get("of", CELL)
    if name in world.cases:
        return {"pk": world.cases[name]}
    if name in world.units:
        return {"unit_id": world.units[name].pk, "member_id": None}
    return {"member_id": world.member(name, block.at("of"))}


def _cases(world: World, block: Block) -> QuerySet[Case]:
    subject = _subject(world, block)
    return Case.objects.filter(lifecycle=block["case"], **subject).select_related("acting_unit").order_by("pk")


def _deadline(world: World, block: Block) -> Deadline | None:
    """The newest deadline of a rule about a subject: of its cases, of the person or a flag, or of the unit itself."""
    subject = _subject(world, block)
    member = subject.get("member_id") or 0
    of_cases = Q(subject_kind="case", subject_id__in=Case.objects.filter(**subject).values("pk"))
    of_member = Q(subject_kind="member", subject_id=member)
    of_flag = Q(subject_kind="flag", subject_id__in=Flag.objects.filter(member_id=member).values("pk"))
    of_unit = Q(subject_kind="unit", subject_id=subject.get("unit_id") or 0)
    found = Deadline.objects.filter(of_cases | of_member | of_flag | of_unit, rule_id=block["deadline"])
    return found.select_related("acting_unit").order_by("pk").last()


def _case_words(world: World, case: Case) -> str:
    """A case as it is written in a list: its page, and whose it is."""
    return f"{case.lifecycle} {world.name_of(case.member_id) if case.member_id else case.unit.name}"


def _flag_words(world: World, flag: Flag) -> str:
    """A flag as it is written in a list: its cause, and about whom."""
    return f"{flag.cause} {world.name_of(flag.member_id)}"
