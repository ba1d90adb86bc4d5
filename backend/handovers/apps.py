from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.rotation import Place, keeps_sealed
from backend.core.sealed import SEALED


class HandoversConfig(AppConfig):
    name = "backend.handovers"
    label = "handovers"

    def ready(self) -> None:
        from backend.audit.erasing import erases_of_members  # noqa: PLC0415  (models come first)
        from backend.handovers.erasing import erase_told, forget_told  # noqa: PLC0415
        from backend.members.forgetting import forgets_too  # noqa: PLC0415

        words = _("Words behind lines from other installations")
        keeps_sealed(Place("handovers_linedetail", ("data",), words, key="line_id", inside=SEALED))
        erases_of_members("handovers", erase_told)
        forgets_too("handovers", forget_told)
