"""What was brought in, when, from which files, and whether it was undone; and what the workers were asked to bring in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.core.models import PathField
from backend.core.sealed import SealedJSON


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

    def __str__(self) -> str:
        return str(self.uid)


class ImportTask(models.Model):
    """What an office asked of the workers: to try an import (and then to do it), or to undo one.

    Everything stands here; the broker is only a nudge. `report` (sealed, for it quotes cells) is that of the trial, then of
    the import; `batch` is the one that is made, or the one to be undone. `tries` counts how often a worker took it up.
    """

    class Kind(models.TextChoices):
        IMPORT = "import", _("Import")
        UNDO = "undo", _("Undoing of an import")

    class State(models.TextChoices):
        WAITING = "waiting", _("being worked on")
        TRIED = "tried", _("tried, waits for your decision")
        GOING = "going", _("being brought in")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused, nothing was changed")

    key = models.UUIDField(unique=True)  # of the form that asked, so that sending twice asks once
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    unit_path = PathField()
    user_id = models.BigIntegerField()
    assignment_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    as_of = models.DateField()
    batch = models.UUIDField()
    files = models.JSONField(default=dict)  # name -> SHA-256
    report = SealedJSON(default=dict)
    part = models.CharField(max_length=200, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.batch}"


class ImportFile(models.Model):
    """A file as it was sent, encrypted; it goes with its task."""

    task = models.ForeignKey(ImportTask, models.CASCADE, related_name="contents")
    name = models.CharField(max_length=40)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return self.name
