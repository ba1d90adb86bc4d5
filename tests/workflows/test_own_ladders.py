"""Ladders that a unit writes: their form, the floor under them, and versions known by their contents."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils.translation import override

from tests.workflows.test_ladder_choices import faults as against_schema
from tests.workflows.twins import vietnam
from workflows.answers import Refusal
from workflows.ladders import Ladder, LadderError, Rung, ladder_for
from workflows.ladders.choosing import TITLES, Chosen, chosen_ladder, holding, ladder_title, version_of
from workflows.ladders.own import BELOW, FORM, NOT_READ, base_name, below_floor, of_rows, read_own
from workflows.ladders.words import rung_in_words

RULE = "PRO.CELL_REVIEW"
DEFAULTS = {
    "unit": "working_days", "offset": 0, "up": 0, "kind": "remind", "channels": ["inbox", "mail"], "critical": False,
}  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {"side": "before", "offset": 20}, {"side": "before", "offset": 2}, {"side": "day"},
    {"side": "after", "offset": 1, "critical": True}, {"side": "after", "offset": 1, "up": 1, "kind": "escalate"},
    {"side": "after", "offset": 3, "up": 2, "kind": "escalate"}, {"side": "after", "offset": 11, "up": 3, "kind": "escalate"},
]  # fmt: skip
HOW = "(in the application, by e-mail)"
ON_DAY, LAST = (f"on the {day} a reminder to the office that must act {HOW}" for day in ("day", "last day"))
FIRST = f"1 working days after the last day an escalation to the committee directly above {HOW}"
SECOND = f"6 working days after the last day an escalation to the committee 2 levels above {HOW}"
THIRD = f"11 working days after the last day an escalation to the committee 3 levels above {HOW}"
"""What the delivered ladder says, in words."""
Amend = Callable[[dict[str, Any]], Any]


def document(rows: Any = ROWS) -> dict[str, Any]:
    return {"defaults": dict(DEFAULTS), "ladders": {"early": deepcopy(rows)}, "rules": {RULE: "early"}}


def said(data: Any, levels: int = 5) -> list[str]:
    """Everything that is wrong with a document, as it is said."""
    found, wrong = read_own(data)
    wrong = wrong or [fault for rule, one in found.items() for fault in below_floor(one, rule, levels)]
    return [one.text("en") for one in wrong]


def test_a_document_in_the_documented_form_is_read_and_known_by_its_rungs() -> None:
    assert against_schema(document()) == said(document()) == []
    found, _ = read_own(document())
    own = found[RULE]
    assert (own.name, len(own.rungs)) == ("early@3dcdc4f86dec1a83", len(ROWS)), (
        "versions that were kept keep their name"
    )
    assert of_rows(own.name, [one.row() for one in own.rungs]) == own
    assert read_own(document())[0] == found
    other = document([*ROWS[:1], *ROWS[2:]])
    assert read_own(other)[0][RULE].name != own.name
    assert (ladder_title(own.name), ladder_title("short")) == ("early", TITLES["short"])
    assert (base_name("short"), ladder_title("of_long_ago")) == ("short", "of_long_ago")


def test_a_version_that_was_kept_in_another_form_is_refused_by_its_name() -> None:
    with pytest.raises(LadderError) as error:
        of_rows("early@3dcdc4f86dec1a83", [{"side": "day"}])
    assert error.value.fault.params["ladder"] == "early@3dcdc4f86dec1a83"


@pytest.mark.parametrize(("letters", "rungs"), [(23, 1), (5, 31)])
def test_the_longest_name_and_the_most_rungs(letters: int, rungs: int) -> None:
    rows = [{"side": "before", "offset": 60 - place} for place in range(rungs)]
    found, wrong = read_own({"defaults": DEFAULTS, "ladders": {"e" * letters: rows}, "rules": {RULE: "e" * letters}})
    assert (base_name(found[RULE].name), len(found[RULE].rungs), wrong) == ("e" * letters, rungs, [])


def test_the_example_of_the_docs_is_read() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text()
    example = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    assert against_schema(example) == said(example, levels=2) == []
    assert [one.row() for one in read_own(example)[0][RULE].rungs] == [{**DEFAULTS, **row} for row in ROWS[:6]]


@pytest.mark.parametrize("name", [one.name for one in fields(Rung)])
def test_every_field_of_a_rung_makes_another_version(name: str) -> None:
    other: dict[str, Any] = {
        "side": "last", "offset": 9, "unit": "days", "up": 4, "kind": "escalate", "channels": ["mail"], "critical": True,
    }  # fmt: skip
    rung = {"side": "after", "offset": 1, "up": 1}
    names = {read_own(document([one]))[0][RULE].name for one in (rung, {**rung, name: other[name]})}
    assert len(names) == 2


def amended(**changes: Any) -> Amend:
    return lambda data: {**data, **changes}


def without(name: str) -> Amend:
    return lambda data: {key: value for key, value in data.items() if key != name}


@pytest.mark.parametrize(
    ("amend", "says"),
    [
        (lambda _: None, "This is no document of ladders."),
        (lambda _: ["ladders"], "This is no document of ladders."),
        (without("defaults"), "This is no document of ladders."),
        (amended(otherwise="early"), "This is no document of ladders."),
        (amended(rules={}), "This is no document of ladders."),
        (amended(rules=["early"]), "This is no document of ladders."),
        (amended(rules={RULE: "late"}), "Ladder late: a rule names it, and it is not in the document."),
        (amended(rules={RULE: ["early"]}), "Ladder ['early']: a rule names it, and it is not in the document."),
        (amended(ladders={"early": ROWS, "late": ROWS}), "Ladder late: no rule names it."),
        (amended(ladders={"Early!": ROWS}), "“Early!” is no name of a ladder."),
        (amended(ladders={7: ROWS}, rules={RULE: 7}), "“7” is no name of a ladder."),
        (amended(ladders={"e" * 24: ROWS}), f"“{'e' * 24}” is no name of a ladder."),
        (amended(ladders={"e" * 61: ROWS}), f"“{'e' * 60}” is no name of a ladder."),
        (amended(ladders={"early": []}), "Ladder early: it has 1 to 31 rungs."),
        (amended(ladders={"early": "soon"}), "Ladder early: it has 1 to 31 rungs."),
        (amended(ladders={"early": [{"side": "before", "offset": 60 - day} for day in range(32)]}),
         "Ladder early: it has 1 to 31 rungs."),
        (amended(ladders={"early": ["day"]}), "Ladder early: a rung is a mapping of fields to values."),
        (amended(defaults={**DEFAULTS, "colour": "red"}), "Ladder early: missing [], unknown ['colour']."),
        (amended(defaults={}), "Ladder early: missing ['channels', 'critical', 'kind', 'unit', 'up'], unknown []."),
    ],
)  # fmt: skip
def test_what_has_another_form_is_refused_in_a_sentence(amend: Amend, says: str) -> None:
    assert says in said(amend(document()))


def test_what_is_no_document_and_what_drops_a_rung_is_answered_with_code_remedy_and_fact() -> None:
    assert read_own(None) == ({}, [Refusal("unit.ladder_form", NOT_READ, remedy=FORM, fact="ladders")])
    own = read_own(leaving(2))[0][RULE]
    words = {"ladder": "early", "rule": RULE, "missing": (rung_in_words(DAY),)}
    assert below_floor(own, RULE, 5) == [
        Refusal("unit.ladder_drops_rung", BELOW.message, words, remedy=BELOW.remedy, fact="ladders")
    ]


def with_row(place: int, **changes: Any) -> Any:
    rows: list[Any] = deepcopy(ROWS)
    rows[place] |= changes
    return document(rows)


def leaving(*places: int) -> Any:
    return document([row for place, row in enumerate(ROWS) if place not in places])


SIDES = "a rung is before, day, last or after, and remind or escalate."
NUMBERS = "offsets are of one of days, working_days, from 0 to 366; levels up are 0 or more."
CLIMB = "an escalation goes to a level above, after the due day."
WAYS = "channels are one or more of inbox, mail; critical is true or false."
MIXED = "all offsets of one side are of one unit, of days, working_days."
DISORDER = "its rungs stand in the order of their days, each once."
SOON = "a level above is told after the due day, one day later or more."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (with_row(0, side="soon"), SIDES),
        (with_row(0, side=["before"]), SIDES),
        (with_row(0, offset="20"), NUMBERS),
        (with_row(0, offset=True), NUMBERS),
        (with_row(0, offset=367), NUMBERS),
        (with_row(0, offset=-1), NUMBERS),
        (with_row(0, up=1.5), NUMBERS),
        (with_row(0, unit="hours"), NUMBERS),
        (with_row(0, kind="escalate", up=1), CLIMB),
        (with_row(2, channels="mail"), WAYS),
        (with_row(2, channels=["mail", "mail"]), WAYS),
        (with_row(2, channels=[["mail"]]), WAYS),
        (with_row(2, critical=1), WAYS),
        (with_row(1, unit="days"), MIXED),
        (with_row(1, offset=21), DISORDER),
        (with_row(1, offset=20), DISORDER),
        (with_row(1, up=1), SOON),
        (with_row(4, offset=0), DISORDER),
    ],
)  # fmt: skip
def test_rungs_that_cannot_be_are_refused(data: Any, says: str) -> None:
    assert said(data) == [f"Ladder early: {says}"]


def test_a_rung_above_the_highest_level_is_refused_and_takes_no_place() -> None:
    assert said(with_row(6, up=6)) == [
        "Ladder early: there are 5 levels above, and a rung goes to level 6.",
        f"Ladder early says less for {RULE} than the delivered one: {THIRD}.",
    ]


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (leaving(2), ON_DAY),
        (with_row(2, channels=["inbox"]), ON_DAY),
        (with_row(2, offset=1), ON_DAY),
        (leaving(4), FIRST),
        (with_row(4, offset=2), FIRST),
        (with_row(5, offset=7), SECOND),
        (with_row(5, kind="remind"), SECOND),
        (leaving(5, 6), f"{SECOND}, {THIRD}"),
    ],
)
def test_the_day_and_the_climb_of_the_delivered_ladder_stay(data: Any, missing: str) -> None:
    assert said(data) == [f"Ladder early says less for {RULE} than the delivered one: {missing}."]


def test_what_may_go_may_go_and_a_climb_to_levels_that_are_not_there_is_not_asked_for() -> None:
    assert said(leaving(0, 1, 3)) == []
    assert said(leaving(6), levels=2) == []
    assert said(leaving(5, 6), levels=2) == [f"Ladder early says less for {RULE} than the delivered one: {SECOND}."]
    days = [{**row, "unit": "days"} if row["side"] == "after" else row for row in ROWS]
    assert said(document(days)) == [], "so many days are no later than so many working days"
    meeting = {
        "defaults": dict(DEFAULTS),
        "ladders": {"early": leaving(3)["ladders"]["early"]},
        "rules": {"MTG.REGULAR": "early"},
    }
    assert said(meeting) == [f"Ladder early says less for MTG.REGULAR than the delivered one: {LAST}."]


def test_a_critical_rung_of_the_delivered_ladder_stays_critical(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_own(document([{**row, "critical": True} for row in ROWS]))[0][RULE]
    monkeypatch.setattr("workflows.ladders.own.ladder_for", lambda rule: found)
    with override("en"):
        loud = ", ".join(str(rung_in_words(one)) for one in found.rungs if one.side == "day" or one.up)
    assert said(document()) == [f"Ladder early says less for {RULE} than the delivered one: {loud}."]
    assert (
        "on the day a reminder to the office that must act (in the application, by e-mail, at once, at night too)"
        in (said(document())[0])
    )
    assert said(document([{**row, "critical": True} for row in ROWS])) == []


DAY = Rung("day", 0, "working_days", 0, "remind", ("inbox", "mail"), critical=False)


@pytest.mark.parametrize(
    ("delivered", "own", "good"),
    [
        (replace(DAY, offset=1), DAY, True),
        (replace(DAY, side="before", offset=1), DAY, True),
        (replace(DAY, side="after"), DAY, True),
        (replace(DAY, side="last"), DAY, False),
        (replace(DAY, unit="days"), DAY, True),
        (replace(DAY, side="after", offset=2, unit="days", up=1), replace(DAY, side="after", offset=2, up=1), False),
    ],
)  # fmt: skip
def test_what_of_a_delivered_ladder_has_to_stay(
    delivered: Rung, own: Rung, good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says on the day itself, and to those above; so many working days may be later than so many days."""
    monkeypatch.setattr("workflows.ladders.own.ladder_for", lambda rule: Ladder("delivered", (delivered,)))
    assert (below_floor(Ladder("own", (own,)), RULE, 5) == []) is good


def test_an_unsettled_rule_climbs_to_nobody_under_an_own_ladder_either() -> None:
    own = read_own(document())[0][RULE]
    plan = own.schedule(date(2027, 3, 10), None, vietnam(), "unsettled")
    assert [(one.rung, one.levels_up, one.critical) for one in plan] == [
        (0, 0, False), (1, 0, False), (2, 0, False), (3, 0, True),
    ]  # fmt: skip


def test_an_own_version_goes_before_a_choice_a_choice_before_a_pack_and_a_pack_before_what_is_delivered() -> None:
    own = read_own(document())[0][RULE]
    day, packs = date(2026, 12, 1), frozenset({"lao_cai"})
    settled = [Chosen("MTG.REGULAR", own.name, day, day, 1), Chosen("MTG.REGULAR", "months", day, date(2026, 12, 2))]

    def called(name: str) -> Any:
        return own if name == own.name else ladder_for("ADM.CERT_VALID")

    on = [
        chosen_ladder("MTG.REGULAR", date(2026, 12, 1 + later), settled, called, lambda: packs).name
        for later in range(3)
    ]
    assert on == [own.name, "months", "meeting_in_first_week"]
    assert chosen_ladder("MTG.REGULAR", date(2026, 12, 3), settled, called).name == "monthly_meeting"
    assert chosen_ladder("PRO.CV", day, settled, called, lambda: packs).name == "thirty_working_days"
    assert holding("MTG.REGULAR", date(2026, 12, 3), settled) is None
    versions = [
        version_of(name, "MTG.REGULAR", on, settled)
        for name, on in ((own.name, day), ("months", day), ("months", date(2026, 12, 2)), ("months", date(2026, 12, 3)))
    ]
    assert versions == [1, 0, 0, 0]
    assert version_of(own.name, "PRO.CV", day, settled) == 0
    replaced = Chosen("MTG.REGULAR", own.name, day, date(2026, 11, 30), 1)
    assert not replaced.on(day)
    assert not replaced.on(date(2026, 11, 30))
