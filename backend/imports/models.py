"""What was brought in, when, from which files, and whether it was undone."""

from __future__ import annotations

from django.db import models

from backend.core.models import PathField


class ImportBatch(models.Model):
    """One import. `report` has no values of cells (they may be personal ids); the report file has them."""

    uid = models.UUIDField(unique=True)
    unit_path = PathField()
    as_of = models.DateField()
    files = models.JSONField()  # name -> SHA-256
    counts = models.JSONField()
    report = models.JSONField()
    operator = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_reason = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return str(self.uid)
