"""The peer: a case as django-fsm-2 and django-fsm-log alone would keep it, state and log and nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_fsm import FSMField, transition


class PeerCase(models.Model):
    """Two states are enough to move and to log."""

    state = FSMField(default="probation")
    objects: ClassVar[models.Manager[PeerCase]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"

    @transition(field=state, source="probation", target="proposed")
    def propose(self) -> None:
        """Nothing else happens."""
