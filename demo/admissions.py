"""Three admissions: one to its ceremony, one that the committee decides and the cell forgets, one not carried."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from demo.cast import Cast
from demo.cells import Cell, paper

COMPLETE, FORGOTTEN, NOT_CARRIED = "complete", "forgotten", "not_carried"
STORIES = (COMPLETE, FORGOTTEN, NOT_CARRIED)
YOUNGEST, OLDEST = 20, 50
VOTES = {"committee_size": 15, "committee_yes": 14}
ENDS = {COMPLETE: "admitted", FORGOTTEN: "decided", NOT_CARRIED: "not_carried"}
LONG_ENOUGH = 110
"""Days after which every story has come to its end."""


@dataclass
class Story:
    """One candidate's case, in the cell that brings it forward."""

    kind: str
    cell: Cell
    member: dict[str, Any]
    case: dict[str, Any] = field(default_factory=dict)


@dataclass
class Admissions:
    """Each step on its day after the start (`AFTER`); the vote waits for a meeting of the cell."""

    cast: Cast
    first: date
    stories: list[Story] = field(default_factory=list)

    def act(self, day: date) -> None:
        number = (day - self.first).days
        if number == 1:
            self._choose()
        for story in self.stories:
            for after, name in ((1, "open"), (4, "papers"), (8, "send"), (40, "conclude"), (43, "opinions")):
                if number == after:
                    getattr(self, f"_{name}")(story, day)
            if story.case.get("voted") == day - timedelta(days=9):
                self._decide(story, day)
            if story.kind == COMPLETE and story.case.get("voted") == day - timedelta(days=23):
                self._ceremony(story, day)

    def vote(self, cell: Cell, meeting: dict[str, Any], day: date) -> None:
        """At the cell's meeting: the complete story is first refused for half the votes, then carried."""
        for story in self.stories:
            if story.cell.unit != cell.unit or story.case.get("state") != "ready":
                continue
            half = cell.ballot(meeting, yes=len(cell.present) // 2)
            resolution = paper(day, f"{story.case['id']}-NQ/CB")
            cell.step(story.case, "propose", day, resolution=resolution, ballot=half)
            if story.kind == NOT_CARRIED:
                cell.step(story.case, "record_not_carried", day, resolution=resolution, ballot=half)
            elif cell.step(story.case, "propose", day, resolution=resolution, ballot=cell.ballot(meeting)).done:
                story.case["voted"] = day

    def shortfalls(self, days: int) -> list[str]:
        """A sentence for each story that did not end as written."""
        if days < LONG_ENOUGH:
            return []
        found = {story.kind: story.case.get("state", "no case") for story in self.stories}
        return [
            f"The {kind} admission ended at {found.get(kind, 'no candidate')}, not at {state}."
            for kind, state in ENDS.items()
            if found.get(kind) != state
        ]

    def _choose(self) -> None:
        for cell in self.cast.working:
            if len(self.stories) == len(STORIES):
                return
            fit = [one for one in cell.standing("candidate") if self._is_fit(one)]
            if fit and len(cell.present) >= 4:
                self.stories.append(Story(STORIES[len(self.stories)], cell, fit[0]))

    def _is_fit(self, member: dict[str, Any]) -> bool:
        if member["born_on"] is None or member["born_year_only"]:
            return False
        return YOUNGEST <= self.first.year - date.fromisoformat(member["born_on"]).year <= OLDEST

    def _open(self, story: Story, day: date) -> None:
        body = {
            "lifecycle": "admission", "step": "open", "member": story.member["id"], "on": day.isoformat(),
            "facts": {"application": paper(day, "Đơn")},
        }  # fmt: skip
        answer = story.cell.hand.post("cases/", body)
        if answer.done:
            self.cast.tally.done["open"] += 1
            story.case = {name: answer.body[name] for name in ("id", "version", "state")}

    def _papers(self, story: Story, day: date) -> None:
        """First with one introducer, who has known the candidate for half a year: both are refused at once."""
        cell, before = story.cell, day - timedelta(days=150)
        facts: dict[str, Any] = {
            "cv": paper(day, "LL"), "certificate": paper(before, "GCN"), "introducers_paper": paper(day, "GT"),
            "schooling": True,
        }  # fmt: skip
        cell.step(story.case, "complete_papers", day, introducers=cell.present[:1], months_together=6, **facts)
        cell.step(story.case, "complete_papers", day, introducers=cell.present[:2], months_together=14, **facts)

    def _send(self, story: Story, day: date) -> None:
        facts = {"request": paper(day, "CV/TM"), "pages_stamped": True, "no_remarks_yet": True}
        self._desk(story).step(story.case, "send_verification", day, **facts)

    def _conclude(self, story: Story, day: date) -> None:
        counts = {"relatives": 7, "verified": 5, "confirmed": 1, "excepted": 1}
        self._desk(story).step(story.case, "conclude_verification", day, conclusion=paper(day, "KL"), **counts)

    def _opinions(self, story: Story, day: date) -> None:
        story.cell.step(story.case, "collect_opinions", day, opinions=paper(day, "TH"))

    def _decide(self, story: Story, day: date) -> None:
        desk, chair = self._desk(story), Cell(story.cell.unit, self.cast.secretary)
        desk.step(story.case, "consider", day, committee_resolution=paper(day, "NQ/ĐU"), **VOTES)
        chair.step(story.case, "decide", day, decision=paper(day, "QĐ/ĐU"), body="standing", **VOTES)

    def _ceremony(self, story: Story, day: date) -> None:
        minutes, helper = paper(day, "BB/KN"), story.cell.present[0]
        story.cell.step(story.case, "hold_ceremony", day, ceremony_minutes=minutes, helper=helper)

    def _desk(self, story: Story) -> Cell:
        return Cell(story.cell.unit, self.cast.officer)
