"""Answers that are text of another kind; their problems are JSON all the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer


class TextRenderer(BaseRenderer):
    """Text as it is; a problem as JSON."""

    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


class SvgRenderer(TextRenderer):
    media_type = "image/svg+xml"
    format = "svg"


class CsvRenderer(TextRenderer):
    media_type = "text/csv"
    format = "csv"


class XlsxRenderer(TextRenderer):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


class PdfRenderer(TextRenderer):
    """Says that a PDF can be asked for; a problem is JSON."""

    media_type = "application/pdf"
    format = "pdf"


class BytesRenderer(TextRenderer):
    media_type = "application/octet-stream"
    format = "bytes"
