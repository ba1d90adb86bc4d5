from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"

    def ready(self) -> None:
        from backend.core.catalogue import sync_after_migrate  # noqa: PLC0415  (models are loaded by now)
        from backend.core.checks import catalogue_is_sound  # noqa: PLC0415
        from backend.core.keymark import mark_after_migrate, must_open  # noqa: PLC0415

        post_migrate.connect(sync_after_migrate, sender=self)
        post_migrate.connect(mark_after_migrate, sender=self)
        register(catalogue_is_sound)
        if settings.CHIBO_KEYS_MUST_FIT:
            connection_created.connect(must_open)
        if getattr(settings, "CHIBO_MUST_BE_HELD", False):  # production
            from backend.core.held import must_be_held  # noqa: PLC0415

            connection_created.connect(must_be_held)
