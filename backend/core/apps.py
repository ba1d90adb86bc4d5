from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "backend.core"
    label = "core"

    def ready(self) -> None:
        from backend.core.catalogue import sync_after_migrate  # noqa: PLC0415  (models are loaded by now)

        post_migrate.connect(sync_after_migrate, sender=self)
