"""The catalogue as rows: the states and edges that a trigger compares a change of state with, and who reads of health."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from backend.core.models import WorkflowEdge, WorkflowReader, WorkflowState
from workflows import catalogue


def sync() -> tuple[int, int]:
    """Make the tables say what the pages say; returns (states, edges). Needs the owner role."""
    edges = sorted(catalogue.edges())
    states = sorted(catalogue.states())
    with transaction.atomic():
        WorkflowState.objects.all().delete()
        WorkflowEdge.objects.all().delete()
        WorkflowReader.objects.all().delete()
        WorkflowReader.objects.bulk_create(
            WorkflowReader(lifecycle=key, office=office) for key, office in sorted(catalogue.health_readers())
        )
        WorkflowState.objects.bulk_create(
            WorkflowState(lifecycle=key, field=name, state=state) for key, name, state in states
        )
        WorkflowEdge.objects.bulk_create(
            WorkflowEdge(lifecycle=key, field=name, source=source, target=target, step=step)
            for key, name, source, target, step in edges
        )
    return len(states), len(edges)


def sync_after_migrate(**kwargs: Any) -> None:
    """Signal receiver of post_migrate (connected for the core app)."""
    sync()
