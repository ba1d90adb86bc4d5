"""A person at the HTTP API: signs in for a token, sends versions and request keys, keeps count of what was refused."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4


class Unexpected(Exception):
    """The API answered what it should not have: the demo stops and says so."""


@dataclass
class Tally:
    """What the API answered to everybody: steps by name, refusals by reason, and answers given again."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    replayed: int = 0


@dataclass
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def done(self) -> bool:
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def reasons(self) -> list[str]:
        """Codes of the unmet conditions, or the one code of the problem."""
        return [one["code"] for one in self.body.get("unmet", [])] or [str(self.body.get("code", self.status))]


@dataclass
class Person:
    """Somebody signed in; `assignment` chooses the office of those who hold several."""

    base: str
    name: str
    tally: Tally
    token: str = ""
    assignment: int | None = None

    def sign_in(self, password: str) -> None:
        answer = self._send("POST", "tokens/", {"username": self.name, "password": password}, {})
        if not answer.done:
            raise Unexpected(f"{self.name} could not sign in: {answer.body}")
        self.token = answer.body["token"]

    def read(self, path: str) -> dict[str, Any]:
        answer = self._send("GET", path, None, self._identity())
        if not answer.done:
            raise Unexpected(f"GET {path} by {self.name}: {answer.body}")
        return answer.body

    def listed(self, path: str, **filters: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        address = f"{path}?{urlencode({**filters, 'limit': 200})}"
        rows: list[dict[str, Any]] = []
        while address:
            page = self.read(address)
            rows += page["results"]
            address = (page["next"] or "").partition("/api/v1/")[2]
        return rows

    def post(self, path: str, body: dict[str, Any], version: int | None = None, key: str = "") -> Answer:
        """Send a change; `version` goes into If-Match, `key` (else a new one) into Idempotency-Key."""
        headers = {**self._identity(), "Idempotency-Key": key or uuid4().hex}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = self._send("POST", path, body, headers)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unexpected(f"POST {path} by {self.name}: {answer.body}")
        if not answer.done:
            self.tally.refused.update(answer.reasons)
        return answer

    def _identity(self) -> dict[str, str]:
        headers = {"Authorization": f"Token {self.token}"}
        return headers | ({"X-Chibo-Assignment": str(self.assignment)} if self.assignment else {})

    def _send(self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Answer:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(  # noqa: S310  (our own web process on the loopback)
            f"{self.base}/api/v1/{path}", data, {**headers, "Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  (as above)
                return Answer(response.status, json.loads(response.read() or b"{}"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.loads(error.read() or b"{}"))
