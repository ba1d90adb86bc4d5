"""Ladders of a unit's own, in the form of the delivered files: reading what somebody wrote, and the floor under it.

A unit may add rungs and bring them forward. It may not leave out, delay or mute what the delivered ladder says on the day
itself and to those above, and nobody above is told of what is not late yet. How surely the rule is known still bounds how far
any ladder climbs (`Ladder.schedule`).

A version is known by its contents: its name ends in a digest of its rungs, so that a version never changes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.ladders import Ladder, ladder_for
from workflows.ladders.rungs import UNITS, LadderError, Rung, Side, read_rung, refused
from workflows.ladders.words import rung_in_words

MOST = 31
"""Rungs of one ladder: a deadline keeps the places of two."""
NAME = re.compile(r"[a-z]+(_[a-z]+)*")
LONGEST = 23
_ORDER = get_args(Side)

NOT_READ = gettext_noop("This is no document of ladders.")
NO_NAME = gettext_noop("“%(ladder)s” is no name of a ladder.")
NO_RUNGS = gettext_noop("Ladder %(ladder)s: it has 1 to %(most)s rungs.")
NO_LADDER = gettext_noop("Ladder %(ladder)s: a rule names it, and it is not in the document.")
NO_RULE = gettext_noop("Ladder %(ladder)s: no rule names it.")
MIXED = gettext_noop("Ladder %(ladder)s: all offsets of one side are of one unit, of %(units)s.")
DISORDER = gettext_noop("Ladder %(ladder)s: its rungs stand in the order of their days, each once.")
TOO_HIGH = gettext_noop("Ladder %(ladder)s: there are %(levels)s levels above, and a rung goes to level %(up)s.")
TOO_SOON = gettext_noop("Ladder %(ladder)s: a level above is told after the due day, one day later or more.")
BELOW = Refusal(
    "unit.ladder_drops_rung",
    gettext_noop("Ladder %(ladder)s says less for %(rule)s than the delivered one: %(missing)s."),
    remedy=gettext_noop("Rungs may be added and come earlier; none of these may go, come later or by fewer channels."),
    fact="ladders",
)
FORM = gettext_noop("Write defaults, ladders and rules in the form of docs/ladders.schema.json.")


def read_own(data: Any) -> tuple[dict[str, Ladder], list[Refusal]]:
    """The ladder of each rule of a document, and everything that is wrong with its form. Names end in their digest."""
    if not isinstance(data, Mapping) or {*data} != {"defaults", "ladders", "rules"}:
        return {}, [_document()]
    defaults, named, rules = data["defaults"], data["ladders"], data["rules"]
    if not all(isinstance(one, Mapping) for one in (defaults, named, rules)) or not rules:
        return {}, [_document()]
    found: dict[str, Ladder] = {}
    wrong: list[Refusal] = []
    for name, rows in named.items():
        try:
            found[name] = _ladder(name, defaults, rows)
        except LadderError as error:
            wrong.append(error.fault)
    wanted = [*map(str, rules.values())]
    wrong += [refused(NO_LADDER, one) for one in wanted if one not in named]
    wrong += [refused(NO_RULE, str(one)) for one in named if one not in wanted]
    wrong += [fault for one in found.values() for fault in _in_disorder(one)]
    return {str(rule): found[str(name)] for rule, name in rules.items() if str(name) in found}, wrong


def base_name(ladder: str) -> str:
    """What a ladder is called, without the digest of an own one."""
    return ladder.partition("@")[0]


def of_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> Ladder:
    """A version as it was kept."""
    return Ladder(name, tuple(read_rung(name, row) for row in rows))


def below_floor(own: Ladder, rule_id: str, levels: int) -> list[Refusal]:
    """What an own ladder of a rule lacks, where there are `levels` units above the lowest that it is for."""
    name = base_name(own.name)
    wrong = [
        refused(TOO_HIGH, name, levels=levels, up=one) for one in sorted({one.up for one in own.rungs}) if one > levels
    ]
    if any(one.up and (one.side != "after" or one.offset == 0) for one in own.rungs):
        wrong.append(refused(TOO_SOON, name))
    needed = [one for one in ladder_for(rule_id).rungs if one.up or (one.side in ("day", "last") and not one.offset)]
    missing = [one for one in needed if one.up <= levels and not any(_as_good(own_one, one) for own_one in own.rungs)]
    if missing:
        words = {"ladder": name, "rule": rule_id, "missing": tuple(map(rung_in_words, missing))}
        wrong.append(replace(BELOW, params=words))
    return wrong


def _as_good(own: Rung, delivered: Rung) -> bool:
    """Whether a rung says to the same level at least as soon, as loud and by as many channels what a delivered one says."""
    in_time = own.offset <= delivered.offset and (own.unit in (delivered.unit, "days") or not own.offset)
    same = (own.side, own.up, own.kind) == (delivered.side, delivered.up, delivered.kind)
    return same and in_time and {*own.channels} >= {*delivered.channels} and own.critical >= delivered.critical


def _document() -> Refusal:
    return Refusal("unit.ladder_form", NOT_READ, remedy=FORM, fact="ladders")


def _ladder(name: Any, defaults: Mapping[str, Any], rows: Any) -> Ladder:
    shown = str(name)[:60]
    if not isinstance(name, str) or len(name) > LONGEST or not NAME.fullmatch(name):
        raise LadderError(refused(NO_NAME, shown))
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        raise LadderError(refused(NO_RUNGS, shown, most=MOST))
    rungs = tuple(read_rung(name, {**defaults, **row} if isinstance(row, Mapping) else row) for row in rows)
    kept = json.dumps([one.row() for one in rungs], sort_keys=True).encode()
    return Ladder(f"{name}@{hashlib.sha256(kept).hexdigest()[:16]}", rungs)


def _in_disorder(ladder: Ladder) -> Iterator[Refusal]:
    name = base_name(ladder.name)
    if any(len({one.unit for one in ladder.rungs if one.side == side and one.offset}) > 1 for side in _ORDER):
        yield refused(MIXED, name, units=", ".join(UNITS))
        return
    places = [place(one) for one in ladder.rungs]
    if any(earlier >= later for earlier, later in pairwise(places)):
        yield refused(DISORDER, name)


def place(one: Rung) -> tuple[int, int, int]:
    """Where a rung stands among those of its ladder: by side, by its days in the order of time, by level."""
    return _ORDER.index(one.side), -one.offset if one.side == "before" else one.offset, one.up
