"""What else happens to members: one moves, one works far away, one is removed, and a cell's year is classified in bulk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from demo.cast import Cast
from demo.cells import KEPT, Cell, paper

MOVES, AWAY, REMOVED = "transfer", "away", "removal"
ENDS = {MOVES: "completed", AWAY: "returned", REMOVED: "appealed"}
DAYS = {
    MOVES: ((10, "ask"), (12, "check"), (13, "introduce"), (16, "take_in"), (19, "complete")),
    AWAY: ((11, "ask_leave"), (13, "propose_leave"), (17, "grant_leave"), (110, "come_back")),
    REMOVED: ((9, "open_removal"), (14, "ask_self_review"), (20, "file_self_review")),
}
"""On which day after the start each step of a story is done, between two meetings of the cell."""
LONG_ENOUGH = 112
CLASSIFIED = (("classification", "open", 12, 8), ("", "hand_in", 12, 10), ("", "file_opinions", 12, 14))
"""(lifecycle, step, month, day): everybody of one cell at once, each with an answer of their own."""


@dataclass
class Life:
    """One member's case; `cell` acts for it until it is somebody else's turn."""

    kind: str
    cell: Cell
    member: int
    case: dict[str, Any] = field(default_factory=dict)


@dataclass
class Lives:
    """Each story in a cell that works; steps on fixed days, the removal's ballot at a meeting of the cell."""

    cast: Cast
    first: date
    lives: list[Life] = field(default_factory=list)
    classified: dict[str, int] = field(default_factory=dict)

    def act(self, day: date) -> None:
        number = (day - self.first).days
        if number == 8:
            self._choose()
        for life in self.lives:
            for after, name in DAYS[life.kind]:
                if number == after:
                    getattr(self, f"_{name}")(life, day)
            if life.kind == REMOVED and life.case.get("voted") == day - timedelta(days=10):
                self._remove(life, day)
            if life.kind == REMOVED and life.case.get("voted") == day - timedelta(days=14):
                life.cell.step(life.case, "hand_over", day, hand_over=paper(day, "BB/G"), card_collected=True)
            if life.kind == REMOVED and life.case.get("voted") == day - timedelta(days=16):
                self._appeal(life, day)
        for lifecycle, step, month, at in CLASSIFIED:
            if (day.month, day.day) == (month, at):
                self._at_once(lifecycle, step, day)

    def vote(self, cell: Cell, meeting: dict[str, Any], day: date) -> None:
        """At the cell's meeting: a removal needs two thirds of the official members, and the level its ballot."""
        for life in self.lives:
            if life.kind == REMOVED and life.cell is cell and life.case.get("state") == "reviewed":
                ballot, resolution = cell.ballot(meeting), paper(day, "NQ/XT")
                if cell.step(life.case, "propose", day, resolution=resolution, ballot=ballot).done:
                    life.case["voted"] = day
        if cell is self.cast.working[0]:
            ballot = cell.ballot(meeting)
            self._levels(cell, "discussed", "propose", day, minutes=paper(day, "BB"), score=75, conditions_met=True,
                         level="completed", ballot=ballot)  # fmt: skip
            self._levels(cell, "decided", "announce", day, announcement=paper(day, "BB"))

    def decide(self, day: date) -> None:
        """The commune's secretary decides on the levels that a cell proposed, all at once."""
        chair = Cell(self.cast.working[0].unit, self.cast.secretary)
        self._levels(chair, "proposed", "decide", day, decision=paper(day, "QĐ/XL"), decided_level="completed")

    def shortfalls(self, days: int) -> list[str]:
        """A sentence for each story that did not end as written, and one where a bulk step was not done for all."""
        if days < LONG_ENOUGH:
            return []
        found = {life.kind: life.case.get("state", "no case") for life in self.lives}
        wrong = [
            f"The {kind} ended at {found.get(kind, 'nobody')}, not at {state}."
            for kind, state in ENDS.items()
            if found.get(kind) != state
        ]
        steps = ("open", "hand_in", "file_opinions", "propose", "decide", "announce")
        counts = {self.classified.get(step, 0) for step in steps}
        if len(counts) > 1 or counts == {0}:
            wrong.append(f"The classification of a cell was done for {self.classified}.")
        return wrong

    def _choose(self) -> None:
        """Whoever is flagged for missed meetings, and two of those who come to every meeting of a large cell."""
        flagged = self.cast.officer.listed("flags/", cause="meetings")
        for cell in self.cast.working:
            told = [flag["member_id"] for flag in flagged if flag["unit_id"] == cell.unit]
            official = [one["id"] for one in cell.standing("official")]
            if told and set(told) & set(official):
                self.lives.append(Life(REMOVED, cell, next(one for one in told if one in official)))
                break
        cell = max(self.cast.working[1:], key=lambda one: len(one.present))
        going = [one for one in cell.present if all(one != life.member for life in self.lives)][-2:]
        self.lives += [Life(MOVES, cell, going[0]), Life(AWAY, cell, going[1])]

    def _open(self, life: Life, lifecycle: str, step: str, day: date, **facts: Any) -> None:
        answer = life.cell.open(lifecycle, step, day, life.member, **facts)
        if answer.done:
            life.case = {name: answer.body[name] for name in KEPT}

    def _desk(self, life: Life) -> Cell:
        return Cell(life.cell.unit, self.cast.officer)

    def _target(self, life: Life) -> Cell:
        return next(cell for cell in self.cast.working if cell is not life.cell)

    def _ask(self, life: Life, day: date) -> None:
        """First to the cell where the member is: refused; then to the next one of the same commune."""
        facts = {"ground": "residence", "ground_paper": paper(day, "ĐKTT"), "effective_on": day.isoformat()}
        for cell in (life.cell, self._target(life)):
            self._open(life, MOVES, "ask", day, **facts, to_unit=self._code(cell))

    def _code(self, cell: Cell) -> str:
        return str(self.cast.officer.read(f"units/{cell.unit}/")["code"])

    def _check(self, life: Life, day: date) -> None:
        life.cell.step(life.case, "check", day, self_review=paper(day, "BKĐ"), dues_settled=True)

    def _introduce(self, life: Life, day: date) -> None:
        facts = {"introduction": paper(day, "GTSHĐ"), "papers_handed_over": True}
        self._desk(life).step(life.case, "introduce_within", day, **facts)

    def _take_in(self, life: Life, day: date) -> None:
        """The old cell may not; the commune, to which the paper is presented, names the cell of destination."""
        for desk in (life.cell, self._desk(life)):
            desk.step(life.case, "take_in", day, to_unit=self._code(self._target(life)))

    def _complete(self, life: Life, day: date) -> None:
        self._desk(life).step(life.case, "complete", day, notice_slip=paper(day, "PB"))
        life.cell.look_again()
        self._target(life).look_again()

    def _ask_leave(self, life: Life, day: date) -> None:
        until = (day + timedelta(days=150)).isoformat()
        words = {"place": "Bình Dương", "job": "Công nhân", "reach": "qua gia đình", "reason": "Việc làm"}
        self._open(life, AWAY, "ask", day, request=paper(day, "Đơn"), away_from=day.isoformat(), asked_until=until,
                   organisation_there=False, **words)  # fmt: skip

    def _propose_leave(self, life: Life, day: date) -> None:
        life.cell.step(life.case, "propose", day, resolution=paper(day, "NQ/CB"))

    def _grant_leave(self, life: Life, day: date) -> None:
        until = (day + timedelta(days=150)).isoformat()
        self._desk(life).step(life.case, "grant", day, approval=paper(day, "TB/ĐU"), away_until=until)
        life.cell.look_again()

    def _come_back(self, life: Life, day: date) -> None:
        life.cell.step(life.case, "come_back", day, remark=paper(day, "NX"))
        life.cell.look_again()

    def _open_removal(self, life: Life, day: date) -> None:
        """First on too few months: refused; then on those that the flag counts."""
        for months in (1, 3):
            self._open(life, REMOVED, "open", day, report=paper(day, "BC"), ground="activity_dropped", months=months,
                       expulsion_due=False)  # fmt: skip

    def _ask_self_review(self, life: Life, day: date) -> None:
        facts = {"request": paper(day, "CV/KĐ"), "receipt": paper(day, "BN"), "request_number": 1}
        life.cell.step(life.case, "ask_self_review", day, **facts)

    def _file_self_review(self, life: Life, day: date) -> None:
        life.cell.step(life.case, "file_self_review", day, self_review=paper(day, "BKĐ"))

    def _remove(self, life: Life, day: date) -> None:
        """Who recorded the cell's resolution must not record the decision: the commune's secretary does."""
        votes = {"body": "standing", "committee_size": 15, "committee_yes": 14}
        chair = Cell(life.cell.unit, self.cast.secretary)
        chair.step(life.case, "decide", day, decision=paper(day, "QĐ/XT"), **votes)
        life.cell.look_again()

    def _appeal(self, life: Life, day: date) -> None:
        self._desk(life).step(life.case, "appeal", day, appeal=paper(day, "KN"), appeal_to="upper_committee")

    def _at_once(self, lifecycle: str, step: str, day: date) -> None:
        """Everybody of the first working cell: opened by lifecycle, then case by case with versions."""
        cell = self.cast.working[0]
        if lifecycle:
            attending = [one for one in cell.look_again() if one["participation"] not in ("exempt", "suspended")]
            members = [one["id"] for one in attending if one["standing"] in ("official", "probationary")]
            subjects = [{"member": one, "facts": {"year": day.year}} for one in members]
            self._bulk(cell, {"lifecycle": lifecycle, "step": step, "on": day.isoformat(), "subjects": subjects})
            return
        state, name = {"hand_in": ("opened", "self_review"), "file_opinions": ("reviewed", "opinions")}[step]
        self._levels(cell, state, step, day, **{name: paper(day, "XL")})

    def _levels(self, cell: Cell, state: str, step: str, day: date, **facts: Any) -> None:
        cases = cell.cases("classification", state)
        if cases:
            subjects = [{"case": one["id"], "version": one["version"], "facts": facts} for one in cases]
            self._bulk(cell, {"step": step, "on": day.isoformat(), "subjects": subjects})

    def _bulk(self, cell: Cell, body: dict[str, Any]) -> None:
        answers = cell.hand.post("bulk/steps/", body).body["results"]
        done = sum(one["status"] == HTTPStatus.OK for one in answers)
        self.classified[body["step"]] = done
        self.cast.tally.done[f"classification.{body['step']}"] += done
        self.cast.tally.refused.update(
            reason["code"] for one in answers if one["problem"] for reason in one["problem"].get("unmet", [])
        )
