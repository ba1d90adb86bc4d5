from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "backend.handovers"
    label = "handovers"

    def ready(self) -> None:
        from backend.audit.erasing import erases_too  # noqa: PLC0415  (models come first)
        from backend.handovers.erasing import erase_told, forget_told  # noqa: PLC0415
        from backend.members.forgetting import forgets_too  # noqa: PLC0415

        erases_too("handovers", erase_told)
        forgets_too("handovers", forget_told)
