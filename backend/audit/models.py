"""The log: events, their erasable details, the sealed order and the signed heads. Append-only by trigger and REVOKE."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from backend.audit.codes import EventCode, SubjectKind
from backend.core.models import PathField
from backend.core.sealed import SealedJSON
from workflows import law

LOCAL = "Asia/Ho_Chi_Minh"
"""The one time zone of days; written into the table, where no setting moves it."""


class DaysLate(models.Func):
    """Whole days from the day on which something happened to the local day on which it was written; 0 for no real moment."""

    template = f"(CASE WHEN isfinite(recorded_at) THEN (recorded_at AT TIME ZONE '{LOCAL}')::date - on_date ELSE 0 END)"
    output_field = models.IntegerField()


class Event(models.Model):
    """One thing that happened. `line` is the exact export line whose hash is the leaf; see docs/log.md.

    `changes` maps a field to [from, to]; the deferred trigger compares it with what the row did. Persons appear by
    id only; names, reasons and whatever people wrote stand in `EventDetail`, bound by `commitment`.
    """

    uid = models.UUIDField(unique=True)
    code = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=12, choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    version = models.IntegerField()
    lifecycle = models.CharField(max_length=40, blank=True)
    step = models.CharField(max_length=60, blank=True)
    changes = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    cautions = ArrayField(models.CharField(max_length=80), default=list)
    member_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    user_id = models.BigIntegerField(null=True)
    assignment_id = models.BigIntegerField(null=True)
    office = models.CharField(max_length=24)
    office_unit_id = models.BigIntegerField(null=True)
    behalf_unit_id = models.BigIntegerField(null=True)
    on_date = models.DateField()
    recorded_at = models.DateTimeField()
    days_late = models.GeneratedField(expression=DaysLate(), output_field=models.IntegerField(), db_persist=True)
    batch = models.UUIDField(null=True)
    voids = models.UUIDField(null=True)
    cause = models.UUIDField(null=True)
    line = models.BinaryField()
    commitment = models.BinaryField(null=True)

    position: int  # its place in the sealed order, where a follower was given the event
    origin: Any = None  # where it came in a hand-over file: the history it belongs to (`handovers.histories`)
    told: dict[str, Any] | None  # the data of its detail, where `details.with_details` read it along
    voided_by: UUID | None  # where `details.with_voids` read it along

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "version"], name="event_version_once"),
            models.UniqueConstraint(
                fields=["voids"], name="event_voided_once", condition=models.Q(voids__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["member_id", "id"], name="event_member", condition=models.Q(member_id__isnull=False)),
            models.Index(fields=["case_id", "id"], name="event_case", condition=models.Q(case_id__isnull=False)),
            models.Index(fields=["unit_path", "id"], name="event_path"),
            models.Index(fields=["user_id", "id"], name="event_user", condition=models.Q(user_id__isnull=False)),
            models.Index(fields=["lifecycle", "step", "id"], name="event_step"),
            models.Index(fields=["days_late", "id"], name="event_late", condition=models.Q(days_late__gt=0)),
            BrinIndex(fields=["on_date", "recorded_at"], name="event_days", autosummarize=True),
            models.Index(
                fields=["subject_id"], name="event_took_over", condition=models.Q(code=EventCode.MEMBER_TOOK_OVER)
            ),
            models.Index(fields=["batch"], name="event_batch", condition=models.Q(batch__isnull=False)),
        ]

    @property
    def left_out(self) -> dict[str, Any]:
        """By name, what the line leaves out of the facts it has (a paper's number); free text it does not have at all."""
        parts: dict[str, Any] = (self.told or {}).get("facts", {})
        return {name: part for name, part in parts.items() if name in self.facts}

    @property
    def written(self) -> dict[str, Any]:
        """By name, what people wrote of which the line has nothing at all (a reason, a comment)."""
        parts: dict[str, Any] = (self.told or {}).get("facts", {})
        return {name: part for name, part in parts.items() if name not in self.facts}

    @property
    def unconfirmed(self) -> list[str]:
        """Of the rows of the law it was decided under, those that are not firm as they are known today."""
        return sorted(law.unconfirmed() & {*self.rules.values()})

    @property
    def erased(self) -> bool:
        """Whether what stood behind the line was erased."""
        return self.commitment is not None and self.told is None


class EventDetail(models.Model):
    """What stands behind an event's line: SHA-256(salt ‖ canonical JSON of `data`) is its commitment. Erasable.

    `data` has `who` (the actor's name), `request` (the client's id), `facts` (by name, what the line leaves out) and `health`
    (the commitment of `HealthDetail`); it is kept sealed, but for codes that queries look for (`core.sealed`).
    """

    event_uid = models.UUIDField(primary_key=True)
    unit_path = PathField()
    salt = models.BinaryField()
    data = SealedJSON()


class HealthDetail(models.Model):
    """What an event tells of somebody's health, by name (`data`, sealed canonical JSON): `health` in the event's detail is
    SHA-256(salt ‖ that JSON). It is read with its case, by the offices of `workflow_reader` alone. Erased with the detail.
    """

    event_uid = models.UUIDField(primary_key=True)
    case_id = models.BigIntegerField(db_index=True)
    lifecycle = models.CharField(max_length=40)
    salt = models.BinaryField()
    data = models.BinaryField()


class Pending(models.Model):
    """An event that waits to be given its place by `seal()`."""

    event_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "audit_pending"


class Head(models.Model):
    """One row: the lock of the order, and the size of the sealed log."""

    size = models.BigIntegerField(default=0)
    epoch = models.IntegerField(default=1)


class Leaf(models.Model):
    """The place of an event in the sealed order (1, 2, 3, … without gaps)."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()


class Node(models.Model):
    """A complete subtree of the Merkle tree: `level` 1 joins two leaves; `index` counts from 0 at its level."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()


class SignedHead(models.Model):
    """A signed tree head (Ed25519) over epoch, size, root and time."""

    size = models.BigIntegerField()
    epoch = models.IntegerField()
    root = models.BinaryField()
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    public_key = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size"], name="signed_head_once")]


class HeadStamp(models.Model):
    """A time stamp (RFC 3161) of a signed head, by an authority outside: the whole answer, DER (`stamping`)."""

    size = models.BigIntegerField()
    epoch = models.IntegerField()
    stamped_at = models.DateTimeField()
    response = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["epoch", "size"], name="head_stamped_once")]


class Cursor(models.Model):
    """How far a follower has come in the sealed order."""

    name = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)


class Parked(models.Model):
    """An event that a follower could not take after several tries, with the reason."""

    follower = models.CharField(max_length=40)
    position = models.BigIntegerField()
    reason = models.TextField()
    parked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["follower", "position"], name="parked_once")]
