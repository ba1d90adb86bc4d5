"""Who looked at whose file: shown to the unit to which the file belongs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accesses.models import Access
from backend.accesses.selectors import accesses, lookers
from backend.api.bodies import OneOf
from backend.api.paging import page
from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import IdField
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.words import LabelField, both
from backend.cases import selectors
from workflows.offices import Office
from workflows.purposes import Purpose


class AccessShape(serializers.ModelSerializer[Access]):
    """One look: when, through which door, by which office of which unit, and why. `count` and `filters` are a list's."""

    user_name = serializers.SerializerMethodField(help_text="Also of an office above. Empty where the name was erased.")
    office_unit_name = serializers.SerializerMethodField(help_text="Empty where the office belongs to no unit.")
    office = serializers.CharField()
    office_label = serializers.SerializerMethodField()
    purpose_label = serializers.SerializerMethodField()

    class Meta:
        model = Access
        fields = [
            "id", "seen_at", "door", "member_id", "case_id", "filters", "count", "user_id", "user_name", "office",
            "office_label", "office_unit_id", "office_unit_name", "purpose", "purpose_label",
        ]  # fmt: skip

    def get_user_name(self, row: Access) -> str:
        return str(self.context["lookers"].user(row))

    def get_office_unit_name(self, row: Access) -> str:
        return str(self.context["lookers"].unit(row))

    @extend_schema_field(LabelField)
    def get_office_label(self, row: Access) -> dict[str, str]:
        return both(Office(row.office).label)

    @extend_schema_field(LabelField)
    def get_purpose_label(self, row: Access) -> dict[str, str]:
        return both(Purpose(row.purpose).label)


class AccessQuery(serializers.Serializer[Any]):
    member = IdField(required=False)
    case = IdField(required=False)
    purpose = OneOf(Purpose.choices, required=False)


class Accesses(Scoped):
    tells = Tells.LIST

    @extend_schema(parameters=[AccessQuery, *CURSOR], responses=page_of(AccessShape))
    def get(self, request: Request) -> Response:
        """Looks at files of units in scope and at lists taken there, newest first."""
        names = {"member": "member_id", "case": "case_id", "purpose": "purpose"}
        wanted = {names[name]: value for name, value in asked(AccessQuery, request).items()}
        return _answered(request, accesses(self.actor).filter(**wanted))


class MemberAccesses(Scoped):
    tells = Tells.FILE

    @extend_schema(parameters=CURSOR, responses=page_of(AccessShape))
    def get(self, request: Request, member_id: int) -> Response:
        """Who looked at a member's file or at a case about the member, newest first; this look will stand there too."""
        member = get_object_or_404(selectors.members(self.actor), pk=member_id)
        return _answered(request, accesses(self.actor).filter(member_id=member.pk))


def _answered(request: Request, rows: QuerySet[Access]) -> Response:
    found, following = page(request, rows, ("-id",))
    shape = AccessShape(found, many=True, context={"lookers": lookers(found)})
    return Response({"results": shape.data, "next": following})
