"""What forms send is read into memory, and no more of it than the page takes: nothing of it lies in a folder in clear.

Django would read a form of any size to its end, files into the temporary folder, before any view or the form's token is looked
at: for anybody, at any address that takes a form.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

from backend.imports.asking import LARGEST

BESIDES = 100_000
"""Bytes of a form around its file."""


class Bounded(MemoryFileUploadHandler):
    """The only upload handler (`FILE_UPLOAD_HANDLERS`)."""

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *_: Any) -> None:
        """Raises RequestDataTooBig before anything is read."""
        if content_length > most(self.request):
            raise RequestDataTooBig
        self.activated = True


def most(request: Any) -> int:
    """How many bytes a form with files may have: a lot where files are asked for, of people who are signed in."""
    match = request.resolver_match
    named = match.url_name if match and request.user.is_authenticated else ""
    if named == "imports":
        return 2 * LARGEST
    if named == "case-scans":
        return int(settings.CHIBO_SCAN_BYTES) + BESIDES
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
