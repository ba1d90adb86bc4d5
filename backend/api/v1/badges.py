"""Who reaches which party badge by the ceremony of a day."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.paging import page
from backend.api.problems import unmet
from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import DayField, IdField, UnmetShape
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.v1.shapes import PartyAgeShape
from backend.api.words import LabelField, both
from backend.cases import selectors
from backend.cases.orders import citation
from backend.members.models import Member
from backend.reports.badges import ORDER, Entry, candidates, entries
from workflows import law
from workflows.badges import Ceremony, Kind, ceremony_from
from workflows.law.model import FIRMNESS


class BadgeQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="The day of the ceremony; without it, of the next one.")
    unit = IdField(required=False, help_text="With all below it.")
    early = serializers.BooleanField(
        default=False, help_text="With those who come within the months of an early award."
    )


class BadgeShape(serializers.Serializer[Any]):
    """A badge that a member reaches. It is a list of who could be considered: people ask, and people decide."""

    member_id = serializers.IntegerField(source="member.pk")
    full_name = serializers.CharField(source="member.full_name")
    unit_id = serializers.IntegerField(source="member.unit_id")
    standing = serializers.CharField(source="member.standing")
    years = serializers.IntegerField(source="found.years")
    reached_on = serializers.DateField(source="found.reached_on")
    ceremony_on = serializers.DateField()
    kind = serializers.ChoiceField(Kind.choices, source="found.kind")
    kind_label = serializers.SerializerMethodField()
    counted_from = PartyAgeShape(source="start")
    firmness = serializers.SerializerMethodField()
    legal_basis = serializers.SerializerMethodField()
    cautions = serializers.SerializerMethodField(
        help_text="What speaks for waiting, for offices that may read discipline."
    )

    @extend_schema_field(LabelField)
    def get_kind_label(self, row: Entry) -> dict[str, str]:
        return both(row.found.kind.label)

    @extend_schema_field(serializers.ChoiceField(sorted(set(FIRMNESS.values()))))
    def get_firmness(self, row: Entry) -> str:
        return law.rule(RULES.get(row.found.kind, MILESTONES), row.ceremony_on).firmness

    @extend_schema_field(LabelField)
    def get_legal_basis(self, row: Entry) -> dict[str, str]:
        return citation(RULES.get(row.found.kind, MILESTONES), row.ceremony_on)

    @extend_schema_field(UnmetShape(many=True))
    def get_cautions(self, row: Entry) -> list[dict[str, Any]]:
        return unmet(row.waits, row.ceremony_on)


MILESTONES = "BDG.MILESTONES"
RULES = {
    Kind.EARLY: "BDG.EARLY", Kind.POSTHUMOUS: "BDG.EARLY", Kind.THIS_MONTH: "BDG.COUNTED_BY",
    Kind.OUTSTANDING: "BDG.OUTSTANDING",
}  # fmt: skip
"""The row of the law by which a kind is on the list, where it is not that of the badges."""


class Badges(Scoped):
    tells = Tells.LIST

    @extend_schema(parameters=[BadgeQuery, *CURSOR], responses=page_of(BadgeShape))
    def get(self, request: Request) -> Response:
        """Who reaches which badge by a ceremony, by unit; a badge that is recorded as awarded is left out."""
        wanted = asked(BadgeQuery, request)
        ceremony = Ceremony(wanted.get("on") or ceremony_from(self.today), wanted["early"])
        rows = candidates(self.actor, ceremony)
        if "unit" in wanted:
            path = selectors.units(self.actor).filter(pk=wanted["unit"]).values_list("path", flat=True).first()
            rows = candidates(self.actor, ceremony, path) if path else Member.objects.none()
        members, following = page(request, rows, ORDER)
        shown = BadgeShape(entries(self.actor, ceremony, members), many=True)
        return Response({"results": shown.data, "next": following})
