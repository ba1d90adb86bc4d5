"""What people do on which day of the demo: everything through the HTTP API, for the business date of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from demo.admissions import Admissions
from demo.cast import ANSWERED, LATE, NOT_HELD, Cast
from demo.cells import Cell, paper
from demo.lives import Lives
from demo.mischief import Mischief
from demo.more_lives import MoreLives

MEETING_DAY, FILING_DAY, LATE_FILING_DAY, LATE_MEETING_DAY, ANSWER_DAY, MISSED_DAY = 5, 6, 12, 3, 2, 12
COMMITTEE_SIZE, COMMITTEE_YES = 15, 14
MIDDLE_OF_THE_MONTH = 18


@dataclass
class Script:
    """The part of the scripted people, day by day."""

    cast: Cast
    first: date
    failed_ballot: int | None = None

    def __post_init__(self) -> None:
        self.admissions = Admissions(self.cast, self.first)
        self.lives, self.more = Lives(self.cast, self.first), MoreLives(self.cast, self.first)
        self.mischief = Mischief(self.cast)

    def act(self, day: date) -> None:
        """Everything anybody does on this day."""
        if day.day == ANSWER_DAY:
            self._acknowledge()
        if day.day == LATE_MEETING_DAY:
            for cell in self.cast.by_part[LATE]:
                cell.hold(day, month=day.replace(day=1) - timedelta(days=1))
        if day.day == MEETING_DAY:
            self._meet(day)
        if day.day == FILING_DAY:
            for cell in [*self.cast.working[1:], self.cast.on_behalf]:
                cell.file_minutes(day)
                cell.collect_dues(day.replace(day=1) - timedelta(days=1), day)
        if day.day == LATE_FILING_DAY:
            for cell in [*self.cast.working[:1], *self.cast.by_part[LATE]]:
                cell.file_minutes(day)
        if day.day == MISSED_DAY:
            self._not_held(day)
        if day.day == MIDDLE_OF_THE_MONTH:
            self._decide(day)
        self.admissions.act(day)
        self.lives.act(day)
        self.more.act(day)

    def wrong(self, last: date) -> list[str]:
        """What did not come out as written: refusals that did not come, and steps that should have been done."""
        days = (last - self.first).days
        told = (self.admissions, self.lives, self.more)
        return [*self.mischief.wrong, *(one for part in told for one in part.shortfalls(days))]

    def _meet(self, day: date) -> None:
        for place, cell in enumerate([*self.cast.working, self.cast.on_behalf]):
            meeting = cell.hold(day, month=day)
            if meeting is None:
                continue
            self._announce(cell, day)
            self._vote(cell, meeting, day)
            self.admissions.vote(cell, meeting, day)
            self.lives.vote(cell, meeting, day)
            self.more.vote(cell, meeting, day)
            if place == 0:
                self.mischief.try_everything(meeting, day)

    def _vote(self, cell: Cell, meeting: dict[str, Any], day: date) -> None:
        """Propose whoever is still on probation: some too early, one with too few votes, and the rest as it should be."""
        for case in cell.cases("recognition", "probation"):
            if self.failed_ballot is None and len(cell.present) > 3:
                short = cell.ballot(meeting, yes=len(cell.present) // 2)
                answer = self._propose(cell, case, short, day)
                if answer == ["ballot.not_carried"]:
                    self.failed_ballot = case["id"]
                    record = paper(day, f"{case['id']}-BBKP")
                    cell.step(case, "record_neither", day, resolution=record, ballot=short, attempt=1)
            else:
                self._propose(cell, case, cell.ballot(meeting), day)

    def _propose(self, cell: Cell, case: dict[str, Any], ballot: dict[str, int], day: date) -> list[str]:
        answer = cell.step(case, "propose", day, resolution=paper(day, f"{case['id']}-NQ/CB"), ballot=ballot)
        return [] if answer.done else answer.reasons

    def _announce(self, cell: Cell, day: date) -> None:
        for case in cell.cases("recognition", "recognised"):
            cell.step(case, "announce", day, minutes=paper(day, f"{case['id']}-BB/CB"))

    def _decide(self, day: date) -> None:
        """The commune considers what the cells proposed, and recognises; every fourth it leaves lying."""
        for place, case in enumerate(self.cast.officer.listed("cases/", lifecycle="recognition", state="proposed")):
            if place % 4 == 3:
                continue
            desk = Cell(case["unit_id"], self.cast.officer)
            votes = {"committee_size": COMMITTEE_SIZE, "committee_yes": COMMITTEE_YES}
            desk.step(case, "consider", day, committee_resolution=paper(day, f"{case['id']}-NQ/ĐU"), **votes)
            decision, chair = paper(day, f"{case['id']}-QĐ/ĐU"), Cell(case["unit_id"], self.cast.secretary)
            chair.step(case, "recognise", day, decision=decision, body="standing", **votes)
        self.lives.decide(day)

    def _acknowledge(self) -> None:
        """The commune says that it has seen what the `answered` cells owe; for two weeks nobody above is told."""
        for cell in self.cast.by_part[ANSWERED]:
            found = self.cast.officer.listed("deadlines/", unit=cell.unit, rule="MTG.REGULAR", overdue=True)
            for deadline in found:
                path = f"deadlines/{deadline['id']}/acknowledge/"
                body = {"working_days": 10, "reason": "Đã nhắc qua điện thoại"}
                answer = self.cast.officer.post(path, body, version=deadline["version"])
                self.cast.tally.done["acknowledge"] += answer.done

    def _not_held(self, day: date) -> None:
        """The commune records for some silent cells that the month before went by without a meeting."""
        for cell in self.cast.by_part[NOT_HELD]:
            desk = Cell(cell.unit, self.cast.officer)
            for case in desk.cases("meeting", "planned"):
                if date.fromisoformat(case["opened_on"]).replace(day=1) < day.replace(day=1):
                    note = paper(day, f"{case['id']}-TB/ĐU")
                    desk.step(case, "record_not_held", day, note=note, reason="Không họp")
