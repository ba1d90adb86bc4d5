from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.rotation import Place, keeps_sealed


class ScansConfig(AppConfig):
    name = "backend.scans"
    label = "scans"

    def ready(self) -> None:
        from backend.audit.erasing import erases_of_events  # noqa: PLC0415  (models come first)
        from backend.members.forgetting import forgets_too  # noqa: PLC0415
        from backend.scans.keeping import erase_scans, forget_scans  # noqa: PLC0415

        keeps_sealed(Place("scans_scan", ("secret",), _("Keys of scans")))
        erases_of_events("scans", erase_scans)
        forgets_too("scans", forget_scans)
