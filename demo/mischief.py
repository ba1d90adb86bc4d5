"""What must be refused, tried at a meeting day: each answer is compared with the one that must come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from demo.cast import Cast
from demo.cells import paper
from demo.client import Answer

VOTES = {"committee_size": 15, "committee_yes": 15}


@dataclass
class Mischief:
    """`wrong` collects what was not refused, or not for the right reason; the demo fails if it is not empty."""

    cast: Cast
    wrong: list[str] = field(default_factory=list)

    def try_everything(self, meeting: dict[str, Any], day: date) -> None:
        """Somebody else's cell, an old version, none at all, no right, no chosen office, a request key used twice."""
        mine, other = self.cast.working[0], self.cast.working[1]
        path, body = f"cases/{meeting['id']}/steps/file_minutes/", self._minutes(day)
        version = meeting["version"]
        self._expect("another cell's meeting", other.hand.post(path, body, version), HTTPStatus.NOT_FOUND)
        self._expect("an old version", mine.hand.post(path, body, version - 1), HTTPStatus.PRECONDITION_FAILED)
        self._expect("no version", mine.hand.post(path, body), HTTPStatus.PRECONDITION_REQUIRED)
        for case in mine.cases("recognition", "probation")[:1]:
            self._probation(case, day)
        for case in self.cast.officer.listed("cases/", lifecycle="recognition", state="proposed", unit=mine.unit)[:1]:
            decision = {"decision": paper(day, "QĐ"), "body": "standing", **VOTES}
            asked = {"on": day.isoformat(), "facts": decision}
            answer = mine.hand.post(f"cases/{case['id']}/steps/recognise/", asked, case["version"])
            self._expect("a decision by the cell", answer, HTTPStatus.FORBIDDEN)
        self._no_office(path, body, version)
        self._twice(path, body, meeting, day)

    def _probation(self, case: dict[str, Any], day: date) -> None:
        stranger = self.cast.working[1].present[0]
        body = {"on": day.isoformat(), "facts": {"helper": stranger}}
        answer = self.cast.working[0].hand.post(f"cases/{case['id']}/steps/name_helper/", body, case["version"])
        self._expect("a helper from another cell", answer, HTTPStatus.UNPROCESSABLE_ENTITY)

    def _no_office(self, path: str, body: dict[str, Any], version: int) -> None:
        officer, chosen = self.cast.officer, self.cast.officer.assignment
        officer.assignment = None
        answer = officer.post(path, body, version)
        officer.assignment = chosen
        self._expect("several offices and none chosen", answer, HTTPStatus.FORBIDDEN)

    def _twice(self, path: str, body: dict[str, Any], meeting: dict[str, Any], day: date) -> None:
        """The same request twice is done once and answered twice; another one under the same key is refused."""
        hand, key = self.cast.working[0].hand, uuid4().hex
        answers = [hand.post(path, body, meeting["version"], key) for _ in range(2)]
        if not all(one.done for one in answers) or answers[0].body != answers[1].body:
            self.wrong.append("The same request sent twice was not answered the same way twice.")
        self.cast.tally.replayed += 1
        self.cast.tally.done["file_minutes"] += 1
        changed = {**body, "facts": {"minutes": paper(day, "another")}}
        answer = hand.post(path, changed, meeting["version"], key)
        self._expect("another request under a used key", answer, HTTPStatus.UNPROCESSABLE_ENTITY)

    def _minutes(self, day: date) -> dict[str, Any]:
        return {"on": day.isoformat(), "facts": {"minutes": paper(day, "BB/CB")}}

    def _expect(self, what: str, answer: Answer, status: HTTPStatus) -> None:
        if answer.status != status:
            self.wrong.append(f"The API answered {answer.status} to {what}; {int(status)} was expected.")
