"""Rows that belong to no one room: the business date, and the catalogue's edges as the database knows them."""

from __future__ import annotations

from typing import Any

from django.db import models


class BusinessDate(models.Model):
    """At most one row; only demo and tests write it (`core.clock`)."""

    day = models.DateField(null=True)


class WorkflowState(models.Model):
    """A state of the catalogue. Synced by the owner after migrate; the database's trigger reads it."""

    lifecycle = models.CharField(max_length=40)
    field = models.CharField(max_length=20)
    state = models.CharField(max_length=40)

    class Meta:
        db_table = "workflow_state"
        constraints = [models.UniqueConstraint(fields=["lifecycle", "field", "state"], name="workflow_state_once")]


class WorkflowEdge(models.Model):
    """An edge of the catalogue: `step` may move `field` from `source` to `target`."""

    lifecycle = models.CharField(max_length=40)
    field = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    step = models.CharField(max_length=60)

    class Meta:
        db_table = "workflow_edge"
        constraints = [
            models.UniqueConstraint(
                fields=["lifecycle", "field", "source", "target", "step"], name="workflow_edge_once"
            )
        ]


class WorkflowReader(models.Model):
    """An office that reads what a page keeps about somebody's health; the policy of that table asks here."""

    lifecycle = models.CharField(max_length=40)
    office = models.CharField(max_length=24)

    class Meta:
        db_table = "workflow_reader"
        constraints = [models.UniqueConstraint(fields=["lifecycle", "office"], name="workflow_reader_once")]


class KeyMark(models.Model):
    """At most one row: a word sealed under the keys that this database is used with, and its digest under the key of the blind
    index (`core.keymark`)."""

    sealed = models.BinaryField()
    index_mark = models.BinaryField(null=True)


class PathField(models.TextField):  # type: ignore[type-arg]  # only the stubs know it as generic
    """A unit's path (`/1/2/17/`), compared byte by byte so that a subtree is one range of an index."""

    def __init__(self, **kwargs: object) -> None:
        kwargs["db_collation"] = "C"
        super().__init__(**kwargs)  # type: ignore[arg-type]  # the stubs list every keyword by name


def under(column: str, path: str) -> models.Q:
    """True of rows whose `column` lies at or below a path: one range of its index."""
    bounds: dict[str, Any] = {f"{column}__gte": path, f"{column}__lt": f"{path}~"}
    return models.Q(**bounds)
