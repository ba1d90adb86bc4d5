"""Dues: a cell's month, a member's year, recording both, and what the rates in force give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accesses.noting import Look, note
from backend.api.problems import of_error
from backend.api.scoping import Scoped, Tells, etag, expected_version, request_key
from backend.api.v1 import dues_shapes as shapes
from backend.api.v1.lists import asked
from backend.api.v1.steps import KEY, MATCH, Stepping
from backend.api.words import both
from backend.cases.orders import citation
from backend.core.db import scope
from backend.core.errors import Refused
from backend.dues import ledger, recording
from backend.dues.recording import Recorded, Result, Wanted
from workflows import law
from workflows.answers import Refusal
from workflows.dues import Said, Status
from workflows.dues_rates import RATES, Income, rate_of, reckon
from workflows.guards.dues import Answer
from workflows.workdays import month_start


class Bookkeeping(Stepping):
    """What the views of the ledger share."""

    def month_of(self, wanted: Mapping[str, Any]) -> date:
        month: date = wanted.get("month", month_start(self.today))
        return month

    def recorded(self, done: Recorded) -> dict[str, Any]:
        found = [self.answered(one, done) for one in done.results]
        return dict(shapes.RecordedShape({**vars(done), "results": found}).data)

    def answered(self, one: Result, done: Recorded) -> dict[str, Any]:
        problem = of_error(one.error, done.month) if one.error is not None else None
        status = problem["status"] if problem is not None else 200
        return {
            "member": one.member, "status": status, "version": one.version, "changed": one.changed, "problem": problem
        }  # fmt: skip


class UnitDues(Bookkeeping):
    tells = Tells.LIST

    @extend_schema(parameters=[shapes.MonthQuery], responses=shapes.CellMonthShape)
    def get(self, request: Request, unit_id: int) -> Response:
        """A cell's month: who owes it dues, who paid them there, and what nobody has said a word about yet."""
        month = self.month_of(asked(shapes.MonthQuery, request))
        found = ledger.cell_month(self.actor, unit_id, month, self.today)
        shown = shapes.CellMonthShape({**vars(found), "counts": found.counts()}).data
        return Response(shown, headers=etag(found.version))

    @extend_schema(parameters=[KEY], request=shapes.DuesRequest, responses=shapes.RecordedShape)
    def post(self, request: Request, unit_id: int) -> Response:
        """Record a cell's month: each entry is taken or refused on its own; all that was taken is one entry of the log.

        Each names the version that was looked at, so that of two people who record at once the later one is told. What
        says the same as what stands changes nothing.
        """
        with self.entitled(lambda: recording.entitled(self.actor, unit_id)):
            key, wanted = request_key(request), self.asked_for(request, shapes.DuesRequest)
        entries = [Wanted(one["member"], _answer(one, wanted), one["version"]) for one in wanted["entries"]]
        told = recording.record_month(
            self.actor, unit_id, wanted["month"], entries, reason=wanted["reason"], complete=wanted["complete"],
            request_key=key, tell=self.recorded,
        )  # fmt: skip
        return Response(told, headers=etag(told["version"]))


class MemberDues(Bookkeeping):
    tells = Tells.FILE

    @extend_schema(parameters=[shapes.YearQuery], responses=shapes.MemberYearShape)
    def get(self, request: Request, member_id: int) -> Response:
        """A member's year, month by month, wherever the dues were paid."""
        year = asked(shapes.YearQuery, request).get("year", self.today.year)
        lines = ledger.member_year(self.actor, member_id, year, self.today)
        return Response(shapes.MemberYearShape({"member_id": member_id, "year": year, "lines": lines}).data)

    @extend_schema(parameters=[MATCH, KEY], request=shapes.MemberDuesRequest, responses=shapes.RecordedShape)
    def post(self, request: Request, member_id: int) -> Response:
        """Record one member's month, at the cell where the dues are paid."""
        with self.entitled(lambda: recording.entitled_to(self.actor, member_id)):
            version, key = expected_version(request), request_key(request)
            wanted = self.asked_for(request, shapes.MemberDuesRequest)
        self.legal_day = wanted["month"]
        unit = recording.recording_unit(self.actor, member_id, wanted["month"])
        told = recording.record_month(
            self.actor, unit, wanted["month"], [Wanted(member_id, _answer(wanted), version)], reason=wanted["reason"],
            request_key=key, tell=self.done,
        )  # fmt: skip
        return Response(told, headers=etag(told["results"][0]["version"]))

    def done(self, done: Recorded) -> dict[str, Any]:
        """As for many, but one that is refused is refused as a whole."""
        (one,) = done.results
        if one.error is not None:
            raise one.error
        return self.recorded(done)


class DuesRates(Scoped):
    tells = Tells.NOBODY

    @extend_schema(parameters=[shapes.MonthQuery], responses=shapes.RatesShape)
    def get(self, request: Request) -> Response:
        """The rates that are known for a month."""
        month = asked(shapes.MonthQuery, request).get("month", month_start(self.today))
        rules = {income: law.rule(RATES[income], month) for income in Income}
        found = [_rate(income, rule, month) for income, rule in rules.items() if not rule.assumed_before]
        return Response(shapes.RatesShape({"month": month, "rates": found}).data)


class DuesReckoning(Bookkeeping):
    @extend_schema(request=shapes.DuesReckoningRequest, responses=shapes.ReckonedShape)
    def post(self, request: Request) -> Response:
        """How much is due of a base by the rate of the month. Nothing of it is kept; whose reduction was asked for is noted."""
        wanted = self.asked_for(request, shapes.DuesReckoningRequest)
        month = self.legal_day = wanted["month"]
        member = wanted.get("member")
        line = self.seen(member, month) if member is not None else None
        percent = line.view.percent_off if line is not None else 0
        found = reckon(Income(wanted["income"]), wanted.get("base"), month, percent)
        if isinstance(found, Refusal):
            raise Refused([found])
        exempt = line is not None and line.view.is_exempt
        answer = {
            "month": month, "due": 0 if exempt else found.due, "percent_off": percent, "rule": found.rule.id,
            "told": both(Status.EXEMPT.label if exempt else found.told), "version": found.rule.version,
            "legal_basis": citation(found.rule.id, month),
        }  # fmt: skip
        return Response(shapes.ReckonedShape(answer).data)

    def seen(self, member: int, month: date) -> ledger.Line:
        with transaction.atomic():
            scope(self.actor.path)
            line = ledger.seen_month(self.actor, member, month, self.today)
            note(self.actor, Look("dues/reckoning/", member), self.purpose)
            return line


def _answer(one: Mapping[str, Any], sheet: Mapping[str, Any] | None = None) -> Answer:
    """An entry as asked; the sheet's day is that of everybody who paid and has no day of the own."""
    said = Said(one["status"])
    paid_on = one.get("paid_on") or (sheet or {}).get("paid_on")
    return Answer(said, paid_on if said == Said.PAID else None, one.get("amount"))


def _rate(income: Income, rule: law.Rule, month: date) -> dict[str, Any]:
    return {
        "income": income.value, "label": both(income.label), "rule": rule.id, "version": rule.version,
        "rate": both(rate_of(rule, month)), "firmness": rule.firmness,
        "legal_basis": {language: rule.citation(language) for language in ("vi", "en")},
    }  # fmt: skip
