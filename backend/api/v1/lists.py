"""Lists and details: filters are shapes too, so that a wrong one is refused and the schema knows them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.alerts.models import Notice
from backend.alerts.recipients import notices_read_by
from backend.api.bodies import OneOf
from backend.api.paging import LARGEST, chained, page, paged
from backend.api.scoping import Scoped, Tells, etag
from backend.api.v1 import shapes
from backend.api.v1.answers import DayField, IdField
from backend.cases import selectors
from backend.cases.labels import label_members
from backend.cases.listing import PEOPLE_ORDER, People, people
from backend.deadlines.models import Deadline
from backend.flags.selectors import whose
from backend.handovers import histories
from backend.members.today import taking_part
from workflows.catalogue import LIFECYCLES
from workflows.offices import Level, Right
from workflows.standings import Participation, Standing

CURSOR = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` of the page before."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST}, description="Rows of a page."),
]


@cache
def page_of(shape: type[serializers.BaseSerializer[Any]]) -> Any:
    """The schema of a page of rows."""
    name = f"{shape.__name__.removesuffix('Shape')}Page"
    return inline_serializer(name, {"results": shape(many=True), "next": serializers.URLField(allow_null=True)})


def asked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The filters of the address, checked. That all are known and there once was seen before (`InTransaction.initial`)."""
    query = shape(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


class UnitQuery(serializers.Serializer[Any]):
    parent = IdField(required=False)  # type: ignore[assignment]  # DRF takes declared fields off the class
    level = OneOf(Level.choices, required=False)
    as_of = DayField(required=False, help_text="The tree as it stood on a day, as known now; without it, as it stands.")


class Units(Scoped):
    tells = Tells.NOBODY

    @extend_schema(parameters=[UnitQuery, *CURSOR], responses=page_of(shapes.UnitShape))
    def get(self, request: Request) -> Response:
        """Units in scope, by path. As of a day: what existed then, with the name, the parent and the path of that day."""
        wanted = asked(UnitQuery, request)
        day = wanted.pop("as_of", None)
        if day is None:
            return paged(request, selectors.units(self.actor).filter(**wanted), ("path",), shapes.UnitShape)
        then = selectors.units_as_of(self.actor, day).filter(**wanted)
        return paged(request, then, ("path_then",), shapes.UnitThenShape)


class UnitDetail(Scoped):
    tells = Tells.NOBODY

    @extend_schema(responses=shapes.UnitShape)
    def get(self, request: Request, unit_id: int) -> Response:
        unit = get_object_or_404(selectors.units(self.actor), pk=unit_id)
        return Response(shapes.UnitShape(unit).data, headers=etag(unit.version))


class UnitChildren(Scoped):
    tells = Tells.NOBODY

    @extend_schema(parameters=CURSOR, responses=page_of(shapes.UnitShape))
    def get(self, request: Request, unit_id: int) -> Response:
        """The units right below one."""
        units = selectors.units(self.actor)
        get_object_or_404(units, pk=unit_id)
        return paged(request, units.filter(parent_id=unit_id), ("path",), shapes.UnitShape)


class MemberQuery(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, allow_blank=True, max_length=200,
        help_text="Beginnings of words of the name, without diacritics; or a whole personal id, phone or card number. "
        "Nothing written: no search, the whole list.",
    )  # fmt: skip
    standing = OneOf(Standing.choices, required=False)
    participation = OneOf(Participation.choices, required=False)
    unit = IdField(required=False, help_text="The official or the temporary cell.")


class Members(Scoped):
    tells = Tells.LIST
    lists_people = True

    @extend_schema(parameters=[MemberQuery, *CURSOR], responses=page_of(shapes.MemberShape))
    def get(self, request: Request) -> Response:
        """Members in scope in the order of a Vietnamese list."""
        rows = people(self.actor, People(**asked(MemberQuery, request)), self.today)
        found, following = page(request, rows, PEOPLE_ORDER)
        shown = shapes.MemberShape(label_members(found, self.today), many=True)
        return Response({"results": shown.data, "next": following})


class MergedShape(serializers.Serializer[Any]):
    """Where a merged record's person is found now; the address stands in `Location`."""

    merged_into = serializers.IntegerField()


class MemberDetail(Scoped):
    tells = Tells.FILE

    @extend_schema(responses={200: shapes.MemberDetailShape, 301: MergedShape})
    def get(self, request: Request, member_id: int) -> Response:
        """A member; of a record that was merged into another one, where that one is."""
        if kept := selectors.kept_record(self.actor, member_id):
            place = request.build_absolute_uri(f"/api/v1/members/{kept.pk}/")
            return Response({"merged_into": kept.pk}, status=301, headers={"Location": place})
        member = get_object_or_404(taking_part(selectors.members(self.actor), self.today), pk=member_id)
        label_members([member], self.today)
        return Response(shapes.MemberDetailShape(member).data, headers=etag(member.version))


class Timeline(Scoped):
    tells = Tells.FILE

    @extend_schema(parameters=CURSOR, responses=page_of(shapes.EventShape))
    def get(self, request: Request, member_id: int) -> Response:
        """What happened to a member, newest first; before the first entry here what came in hand-over files (`origin`)."""
        member = get_object_or_404(selectors.members(self.actor), pk=member_id)
        here, elsewhere = selectors.timeline(self.actor, member), histories.timeline(self.actor, member)
        return chained(request, [(here, lambda event: event), (elsewhere, histories.as_event)], shapes.EventShape)


STATES = sorted({state for page in LIFECYCLES.values() for state in getattr(page.choices().get("state"), "values", ())})
"""Of the cases of all lifecycles."""


class CaseQuery(serializers.Serializer[Any]):
    lifecycle = OneOf(sorted(LIFECYCLES), required=False)
    state = OneOf(STATES, required=False)
    member = IdField(required=False)
    unit = IdField(required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None)


class DeadlineQuery(serializers.Serializer[Any]):
    status = OneOf(Deadline.Status.choices, required=False)
    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)
    unit = IdField(required=False, help_text="Whose it is, or which must act.")
    rule = serializers.CharField(required=False, max_length=40)
    case = IdField(required=False)
    member = IdField(required=False)


class Deadlines(Scoped):
    tells = Tells.LIST

    @extend_schema(parameters=[DeadlineQuery, *CURSOR], responses=page_of(shapes.DeadlineShape))
    def get(self, request: Request) -> Response:
        """Deadlines in scope, the earliest first."""
        rows = self.filtered(selectors.deadlines(self.actor), asked(DeadlineQuery, request))
        return paged(request, rows, ("due_on", "id"), shapes.DeadlineShape)

    def filtered(self, rows: QuerySet[Deadline], wanted: dict[str, Any]) -> QuerySet[Deadline]:
        names = {"status": "status", "rule": "rule_id"}
        rows = rows.filter(**{column: wanted[name] for name, column in names.items() if name in wanted})
        for kind in ("case", "member"):
            if kind in wanted:
                rows = rows.filter(subject_kind=kind, subject_id=wanted[kind])
        if "unit" in wanted:
            rows = rows.filter(Q(unit_id=wanted["unit"]) | Q(acting_unit_id=wanted["unit"]))
        late = Q(status="open", due_on__lt=self.today)
        return rows if wanted["overdue"] is None else rows.filter(late if wanted["overdue"] else ~late)


class DeadlineDetail(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=shapes.DeadlineDetailShape)
    def get(self, request: Request, deadline_id: int) -> Response:
        deadline = get_object_or_404(selectors.deadlines(self.actor), pk=deadline_id)
        self.about = whose(deadline)
        return Response(shapes.DeadlineDetailShape(deadline).data, headers=etag(deadline.version))


class NoticeBase(Scoped):
    """Notices of the office in which the person acts, and of an empty seat that the office stands in for."""

    tells = Tells.NOBODY

    def mine(self) -> QuerySet[Notice]:
        selectors.need(self.actor, Right.READ)
        return notices_read_by(self.actor, self.today)


class Notices(NoticeBase):
    @extend_schema(parameters=CURSOR, responses=page_of(shapes.NoticeShape))
    def get(self, request: Request) -> Response:
        """What was to be said to my office, newest first."""
        return paged(request, self.mine(), ("-id",), shapes.NoticeShape)


class NoticeDetail(NoticeBase):
    @extend_schema(responses=shapes.NoticeShape)
    def get(self, request: Request, notice_id: int) -> Response:
        return Response(shapes.NoticeShape(get_object_or_404(self.mine(), id=notice_id)).data)
