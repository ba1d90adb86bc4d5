"""Keeps the peer's logging to the peer: django-fsm-log listens to every transition of the process, the engine's too."""

from __future__ import annotations

from django.apps import AppConfig
from django_fsm.signals import post_transition, pre_transition


class BenchConfig(AppConfig):
    """Must stand after django_fsm_log in INSTALLED_APPS."""

    name = "bench"

    def ready(self) -> None:
        """What the peer's application connected for all is connected for its own model only."""
        from django_fsm_log.backends import SimpleBackend

        from bench.models import PeerCase

        pre_transition.disconnect(SimpleBackend.pre_transition_callback)
        post_transition.disconnect(SimpleBackend.post_transition_callback)
        post_transition.connect(SimpleBackend.post_transition_callback, sender=PeerCase)
