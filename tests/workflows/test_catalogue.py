"""The start-up checks: the real pages pass, and every kind of broken page is caught with one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import TextChoices

from tests.workflows.twins import TODAY, ballot, codes, member, situation
from workflows import catalogue
from workflows.facts import Choice, Day, MemberRef, Paper, Text
from workflows.guards.people import member_is, still_on_the_lists
from workflows.offices import Level, Right
from workflows.standings import MEMBERS
from workflows.timed import Timed
from workflows.units import UnitRef
from workflows.vocabulary import NEW, STAY, Act, Clock, Lifecycle, Start, Step, step
from workflows.voting import Ballot


def page(*, subject_: str = "case", final_: tuple[str, ...] = ("b",), extra: Any = None, **changed: Any) -> Any:
    """A small sound page (a -> b) with something changed in its second step."""

    class State(TextChoices):
        A = "a", "A"
        B = "b", "B"

    given: dict[str, Any] = {
        "source": "a", "target": "b", "by": Right.OPEN, "at": Level.CELL, "label": "End", "event": "ended",
        "basis": ("Điều 1",), "facts": [Paper("paper", "Paper")],
    }  # fmt: skip

    def begin(self: Any, situation: Any) -> None:
        """Begin."""

    def end(self: Any, situation: Any) -> None:
        """End."""

    first = step(NEW, "a", by=Right.OPEN, at=Level.CELL, label="Begin", event="begun", basis=("Điều 1",),
                 facts=[Paper("paper", "Paper")], opens=[clock("PRO.DECIDE")])(begin)  # fmt: skip
    changed["cancels"] = ["PRO.DECIDE", *changed.get("cancels", ())]
    second = step(**{**given, **changed})(end)
    body = {"key": "probe", "State": State, "final": final_, "subject": subject_, "begin": first, "end": second}
    return type("Probe", (Lifecycle,), body | (extra or {}))


def clock(rule: str) -> Clock:
    return Clock(rule, lambda situation: date(2026, 1, 1), Level.CELL, "Start")


def test_the_real_pages_are_sound() -> None:
    assert catalogue.check() == []
    assert catalogue.check_ladders() == []
    assert len(catalogue.event_codes()) == sum(len(one.steps()) for one in catalogue.PAGES)


def test_ladders_of_packs_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    packs = {"nowhere": {"MTG.NONE": "short"}, "lao_cai": {"MTG.REGULAR": "task", "TASK.FILL_SEAT": "at_once"}}
    monkeypatch.setattr(catalogue, "rules_of_packs", lambda: packs)
    assert catalogue.check_ladders() == [
        "ladders: MTG.NONE is not in the law.",
        "ladders: there is no rule pack nowhere.",
        "ladders: no step opens MTG.NONE, for which nowhere has one.",
        "ladders: no step opens TASK.FILL_SEAT, for which lao_cai has one.",
        "ladders: task of lao_cai says too little for MTG.REGULAR.",
    ]


def test_a_sound_probe_passes() -> None:
    assert catalogue.check([page()]) == []


def also(name: str, **declared: Any) -> dict[str, Any]:
    """A third step of the small page, which stays in `a` unless it says otherwise."""

    def go(self: Any, situation: Any) -> None:
        """Go."""

    given = {"source": "a", "target": "a", "by": Right.OPEN, "at": Level.CELL, "label": "Go", "event": name,
             "basis": ("Điều 1",)} | declared  # fmt: skip
    return {name: step(**given)(go)}


NO_EXIT = "probe: state %s has no exit and is not declared final."
NO_ROAD = "probe: no road leads to state %s."
WAITING = "probe: a case can wait in %s with no deadline or task running; nobody is reminded."
THERE = "probe.end: is for another unit, which no fact of this page names."
HEALTH = Choice("x", "X", choices=(("a", "A"),), health=True)
PLACE = UnitRef("place", "Place")
BROKEN: list[tuple[Callable[[], Any], list[str]]] = [
    (lambda: page(final_=()), [NO_EXIT % "b", WAITING % "b"]),
    (lambda: page(final_=(), opens=[clock("PRO.CV")], extra=also("open", source=NEW, target="b", opens=[clock("PRO.CV")])
                  | also("met", closes=["PRO.DECIDE"]) | also("met_b", source="b", target="b", closes=["PRO.CV"])),
     [NO_EXIT % "b", WAITING % "a", WAITING % "b"]),
    (lambda: page(source="b", target="a"), [NO_EXIT % "a", NO_ROAD % "b"]),
    (lambda: page(begins=["TASK.NONE"]), [
        "probe.end: begins what 'TASK.NONE' asks for, which is not in the law.",
        "probe.end: begins what a task asks for, but opens no case.",
    ]),
    (lambda: page(target="c"), [NO_ROAD % "b", "probe: 'c' is no state of state.", WAITING % "c"]),
    (lambda: page(target=STAY), [NO_EXIT % "a", NO_ROAD % "b", WAITING % "a"]),
    (lambda: page(final_=("b", "z")), ["probe: final 'z' is no state."]),
    (lambda: page(extra={"in_dossier": ("a", "b")}), ["probe: 'a' goes into the dossier but is not final."]),
    (lambda: page(label=""), ["probe.end: needs a label."]),
    (lambda: page(event=""), ["probe.end: needs an event."]),
    (lambda: page(basis=()), ["probe.end: needs a legal basis."]),
    (lambda: page(event="begun"), ["probe.end: event probe.begun is taken by probe.begin."]),
    (lambda: page(facts=[Text("x", "X"), Day("x", "X")]), ["probe.end: asks for the same fact twice."]),
    (lambda: page(by=Right.RECORD_COMMITTEE), ["probe.end: no office at cell holds the right record_committee."]),
    (lambda: page(by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.CENTRAL)), []),
    (lambda: page(by=Right.KEEP_LIST, at=Act("admit")), []),
    (lambda: page(by=Right.THROUGH_CASE, at=()), []),
    (lambda: page(at=()), ["probe.end: no office at no level holds the right open."]),
    (lambda: page(at=Act("dance")), ["probe.end: the act dance is not in the table of competence."]),
    (lambda: page(opens=[clock("NO.SUCH")]), ["probe.end: the rule 'NO.SUCH' is not in the law."]),
    (lambda: page(facts=[Ballot("ballot", "Ballot", rule="NO.VOTE")]),
     ["probe.end: the rule 'NO.VOTE' is not in the law."]),
    (lambda: page(opens=[clock("Z.Z")], facts=[Ballot("ballot", "Ballot", rule="A.A")]),
     ["probe.end: the rule 'A.A' is not in the law.", "probe.end: the rule 'Z.Z' is not in the law."]),
    (lambda: page(closes=["PRO.CV"]), ["probe.end: ends PRO.CV, which no step of this page opens."]),
    (lambda: page(misses=["PRO.CV"], cancels=["ADM.DECIDE"]),
     ["probe.end: ends ADM.DECIDE, which no step of this page opens.",
      "probe.end: ends PRO.CV, which no step of this page opens."]),
    (lambda: page(forgets=["paper", "tale"]), ["probe.end: forgets 'tale', which no step of this page asks for."]),
    (lambda: page(starts=[Start("nowhere", "begin")]),
     ["probe.end: starts nowhere.begin, which is no step from nothing."]),
    (lambda: page(starts=[Start("probe", "end")]), ["probe.end: starts probe.end, which is no step from nothing."]),
    (lambda: page(starts=[Start("probe", "run")]), ["probe.end: starts probe.run, which is no step from nothing."]),
    (lambda: page(starts=[Start("probe", "begin")]), []),
    (lambda: page(after_leaving=True, guards=[member_is(*MEMBERS)]),
     ["probe.end: may follow the leaving, which its own guard settles already."]),
    (lambda: page(subject_="member", facts=[Text("x", "X")]), ["probe.end: moves a person without a paper."]),
    (lambda: page(subject_="member", facts=[Paper("x", "X", required=False)]),
     ["probe.end: moves a person without a paper."]),
    (lambda: page(subject_="member"), []),
    (lambda: page(facts=[HEALTH], extra=also("again", facts=[HEALTH])), []),
    (lambda: page(facts=[HEALTH], extra=also("again", facts=[Choice("x", "X", choices=(("a", "A"),))])),
     ["probe.again: 'x' is about health in another step."]),
    (lambda: page(subject_="member", facts=[Paper("paper", "Paper"), HEALTH]),
     ["probe: facts about health are kept with cases alone."]),
    (lambda: page(there=True), [THERE]),
    (lambda: page(there=True, facts=[PLACE]), [THERE]),
    (lambda: page(there=True, facts=[Text("place", "P")], extra={"there": "place"}), [THERE]),
    (lambda: page(there=True, facts=[PLACE], extra={"there": "place"}), []),
    (lambda: page(opens=[replace(clock("PRO.DECIDE"), there=True)]), [THERE]),
    (lambda: page(opens=[replace(clock("PRO.DECIDE"), there=True)], facts=[PLACE], extra={"there": "place"}), []),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "faults"), BROKEN)
def test_a_broken_page_is_caught(broken: Callable[[], Any], faults: list[str]) -> None:
    assert catalogue.check([broken()]) == faults


def test_of_several_pages_each_is_looked_at() -> None:
    other = type("Other", (Lifecycle,), {"key": "other", "State": page().State, "final": ("b",), **also(
        "begin", source=NEW, target="b", event="begun")})  # fmt: skip
    alone = ["other: no road leads to state a.", "other: state a has no exit and is not declared final."]
    assert catalogue.check([other, page(label="")]) == [*alone, "probe.end: needs a label."]
    assert catalogue.check([page(starts=[Start("other", "begin")]), other]) == alone


def test_a_ladder_of_no_rule_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "rules_with_ladders", lambda: frozenset({"NO.SUCH", "MTG.SCORE_REPORT", "A.A"}))
    assert catalogue.check_ladders() == ["ladders: A.A is not in the law.", "ladders: NO.SUCH is not in the law."]


def test_a_final_step_that_leaves_a_deadline_open_is_caught() -> None:
    def wait(self: Any, situation: Any) -> None:
        """Wait."""

    waiting = step("a", "a", by=Right.OPEN, at=Level.CELL, label="Wait", event="waited", basis=("Điều 1",),
                   opens=[clock("PRO.CV")])(wait)  # fmt: skip
    left_open = "probe.end: ends the case but leaves PRO.CV open."
    assert catalogue.check([page(extra={"wait": waiting})]) == [left_open]
    assert catalogue.check([page(extra={"wait": waiting}, cancels=["PRO.CV"])]) == []


def test_what_a_later_step_may_still_close_is_not_left_open() -> None:
    waiting = also("wait", opens=[clock("PRO.CV")])
    sooner, later = (
        also("met", closes=["PRO.CV"]),
        also("met", source="b", target="b", closes=["PRO.CV"], cancels=["PRO.DECIDE"]),
    )
    assert catalogue.check([page(extra=waiting | sooner)]) == ["probe.end: ends the case but leaves PRO.CV open."]
    assert catalogue.check([page(extra=waiting | later)]) == []


def test_a_state_in_which_nobody_is_reminded_is_caught() -> None:
    """On some road the only clock has ended: reminders would stop though people wait."""

    def wait(self: Any, situation: Any) -> None:
        """Wait."""

    def opening(by: Right) -> Any:
        def begin(self: Any, situation: Any) -> None:
            """Begin."""

        return step(NEW, "a", by=by, at=Level.BASE, label="Begin", event="begun", basis=("Điều 1",))(begin)

    met = step("a", "a", by=Right.OPEN, at=Level.CELL, label="Wait", event="waited", basis=("Điều 1",),
               closes=["PRO.DECIDE"])(wait)  # fmt: skip
    silent = "probe: a case can wait in a with no deadline or task running; nobody is reminded."
    assert catalogue.check([page(extra={"wait": met})]) == [silent]
    for by, faults in ((Right.OPEN, [silent]), (Right.IMPORT, [])):
        found = catalogue.check([page(extra={"begin": opening(by)})])
        assert [one for one in found if one == silent] == faults


def test_steps_about_somebody_who_left_are_refused_unless_their_page_says_otherwise() -> None:
    """Of the cases about members; a guard of standing settles it, and so does the mark."""
    plain, marked, own = page(), page(after_leaving=True), page(guards=[member_is(*MEMBERS)])
    about_units, of_members = page(extra={"about": "unit"}), page(subject_="member")
    asked = {
        name: still_on_the_lists in probe.steps()["end"].guards
        for name, probe in (
            ("plain", plain),
            ("marked", marked),
            ("own", own),
            ("unit", about_units),
            ("self", of_members),
        )
    }
    assert asked == {"plain": True, "marked": False, "own": False, "unit": False, "self": False}


def test_what_no_page_can_forget_is_asked_of_each_step_in_this_order() -> None:
    """Of somebody who left: a step that steps back in time, is still to come, and counts votes of no meeting."""
    later = {"date": (TODAY + timedelta(days=2)).isoformat()}
    seen = situation(
        TODAY + timedelta(days=1), user_id=5, own_id=1, recorded_by=lambda steps: 5, past={"resolution": later, "paper": later},
        facts={"vote": ballot(2, total=1, meeting=6)}, member=member(standing="expelled"),
    )  # fmt: skip

    def said(probe: Any, name: str = "end", **told: Any) -> list[str]:
        return [code for guard in probe.steps()[name].guards for code in codes(guard, replace(seen, **told))]

    frozen, before, ahead = "Refusal:member.file_frozen", "Refusal:day.before_earlier_step", "Refusal:day.ahead"
    votes = ["Refusal:ballot.not_our_meeting", "Refusal:ballot.does_not_add_up"]
    deciding = page(by=Right.RECORD_DECISION, at=Level.BASE, apart_from=["begin"],
                    facts=[Ballot("vote", "Vote", rule="PRO.VOTE"), Paper("order", "Order")])  # fmt: skip
    own = "Refusal:person.own_file"
    assert said(deciding) == [own, frozen, before, ahead, *votes, "Refusal:person.recorded_the_resolution"]
    assert said(deciding, own_id=2) == [frozen, before, ahead, *votes, "Refusal:person.recorded_the_resolution"]
    assert said(page()) == [own, frozen, before, ahead]
    assert said(page(), "begin") == said(page(source=NEW)) == [own, frozen, ahead]
    beside = also("noted", facts=[Paper("note", "Note")])
    assert said(page(extra=beside), past={"note": later}) == [own, frozen, ahead], "what moves nothing orders nothing"


@pytest.mark.parametrize(("by", "named"), [(Right.RECORD_DECISION, True), (Right.MERGE, True), (Right.PREPARE, False)])
def test_whoever_decides_on_the_people_named_is_none_of_them(by: Right, named: bool) -> None:
    probe = page(by=by, at=Level.BASE, facts=[MemberRef("named", "Named"), Paper("order", "Order")])
    seen = situation(TODAY, own_id=7, facts={"named": (7,)}, member=member())
    said = [code for guard in probe.steps()["end"].guards for code in codes(guard, seen)]
    assert said == (["Refusal:person.names_oneself"] if named else [])


def test_what_may_follow_the_leaving_is_listed() -> None:
    """A step that is added here leads the file of somebody who left somewhere: it is looked at one by one."""
    marked = {
        f"{one.key}.{name}"
        for one in catalogue.PAGES
        for name, declared in one.steps().items()
        if declared.after_leaving
    }
    assert marked == {
        "appeal.close", "appeal.confirm_late", "appeal.take_up", "appeal.withdraw", "classification.announce",
        "classification.answer", "classification.end", "data_request.acknowledge", "data_request.extend", "data_request.fulfil",
        "data_request.receive", "data_request.refuse", "data_request.take_back",
        "discipline.close", "discipline.hand_over", "readmission.close",
        "readmission.refuse", "removal.close", "removal.hand_over",
    }  # fmt: skip


LABEL = Timed("old", "Old", "PRO.CV", ("a",), lambda days: None)


@pytest.mark.parametrize(
    ("labels", "faults"),
    [
        ((LABEL,), []),
        ((LABEL, replace(LABEL, key="older", states=("a", "b"))), []),
        ((replace(LABEL, rule="NO.SUCH"),),
         ["probe: the label old comes from 'NO.SUCH', which is not in the law."]),
        ((replace(LABEL, states=("a", "z")),), ["probe: the label old is for 'z', which is no state."]),
        ((LABEL, LABEL), ["probe: two labels have the same key."]),
    ],
)  # fmt: skip
def test_a_wrong_label_is_caught(labels: tuple[Timed, ...], faults: list[str]) -> None:
    assert catalogue.check([page(extra={"timed": labels})]) == faults


def test_a_step_belongs_to_one_page() -> None:
    first = page()
    with pytest.raises(TypeError, match="a step belongs to one page"):
        type("Other", (Lifecycle,), {"key": "other", "end": first.end})


def test_edges_and_states_name_field_and_step() -> None:
    assert catalogue.edges([page()]) == {("probe", "state", "", "a", "begin"), ("probe", "state", "a", "b", "end")}
    assert catalogue.states([page()]) == {("probe", "state", "a"), ("probe", "state", "b")}
    assert catalogue.event_codes()["recognition.proposed"] == catalogue.steps("recognition")["propose"]
    assert ("recognition", "state", "probation", "proposed", "propose") in catalogue.edges()
    assert ("membership", "standing", "", "official", "import_official") in catalogue.edges()
    assert ("membership", "participation", "lapsed") in catalogue.states()
    assert isinstance(catalogue.steps("admission")["propose"], Step)


@pytest.mark.parametrize("one", catalogue.PAGES, ids=lambda one: one.key)
def test_what_refuses_every_step_of_a_page_follows_from_whom_it_is_about(one: type[Lifecycle]) -> None:
    own, papers = (
        {name: any(start in guard.__qualname__ for guard in found.guards) for name, found in one.steps().items()}
        for start in ("not_ones_own", "dated_in_life")
    )
    personal = one.about == "member"
    asks = {name: any(isinstance(fact, Paper) for fact in found.facts) for name, found in one.steps().items()}
    assert set(own.values()) == {personal}
    assert papers == {name: personal and one.subject == "case" and asks[name] for name in papers}
