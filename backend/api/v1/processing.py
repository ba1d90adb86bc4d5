"""The register of processing purposes, for offices that may read the log."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.scoping import Scoped, Tells
from backend.api.words import LabelField, both
from backend.cases import selectors
from workflows.law.model import FIRMNESS
from workflows.offices import Right
from workflows.processing import Keeping, Processing, register


class ProcessingShape(serializers.Serializer[Any]):
    """A purpose; `firmness` says how far its ground may be leant on."""

    purpose = serializers.CharField()
    purpose_label = LabelField()
    what = LabelField()
    data = LabelField(many=True)  # type: ignore[assignment]  # DRF takes declared fields off the class
    ground = LabelField()
    basis = serializers.ListField(child=serializers.CharField())
    firmness = serializers.CharField()
    recipients = LabelField()
    offices = serializers.ListField(child=serializers.CharField())


class KeepingShape(serializers.Serializer[Any]):
    """How long: the row of the law in `rule`, else empty: then nothing is deleted by itself, and `by` says who decides."""

    what = LabelField()
    rule = serializers.CharField(allow_blank=True)
    by = serializers.CharField()


class RegisterShape(serializers.Serializer[Any]):
    purposes = ProcessingShape(many=True)
    keeping = KeepingShape(many=True)


class ProcessingRegister(Scoped):
    tells = Tells.NOBODY

    @extend_schema(responses=RegisterShape)
    def get(self, request: Request) -> Response:
        """Why personal data are processed here, on which ground, and how long they are kept."""
        selectors.need(self.actor, Right.READ_EVENTS)
        purposes, keeping = register()
        return Response(
            {"purposes": [_purpose(one) for one in purposes], "keeping": [_keeping(one) for one in keeping]}
        )


def _purpose(one: Processing) -> dict[str, Any]:
    return {
        "purpose": one.code.value, "purpose_label": both(one.code.label), "what": one.what, "data": one.data,
        "ground": one.ground, "basis": [source.cite() for source in one.basis], "firmness": FIRMNESS[one.conf],
        "recipients": one.recipients, "offices": [office.value for office in one.offices],
    }  # fmt: skip


def _keeping(one: Keeping) -> dict[str, Any]:
    return {"what": one.what, "rule": one.rule, "by": one.by}
