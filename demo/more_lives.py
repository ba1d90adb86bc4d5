"""The rarer paths, a short story each: leaving on request, relief for age, discipline, screening, a stay, a congress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from demo.cast import Cast
from demo.cells import KEPT, Cell, paper
from demo.lives import LONG_ENOUGH

CELL, DESK, CHAIR = "cell", "desk", "chair"
"""Who acts: the cell's secretary, the commune's officer, the commune's secretary (who recorded no resolution of the cell)."""
Facts = Callable[["Story", date], Mapping[str, Any]]
Act = tuple[int, str, str, Facts]
"""On which day after the start, who, which step, with what."""
WITHDRAWAL, EXEMPTION, DISCIPLINE, SCREENING, STAY, CONGRESS = KINDS = (
    "withdrawal", "exemption", "discipline", "screening", "temporary_transfer", "congress",
)  # fmt: skip


def _papers(**numbers: str) -> Facts:
    return lambda _story, day: {name: paper(day, number) for name, number in numbers.items()}


def _with(facts: Facts, **more: Any) -> Facts:
    return lambda story, day: {**facts(story, day), **more}


@dataclass
class Story:
    """One case in one cell; `member` is None where it is about the cell, `other` the cell of a stay, `helper` who is named."""

    kind: str
    cell: Cell
    other: str
    member: int | None
    helper: int
    case: dict[str, Any] = field(default_factory=dict)


ACTS: Mapping[str, tuple[Act, ...]] = {
    WITHDRAWAL: (
        (9, CELL, "request", _with(_papers(request="Đơn"), cause="family_hardship", reason="Gia cảnh", no_violation=True)),
        (11, CELL, "propose", _with(_papers(resolution="NQ/CB"), no_violation=True)),
        (13, DESK, "consider", _papers(committee_resolution="NQ/ĐU")),
        (20, CHAIR, "decide", _with(_papers(decision="QĐ/ĐU"), card_collected=True)),
    ),
    EXEMPTION: (
        (9, CELL, "ask", _with(_papers(request="Đơn"), ground="age", own_will=True)),
        (12, CELL, "grant", _papers(resolution="NQ/CB")), (15, CELL, "report", _papers(report="BC")),
        (100, CELL, "resume", _with(_papers(resolution="NQ/CB"), asked_by="request")),
    ),
    DISCIPLINE: (
        (9, CELL, "open", _with(_papers(report="BC"), reason="Vi phạm quy định")),
        (30, DESK, "decide_other_form", _with(_papers(decision="QĐ/KL"), form="reprimand")),
    ),
    SCREENING: (
        (9, CELL, "open", _with(_papers(sign="BC"), criterion="exemplary_conduct")),
        (14, CELL, "draft_list", _papers(minutes="BB", opinions="YK", request="TTr")),
        (18, DESK, "give_guidance", _papers(guidance="HD")), (38, CELL, "report_upward", _papers(report_upward="BC")),
    ),
    STAY: (
        (9, CELL, "ask", lambda story, day: {
            "request": paper(day, "Đơn"), "purpose": "work", "from_on": day.isoformat(),
            "away_until": (day + timedelta(days=120)).isoformat(), "to_unit": story.other,
        }),
        (11, DESK, "introduce", _with(
            _papers(introduction="GT", self_review="BKĐ"), papers_handed_over=True, dues_settled=True)),
        (15, DESK, "take_in", lambda story, _day: {"to_unit": story.other}),
        (90, DESK, "introduce_back", _papers(introduction_back="GT")), (95, CELL, "come_back", _papers(introduction_back="GT")),
    ),
    CONGRESS: (
        (9, CELL, "record_term", lambda _story, day: {"begun_on": day.replace(year=day.year - 1).isoformat()}),
        (12, DESK, "plan", _papers(plan="KH")),
    ),
}  # fmt: skip
ENDS = {
    WITHDRAWAL: "withdrawn", EXEMPTION: "resumed", DISCIPLINE: "other_form", SCREENING: "helped", STAY: "returned",
    CONGRESS: "in_term",
}  # fmt: skip


@dataclass
class MoreLives:
    """Each story in the second largest of the cells that work, with a member of its own."""

    cast: Cast
    first: date
    stories: list[Story] = field(default_factory=list)
    waited: bool | None = None

    def act(self, day: date) -> None:
        number = (day - self.first).days
        if number == 9:
            self._choose()
        for story in self.stories:
            for after, who, step, facts in ACTS[story.kind]:
                if number == after:
                    self._step(story, who, step, day, facts(story, day))
        if number == 25:
            self._too_early(day)

    def vote(self, cell: Cell, meeting: dict[str, Any], day: date) -> None:
        """A secret ballot puts somebody on the list of those who are helped."""
        for story in self.stories:
            if story.kind == SCREENING and story.cell.unit == cell.unit and story.case.get("state") == "guided":
                facts = {"ballot": cell.ballot(meeting), "secret": True, "helper": story.helper}
                cell.step(story.case, "enlist", day, resolution=paper(day, "NQ/CB"), **facts)

    def shortfalls(self, days: int) -> list[str]:
        """A sentence for each story that did not end as written."""
        if days < LONG_ENOUGH:
            return []
        found = {story.kind: story.case.get("state", "no case") for story in self.stories}
        wrong = [f"The {kind} ended at {found.get(kind, 'nobody')}, not at {end}." for kind, end in ENDS.items()
                 if found.get(kind) != end]  # fmt: skip
        return wrong if self.waited else [*wrong, "Who had just left could apply for readmission."]

    def _choose(self) -> None:
        cells = sorted(self.cast.working[1:], key=lambda one: len(one.present), reverse=True)
        cell, other = cells[1], self.cast.officer.read(f"units/{cells[0].unit}/")["code"]
        *people, helper = cell.present[: len(KINDS)]
        members = [*people, None]
        self.stories = [Story(kind, cell, other, one, helper) for kind, one in zip(KINDS, members, strict=True)]

    def _step(self, story: Story, who: str, step: str, day: date, facts: Mapping[str, Any]) -> None:
        hand = {CELL: story.cell.hand, DESK: self.cast.officer, CHAIR: self.cast.secretary}[who]
        desk = Cell(story.cell.unit, hand)
        if story.case:
            desk.step(story.case, step, day, **facts)
        elif (answer := desk.open(story.kind, step, day, story.member, **facts)).done:
            story.case = {name: answer.body[name] for name in KEPT}
        story.cell.look_again()

    def _too_early(self, day: date) -> None:
        """Whoever left on request applies anew within the month: refused."""
        (story,) = (one for one in self.stories if one.kind == WITHDRAWAL)
        application = {"application": paper(day, "Đơn"), "reason_left": "asked_hardship"}
        answer = story.cell.open("readmission", "apply", day, story.member, **application)
        self.waited = "readmission.too_early" in answer.reasons
