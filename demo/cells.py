"""A cell's secretary: knows the cell's people, holds the month's meeting, and takes the steps that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from http import HTTPStatus
from typing import Any

from demo.client import Answer, Person

KEPT = ("id", "version", "state")
"""What is kept of a case that was opened."""
ABSENT = {"away": "away", "exempt": "exempt", "suspended": "suspended", "lapsed": "unexcused"}


def paper(day: date, number: str) -> dict[str, str]:
    return {"number": number, "issuer": "Demo", "date": day.isoformat()}


@dataclass
class Cell:
    """One cell as its secretary sees it through the API. `hand` is who records: the secretary, or an officer above."""

    unit: int
    hand: Person

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """The cell's list as it was looked at last (`look_again`)."""
        return [one for one in self.hand.listed("members/", unit=self.unit) if one["unit_id"] == self.unit]

    def look_again(self) -> list[dict[str, Any]]:
        """Read the list anew, after somebody came, went or left."""
        self.__dict__.pop("people", None)
        return self.people

    def standing(self, word: str) -> list[dict[str, Any]]:
        return [one for one in self.people if one["standing"] == word]

    @property
    def present(self) -> list[int]:
        """Official members who come to every meeting."""
        return [one["id"] for one in self.standing("official") if one["participation"] == "attending"]

    def cases(self, lifecycle: str, state: str) -> list[dict[str, Any]]:
        found = self.hand.listed("cases/", lifecycle=lifecycle, state=state, unit=self.unit, open=True)
        return sorted(found, key=lambda case: int(case["id"]))

    def step(self, case: dict[str, Any], step: str, day: date, **facts: Any) -> Answer:
        """Do one step for the day; the case then carries the version that came back."""
        body = {"on": day.isoformat(), "facts": facts}
        answer = self.hand.post(f"cases/{case['id']}/steps/{step}/", body, version=case["version"])
        if answer.done:
            case.update(version=answer.body["version"], state=answer.body["state"])
            self.hand.tally.done[step] += 1
        return answer

    def open(self, lifecycle: str, step: str, day: date, member: int | None, **facts: Any) -> Answer:
        """Open a case about a member, or about the cell itself."""
        about = {"unit": self.unit} if member is None else {"member": member}
        body = {"lifecycle": lifecycle, "step": step, **about, "on": day.isoformat(), "facts": facts}
        answer = self.hand.post("cases/", body)
        self.hand.tally.done[f"{lifecycle}.{step}"] += answer.done
        return answer

    def hold(self, day: date, *, month: date) -> dict[str, Any] | None:
        """Hold the meeting of `month` on `day` with its roll call; the meeting's case, or None if none is planned."""
        wanted = month.replace(day=1).isoformat()
        for case in self.cases("meeting", "planned"):
            if self.hand.read(f"cases/{case['id']}/")["facts"].get("month") == wanted:
                roll = {str(one["id"]): ABSENT.get(one["participation"], "present") for one in self._on_the_roll()}
                held = self.step(case, "hold", day, held_on=day.isoformat(), roll_call=roll, minutes_long=95)
                return case if held.done else None
        return None

    def file_minutes(self, day: date) -> None:
        for case in self.cases("meeting", "held"):
            self.step(case, "file_minutes", day, minutes=paper(day, f"{case['id']}-BB/CB"))

    def collect_dues(self, month: date, day: date) -> None:
        """Record who paid for a month that is over: everybody with nothing recorded yet but the last on the list."""
        path, book = f"units/{self.unit}/dues/", month.replace(day=1).isoformat()
        lines = [one for one in self.hand.read(f"{path}?month={book}")["lines"] if one["version"] == 0]
        entries = [{"member": one["member_id"], "version": one["version"], "status": "paid"} for one in lines[:-1]]
        body = {"month": book, "paid_on": day.isoformat(), "complete": True, "entries": entries}
        if entries:
            answer = self.hand.post(path, body)
            self.hand.tally.done["dues"] += sum(one["status"] == HTTPStatus.OK for one in answer.body["results"])

    def ballot(self, meeting: dict[str, Any], *, yes: int | None = None) -> dict[str, int]:
        """A vote of everybody present; `yes` of them in favour (default: all)."""
        voted = len(self.present)
        favour = voted if yes is None else yes
        return {
            "meeting": meeting["id"], "issued": voted, "collected": voted, "valid": voted, "yes": favour,
            "no": voted - favour,
        }  # fmt: skip

    def _on_the_roll(self) -> list[dict[str, Any]]:
        return self.standing("official") + self.standing("probationary")
