"""Hand-over files: made for a transfer to outside, taken in where the person arrives."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.scoping import request_key
from backend.api.v1.handover_shapes import (
    CaseHandoverRequest,
    CaseHandoverShape,
    TakeInRequest,
    TakenInShape,
    said_by,
)  # fmt: skip
from backend.api.v1.steps import KEY, Stepping
from backend.cases import selectors
from backend.handovers.envelope import seal
from backend.handovers.issuing import entitled, hand_over
from backend.handovers.proposing import propose
from backend.handovers.taking import take_in
from workflows.offices import Right

SOON = 2
"""Seconds after which it is worth asking again."""


class CaseHandover(Stepping):
    @extend_schema(
        parameters=[KEY], request=CaseHandoverRequest, responses={200: CaseHandoverShape, 202: CaseHandoverShape}
    )
    def post(self, request: Request, case_id: int) -> Response:
        """The file of a transfer whose paper is on its way to outside, encrypted.

        That it was made, and what is in it, is an entry of the log first: 202 until that is sealed, then ask again. It is
        no GET, since the first asking writes that entry.
        """
        with self.entitled(lambda: entitled(self.actor, case_id)):
            key, wanted = request_key(request), self.asked_for(request, CaseHandoverRequest)
        made = hand_over(self.actor, case_id, request_key=key)
        if made is None:
            return Response({"name": None, "file": None}, status=202, headers={"Retry-After": str(SOON)})
        name = f"chibo-handover-{made.logs[-1].lines[-1].event.uid}.txt"
        return Response({"name": name, "file": seal(made.write(), wanted["passphrase"])})


class Handovers(Stepping):
    @extend_schema(parameters=[KEY], request=TakeInRequest, responses={200: TakenInShape, 201: TakenInShape})
    def post(self, request: Request) -> Response:
        """Check a file, receive the person in a cell and keep the history; with `rehearse` nothing is changed."""
        selectors.need(self.actor, Right.HAND_OVER)
        key = request_key(request)
        wanted = self.asked_for(request, TakeInRequest)
        proposal = propose(wanted["file"], wanted["passphrase"])
        outcome = take_in(
            self.actor, proposal, unit_id=wanted["unit"], on=wanted["on"], facts=wanted["facts"], request_key=key,
            rehearse=wanted["rehearse"],
        )  # fmt: skip
        answer = {"rehearsed": wanted["rehearse"], "said": said_by(proposal), "outcome": outcome}
        if wanted["rehearse"]:
            return Response(TakenInShape(answer).data)
        return self.made(request, f"members/{outcome['member_id']}/", outcome, TakenInShape(answer).data)
