"""What was said and what was not: the story of one deadline, and the ledger of a unit and a period."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.alerts import register
from backend.alerts.channels import ALSO
from backend.alerts.ledger import story
from backend.alerts.models import Notice, Outcome
from backend.alerts.rehearsal import rehearse, too_far
from backend.api.bodies import OneOf
from backend.api.paging import page
from backend.api.rendering import CsvRenderer
from backend.api.scoping import Scoped, Tells, etag
from backend.api.v1.answers import DayField, IdField
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.v1.places import path_seen
from backend.api.v1.proof_shapes import LedgerShape, RehearsalShape, StoryShape
from backend.cases import selectors
from backend.flags.selectors import whose
from backend.organizations.laddering import ENDS_FIRST, rules_known
from backend.reports import ledger
from workflows.ladders import CHANNELS
from workflows.offices import Right

LINES = 1000


class DeadlineLedger(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=StoryShape)
    def get(self, request: Request, deadline_id: int) -> Response:
        """The whole story of a deadline: its arithmetic, every rung with its outcome, what people answered, who is next."""
        deadline = get_object_or_404(selectors.deadlines(self.actor), pk=deadline_id)
        self.about = whose(deadline)
        return Response(StoryShape(story(deadline)).data, headers=etag(deadline.version))


class LedgerQuery(serializers.Serializer[Any]):
    unit = IdField(required=False, help_text="With all below it: what was about it, or said to an office there.")
    first = DayField(required=False, help_text="The first day of the period, by the days of the rungs.")
    last = DayField(required=False, help_text="The last day of the period.")
    outcome = OneOf(Outcome.choices, required=False)
    channel = OneOf((*CHANNELS, *ALSO), required=False)
    rule = serializers.CharField(required=False, max_length=40)

    def validate_rule(self, rule: str) -> str:
        if rule not in rules_known():
            raise serializers.ValidationError(gettext("There is no rule “%(rule)s”.") % {"rule": rule})
        return rule

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "first" in attrs and "last" in attrs and attrs["last"] < attrs["first"]:
            raise serializers.ValidationError({"last": gettext(ENDS_FIRST.message)})
        return attrs


class LedgerBase(Scoped):
    tells = Tells.NOBODY

    def looked_for(self, wanted: dict[str, Any]) -> QuerySet[Notice]:
        """The notices that match. Raises ValidationError where the unit is out of sight."""
        if "unit" not in wanted:
            return ledger.notices(self.actor, register.Asked(**wanted))
        path = path_seen(self.actor, wanted.pop("unit"), "unit")
        return ledger.notices(self.actor, register.Asked(**wanted, path=path))


class Ledger(LedgerBase):
    @extend_schema(parameters=[LedgerQuery, *CURSOR], responses=page_of(LedgerShape))
    def get(self, request: Request) -> Response:
        """Every notice in sight with what became of it, newest first."""
        found, following = page(request, self.looked_for(asked(LedgerQuery, request)), ("-id",))
        shown = LedgerShape(register.with_deadlines(found), many=True)
        return Response({"results": shown.data, "next": following})


class LedgerTableQuery(LedgerQuery):
    language = OneOf(["vi", "en"], default="vi")


class LedgerTable(LedgerBase):
    renderer_classes = (CsvRenderer, JSONRenderer)

    @extend_schema(parameters=[LedgerTableQuery], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> StreamingHttpResponse:
        """The same as one table, whole, a line for each reader and way; no cell of it is a formula to any spreadsheet."""
        wanted = asked(LedgerTableQuery, request)
        language = wanted.pop("language")
        rows = ledger.table(self.actor, self.looked_for(wanted), language, wanted.get("channel", ""))
        answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="ledger.csv"'
        return answer


class RehearsalQuery(serializers.Serializer[Any]):
    as_of = DayField(required=False, help_text="The day to be rehearsed, today or in the twelve months after.")
    limit = serializers.IntegerField(min_value=0, max_value=LINES, default=LINES, help_text="Lines shown.")


class Rehearsing(Scoped):
    tells = Tells.NOBODY

    @extend_schema(parameters=[RehearsalQuery], responses=RehearsalShape)
    def get(self, request: Request) -> Response:
        """What the sweep of a day would say, to whom and by which rung, and what it would not, and why; nothing stays."""
        selectors.need(self.actor, Right.READ_RESTRICTED)
        wanted = asked(RehearsalQuery, request)
        day = wanted.get("as_of", self.today)
        if sentence := too_far(day):
            raise serializers.ValidationError({"as_of": sentence})
        found = rehearse(day, path=self.actor.path, limit=wanted["limit"], letters=False)
        return Response(RehearsalShape(found).data)
