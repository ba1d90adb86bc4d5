"""Whoever is told that somebody with a personal id is on a list already has looked at that record."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.accesses.noting import Look, door_of, note_met
from backend.cases.known import answering
from backend.core.db import scoped


class NotesWhoIsMet:
    """Middleware: the looks are noted once the step's own transaction, of which nothing is left, is over, and before the answer
    is given: whoever cannot be noted is not answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with answering() as met:
            answer = self._get_response(request)
        door = door_of(request.resolver_match)
        for index, actor in met.items():
            with scoped(actor.path):
                note_met(actor, Look(door, filters={"personal_id": "…"}), index)
        return answer
