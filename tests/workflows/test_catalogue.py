"""The start-up checks: the real pages pass, and every kind of broken page is caught with one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db.models import TextChoices

from workflows import catalogue
from workflows.facts import Day, Paper, Text
from workflows.guards.people import member_is, still_on_the_lists
from workflows.offices import Level, Right
from workflows.standings import MEMBERS
from workflows.timed import Timed
from workflows.vocabulary import NEW, Act, Clock, Lifecycle, Start, Step, step
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


BROKEN: list[tuple[Callable[[], Any], str]] = [
    (lambda: page(final_=()), "state b has no exit and is not declared final"),
    (lambda: page(source="b", target="a"), "no road leads to state b"),
    (lambda: page(target="c"), "'c' is no state of state"),
    (lambda: page(final_=("b", "z")), "final 'z' is no state"),
    (lambda: page(label=""), "needs a label"),
    (lambda: page(event=""), "needs an event"),
    (lambda: page(basis=()), "needs a legal basis"),
    (lambda: page(event="begun"), "event probe.begun is taken by probe.begin"),
    (lambda: page(facts=[Text("x", "X"), Day("x", "X")]), "asks for the same fact twice"),
    (lambda: page(by=Right.RECORD_COMMITTEE), "no office at cell holds the right record_committee"),
    (lambda: page(at=()), "no office at no level"),
    (lambda: page(at=Act("dance")), "the act dance is not in the table of competence"),
    (lambda: page(opens=[clock("NO.SUCH")]), "the rule 'NO.SUCH' is not in the law"),
    (lambda: page(facts=[Ballot("ballot", "Ballot", rule="NO.VOTE")]), "the rule 'NO.VOTE' is not in the law"),
    (lambda: page(closes=["PRO.CV"]), "ends PRO.CV, which no step of this page opens"),
    (lambda: page(forgets=["paper", "tale"]), "forgets 'tale', which no step of this page asks for"),
    (lambda: page(starts=[Start("nowhere", "begin")]), "starts nowhere.begin, which is no step from nothing"),
    (lambda: page(starts=[Start("probe", "end")]), "starts probe.end, which is no step from nothing"),
    (
        lambda: page(after_leaving=True, guards=[member_is(*MEMBERS)]),
        "may follow the leaving, which its own guard settles",
    ),
    (lambda: page(subject_="member", facts=[Text("x", "X")]), "moves a person without a paper"),
]


@pytest.mark.parametrize(("broken", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_a_broken_page_is_caught(broken: Callable[[], Any], says: str) -> None:
    faults = catalogue.check([broken()])
    assert any(says in fault for fault in faults), faults


def test_a_final_step_that_leaves_a_deadline_open_is_caught() -> None:
    def wait(self: Any, situation: Any) -> None:
        """Wait."""

    waiting = step("a", "a", by=Right.OPEN, at=Level.CELL, label="Wait", event="waited", basis=("Điều 1",),
                   opens=[clock("PRO.CV")])(wait)  # fmt: skip
    assert any("leaves PRO.CV open" in fault for fault in catalogue.check([page(extra={"wait": waiting})]))
    assert catalogue.check([page(extra={"wait": waiting}, cancels=["PRO.CV"])]) == []


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
        "classification.answer", "classification.end", "discipline.close", "discipline.hand_over", "readmission.close",
        "readmission.refuse", "removal.close", "removal.hand_over",
    }  # fmt: skip


LABEL = Timed("old", "Old", "PRO.CV", ("a",), lambda days: None)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ((LABEL,), None),
        ((replace(LABEL, rule="NO.SUCH"),), "the label old comes from 'NO.SUCH', which is not in the law"),
        ((replace(LABEL, states=("z",)),), "the label old is for 'z', which is no state"),
        ((LABEL, LABEL), "two labels have the same key"),
    ],
)
def test_a_wrong_label_is_caught(labels: tuple[Timed, ...], says: str | None) -> None:
    faults = catalogue.check([page(extra={"timed": labels})])
    assert (faults == []) if says is None else any(says in fault for fault in faults)


def test_a_step_belongs_to_one_page() -> None:
    first = page()
    with pytest.raises(TypeError, match="a step belongs to one page"):
        type("Other", (Lifecycle,), {"key": "other", "end": first.end})


def test_edges_and_states_name_field_and_step() -> None:
    assert ("recognition", "state", "probation", "proposed", "propose") in catalogue.edges()
    assert ("membership", "standing", "", "official", "import_official") in catalogue.edges()
    assert ("membership", "participation", "lapsed") in catalogue.states()
    assert isinstance(catalogue.steps("admission")["propose"], Step)
