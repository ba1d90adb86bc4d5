"""Flags: what a cell is asked to consider, with the months that count."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import OneOf
from backend.api.paging import page
from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import IdField
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.words import LabelField, both
from backend.cases.orders import citation
from backend.flags.models import Flag
from backend.flags.selectors import flags, with_tasks
from workflows.flagging import RULES, Cause


class FlagTaskShape(serializers.Serializer[Any]):
    """The deadline by which the cell is asked."""

    deadline_id = serializers.IntegerField(source="pk")
    rule = serializers.CharField(source="rule_id")
    due_on = serializers.DateField()
    status = serializers.CharField()


class FlagShape(serializers.ModelSerializer[Flag]):
    cause_label = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField()
    legal_basis = serializers.SerializerMethodField()
    task = FlagTaskShape(allow_null=True)

    class Meta:
        model = Flag
        fields = [
            "id", "number", "member_id", "unit_id", "cause", "cause_label", "since", "months", "ends_on", "raised_on",
            "rule", "legal_basis", "task", "version",
        ]  # fmt: skip

    @extend_schema_field(LabelField)
    def get_cause_label(self, row: Flag) -> dict[str, str]:
        return both(Cause(row.cause).label)

    def get_rule(self, row: Flag) -> str:
        return RULES[Cause(row.cause)]

    @extend_schema_field(LabelField)
    def get_legal_basis(self, row: Flag) -> dict[str, str]:
        return citation(RULES[Cause(row.cause)], row.since)


class FlagQuery(serializers.Serializer[Any]):
    member = IdField(required=False)
    unit = IdField(required=False)
    cause = OneOf(Cause.choices, required=False)


class Flags(Scoped):
    tells = Tells.LIST

    @extend_schema(parameters=[FlagQuery, *CURSOR], responses=page_of(FlagShape))
    def get(self, request: Request) -> Response:
        """Flags that stand, for the offices that may see them: members to be considered, what counts, and the task."""
        wanted = asked(FlagQuery, request)
        names = {"member": "member_id", "unit": "unit_id", "cause": "cause"}
        rows = flags(self.actor).filter(**{names[name]: value for name, value in wanted.items()})
        found, following = page(request, rows, ("id",))
        shown = FlagShape(with_tasks(self.actor, found), many=True)
        return Response({"results": shown.data, "next": following})
