"""No scan is stored where the operator has not switched them on: no door of the API takes a file, but for the scans' own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import FileField
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.parsers import JSONParser
from rest_framework.views import APIView

from tests.api.conftest import ON, Knock, traces
from tests.world import World


def views(patterns: list[Any]) -> Iterator[type[Any]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        elif isinstance(one, URLPattern) and hasattr(one.callback, "view_class"):
            yield one.callback.view_class


def test_no_table_has_a_column_for_a_file() -> None:
    assert [
        field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, FileField)
    ] == []


def test_no_view_of_the_api_reads_anything_but_json() -> None:
    found = {one for one in views(get_resolver().url_patterns) if issubclass(one, APIView)}
    assert len(found) > 50
    others = [one.__name__ for one in found if not all(issubclass(each, JSONParser) for each in one.parser_classes)]
    assert others == ["EventScan"]  # tests/api/test_scans.py


@pytest.mark.parametrize("address", ["cases/", "members/", "bulk/steps/"])
def test_a_file_that_is_sent_is_refused_and_leaves_nothing(world: World, as_: Knock, address: str) -> None:
    before = traces()
    scan = SimpleUploadedFile("to-trinh.pdf", b"%PDF-1.7", content_type="application/pdf")
    answer = as_("secretary").post(f"/api/v1/{address}", {"scan": scan, "on": ON.isoformat()}, format="multipart")
    assert (answer.status_code, traces()) == (415, before)
