"""Scans of papers, where the operator keeps any: a row for each, and a file that only the row opens."""

from __future__ import annotations

from django.db import models

from backend.cases.models import Case


class Scan(models.Model):
    """The scan of the paper that a step of a case named (`event_uid`, `paper`: the name of the fact).

    `uid` names the file; `secret`, sealed by the key ring, is the key that opens it: with the row goes whatever backups of the
    folder hold. One that is replaced has another `uid` and `secret`, and a `version` more.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    uid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="scans")
    event_uid = models.UUIDField()
    paper = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    size = models.IntegerField()
    secret = models.BinaryField()
    added_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_uid", "paper"], name="scan_once")]
